/* iwasm: --allow-resolve=* */
/* A name that no name server could know, being longer than names may be, is EAI_NONAME. */
#include "resolve.h"

int
main(void)
{
    check_start();
    char label[301];
    memset(label, 'a', sizeof label - 1);
    label[sizeof label - 1] = 0;
    struct addrinfo hints = hints_of(AF_INET, SOCK_STREAM, 0, 0), *list = NULL;
    printf("%s\n", resolve_error_name(getaddrinfo(label, "1", &hints, &list)));
    return 0;
}
