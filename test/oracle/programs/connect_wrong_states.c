/* connect on sockets that are connected, accepted or listening, and with addresses that cannot be. */
#include "check.h"

int
main(void)
{
    check_start();
    int door = listener(AF_INET);
    Address to = local_address(door);
    Pair pair = tcp_pair(AF_INET);
    show("connected", connect(pair.client, &to.any, to.len));
    show("accepted", connect(pair.server, &to.any, to.len));
    show("listening", connect(door, &to.any, to.len));
    int fd = new_socket(AF_INET, SOCK_STREAM);
    show("address too short", connect(fd, &to.any, to.len - 1));
    show("address of two bytes", connect(fd, &to.any, 2));
    show("address of no bytes", connect(fd, &to.any, 0));
    Address v6 = loopback(AF_INET6, 9);
    show("IPv6 address on an IPv4 socket", connect(fd, &v6.any, v6.len));
    int six = new_socket(AF_INET6, SOCK_STREAM);
    show("IPv4 address on an IPv6 socket", connect(six, &to.any, to.len));
    show("IPv6 address too short", connect(six, &v6.any, 16));
    show("stdout", connect(1, &to.any, to.len));
    show("descriptor 99", connect(99, &to.any, to.len));
    show("still usable", connect(fd, &to.any, to.len));
    return 0;
}
