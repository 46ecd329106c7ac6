/* Joining and leaving IPv6 groups on the loopback interface, and all the ways it is refused. */
#include "check.h"

static int
membership(int fd, int option, const char *group, int interface)
{
    struct ipv6_mreq request;
    must("inet_pton", inet_pton(AF_INET6, group, &request.ipv6mr_multiaddr) - 1);
    request.ipv6mr_interface = interface;
    return setsockopt(fd, IPPROTO_IPV6, option, &request, sizeof request);
}

int
main(void)
{
    check_start();
    int fd = new_socket(AF_INET6, SOCK_DGRAM);
    show("join", membership(fd, IPV6_JOIN_GROUP, "ff02::1234", 1));
    show("join twice", membership(fd, IPV6_JOIN_GROUP, "ff02::1234", 1));
    show("another socket joins", membership(new_socket(AF_INET6, SOCK_DGRAM), IPV6_JOIN_GROUP, "ff02::1234", 1));
    show("leave", membership(fd, IPV6_LEAVE_GROUP, "ff02::1234", 1));
    show("leave twice", membership(fd, IPV6_LEAVE_GROUP, "ff02::1234", 1));
    show("join again", membership(fd, IPV6_JOIN_GROUP, "ff02::1234", 1));
    show("not a group", membership(fd, IPV6_JOIN_GROUP, "::1", 1));
    show("unknown interface", membership(fd, IPV6_JOIN_GROUP, "ff02::1234", 9999));
    show("on IPv4", membership(new_socket(AF_INET, SOCK_DGRAM), IPV6_JOIN_GROUP, "ff02::1234", 1));
    show("on TCP", membership(new_socket(AF_INET6, SOCK_STREAM), IPV6_JOIN_GROUP, "ff02::1234", 1));
    struct ipv6_mreq request;
    memset(&request, 0, sizeof request);
    show("too short", setsockopt(fd, IPPROTO_IPV6, IPV6_JOIN_GROUP, &request, sizeof request - 1));
    return 0;
}
