/* iwasm: --allow-resolve=* */
/* Without a node: the loopback address, or every address with AI_PASSIVE. */
#include "resolve.h"

int
main(void)
{
    check_start();
    int families[] = { AF_INET, AF_INET6 }, flags[] = { 0, AI_PASSIVE };
    for (int f = 0; f < 2; f++)
        for (int g = 0; g < 2; g++) {
            printf("%s%s\n", family_name(families[f]), flags[g] ? ", AI_PASSIVE" : "");
            struct addrinfo hints = hints_of(families[f], SOCK_STREAM, 0, flags[g]);
            resolve(NULL, "4660", &hints);
            resolve("127.0.0.1", "4660", &hints);
        }
    struct addrinfo hints = hints_of(AF_INET, SOCK_DGRAM, 0, AI_PASSIVE | AI_NUMERICSERV), *list;
    resolve(NULL, "0", &hints);
    must("getaddrinfo", -getaddrinfo(NULL, "0", &hints, &list));
    int fd = new_socket(list->ai_family, list->ai_socktype);
    show("bind to the result", bind(fd, list->ai_addr, list->ai_addrlen));
    freeaddrinfo(list);
    return 0;
}
