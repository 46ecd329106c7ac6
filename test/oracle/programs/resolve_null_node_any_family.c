/* iwasm: --allow-resolve=* */
/* Without a node and without a family: both families, in the system's order. */
#include "resolve.h"

int
main(void)
{
    check_start();
    struct addrinfo active = hints_of(AF_UNSPEC, SOCK_STREAM, 0, 0), passive = hints_of(AF_UNSPEC, SOCK_STREAM, 0, AI_PASSIVE);
    resolve(NULL, "4660", &active);
    resolve(NULL, "4660", &passive);
    return 0;
}
