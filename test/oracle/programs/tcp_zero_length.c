/* Transfers of nothing on a stream: they succeed, take nothing and end nothing. */
#include "check.h"

int
main(void)
{
    check_start();
    char room[8];
    Pair pair = tcp_pair(AF_INET);
    struct iovec none = { room, 0 };
    struct msghdr empty = { .msg_iov = &none, .msg_iovlen = 1 };
    struct msghdr nothing = { .msg_iov = &none, .msg_iovlen = 0 };
    show("send", send(pair.client, room, 0, 0));
    show("write", write(pair.client, room, 0));
    show("writev", writev(pair.client, &none, 1));
    show("sendmsg, one empty part", sendmsg(pair.client, &empty, 0));
    show("sendmsg, no parts", sendmsg(pair.client, &nothing, 0));
    show("read, nothing there", read(pair.server, room, 0));
    set_nonblocking(pair.server, true);
    show("recv, nothing there", recv(pair.server, room, 0, 0));
    show("no end of stream", recv(pair.server, room, sizeof room, 0));
    must("send", send(pair.client, "abc", 3, 0));
    await(pair.server, POLLIN);
    show("recv", recv(pair.server, room, 0, 0));
    show("read", read(pair.server, room, 0));
    show("readv", readv(pair.server, &none, 1));
    show("recvmsg, one empty part", recvmsg(pair.server, &empty, 0));
    show("recvmsg, no parts", recvmsg(pair.server, &nothing, 0));
    print_bytes("all still there", room, recv(pair.server, room, sizeof room, 0));
    return 0;
}
