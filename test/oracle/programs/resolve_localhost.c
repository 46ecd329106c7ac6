/* iwasm: --allow-resolve=localhost */
/* localhost is found by name, and a connection to what was found works. */
#include "resolve.h"

int
main(void)
{
    check_start();
    struct addrinfo hints = hints_of(AF_INET, SOCK_STREAM, 0, 0), *list;
    resolve("localhost", "4660", &hints);
    hints.ai_socktype = SOCK_DGRAM;
    resolve("localhost", NULL, &hints);
    resolve("localhost", "53", NULL);
    hints.ai_socktype = SOCK_STREAM;

    int door = listener(AF_INET);
    Address there = local_address(door);
    char port[8];
    snprintf(port, sizeof port, "%d", port_of(&there));
    must("getaddrinfo", -getaddrinfo("localhost", port, &hints, &list));
    int fd = new_socket(list->ai_family, list->ai_socktype);
    show("connect", connect(fd, list->ai_addr, list->ai_addrlen));
    freeaddrinfo(list);
    show_fd("accept", accept(door, NULL, NULL));
    return 0;
}
