/* MSG_PEEK shows data and leaves it: on TCP, on UDP, and in several buffers. */
#include "check.h"

static void
look(const char *what, int fd, size_t size, int flags)
{
    char room[64];
    long count = show(what, recv(fd, room, size, flags));
    print_bytes("  bytes", room, count);
}

int
main(void)
{
    check_start();
    Pair tcp = tcp_pair(AF_INET);
    must("send", send(tcp.client, "stream of bytes", 15, 0));
    await(tcp.server, POLLIN);
    look("peek 6", tcp.server, 6, MSG_PEEK);
    look("peek 15", tcp.server, 15, MSG_PEEK);
    look("peek 15 of them all", tcp.server, 15, MSG_PEEK | MSG_WAITALL);
    look("recv 7", tcp.server, 7, 0);
    look("peek", tcp.server, 64, MSG_PEEK);
    look("recv", tcp.server, 64, 0);
    set_nonblocking(tcp.server, true);
    look("peek where nothing is", tcp.server, 64, MSG_PEEK);
    shutdown(tcp.client, SHUT_WR);
    await(tcp.server, POLLIN);
    look("peek at the end", tcp.server, 64, MSG_PEEK);
    look("recv at the end", tcp.server, 64, 0);

    Pair udp = udp_pair(AF_INET6);
    must("send", send(udp.client, "first datagram", 14, 0));
    must("send", send(udp.client, "second", 6, 0));
    look("peek 5", udp.server, 5, MSG_PEEK);
    look("peek", udp.server, 64, MSG_PEEK);
    Address from = empty_address();
    char room[64];
    show("recvfrom peek", recvfrom(udp.server, room, sizeof room, MSG_PEEK, &from.any, &from.len));
    print_address("from", &from);
    look("recv", udp.server, 64, 0);
    look("peek the next", udp.server, 64, MSG_PEEK);
    char one[3], two[3];
    struct iovec parts[2] = { { one, 3 }, { two, 3 } };
    struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };
    show("recvmsg peek", recvmsg(udp.server, &message, MSG_PEEK));
    print_bytes("  one", one, 3);
    print_bytes("  two", two, 3);
    look("recv", udp.server, 64, 0);
    return 0;
}
