/* iwasm: --allow-resolve=* */
/* Services by number and by name; those that do not exist. */
#include "resolve.h"

int
main(void)
{
    check_start();
    const char *services[] = { NULL, "0", "80", "65535", "4660", "nosuchservice" };
    for (size_t i = 0; i < COUNT(services); i++) {
        struct addrinfo stream = hints_of(AF_INET, SOCK_STREAM, 0, 0), datagram = hints_of(AF_INET6, SOCK_DGRAM, 0, 0);
        resolve("127.0.0.1", services[i], &stream);
        resolve("::1", services[i], &datagram);
    }
    struct addrinfo numeric = hints_of(AF_INET, SOCK_STREAM, 0, AI_NUMERICSERV);
    resolve("127.0.0.1", "443", &numeric);
    resolve("127.0.0.1", "https", &numeric);
    resolve(NULL, NULL, &numeric);
    return 0;
}
