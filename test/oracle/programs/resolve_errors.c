/* iwasm: --allow-resolve=* */
/* The codes of what cannot be: families, types, flags, names; each says what was wrong. */
#include "resolve.h"

int
main(void)
{
    check_start();
    struct addrinfo hints = hints_of(77, SOCK_STREAM, 0, 0);
    printf("family 77\n");
    resolve("127.0.0.1", "1", &hints);
    printf("type 77\n");
    hints = hints_of(AF_INET, 77, 0, 0);
    resolve("127.0.0.1", "1", &hints);
    printf("flags 0x40000000\n");
    hints = hints_of(AF_INET, SOCK_STREAM, 0, 0x40000000);
    resolve("127.0.0.1", "1", &hints);
    printf("AI_NUMERICHOST\n");
    hints = hints_of(AF_INET, SOCK_STREAM, 0, AI_NUMERICHOST);
    resolve("127.0.0.1", "1", &hints);
    resolve("localhost", "1", &hints);
    resolve("1.2.3.4.5", "1", &hints);
    resolve("", "1", &hints);
    printf("neither node nor service\n");
    resolve(NULL, NULL, &hints);
    resolve(NULL, NULL, NULL);
    return 0;
}
