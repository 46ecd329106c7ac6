/* sendmsg takes its destination from msg_name and recvmsg stores the source there, with its length. */
#include "check.h"

static void
run(int family)
{
    char text[] = "by message", room[32];
    int receiver = bound_udp(family), sender = bound_udp(family);
    Address to = local_address(receiver), own = local_address(sender), from = empty_address();
    struct iovec out = { text, 10 }, in = { room, sizeof room };
    struct msghdr message = { .msg_name = &to.any, .msg_namelen = to.len, .msg_iov = &out, .msg_iovlen = 1 };
    show("sendmsg", sendmsg(sender, &message, 0));
    message = (struct msghdr){ .msg_name = &from.any, .msg_namelen = from.len, .msg_iov = &in, .msg_iovlen = 1 };
    long count = show("recvmsg", recvmsg(receiver, &message, 0));
    from.len = message.msg_namelen;
    print_bytes("bytes", room, count);
    print_address("from", &from);
    print_yes("from the sender", same_address(&from, &own));
    print_yes("flags", message.msg_flags & MSG_TRUNC);
    message.msg_name = NULL;
    message.msg_namelen = 0;
    must("sendto", sendto(sender, "x", 1, 0, &to.any, to.len));
    show("recvmsg without a name", recvmsg(receiver, &message, 0));
    must("sendto", sendto(sender, "x", 1, 0, &to.any, to.len));
    from = empty_address();
    message.msg_name = &from.any;
    message.msg_namelen = 4;
    show("recvmsg with four bytes for it", recvmsg(receiver, &message, 0));
    print_yes("true length", message.msg_namelen == to.len);
    print_yes("right so far", memcmp(from.bytes, own.bytes, 4) == 0);
    print_yes("nothing after them", from.bytes[4] == 0xee);
}

int
main(void)
{
    check_start();
    run(AF_INET);
    run(AF_INET6);
    return 0;
}
