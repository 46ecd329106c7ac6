/* Groups by interface and by source, with the records of every interface there is for that. */
#include "check.h"

static void
by_record(int family, int level, const char *group_text, const char *source_text)
{
    Address group = address(family, group_text, 0), source = address(family, source_text, 0);
    struct group_req request;
    struct group_source_req from;
    int fd = bound_udp(family);
    memset(&request, 0, sizeof request);
    memset(&from, 0, sizeof from);
    request.gr_interface = from.gsr_interface = 1;
    memcpy(&request.gr_group, group.bytes, group.len);
    memcpy(&from.gsr_group, group.bytes, group.len);
    memcpy(&from.gsr_source, source.bytes, source.len);
    puts(family_name(family));
    show("  leave before", setsockopt(fd, level, MCAST_LEAVE_GROUP, &request, sizeof request));
    show("  join", setsockopt(fd, level, MCAST_JOIN_GROUP, &request, sizeof request));
    show("  join again", setsockopt(fd, level, MCAST_JOIN_GROUP, &request, sizeof request));
    show("  block a source", setsockopt(fd, level, MCAST_BLOCK_SOURCE, &from, sizeof from));
    show("  unblock it", setsockopt(fd, level, MCAST_UNBLOCK_SOURCE, &from, sizeof from));
    show("  leave", setsockopt(fd, level, MCAST_LEAVE_GROUP, &request, sizeof request));
    show("  join a source", setsockopt(fd, level, MCAST_JOIN_SOURCE_GROUP, &from, sizeof from));
    show("  leave it", setsockopt(fd, level, MCAST_LEAVE_SOURCE_GROUP, &from, sizeof from));
    show("  short", setsockopt(fd, level, MCAST_JOIN_GROUP, &request, 8));
    show("  short source", setsockopt(fd, level, MCAST_JOIN_SOURCE_GROUP, &from, 20));
    show("  NULL", setsockopt(fd, level, MCAST_JOIN_GROUP, NULL, sizeof request));
    request.gr_interface = 9999;
    show("  no such interface", setsockopt(fd, level, MCAST_JOIN_GROUP, &request, sizeof request));
    request.gr_interface = 1;
    memcpy(&request.gr_group, source.bytes, source.len);
    show("  no group", setsockopt(fd, level, MCAST_JOIN_GROUP, &request, sizeof request));
}

int
main(void)
{
    struct in_addr loopback = { htonl(INADDR_LOOPBACK) }, group = { htonl(0xef010203) }, got = { 0 };
    struct ip_mreqn by_index = { .imr_multiaddr = group, .imr_ifindex = 1 };
    struct ip_mreq_source source = { .imr_multiaddr = group, .imr_interface = loopback, .imr_sourceaddr = loopback };
    socklen_t len;
    check_start();
    int fd = bound_udp(AF_INET);
    show("join by index", setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &by_index, sizeof by_index));
    show("leave by index", setsockopt(fd, IPPROTO_IP, IP_DROP_MEMBERSHIP, &by_index, sizeof by_index));
    by_index.imr_ifindex = 9999;
    show("no such index", setsockopt(fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &by_index, sizeof by_index));
    show("join a source", setsockopt(fd, IPPROTO_IP, IP_ADD_SOURCE_MEMBERSHIP, &source, sizeof source));
    show("leave it", setsockopt(fd, IPPROTO_IP, IP_DROP_SOURCE_MEMBERSHIP, &source, sizeof source));
    show("short", setsockopt(fd, IPPROTO_IP, IP_ADD_SOURCE_MEMBERSHIP, &source, 8));

    show("outgoing by address", setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &loopback, sizeof loopback));
    len = sizeof got;
    show("get it", getsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &got, &len));
    print_yes("127.0.0.1", got.s_addr == loopback.s_addr);
    by_index = (struct ip_mreqn){ .imr_ifindex = 1 };
    show("outgoing by index", setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &by_index, sizeof by_index));
    show("outgoing by mreq", setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &by_index, sizeof(struct ip_mreq)));
    show("short", setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &loopback, 3));
    loopback.s_addr = htonl(0xc0000201);
    show("not ours", setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, &loopback, sizeof loopback));
    show("hops, the default", set_option(fd, IPPROTO_IP, IP_MULTICAST_TTL, -1));
    show("TTL, the default", set_option(fd, IPPROTO_IP, IP_TTL, -1));

    by_record(AF_INET, IPPROTO_IP, "239.1.2.4", "127.0.0.1");
    by_record(AF_INET6, IPPROTO_IPV6, "ff05::1234", "::1");
    return 0;
}
