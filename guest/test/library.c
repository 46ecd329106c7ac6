/*
 * What the library does on its own, against the small host of library.test.mjs: arguments it refuses, lengths, conversions,
 * names it resolves without the host, and hosts that behave like the original where the original falls short.
 *
 * Descriptors of that host: 10, 11 IPv4 stream and datagram; 12, 13 the same for IPv6; 20 a connection whose peer is
 * unknown; 0, 1, 2 no sockets. The address a call passed last is the local address of 99.
 */
#include <wasi_socket_ext.h>

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures;

#define CHECK(condition)                                       \
    do {                                                       \
        if (!(condition)) {                                    \
            printf("line %d: %s (errno %d)\n", __LINE__, #condition, errno); \
            failures++;                                        \
        }                                                      \
    } while (0)
#define FAILS(call, error) CHECK((errno = 0, (call) == -1) && errno == (error))

static struct sockaddr_in
ip4(int family, const char *text, int port)
{
    struct sockaddr_in addr;
    memset(&addr, 0, sizeof addr);
    addr.sin_family = (sa_family_t)family;
    addr.sin_port = htons((uint16_t)port);
    inet_pton(AF_INET, text, &addr.sin_addr);
    return addr;
}

static struct sockaddr_in6
ip6(const char *text, int port)
{
    struct sockaddr_in6 addr;
    memset(&addr, 0, sizeof addr);
    addr.sin6_family = AF_INET6;
    addr.sin6_port = htons((uint16_t)port);
    inet_pton(AF_INET6, text, &addr.sin6_addr);
    return addr;
}

#define ANY(addr) ((struct sockaddr *)&(addr))

static void
test_socket(void)
{
    CHECK(socket(AF_INET, SOCK_STREAM, 0) == 10);
    CHECK(socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_UDP) == 13);
    FAILS(socket(AF_INET, SOCK_STREAM, IPPROTO_UDP), EPROTONOSUPPORT);
    FAILS(socket(AF_INET, SOCK_STREAM, 300), EINVAL);
    FAILS(socket(AF_INET, SOCK_STREAM, -1), EINVAL);
    FAILS(socket(AF_UNIX, SOCK_STREAM, 0), EAFNOSUPPORT);
    FAILS(socket(-1, SOCK_STREAM, 0), EAFNOSUPPORT);
    FAILS(socket(AF_INET, 15, 0), EINVAL);
    FAILS(socket(AF_INET, -1, 0), EINVAL);
    FAILS(socket(AF_INET, 0x10 | SOCK_STREAM, 0), EINVAL);
    FAILS(socket(AF_INET, 1, 0), EPROTOTYPE);
}

static void
test_addresses_in(void)
{
    struct sockaddr_in v4 = ip4(AF_INET, "127.0.0.1", 0x1234), other = ip4(77, "1.2.3.4", 1), got4;
    struct sockaddr_in unspecified = ip4(AF_UNSPEC, "0.0.0.0", 80), disconnect = ip4(AF_UNSPEC, "1.2.3.4", 80);
    struct sockaddr_in6 v6 = ip6("2001:db8:1:2:3:4:5:6", 0x1234), got6;
    char large[200] = { 0 };
    socklen_t len;
    FAILS(bind(10, NULL, 16), EFAULT);
    FAILS(bind(10, NULL, 0), EINVAL);
    FAILS(bind(10, ANY(v4), 15), EINVAL);
    FAILS(bind(10, ANY(v4), 0), EINVAL);
    FAILS(bind(10, ANY(v4), (socklen_t)-1), EINVAL);
    FAILS(bind(10, (struct sockaddr *)large, 129), EINVAL);
    FAILS(bind(12, ANY(v6), 23), EINVAL);
    FAILS(bind(10, ANY(other), 16), EAFNOSUPPORT);
    FAILS(bind(10, ANY(other), 3), EINVAL);
    FAILS(bind(10, ANY(disconnect), 16), EAFNOSUPPORT);
    FAILS(bind(-1, NULL, 16), EBADF);
    FAILS(bind(1, NULL, 16), ENOTSOCK);
    FAILS(connect(10, NULL, 16), EFAULT);
    FAILS(connect(10, ANY(disconnect), 16), ENOTSUP);
    FAILS(connect(10, ANY(disconnect), 2), ENOTSUP);
    FAILS(connect(-1, ANY(disconnect), 16), EBADF);

    CHECK(bind(10, ANY(v4), sizeof v4) == 0);
    len = sizeof got4;
    CHECK(getsockname(99, ANY(got4), &len) == 0 && len == 16 && memcmp(&got4, &v4, 16) == 0);
    CHECK(bind(10, ANY(unspecified), 16) == 0);
    len = sizeof got4;
    CHECK(getsockname(99, ANY(got4), &len) == 0 && got4.sin_family == AF_INET && got4.sin_port == htons(80));
    CHECK(connect(12, ANY(v6), 24) == 0); /* Linux takes it without the scope id */
    len = sizeof got6;
    CHECK(getsockname(99, ANY(got6), &len) == 0 && len == 28 && memcmp(&got6, &v6, 28) == 0);
}

static void
test_addresses_out(void)
{
    struct sockaddr_in v4;
    unsigned char bytes[48];
    socklen_t len = 4;
    memset(bytes, 0xee, sizeof bytes);
    CHECK(getpeername(10, (struct sockaddr *)bytes, &len) == 0 && len == 16);
    CHECK(bytes[0] == AF_INET && bytes[2] == 0x12 && bytes[3] == 0x34 && bytes[4] == 0xee);
    len = sizeof bytes;
    CHECK(getpeername(12, (struct sockaddr *)bytes, &len) == 0 && len == 28 && bytes[23] == 1 && bytes[28] == 0xee);
    len = 0;
    CHECK(getpeername(10, NULL, &len) == 0 && len == 16);
    FAILS(getpeername(10, NULL, &len), EFAULT);
    FAILS(getpeername(10, ANY(v4), NULL), EFAULT);
    len = (socklen_t)-1;
    FAILS(getpeername(10, ANY(v4), &len), EINVAL);
    FAILS(getpeername(20, NULL, NULL), ENOTCONN);
}

static void
test_accept(void)
{
    struct sockaddr_in6 peer;
    socklen_t len = 77;
    CHECK(accept(10, NULL, NULL) == 20);
    CHECK(accept(10, NULL, &len) == 20 && len == 77);
    len = sizeof peer;
    errno = 0;
    CHECK(accept(10, ANY(peer), &len) == 20 && len == 16 && peer.sin6_family == AF_INET && errno == 0);
    len = 8;
    CHECK(accept4(12, ANY(peer), &len, SOCK_NONBLOCK) == 20 && len == 28 && peer.sin6_family == AF_INET6);
    CHECK(accept4(10, NULL, NULL, SOCK_CLOEXEC) == 20);
    FAILS(accept4(10, NULL, NULL, 1), EINVAL);
    FAILS(accept4(-1, NULL, NULL, 1), EBADF);
    FAILS(accept(10, ANY(peer), NULL), EFAULT);
    FAILS(accept(1, ANY(peer), NULL), ENOTSOCK);
}

static void
test_send(void)
{
    struct sockaddr_in to = ip4(AF_INET, "10.1.2.3", 53), none = ip4(AF_UNSPEC, "10.9.9.9", 54), got;
    char control[16] = { 0 };
    struct iovec iov[1] = { { control, 3 } };
    struct msghdr message = { .msg_iov = iov, .msg_iovlen = 1 };
    socklen_t len = sizeof got;
    CHECK(send(11, "abc", 3, 0) == 3);
    CHECK(send(11, "", 0, MSG_NOSIGNAL) == 0);
    CHECK(sendto(11, "abcd", 4, 0, NULL, 77) == 4);
    CHECK(sendto(11, "abcd", 4, 0, ANY(to), sizeof to) == 4);
    CHECK(getsockname(99, ANY(got), &len) == 0 && memcmp(&got, &to, 16) == 0);
    CHECK(sendto(11, "abcd", 4, 0, ANY(none), sizeof none) == 4);
    CHECK(getsockname(99, ANY(got), &len) == 0 && got.sin_family == AF_INET && got.sin_port == htons(54));
    FAILS(sendto(11, "abcd", 4, 0, ANY(to), 15), EINVAL);
    FAILS(sendto(11, "abcd", 4, 0, ANY(to), 200), EINVAL);
    FAILS(sendto(11, "abcd", 4, 1, ANY(to), 16), ENOTSUP);
    FAILS(send(11, "abcd", 4, 1), ENOTSUP);
    FAILS(send(-1, "abcd", 4, 1), EBADF);
    CHECK(sendmsg(11, &message, 0) == 3);
    message.msg_name = &to;
    CHECK(sendmsg(11, &message, 0) == 3); /* a name of no length is none */
    message.msg_namelen = 200;
    CHECK(sendmsg(11, &message, 0) == 3);
    CHECK(getsockname(99, ANY(got), &len) == 0 && got.sin_port == htons(53));
    message.msg_namelen = (socklen_t)-1;
    FAILS(sendmsg(11, &message, 0), EINVAL);
    message.msg_namelen = 16;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    FAILS(sendmsg(11, &message, 0), ENOTSUP);
    message.msg_controllen = 0;
    message.msg_iovlen = 1025;
    FAILS(sendmsg(11, &message, 0), EMSGSIZE);
    message.msg_iovlen = -1;
    FAILS(sendmsg(11, &message, 0), EMSGSIZE);
    message.msg_iovlen = 0;
    CHECK(sendmsg(11, &message, 0) == 0);
    FAILS(sendmsg(11, NULL, 0), EFAULT);
    FAILS(sendmsg(1, NULL, 0), ENOTSOCK);
}

/* The host has "abcdef" to give at every call. */
static void
test_recv(void)
{
    struct sockaddr_in from, untouched;
    socklen_t len;
    char room[8];
    static char bytes[1024];
    static struct iovec many[1024];
    struct iovec iov[2] = { { room, 2 }, { room + 2, 2 } };
    struct msghdr message = { .msg_iov = iov, .msg_iovlen = 2, .msg_controllen = 7, .msg_flags = 77, .msg_namelen = 99 };
    CHECK(recv(10, room, 8, MSG_PEEK | MSG_WAITALL) == 6 && memcmp(room, "abcdef", 6) == 0);
    CHECK(recv(10, room, 0, 0) == 0);
    FAILS(recv(10, room, 8, 0x40), ENOTSUP);
    CHECK(recvfrom(11, room, 4, 0, NULL, NULL) == 4);
    len = 4;
    CHECK(recvfrom(11, room, 4, 0, ANY(from), &len) == 4 && len == 16);
    FAILS(recvfrom(11, room, 4, 0, ANY(from), NULL), EFAULT);
    FAILS(recvfrom(-1, room, 4, 0, ANY(from), NULL), EBADF);
    memset(&from, 0xee, sizeof from);
    memset(&untouched, 0xee, sizeof untouched);
    len = sizeof from;
    CHECK(recvfrom(10, room, 4, 0, ANY(from), &len) == 4 && len == 0 && memcmp(&from, &untouched, 16) == 0);

    CHECK(recvmsg(11, &message, 0) == 4 && message.msg_flags == MSG_TRUNC && message.msg_controllen == 0);
    CHECK(memcmp(room, "abcd", 4) == 0 && message.msg_namelen == 99);
    message.msg_name = &from;
    message.msg_namelen = sizeof from;
    CHECK(recvmsg(11, &message, 0) == 4 && message.msg_flags == MSG_TRUNC && message.msg_namelen == 16);
    CHECK(from.sin_family == AF_INET && from.sin_port == htons(0x1234));
    iov[1].iov_len = 4;
    CHECK(recvmsg(11, &message, 0) == 6 && message.msg_flags == 0);
    CHECK(recvmsg(10, &message, 0) == 6 && message.msg_flags == 0 && message.msg_namelen == 0);
    message.msg_iovlen = 0;
    message.msg_namelen = 2;
    CHECK(recvmsg(11, &message, 0) == 0 && message.msg_flags == MSG_TRUNC && message.msg_namelen == 16);
    for (int i = 0; i < 1024; i++)
        many[i] = (struct iovec){ bytes + i, i >= 1000 };
    message.msg_iov = many;
    message.msg_iovlen = 1004;
    CHECK(recvmsg(11, &message, 0) == 4 && message.msg_flags == MSG_TRUNC && memcmp(bytes + 1000, "abcd\0", 5) == 0);
    message.msg_iovlen = 1024;
    CHECK(recvmsg(11, &message, 0) == 6 && message.msg_flags == 0);
    message.msg_iovlen = 1025;
    FAILS(recvmsg(11, &message, 0), EMSGSIZE);
    message.msg_iovlen = 1;
    message.msg_namelen = (socklen_t)-1;
    FAILS(recvmsg(11, &message, 0), EINVAL);
    message.msg_namelen = 16;
    message.msg_iov = NULL;
    FAILS(recvmsg(11, &message, 0), EFAULT);
    FAILS(recvmsg(11, NULL, 0), EFAULT);
}

static int
set_on(int fd, int level, int option, int value)
{
    return setsockopt(fd, level, option, &value, sizeof value);
}

static int
set(int level, int option, int value)
{
    return set_on(10, level, option, value);
}

static int
get(int level, int option)
{
    int value = 0x7e7e7e7e;
    socklen_t size = sizeof value;
    return getsockopt(10, level, option, &value, &size) == 0 && size == sizeof value ? value : -1;
}

static void
test_options(void)
{
    unsigned char bytes[32];
    int wide[2] = { 1, -1 };
    socklen_t size;
    static const int flags[][2] = { { SOL_SOCKET, SO_KEEPALIVE }, { SOL_SOCKET, SO_REUSEADDR },
                                    { SOL_SOCKET, SO_REUSEPORT }, { SOL_SOCKET, SO_BROADCAST },
                                    { IPPROTO_TCP, TCP_NODELAY }, { IPPROTO_TCP, TCP_QUICKACK },
                                    { IPPROTO_IP, IP_MULTICAST_LOOP }, { IPPROTO_IPV6, IPV6_V6ONLY } };
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        CHECK(set(flags[i][0], flags[i][1], 256) == 0 && get(flags[i][0], flags[i][1]) == 1);
        CHECK(set(flags[i][0], flags[i][1], 0) == 0 && get(flags[i][0], flags[i][1]) == 0);
    }
    CHECK(set(SOL_SOCKET, SO_RCVBUF, 0x12345) == 0 && get(SOL_SOCKET, SO_RCVBUF) == 0x12345);
    CHECK(set(SOL_SOCKET, SO_SNDBUF, 0x12345) == 0 && get(SOL_SOCKET, SO_SNDBUF) == 0x12345);
    CHECK(set(IPPROTO_TCP, TCP_KEEPIDLE, 600) == 0 && get(IPPROTO_TCP, TCP_KEEPIDLE) == 600);
    CHECK(set(IPPROTO_TCP, TCP_KEEPINTVL, 601) == 0 && get(IPPROTO_TCP, TCP_KEEPINTVL) == 601);
    CHECK(get(SOL_SOCKET, SO_TYPE) == SOCK_STREAM);
    FAILS(set(SOL_SOCKET, SO_TYPE, 1), ENOPROTOOPT);
    CHECK(set(IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 1) == 0 && get(IPPROTO_TCP, TCP_FASTOPEN_CONNECT) == 1);
    FAILS(set(IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 2), EINVAL);
    CHECK(set(IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 1) == 0 && get(IPPROTO_IPV6, IPV6_MULTICAST_LOOP) == 1);
    FAILS(set_on(12, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 2), EINVAL);
    FAILS(set(IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 2), ENOPROTOOPT);
    FAILS(set_on(11, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 2), ENOPROTOOPT);
    CHECK(set(IPPROTO_IP, IP_TTL, 200) == 0 && get(IPPROTO_IP, IP_TTL) == 200);
    CHECK(set(IPPROTO_IP, IP_TTL, -1) == 0 && get(IPPROTO_IP, IP_TTL) == 64);
    FAILS(set(IPPROTO_IP, IP_TTL, 0), EINVAL);
    FAILS(set(IPPROTO_IP, IP_TTL, 300), EINVAL);
    FAILS(set(IPPROTO_IP, IP_TTL, -2), EINVAL);
    CHECK(set(IPPROTO_IP, IP_MULTICAST_TTL, 0) == 0 && get(IPPROTO_IP, IP_MULTICAST_TTL) == 0);
    CHECK(set(IPPROTO_IP, IP_MULTICAST_TTL, -1) == 0 && get(IPPROTO_IP, IP_MULTICAST_TTL) == 1);
    FAILS(set(IPPROTO_IP, IP_MULTICAST_TTL, 256), EINVAL);

    /* lengths */
    FAILS(setsockopt(10, SOL_SOCKET, SO_KEEPALIVE, wide, 3), EINVAL);
    FAILS(setsockopt(10, SOL_SOCKET, SO_KEEPALIVE, NULL, 4), EFAULT);
    FAILS(setsockopt(10, SOL_SOCKET, SO_KEEPALIVE, wide, (socklen_t)-1), EINVAL);
    FAILS(setsockopt(-1, SOL_SOCKET, SO_KEEPALIVE, wide, 3), EBADF);
    CHECK(setsockopt(10, SOL_SOCKET, SO_KEEPALIVE, wide, 8) == 0);
    FAILS(setsockopt(10, IPPROTO_TCP, TCP_NODELAY, wide, 1), EINVAL);
    CHECK(setsockopt(10, IPPROTO_IP, IP_TTL, wide, 1) == 0 && get(IPPROTO_IP, IP_TTL) == 1);
    FAILS(setsockopt(10, IPPROTO_IP, IP_TTL, wide, 0), EINVAL);
    FAILS(setsockopt(12, IPPROTO_IPV6, IPV6_V6ONLY, wide, 1), EINVAL);
    FAILS(setsockopt(10, IPPROTO_IPV6, IPV6_V6ONLY, wide, 1), ENOPROTOOPT);
    CHECK(setsockopt(10, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, NULL, 4) == 0 && get(IPPROTO_IPV6, IPV6_MULTICAST_LOOP) == 0);
    memset(bytes, 0xee, sizeof bytes);
    size = 2;
    CHECK(getsockopt(10, SOL_SOCKET, SO_RCVBUF, bytes, &size) == 0 && size == 2);
    CHECK(bytes[0] == 0x45 && bytes[1] == 0x23 && bytes[2] == 0xee);
    size = 3;
    CHECK(getsockopt(10, IPPROTO_IP, IP_TTL, bytes, &size) == 0 && size == 1 && bytes[0] == 1 && bytes[1] == 0x23);
    size = 100;
    CHECK(getsockopt(10, IPPROTO_IP, IP_TTL, bytes, &size) == 0 && size == 4 && bytes[3] == 0 && bytes[4] == 0xee);
    size = 0;
    CHECK(getsockopt(10, SOL_SOCKET, SO_RCVBUF, NULL, &size) == 0 && size == 0);
    size = 4;
    FAILS(getsockopt(10, SOL_SOCKET, SO_RCVBUF, NULL, &size), EFAULT);
    FAILS(getsockopt(10, SOL_SOCKET, SO_RCVBUF, bytes, NULL), EFAULT);
    size = (socklen_t)-1;
    FAILS(getsockopt(10, SOL_SOCKET, SO_RCVBUF, bytes, &size), EINVAL);

    /* what there is not */
    size = 4;
    FAILS(getsockopt(10, SOL_SOCKET, 4 /* SO_ERROR */, bytes, &size), ENOPROTOOPT);
    FAILS(getsockopt(10, 99, 1, bytes, &size), ENOPROTOOPT);
    FAILS(getsockopt(1, 99, 1, bytes, &size), ENOTSOCK);
    FAILS(getsockopt(1, SOL_SOCKET, SO_TYPE, bytes, &size), ENOTSOCK);
    FAILS(set(99, 1, 1), ENOPROTOOPT);
    FAILS(setsockopt(10, SOL_SOCKET, 999, wide, 1), EINVAL);
    FAILS(setsockopt(10, IPPROTO_IP, 999, wide, 1), ENOPROTOOPT);
}

static int
set_timeout(long long s, long long us)
{
    struct timeval timeout = { .tv_sec = s, .tv_usec = (suseconds_t)us };
    return setsockopt(10, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
}

static int
timeout_is(long long s, long long us)
{
    struct timeval timeout;
    socklen_t size = sizeof timeout;
    return getsockopt(10, SOL_SOCKET, SO_RCVTIMEO, &timeout, &size) == 0 && size == 16 && timeout.tv_sec == s
           && timeout.tv_usec == us;
}

static void
test_structures(void)
{
    struct linger linger = { 5, 77 };
    struct ip_mreq group = { { htonl(0xef010203) }, { htonl(INADDR_LOOPBACK) } };
    struct ipv6_mreq group6;
    uint32_t groupn[3] = { group.imr_multiaddr.s_addr, group.imr_interface.s_addr, 0 };
    socklen_t size = sizeof linger;
    CHECK(setsockopt(10, SOL_SOCKET, SO_LINGER, &linger, 8) == 0);
    CHECK(getsockopt(10, SOL_SOCKET, SO_LINGER, &linger, &size) == 0 && linger.l_onoff == 1 && linger.l_linger == 77);
    FAILS(setsockopt(10, SOL_SOCKET, SO_LINGER, &linger, 4), EINVAL);

    CHECK(set_timeout(1, 500000) == 0 && timeout_is(1, 500000));
    CHECK(set_timeout(0, 1) == 0 && timeout_is(0, 1));
    CHECK(set_timeout(5000000000, 0) == 0 && timeout_is(5000000000, 0));
    FAILS(set_timeout(1, 1000000), EDOM);
    FAILS(set_timeout(-1, -1), EDOM);
    CHECK(set_timeout(-1, 0) == 0 && timeout_is(0, 1));
    CHECK(set_timeout(LLONG_MAX, 0) == 0 && timeout_is(0, 0));

    /* The host answers 0 for exactly this group and interface. */
    CHECK(setsockopt(11, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof group) == 0);
    CHECK(setsockopt(11, IPPROTO_IP, IP_DROP_MEMBERSHIP, groupn, sizeof groupn) == 0);
    groupn[2] = 1;
    FAILS(setsockopt(11, IPPROTO_IP, IP_ADD_MEMBERSHIP, groupn, sizeof groupn), ENOTSUP);
    FAILS(setsockopt(11, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, 7), EINVAL);
    memset(&group6, 0, sizeof group6);
    inet_pton(AF_INET6, "ff02::1:2", &group6.ipv6mr_multiaddr);
    group6.ipv6mr_interface = 3;
    CHECK(setsockopt(13, IPPROTO_IPV6, IPV6_JOIN_GROUP, &group6, sizeof group6) == 0);
    CHECK(setsockopt(13, IPPROTO_IPV6, IPV6_LEAVE_GROUP, &group6, sizeof group6) == 0);
    FAILS(setsockopt(13, IPPROTO_IPV6, IPV6_JOIN_GROUP, &group6, 19), EINVAL);
}

/* A list as text: `4s127.0.0.1:80 6d::1%2:53`, or `EAI code`. */
static const char *
resolved(const char *node, const char *service, int flags, int family, int type, int protocol)
{
    static char text[8192];
    struct addrinfo hints, *list = NULL;
    memset(&hints, 0, sizeof hints);
    hints.ai_flags = flags;
    hints.ai_family = family;
    hints.ai_socktype = type;
    hints.ai_protocol = protocol;
    int error = getaddrinfo(node, service, &hints, &list);
    text[0] = '\0';
    if (error != 0) {
        snprintf(text, sizeof text, "EAI %d", error);
        return text;
    }
    for (struct addrinfo *info = list; info != NULL; info = info->ai_next) {
        char addr[64] = "?", part[128];
        int is4 = info->ai_family == AF_INET, stream = info->ai_socktype == SOCK_STREAM;
        const struct sockaddr_in *v4 = (const struct sockaddr_in *)info->ai_addr;
        const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)info->ai_addr;
        inet_ntop(info->ai_family, is4 ? (const void *)&v4->sin_addr : (const void *)&v6->sin6_addr, addr, sizeof addr);
        if (!is4 && v6->sin6_scope_id != 0)
            snprintf(addr + strlen(addr), 12, "%%%u", v6->sin6_scope_id);
        snprintf(part, sizeof part, "%s%c%c%s:%d", info == list ? "" : " ", is4 ? '4' : '6', stream ? 's' : 'd', addr,
                 ntohs(v4->sin_port));
        if (info->ai_canonname != NULL)
            snprintf(part + strlen(part), 20, "=%s", info->ai_canonname);
        strcat(text, part);
        CHECK(info->ai_protocol == (stream ? IPPROTO_TCP : IPPROTO_UDP) && info->ai_flags == flags);
        CHECK(info->ai_addrlen == (is4 ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6)));
    }
    freeaddrinfo(list);
    return text;
}

#define GIVES(call, expected)                                                             \
    do {                                                                                  \
        const char *got = (call);                                                         \
        if (strcmp(got, expected) != 0) {                                                 \
            printf("line %d: %s\n  gives    %s\n  expected %s\n", __LINE__, #call, got, expected); \
            failures++;                                                                   \
        }                                                                                 \
    } while (0)

static void
test_numeric_names(void)
{
    enum { S = SOCK_STREAM, D = SOCK_DGRAM };
    GIVES(resolved(NULL, "80", 0, 0, 0, 0), "6s::1:80 6d::1:80 4s127.0.0.1:80 4d127.0.0.1:80");
    GIVES(resolved(NULL, "80", AI_PASSIVE, 0, S, 0), "4s0.0.0.0:80 6s:::80");
    GIVES(resolved(NULL, "80", AI_PASSIVE, AF_INET6, S, 0), "6s:::80");
    GIVES(resolved(NULL, "80", AI_V4MAPPED, AF_INET6, S, 0), "6s::1:80");
    GIVES(resolved(NULL, NULL, 0, 0, 0, 0), "EAI -2");
    GIVES(resolved(NULL, NULL, 0x10000, 77, 0, 0), "EAI -2");
    GIVES(resolved("127.0.0.1", NULL, 0, 0, 0, 0), "4s127.0.0.1:0 4d127.0.0.1:0");
    GIVES(resolved("127.0.0.1", "", 0, 0, S, 0), "4s127.0.0.1:0");
    GIVES(resolved("127.1", "00080", AI_NUMERICHOST, 0, D, 0), "4d127.0.0.1:80");
    GIVES(resolved("127.0.0.1 x", "1", AI_NUMERICHOST, 0, S, 0), "EAI -2");
    GIVES(resolved("127.0.0.1", "65535", 0, 0, S, 0), "4s127.0.0.1:65535");
    GIVES(resolved("127.0.0.1", "65536", 0, 0, S, 0), "4s127.0.0.1:0");
    GIVES(resolved("127.0.0.1", "99999999999999999999", 0, 0, S, 0), "4s127.0.0.1:65535");
    GIVES(resolved("127.0.0.1", "http", AI_NUMERICSERV, 0, S, 0), "EAI -2");
    GIVES(resolved("127.0.0.1", "1", 0, AF_INET6, S, 0), "EAI -9");
    GIVES(resolved("127.0.0.1", "1", AI_ALL, AF_INET6, S, 0), "EAI -9");
    GIVES(resolved("127.0.0.1", "1", AI_V4MAPPED, AF_INET6, S, 0), "6s::ffff:127.0.0.1:1");
    GIVES(resolved("::1", "1", AI_V4MAPPED | AI_ALL, AF_INET6, S, 0), "6s::1:1");
    GIVES(resolved("::1", "1", 0, AF_INET, S, 0), "EAI -9");
    GIVES(resolved("::ffff:1.2.3.4", "1", 0, AF_INET, S, 0), "4s1.2.3.4:1");
    GIVES(resolved("::ffff:1.2.3.4", "1", 0, 0, S, 0), "6s::ffff:1.2.3.4:1");
    GIVES(resolved("fe80::1%2", "1", 0, 0, S, 0), "6sfe80::1%2:1");
    GIVES(resolved("fe80::1%", "1", AI_NUMERICHOST, 0, S, 0), "EAI -2");
    GIVES(resolved("fe80::1%99999999999", "1", AI_NUMERICHOST, 0, S, 0), "EAI -2");
    GIVES(resolved("fe80::1%eth0", "1", AI_NUMERICHOST, 0, S, 0), "EAI -2");
    GIVES(resolved("1.2.3.4", "1", AI_CANONNAME | AI_ADDRCONFIG, 0, 0, 0), "4s1.2.3.4:1=1.2.3.4 4d1.2.3.4:1");
    GIVES(resolved(NULL, "1", AI_CANONNAME, 0, 0, 0), "EAI -1");
    GIVES(resolved("localhost", "1", AI_NUMERICHOST, 0, S, 0), "EAI -2");
    GIVES(resolved("", "1", 0, 0, S, 0), "EAI -2");
    GIVES(resolved("127.0.0.1", "1", 0x8000, 77, 77, 99), "EAI -1");
    GIVES(resolved("127.0.0.1", "1", 0, 77, 77, 99), "EAI -6");
    GIVES(resolved("127.0.0.1", "1", 0, AF_UNIX, 0, 0), "EAI -6");
    GIVES(resolved("127.0.0.1", "1", 0, 0, 77, 0), "EAI -7");
    GIVES(resolved("127.0.0.1", "1", 0, 0, S, 17), "EAI -7");
    GIVES(resolved("127.0.0.1", "1", 0, 0, 0, 99), "EAI -8");
    GIVES(resolved("127.0.0.1", "1", 0, 0, 0, 17), "4d127.0.0.1:1");
    GIVES(resolved("127.0.0.1", "1", 0, 0, 0, 6), "4s127.0.0.1:1");
}

/* The host knows two.test (10.0.0.1, 2001:db8::1), four.test (10.0.0.4), many.test (40 addresses), error-N.test (errno N),
   and the services http (80, stream) and domain (53, both). */
static void
test_resolver(void)
{
    enum { S = SOCK_STREAM, D = SOCK_DGRAM };
    struct addrinfo *list, *rest;
    int count = 0;
    GIVES(resolved("two.test", "80", 0, 0, S, 0), "4s10.0.0.1:80 6s2001:db8::1:80");
    GIVES(resolved("two.test", NULL, 0, AF_INET, 0, 0), "4s10.0.0.1:0 4d10.0.0.1:0");
    GIVES(resolved("two.test", "http", AI_CANONNAME, 0, 0, 0), "4s10.0.0.1:80=two.test 6s2001:db8::1:80");
    GIVES(resolved("two.test", "domain", 0, AF_INET6, 0, 17), "6d2001:db8::1:53");
    GIVES(resolved("two.test", "nosuch", 0, 0, 0, 0), "EAI -8");
    GIVES(resolved("two.test", "1", AI_V4MAPPED, AF_INET6, S, 0), "6s2001:db8::1:1");
    GIVES(resolved("two.test", "1", AI_V4MAPPED | AI_ALL, AF_INET6, S, 0), "6s::ffff:10.0.0.1:1 6s2001:db8::1:1");
    GIVES(resolved("four.test", "1", 0, AF_INET6, S, 0), "EAI -2");
    GIVES(resolved("four.test", "1", AI_V4MAPPED, AF_INET6, S, 0), "6s::ffff:10.0.0.4:1");
    GIVES(resolved("four.test", "http", AI_V4MAPPED, AF_INET6, 0, 0), "6s::ffff:10.0.0.4:80");
    GIVES(resolved("1.2.3.4", "http", 0, 0, 0, 0), "4s1.2.3.4:80");
    GIVES(resolved("1.2.3.4", "domain", 0, 0, 0, 0), "4s1.2.3.4:53 4d1.2.3.4:53");
    GIVES(resolved("1.2.3.4", "http", 0, 0, D, 0), "EAI -8");
    GIVES(resolved(NULL, "http", AI_PASSIVE, AF_INET, 0, 0), "4s0.0.0.0:80");
    GIVES(resolved("nosuch.test", "1", 0, 0, S, 0), "EAI -2");
    GIVES(resolved("error-44.test", "1", 0, 0, S, 0), "EAI -2");
    GIVES(resolved("error-66.test", "1", 0, 0, S, 0), "EAI -8");
    GIVES(resolved("error-5.test", "1", 0, 0, S, 0), "EAI -6");
    GIVES(resolved("error-6.test", "1", 0, 0, S, 0), "EAI -3");
    GIVES(resolved("error-29.test", "1", 0, 0, S, 0), "EAI -4");
    GIVES(resolved("error-48.test", "1", 0, 0, S, 0), "EAI -10");
    errno = 0;
    GIVES(resolved("error-2.test", "1", 0, 0, S, 0), "EAI -11");
    CHECK(errno == EACCES);

    CHECK(getaddrinfo("many.test", "1", NULL, &list) == 0);
    for (struct addrinfo *info = list; info != NULL; info = info->ai_next)
        count++;
    CHECK(count == 80);
    rest = list->ai_next; /* POSIX: parts of a list may be freed on their own */
    list->ai_next = NULL;
    freeaddrinfo(list);
    freeaddrinfo(rest);
    freeaddrinfo(NULL);
    for (int code = 0; code >= -12; code--)
        CHECK(strlen(gai_strerror(code)) > 0);
    CHECK(strcmp(gai_strerror(77), "Unknown error") == 0);
}

int
main(void)
{
    test_socket();
    test_addresses_in();
    test_addresses_out();
    test_accept();
    test_send();
    test_recv();
    test_options();
    test_structures();
    test_numeric_names();
    test_resolver();
    printf("%d failures\n", failures);
    return failures != 0;
}
