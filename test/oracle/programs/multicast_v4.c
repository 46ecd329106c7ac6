/* Joining and leaving IPv4 groups on the loopback interface, and all the ways it is refused. */
#include "check.h"

static int
membership(int fd, int option, const char *group, const char *interface)
{
    struct ip_mreq request;
    must("inet_pton", inet_pton(AF_INET, group, &request.imr_multiaddr) - 1);
    must("inet_pton", inet_pton(AF_INET, interface, &request.imr_interface) - 1);
    return setsockopt(fd, IPPROTO_IP, option, &request, sizeof request);
}

int
main(void)
{
    check_start();
    int fd = new_socket(AF_INET, SOCK_DGRAM);
    show("join", membership(fd, IP_ADD_MEMBERSHIP, "224.0.0.200", "127.0.0.1"));
    show("join twice", membership(fd, IP_ADD_MEMBERSHIP, "224.0.0.200", "127.0.0.1"));
    show("another socket joins", membership(new_socket(AF_INET, SOCK_DGRAM), IP_ADD_MEMBERSHIP, "224.0.0.200", "127.0.0.1"));
    show("another group", membership(fd, IP_ADD_MEMBERSHIP, "239.1.2.3", "127.0.0.1"));
    show("leave", membership(fd, IP_DROP_MEMBERSHIP, "224.0.0.200", "127.0.0.1"));
    show("leave twice", membership(fd, IP_DROP_MEMBERSHIP, "224.0.0.200", "127.0.0.1"));
    show("leave what was never joined", membership(fd, IP_DROP_MEMBERSHIP, "224.0.0.201", "127.0.0.1"));
    show("join again", membership(fd, IP_ADD_MEMBERSHIP, "224.0.0.200", "127.0.0.1"));
    show("not a group", membership(fd, IP_ADD_MEMBERSHIP, "127.0.0.1", "127.0.0.1"));
    show("unknown interface", membership(fd, IP_ADD_MEMBERSHIP, "224.0.0.202", "192.0.2.1"));
    show("on TCP", membership(new_socket(AF_INET, SOCK_STREAM), IP_ADD_MEMBERSHIP, "224.0.0.200", "127.0.0.1"));
    show("on IPv6", membership(new_socket(AF_INET6, SOCK_DGRAM), IP_ADD_MEMBERSHIP, "224.0.0.200", "127.0.0.1"));
    struct ip_mreq request;
    memset(&request, 0, sizeof request);
    show("too short", setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof request - 1));
    return 0;
}
