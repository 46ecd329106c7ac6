/* MSG_DONTWAIT: one call that does not wait, on a socket that does. */
#include "check.h"

static void
receive_nothing(const char *what, int fd)
{
    char room[4];
    struct iovec iov = { room, sizeof room };
    struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1 };
    Address from = empty_address();
    puts(what);
    show("  recv", recv(fd, room, sizeof room, MSG_DONTWAIT));
    show("  recv, peeking", recv(fd, room, sizeof room, MSG_DONTWAIT | MSG_PEEK));
    show("  recv, all", recv(fd, room, sizeof room, MSG_DONTWAIT | MSG_WAITALL));
    show("  recvfrom", recvfrom(fd, room, sizeof room, MSG_DONTWAIT, &from.any, &from.len));
    show("  recvmsg", recvmsg(fd, &message, MSG_DONTWAIT));
    print_yes("  still blocking", (fcntl(fd, F_GETFL) & O_NONBLOCK) == 0);
}

int
main(void)
{
    static char much[65536];
    char room[8];
    check_start();
    Pair tcp = tcp_pair(AF_INET), udp = udp_pair(AF_INET);
    receive_nothing("TCP", tcp.client);
    receive_nothing("UDP", udp.client);

    show("send", send(udp.client, "abc", 3, MSG_DONTWAIT | MSG_NOSIGNAL));
    await(udp.server, POLLIN);
    show("recv", recv(udp.server, room, sizeof room, MSG_DONTWAIT));
    show("send", send(tcp.client, "abc", 3, MSG_DONTWAIT));
    await(tcp.server, POLLIN);
    show("recv all of eight", recv(tcp.server, room, sizeof room, MSG_DONTWAIT | MSG_WAITALL));

    long sent = 0;
    for (int i = 0; i < 10000 && sent >= 0; i++)
        sent = send(tcp.client, much, sizeof much, MSG_DONTWAIT);
    show("send until it is full", sent);
    return 0;
}
