/* Empty datagrams are datagrams: sent, polled, received with their source, by every function; and recv of 0 takes one. */
#include "check.h"

int
main(void)
{
    check_start();
    char room[8];
    int receiver = bound_udp(AF_INET), sender = bound_udp(AF_INET);
    Address to = local_address(receiver), own = local_address(sender), from = empty_address();
    struct iovec none = { room, 0 }, some = { room, sizeof room };
    struct msghdr empty = { .msg_iov = &none, .msg_iovlen = 1 }, full = { .msg_iov = &some, .msg_iovlen = 1 };
    show("sendto", sendto(sender, room, 0, 0, &to.any, to.len));
    show("sendto NULL", sendto(sender, NULL, 0, 0, &to.any, to.len));
    connect_to(sender, receiver);
    show("send", send(sender, room, 0, 0));
    show("sendmsg", sendmsg(sender, &empty, 0));
    empty.msg_iovlen = 0;
    show("sendmsg, no parts", sendmsg(sender, &empty, 0));
    show("write", write(sender, room, 0)); /* writev is not asked: WASI cannot tell the two apart, Linux does */
    show_poll("receiver", receiver, POLLIN);
    show("recvfrom", recvfrom(receiver, room, sizeof room, 0, &from.any, &from.len));
    print_yes("with its source", same_address(&from, &own));
    show("recv", recv(receiver, room, sizeof room, 0));
    show("recvmsg", recvmsg(receiver, &full, 0));
    show("read", read(receiver, room, sizeof room));
    show("readv", readv(receiver, &some, 1));
    set_nonblocking(receiver, true);
    show("the last one", recv(receiver, room, sizeof room, 0));
    show("nothing left", recv(receiver, room, sizeof room, 0));

    must("send", send(sender, "first", 5, 0));
    must("send", send(sender, "second", 6, 0));
    must("send", send(sender, "third", 5, 0));
    show("recv of 0", recv(receiver, room, 0, 0));
    show("recvfrom of 0", recvfrom(receiver, room, 0, 0, &from.any, &from.len));
    print_bytes("next", room, recv(receiver, room, sizeof room, 0));
    must("send", send(sender, "fourth", 6, 0));
    await(receiver, POLLIN);
    show("read of 0 takes none", read(receiver, room, 0));
    show("nor does readv", readv(receiver, &none, 1));
    print_bytes("next", room, recv(receiver, room, sizeof room, 0));
    show("recv of 0, nothing there", recv(receiver, room, 0, 0));
    return 0;
}
