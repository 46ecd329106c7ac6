/* The ICMP answer to a datagram for a closed port reaches a connected socket once, by whatever it does next. */
#include "check.h"

static int
refused(int family)
{
    Address nobody = refusing_address(family, SOCK_DGRAM);
    int fd = bound_udp(family);
    must("connect", connect(fd, &nobody.any, nobody.len));
    show("send", send(fd, "x", 1, 0));
    print_yes("poll wakes", await(fd, POLLIN) != 0);
    return fd;
}

int
main(void)
{
    check_start();
    char room[4];
    int fd = refused(AF_INET);
    show("recv", recv(fd, room, sizeof room, 0));
    set_nonblocking(fd, true);
    show("recv again", recv(fd, room, sizeof room, 0));
    fd = refused(AF_INET);
    show("send", send(fd, "y", 1, 0));
    fd = refused(AF_INET6);
    show("read", read(fd, room, sizeof room));
    fd = refused(AF_INET6);
    show("write", write(fd, "y", 1));

    Address nobody = refusing_address(AF_INET, SOCK_DGRAM);
    fd = bound_udp(AF_INET);
    set_nonblocking(fd, true);
    show("unconnected sendto", sendto(fd, "x", 1, 0, &nobody.any, nobody.len));
    show("hears nothing of it", recv(fd, room, sizeof room, 0));
    return 0;
}
