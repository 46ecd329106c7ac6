/* Options whose value is a number: default, set, get, and every length. */
#include "check.h"

typedef struct {
    const char *name;
    int level, option, value;
} Option;

static void
show_value(const char *what, int fd, const Option *option, socklen_t len)
{
    unsigned char bytes[16];
    memset(bytes, 0xee, sizeof bytes);
    long result = show(what, getsockopt(fd, option->level, option->option, bytes, &len));
    if (result == 0)
        print_bytes("    value", bytes, len);
}

static void
try(int family, int type, const Option *option)
{
    static const socklen_t lengths[] = { 0, 1, 2, 3, 4, 5, 16 };
    unsigned char bytes[16] = { 0 };
    int fd = new_socket(family, type);
    printf("%s %s %s\n", family_name(family), type == SOCK_STREAM ? "stream" : "datagram", option->name);
    show_value("  default", fd, option, 4);
    show("  set", set_option(fd, option->level, option->option, option->value));
    for (size_t i = 0; i < COUNT(lengths); i++)
        show_value("  get", fd, option, lengths[i]);
    memcpy(bytes, &option->value, sizeof option->value);
    for (size_t i = 0; i < COUNT(lengths); i++)
        show("  set a part", setsockopt(fd, option->level, option->option, bytes, lengths[i]));
    show_value("  then", fd, option, 4);
    show("  set to -2", set_option(fd, option->level, option->option, -2));
    show("  set to 100000", set_option(fd, option->level, option->option, 100000));
    show("  set to 0", set_option(fd, option->level, option->option, 0));
    show_value("  then", fd, option, 4);
    close(fd);
}

int
main(void)
{
#define OPTION(level, name, value) { #name, level, name, value }
    static const Option any[] = {
        OPTION(SOL_SOCKET, SO_OOBINLINE, 1),
        OPTION(SOL_SOCKET, SO_DONTROUTE, 7),
        OPTION(SOL_SOCKET, SO_RCVLOWAT, 5),
        OPTION(SOL_SOCKET, SO_TIMESTAMP, 1),
        OPTION(IPPROTO_IP, IP_TOS, 0x10),
        OPTION(IPPROTO_IP, IP_RECVTTL, 1),
        OPTION(IPPROTO_IP, IP_RECVTOS, 1),
        OPTION(IPPROTO_IP, IP_PKTINFO, 1),
        OPTION(IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO),
    };
    static const Option tcp[] = {
        OPTION(IPPROTO_TCP, TCP_KEEPCNT, 4),       OPTION(IPPROTO_TCP, TCP_MAXSEG, 1000),
        OPTION(IPPROTO_TCP, TCP_CORK, 1),          OPTION(IPPROTO_TCP, TCP_DEFER_ACCEPT, 3),
        OPTION(IPPROTO_TCP, TCP_USER_TIMEOUT, 5000), OPTION(IPPROTO_TCP, TCP_SYNCNT, 3),
        OPTION(IPPROTO_TCP, TCP_LINGER2, 9),       OPTION(IPPROTO_TCP, TCP_NOTSENT_LOWAT, 4096),
    };
    static const Option ip6[] = {
        OPTION(IPPROTO_IPV6, IPV6_UNICAST_HOPS, 12), OPTION(IPPROTO_IPV6, IPV6_MULTICAST_HOPS, 12),
        OPTION(IPPROTO_IPV6, IPV6_MULTICAST_IF, 1),  OPTION(IPPROTO_IPV6, IPV6_TCLASS, 0x20),
        OPTION(IPPROTO_IPV6, IPV6_RECVPKTINFO, 1),   OPTION(IPPROTO_IPV6, IPV6_RECVHOPLIMIT, 1),
        OPTION(IPPROTO_IPV6, IPV6_RECVTCLASS, 1),    OPTION(IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_DO),
    };
#undef OPTION
    check_start();
    for (size_t i = 0; i < COUNT(any); i++) {
        try(AF_INET, SOCK_DGRAM, &any[i]);
        try(AF_INET, SOCK_STREAM, &any[i]);
    }
    for (size_t i = 0; i < COUNT(tcp); i++) {
        try(AF_INET, SOCK_STREAM, &tcp[i]);
        try(AF_INET, SOCK_DGRAM, &tcp[i]);
    }
    for (size_t i = 0; i < COUNT(ip6); i++) {
        try(AF_INET6, SOCK_DGRAM, &ip6[i]);
        try(AF_INET, SOCK_DGRAM, &ip6[i]);
    }
    return 0;
}
