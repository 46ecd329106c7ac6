/* A datagram longer than the room is cut and the rest is gone; recvmsg says MSG_TRUNC, with or without msg_name. */
#include "check.h"

static void
receive(const char *what, int fd, void *name, socklen_t name_len, size_t first, size_t second, int flags)
{
    char one[16] = "", two[16] = "";
    struct iovec parts[2] = { { one, first }, { two, second } };
    struct msghdr message = { .msg_name = name, .msg_namelen = name_len, .msg_iov = parts, .msg_iovlen = 2 };
    message.msg_flags = 0;
    show(what, recvmsg(fd, &message, flags));
    printf("  \"%.*s\" \"%.*s\" %s\n", (int)first, one, (int)second, two,
           message.msg_flags & MSG_TRUNC ? "MSG_TRUNC" : "whole");
}

int
main(void)
{
    check_start();
    char room[64];
    int receiver = bound_udp(AF_INET), sender = bound_udp(AF_INET);
    connect_to(sender, receiver);
    for (int i = 0; i < 9; i++)
        must("send", send(sender, "0123456789", 10, 0));
    must("send", send(sender, "end", 3, 0));
    show("recv 4", recv(receiver, room, 4, 0));
    print_bytes("bytes", room, 4);
    Address from = empty_address();
    show("recvfrom 9", recvfrom(receiver, room, 9, 0, &from.any, &from.len));
    print_address("from", &from);
    show("read 5", read(receiver, room, 5));
    show("recv 10", recv(receiver, room, 10, 0));
    receive("recvmsg 3+4", receiver, NULL, 0, 3, 4, 0);
    from = empty_address();
    receive("recvmsg 3+4, with a name", receiver, &from.any, from.len, 3, 4, 0);
    receive("recvmsg 5+5", receiver, NULL, 0, 5, 5, 0);
    receive("recvmsg 2+2, peek", receiver, NULL, 0, 2, 2, MSG_PEEK);
    receive("recvmsg 8+8", receiver, NULL, 0, 8, 8, 0);
    receive("recvmsg 0+0", receiver, NULL, 0, 0, 0, 0);
    print_bytes("last", room, recv(receiver, room, sizeof room, 0));
    return 0;
}
