/* Destination, interface, hops and class of what comes in, as control data. */
#include "check.h"

/* Prints what came with a message, in the order in which it came. */
static void
print_control(struct msghdr *message)
{
    char text[64];
    int number;
    for (struct cmsghdr *cmsg = CMSG_FIRSTHDR(message); cmsg; cmsg = CMSG_NXTHDR(message, cmsg)) {
        size_t size = cmsg->cmsg_len - CMSG_LEN(0);
        memcpy(&number, CMSG_DATA(cmsg), sizeof number);
        if (cmsg->cmsg_level == IPPROTO_IP && cmsg->cmsg_type == IP_PKTINFO) {
            struct in_pktinfo info;
            memcpy(&info, CMSG_DATA(cmsg), sizeof info);
            inet_ntop(AF_INET, &info.ipi_addr, text, sizeof text);
            printf("  IP_PKTINFO %s interface %d, %zu bytes\n", text, info.ipi_ifindex, size);
        }
        else if (cmsg->cmsg_level == IPPROTO_IPV6 && cmsg->cmsg_type == IPV6_PKTINFO) {
            struct in6_pktinfo info;
            memcpy(&info, CMSG_DATA(cmsg), sizeof info);
            inet_ntop(AF_INET6, &info.ipi6_addr, text, sizeof text);
            printf("  IPV6_PKTINFO %s interface %u, %zu bytes\n", text, info.ipi6_ifindex, size);
        }
        else if (cmsg->cmsg_level == IPPROTO_IP && cmsg->cmsg_type == IP_TTL)
            printf("  IP_TTL %d, %zu bytes\n", number, size);
        else if (cmsg->cmsg_level == IPPROTO_IP && cmsg->cmsg_type == IP_TOS)
            printf("  IP_TOS %d, %zu bytes\n", *CMSG_DATA(cmsg), size);
        else if (cmsg->cmsg_level == IPPROTO_IPV6 && cmsg->cmsg_type == IPV6_HOPLIMIT)
            printf("  IPV6_HOPLIMIT %d, %zu bytes\n", number, size);
        else if (cmsg->cmsg_level == IPPROTO_IPV6 && cmsg->cmsg_type == IPV6_TCLASS)
            printf("  IPV6_TCLASS %d, %zu bytes\n", number, size);
        else
            printf("  level %d type %d\n", cmsg->cmsg_level, cmsg->cmsg_type);
    }
}

static void
receive(const char *what, int fd, size_t control_size)
{
    char room[16];
    _Alignas(struct cmsghdr) char control[256];
    struct iovec iov = { room, sizeof room };
    struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control, .msg_controllen = control_size };
    puts(what);
    memset(control, 0, sizeof control);
    show("  recvmsg", recvmsg(fd, &message, 0));
    print_yes("  all of the control data", (message.msg_flags & MSG_CTRUNC) == 0);
    if ((message.msg_flags & MSG_CTRUNC) == 0)
        print_control(&message);
}

int
main(void)
{
    check_start();
    Pair v4 = udp_pair(AF_INET);
    must("send", send(v4.client, "zero", 4, 0));
    receive("nothing was asked for", v4.server, 256);
    show("IP_PKTINFO", set_option(v4.server, IPPROTO_IP, IP_PKTINFO, 1));
    must("send", send(v4.client, "one", 3, 0));
    receive("one", v4.server, 256);
    show("IP_RECVTTL", set_option(v4.server, IPPROTO_IP, IP_RECVTTL, 1));
    show("IP_RECVTOS", set_option(v4.server, IPPROTO_IP, IP_RECVTOS, 1));
    show("IP_TTL", set_option(v4.client, IPPROTO_IP, IP_TTL, 33));
    show("IP_TOS", set_option(v4.client, IPPROTO_IP, IP_TOS, 0x10));
    for (int i = 0; i < 4; i++)
        must("send", send(v4.client, "three", 5, 0));
    receive("three", v4.server, 256);
    receive("room for less", v4.server, CMSG_SPACE(sizeof(struct in_pktinfo)));
    receive("no room", v4.server, 0);
    receive("room for half a header", v4.server, 4);

    Pair v6 = udp_pair(AF_INET6);
    show("IPV6_RECVPKTINFO", set_option(v6.server, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1));
    show("IPV6_RECVHOPLIMIT", set_option(v6.server, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1));
    show("IPV6_RECVTCLASS", set_option(v6.server, IPPROTO_IPV6, IPV6_RECVTCLASS, 1));
    show("IPV6_UNICAST_HOPS", set_option(v6.client, IPPROTO_IPV6, IPV6_UNICAST_HOPS, 44));
    show("IPV6_TCLASS", set_option(v6.client, IPPROTO_IPV6, IPV6_TCLASS, 0x20));
    must("send", send(v6.client, "three", 5, 0));
    receive("IPv6", v6.server, 256);
    return 0;
}
