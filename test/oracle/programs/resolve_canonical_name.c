/* iwasm: --allow-resolve=* */
/* AI_CANONNAME gives the name with the first result; it needs a node. */
#include "resolve.h"

int
main(void)
{
    check_start();
    struct addrinfo hints = hints_of(AF_INET, SOCK_STREAM, 0, AI_CANONNAME);
    resolve("127.0.0.1", "4660", &hints);
    resolve(NULL, "4660", &hints);
    return 0;
}
