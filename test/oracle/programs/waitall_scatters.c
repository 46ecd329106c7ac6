/* MSG_WAITALL of recvmsg fills all its buffers, and means nothing to a datagram. */
#include "check.h"

int
main(void)
{
    check_start();
    char one[5], two[5], room[32];
    struct iovec parts[2] = { { one, 5 }, { two, 5 } };
    struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };
    Pair pair = tcp_pair(AF_INET);
    must("TCP_NODELAY", set_option(pair.client, IPPROTO_TCP, TCP_NODELAY, 1));
    must("send", send(pair.client, "abc", 3, 0));
    must("send", send(pair.client, "defghijkl", 9, 0));
    show("recvmsg", recvmsg(pair.server, &message, MSG_WAITALL));
    print_bytes("one", one, 5);
    print_bytes("two", two, 5);
    print_bytes("rest", room, recv(pair.server, room, sizeof room, 0));

    Pair udp = udp_pair(AF_INET);
    must("send", send(udp.client, "short", 5, 0));
    must("send", send(udp.client, "next", 4, 0));
    print_bytes("one datagram", room, recv(udp.server, room, sizeof room, MSG_WAITALL));
    return 0;
}
