/* Control data of a message that is sent: its source, its hops, its class; and what is refused. */
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

static void
send_with(const char *what, int fd, int level, int type, const void *data, size_t size, size_t length)
{
    _Alignas(struct cmsghdr) char control[256];
    struct iovec iov = { (char[]){ "data" }, 4 };
    struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control };
    memset(control, 0, sizeof control);
    message.msg_controllen = CMSG_SPACE(size);
    struct cmsghdr *cmsg = CMSG_FIRSTHDR(&message);
    cmsg->cmsg_len = CMSG_LEN(length);
    cmsg->cmsg_level = level;
    cmsg->cmsg_type = type;
    memcpy(CMSG_DATA(cmsg), data, size);
    show(what, sendmsg(fd, &message, 0));
}

int
main(void)
{
    int number = 77;
    struct in_pktinfo info = { .ipi_spec_dst = { htonl(INADDR_LOOPBACK) } };
    struct in6_pktinfo info6 = { .ipi6_addr = IN6ADDR_LOOPBACK_INIT };
    check_start();
    Pair v4 = udp_pair(AF_INET), v6 = udp_pair(AF_INET6);
    set_option(v4.server, IPPROTO_IP, IP_RECVTTL, 1);
    set_option(v4.server, IPPROTO_IP, IP_RECVTOS, 1);
    set_option(v6.server, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1);
    set_option(v6.server, IPPROTO_IPV6, IPV6_RECVTCLASS, 1);

    send_with("IP_TTL", v4.client, IPPROTO_IP, IP_TTL, &number, sizeof number, sizeof number);
    receive("with 77 hops", v4.server, 256);
    number = 0x28;
    send_with("IP_TOS", v4.client, IPPROTO_IP, IP_TOS, &number, sizeof number, sizeof number);
    receive("with class 0x28", v4.server, 256);
    send_with("IP_PKTINFO", v4.client, IPPROTO_IP, IP_PKTINFO, &info, sizeof info, sizeof info);
    receive("from 127.0.0.1", v4.server, 256);
    number = 0;
    send_with("no hops", v4.client, IPPROTO_IP, IP_TTL, &number, sizeof number, sizeof number);
    send_with("too short", v4.client, IPPROTO_IP, IP_TTL, &number, sizeof number, 2);
    send_with("longer than the control data", v4.client, IPPROTO_IP, IP_TTL, &number, sizeof number, 100);
    send_with("unknown", v4.client, IPPROTO_IP, 999, &number, sizeof number, sizeof number);

    number = 55;
    send_with("IPV6_HOPLIMIT", v6.client, IPPROTO_IPV6, IPV6_HOPLIMIT, &number, sizeof number, sizeof number);
    receive("with 55 hops", v6.server, 256);
    send_with("IPV6_TCLASS", v6.client, IPPROTO_IPV6, IPV6_TCLASS, &number, sizeof number, sizeof number);
    receive("with class 55", v6.server, 256);
    send_with("IPV6_PKTINFO", v6.client, IPPROTO_IPV6, IPV6_PKTINFO, &info6, sizeof info6, sizeof info6);
    receive("from ::1", v6.server, 256);
    number = 256;
    send_with("too many hops", v6.client, IPPROTO_IPV6, IPV6_HOPLIMIT, &number, sizeof number, sizeof number);
    return 0;
}
