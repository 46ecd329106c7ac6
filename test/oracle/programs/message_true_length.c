/* MSG_TRUNC given to a receive: the true length of a datagram. On a TCP stream: the bytes are thrown away. */
#include "check.h"

static void
cut(int family, int type)
{
    char room[4] = { 0 };
    int ends[2];
    struct iovec iov = { room, 2 };
    struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1 };
    Address from = empty_address();
    if (family == AF_UNIX)
        must("socketpair", socketpair(family, type, 0, ends));
    else {
        Pair pair = udp_pair(family);
        ends[0] = pair.client, ends[1] = pair.server;
    }
    puts(family_name(family));
    for (int i = 0; i < 5; i++)
        must("send", send(ends[0], "0123456789", 10, 0));
    show("  peek", recv(ends[1], room, 3, MSG_PEEK | MSG_TRUNC));
    show("  recv", recv(ends[1], room, 3, MSG_TRUNC));
    print_bytes("  room", room, 4);
    show("  recvfrom", recvfrom(ends[1], room, 1, MSG_TRUNC, &from.any, &from.len));
    show("  recvmsg", recvmsg(ends[1], &message, MSG_TRUNC));
    print_yes("  told of the cut", message.msg_flags == MSG_TRUNC);
    show("  no room", recv(ends[1], NULL, 0, MSG_TRUNC));
    show("  recv", recv(ends[1], room, 3, 0));
    show("  nothing left", recv(ends[1], room, 3, MSG_TRUNC | MSG_DONTWAIT));
}

int
main(void)
{
    char room[4] = { 0 };
    check_start();
    cut(AF_INET, SOCK_DGRAM);
    cut(AF_INET6, SOCK_DGRAM);
    cut(AF_UNIX, SOCK_DGRAM);
    cut(AF_UNIX, SOCK_SEQPACKET);
    Pair tcp = tcp_pair(AF_INET);
    must("send", send(tcp.client, "abcdef", 6, 0));
    await(tcp.server, POLLIN);
    show("TCP, thrown away", recv(tcp.server, room, 3, MSG_TRUNC));
    print_bytes("room", room, 4);
    show("TCP, the rest", recv(tcp.server, room, 4, 0));
    print_bytes("room", room, 4);
    return 0;
}
