/* SO_TIMESTAMP and SO_TIMESTAMPNS: when a datagram came. */
#include "check.h"

static void
receive(int option, int type)
{
    char room[8];
    _Alignas(struct cmsghdr) char control[128];
    struct iovec iov = { room, sizeof room };
    struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control };
    int64_t parts[2] = { 0 };
    Pair pair = udp_pair(AF_INET);
    int on = 0;
    socklen_t len = sizeof on;
    show("set", set_option(pair.server, SOL_SOCKET, option, 1));
    show("get", getsockopt(pair.server, SOL_SOCKET, option, &on, &len));
    printf("%d\n", on);
    must("send", send(pair.client, "now", 3, 0));
    show("recvmsg", recvmsg(pair.server, &message, 0));
    struct cmsghdr *cmsg = CMSG_FIRSTHDR(&message);
    if (cmsg == NULL)
        return;
    print_yes("a time", cmsg->cmsg_level == SOL_SOCKET && cmsg->cmsg_type == type);
    printf("%zu bytes\n", (size_t)(cmsg->cmsg_len - CMSG_LEN(0)));
    memcpy(parts, CMSG_DATA(cmsg), sizeof parts);
    print_yes("of this minute", llabs(parts[0] - (int64_t)time(NULL)) < 60);
    print_yes("and nothing else", CMSG_NXTHDR(&message, cmsg) == NULL);
}

int
main(void)
{
    check_start();
    receive(SO_TIMESTAMP, SCM_TIMESTAMP);
    receive(SO_TIMESTAMPNS, SCM_TIMESTAMPNS);
    return 0;
}
