/* Datagrams without a destination, of impossible size, or to an address of the wrong kind. */
#include "check.h"

static char big[70000];

int
main(void)
{
    check_start();
    struct iovec part = { big, 4 };
    struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
    int fd = bound_udp(AF_INET), six = bound_udp(AF_INET6), receiver = bound_udp(AF_INET);
    show("send", send(fd, big, 4, 0));
    show("write", write(fd, big, 4));
    show("sendmsg", sendmsg(fd, &message, 0));
    show("sendto NULL", sendto(fd, big, 4, 0, NULL, 0));
    show("fresh socket", send(new_socket(AF_INET, SOCK_DGRAM), big, 4, 0));
    Address to = local_address(receiver), v6 = local_address(six), port0 = loopback(AF_INET, 0);
    show("sendto 65507", sendto(fd, big, 65507, 0, &to.any, to.len));
    show("recv", recv(receiver, big, sizeof big, 0));
    show("sendto 65508", sendto(fd, big, 65508, 0, &to.any, to.len));
    show("sendto 70000", sendto(fd, big, sizeof big, 0, &to.any, to.len));
    show("IPv6 address on an IPv4 socket", sendto(fd, big, 4, 0, &v6.any, v6.len));
    show("port 0", sendto(fd, big, 4, 0, &port0.any, port0.len));
    show("address too short", sendto(fd, big, 4, 0, &to.any, to.len - 1));
    show("IPv6 65527", sendto(six, big, 65527, 0, &v6.any, v6.len));
    show("IPv6 65528", sendto(six, big, 65528, 0, &v6.any, v6.len));
    show("recv", recv(six, big, sizeof big, 0));
    return 0;
}
