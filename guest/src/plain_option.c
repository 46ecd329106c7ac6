/*
 * getsockopt and setsockopt for the options that have imports of their own in the original. Which lengths and values are
 * taken, cut or refused, level by level, is what Linux was observed to do. All other options are ENOPROTOOPT here, among them
 * SO_ERROR, SO_DOMAIN and SO_PROTOCOL. So is getting an option of an unknown level, POSIX's answer; Linux's is that for IPv6
 * sockets and EOPNOTSUPP for IPv4 ones.
 */
#include "internal.h"

#include <limits.h>
#include <string.h>

#define US_PER_SECOND 1000000

/* The default of net.ipv4.ip_default_ttl (and RFC 1340's); its value on the host is not known here. */
#define DEFAULT_TTL 64
#define DEFAULT_MULTICAST_TTL 1

BERTH_ASSERT(sizeof(struct timeval) == 16, "64-bit seconds and microseconds");
BERTH_ASSERT(sizeof(struct linger) == 8, "two ints");
BERTH_ASSERT(sizeof(struct ip_mreq) == 8, "two addresses");
BERTH_ASSERT(sizeof(struct ipv6_mreq) == 20, "address and index");

bool
berth_is_plain_option(int level, int option)
{
    switch (level) {
        case SOL_SOCKET:
            return option == SO_KEEPALIVE || option == SO_REUSEADDR || option == SO_REUSEPORT || option == SO_BROADCAST
                   || option == SO_RCVBUF || option == SO_SNDBUF || option == SO_TYPE || option == SO_LINGER
                   || option == SO_RCVTIMEO || option == SO_SNDTIMEO;
        case IPPROTO_TCP:
            return option == TCP_NODELAY || option == TCP_QUICKACK || option == TCP_FASTOPEN_CONNECT
                   || option == TCP_KEEPIDLE || option == TCP_KEEPINTVL;
        case IPPROTO_IP:
            return option == IP_TTL || option == IP_MULTICAST_TTL || option == IP_MULTICAST_LOOP
                   || option == IP_ADD_MEMBERSHIP || option == IP_DROP_MEMBERSHIP;
        case IPPROTO_IPV6:
            return option == IPV6_V6ONLY || option == IPV6_MULTICAST_LOOP || option == IPV6_JOIN_GROUP
                   || option == IPV6_LEAVE_GROUP;
        default:
            return false;
    }
}

/* --- get ------------------------------------------------------------------------------------------------------------ */

/*
 * Where an import stores a small value. All of it starts as zero and memory is little-endian, so `number` is the value
 * whether one, four or eight bytes were stored. Eight: the original does so for the buffer sizes.
 */
typedef union {
    bool on;
    uint8_t hops;
    uint32_t number;
    __wasi_size_t bytes;
    uint64_t room;
} small;

static int
get_socket_number(int fd, int option, small *out)
{
    bool stream;
    int error;
    switch (option) {
        case SO_KEEPALIVE:
            return __wasi_sock_get_keep_alive(fd, &out->on);
        case SO_REUSEADDR:
            return __wasi_sock_get_reuse_addr(fd, &out->on);
        case SO_REUSEPORT:
            return __wasi_sock_get_reuse_port(fd, &out->on);
        case SO_BROADCAST:
            return __wasi_sock_get_broadcast(fd, &out->on);
        case SO_RCVBUF:
            return __wasi_sock_get_recv_buf_size(fd, &out->bytes);
        case SO_SNDBUF:
            return __wasi_sock_get_send_buf_size(fd, &out->bytes);
        case SO_TYPE:
            error = berth_is_stream(fd, &stream);
            out->number = error == 0 && stream ? SOCK_STREAM : SOCK_DGRAM;
            return error;
        default:
            return ENOPROTOOPT;
    }
}

static int
get_tcp_number(int fd, int option, small *out)
{
    switch (option) {
        case TCP_NODELAY:
            return __wasi_sock_get_tcp_no_delay(fd, &out->on);
        case TCP_QUICKACK:
            return __wasi_sock_get_tcp_quick_ack(fd, &out->on);
        case TCP_FASTOPEN_CONNECT:
            return __wasi_sock_get_tcp_fastopen_connect(fd, &out->on);
        case TCP_KEEPIDLE:
            return __wasi_sock_get_tcp_keep_idle(fd, &out->number);
        case TCP_KEEPINTVL:
            return __wasi_sock_get_tcp_keep_intvl(fd, &out->number);
        default:
            return ENOPROTOOPT;
    }
}

static int
get_ip_number(int fd, int option, small *out)
{
    switch (option) {
        case IP_TTL:
            return __wasi_sock_get_ip_ttl(fd, &out->hops);
        case IP_MULTICAST_TTL:
            return __wasi_sock_get_ip_multicast_ttl(fd, &out->hops);
        case IP_MULTICAST_LOOP:
            return __wasi_sock_get_ip_multicast_loop(fd, false, &out->on);
        default:
            return ENOPROTOOPT;
    }
}

static int
get_ipv6_number(int fd, int option, small *out)
{
    switch (option) {
        case IPV6_V6ONLY:
            return __wasi_sock_get_ipv6_only(fd, &out->on);
        case IPV6_MULTICAST_LOOP:
            return __wasi_sock_get_ip_multicast_loop(fd, true, &out->on);
        default:
            return ENOPROTOOPT;
    }
}

static int
get_number(int fd, int level, int option, int *value)
{
    small out = { .room = 0 };
    int error = level == SOL_SOCKET     ? get_socket_number(fd, option, &out)
                : level == IPPROTO_TCP  ? get_tcp_number(fd, option, &out)
                : level == IPPROTO_IP   ? get_ip_number(fd, option, &out)
                : level == IPPROTO_IPV6 ? get_ipv6_number(fd, option, &out)
                                        : ENOPROTOOPT;
    *value = (int)out.number;
    return error;
}

static int
get_timeout(int fd, int option, struct timeval *timeout)
{
    uint64_t us = 0;
    int error = option == SO_RCVTIMEO ? __wasi_sock_get_recv_timeout(fd, &us) : __wasi_sock_get_send_timeout(fd, &us);
    timeout->tv_sec = (time_t)(us / US_PER_SECOND);
    timeout->tv_usec = (suseconds_t)(us % US_PER_SECOND);
    return error;
}

static int
get_linger(int fd, struct linger *linger)
{
    bool on = false;
    int seconds = 0;
    int error = __wasi_sock_get_linger(fd, &on, &seconds);
    linger->l_onoff = on;
    linger->l_linger = seconds;
    return error;
}

/* A value is cut to the room there is, and `*size` becomes what was stored. */
int
berth_get_plain_option(int fd, int level, int option, void *value, socklen_t *size)
{
    union {
        int number;
        struct timeval timeout;
        struct linger linger;
    } out;
    socklen_t full, room;
    int error;
    if (size == NULL)
        return berth_refuse(fd, EFAULT);
    if (*size > INT_MAX)
        return berth_refuse(fd, EINVAL);
    if (level == SOL_SOCKET && (option == SO_RCVTIMEO || option == SO_SNDTIMEO)) {
        full = sizeof out.timeout;
        error = get_timeout(fd, option, &out.timeout);
    }
    else if (level == SOL_SOCKET && option == SO_LINGER) {
        full = sizeof out.linger;
        error = get_linger(fd, &out.linger);
    }
    else {
        full = sizeof out.number;
        error = get_number(fd, level, option, &out.number);
    }
    if (error == ENOPROTOOPT)
        return berth_refuse(fd, error);
    if (error != 0)
        return berth_result(error);
    room = *size < full ? *size : full;
    /* The IP level goes back to options of one byte: given less than an int, it stores one. */
    if (level == IPPROTO_IP && room > 0 && room < full && out.number >= 0 && out.number <= UINT8_MAX)
        room = 1;
    if (value == NULL && room > 0)
        return berth_result(EFAULT);
    if (room > 0)
        memcpy(value, &out, room);
    *size = room;
    return 0;
}

/* --- set ------------------------------------------------------------------------------------------------------------ */

/* Copies a value of `full` bytes; a longer one is cut, as everywhere on Linux. */
static int
take(const void *value, socklen_t size, void *out, socklen_t full)
{
    if (size < full)
        return EINVAL;
    if (value == NULL)
        return EFAULT;
    memcpy(out, value, full);
    return 0;
}

static int
set_timeout(int fd, int option, const void *value, socklen_t size)
{
    struct timeval timeout;
    int error = take(value, size, &timeout, sizeof timeout);
    uint64_t us;
    if (error != 0)
        return error;
    if (timeout.tv_usec < 0 || timeout.tv_usec >= US_PER_SECOND)
        return EDOM;
    if (timeout.tv_sec < 0)
        us = 1; /* Linux does not wait at all then; the imports' shortest wait is this */
    else if (timeout.tv_sec >= INT64_MAX / US_PER_SECOND)
        us = 0; /* 292,000 years are for ever */
    else
        us = (uint64_t)timeout.tv_sec * US_PER_SECOND + (uint64_t)timeout.tv_usec;
    return option == SO_RCVTIMEO ? __wasi_sock_set_recv_timeout(fd, us) : __wasi_sock_set_send_timeout(fd, us);
}

static int
set_linger(int fd, const void *value, socklen_t size)
{
    struct linger linger;
    int error = take(value, size, &linger, sizeof linger);
    return error != 0 ? error : __wasi_sock_set_linger(fd, linger.l_onoff != 0, linger.l_linger);
}

static int
set_socket_option(int fd, int option, const void *value, socklen_t size)
{
    int number;
    int error = take(value, size, &number, sizeof number);
    if (error != 0)
        return error;
    switch (option) {
        case SO_KEEPALIVE:
            return __wasi_sock_set_keep_alive(fd, number != 0);
        case SO_REUSEADDR:
            return __wasi_sock_set_reuse_addr(fd, number != 0);
        case SO_REUSEPORT:
            return __wasi_sock_set_reuse_port(fd, number != 0);
        case SO_BROADCAST:
            return __wasi_sock_set_broadcast(fd, number != 0);
        case SO_RCVBUF:
            return __wasi_sock_set_recv_buf_size(fd, (__wasi_size_t)number);
        case SO_SNDBUF:
            return __wasi_sock_set_send_buf_size(fd, (__wasi_size_t)number);
        case SO_LINGER:
            return set_linger(fd, value, size);
        case SO_RCVTIMEO:
        case SO_SNDTIMEO:
            return set_timeout(fd, option, value, size);
        default:
            return ENOPROTOOPT;
    }
}

static int
set_tcp_option(int fd, int option, const void *value, socklen_t size)
{
    int number;
    int error = take(value, size, &number, sizeof number);
    if (error != 0)
        return error;
    switch (option) {
        case TCP_NODELAY:
            return __wasi_sock_set_tcp_no_delay(fd, number != 0);
        case TCP_QUICKACK:
            return __wasi_sock_set_tcp_quick_ack(fd, number != 0);
        case TCP_FASTOPEN_CONNECT:
            if (number != 0 && number != 1)
                return EINVAL;
            return __wasi_sock_set_tcp_fastopen_connect(fd, number != 0);
        case TCP_KEEPIDLE:
            return __wasi_sock_set_tcp_keep_idle(fd, (uint32_t)number);
        case TCP_KEEPINTVL:
            return __wasi_sock_set_tcp_keep_intvl(fd, (uint32_t)number);
        default:
            return ENOPROTOOPT;
    }
}

/* An IP-level number is an int, or one byte. */
static int
take_ip_number(const void *value, socklen_t size, int *number)
{
    uint8_t byte = 0;
    if (size >= sizeof *number)
        return take(value, size, number, sizeof *number);
    int error = take(value, size, &byte, sizeof byte);
    *number = byte;
    return error;
}

static int
change_ip_membership(int fd, bool join, const void *value, socklen_t size)
{
    struct ip_mreqn request = { { 0 }, { 0 }, 0 }; /* an ip_mreq, then the index of an interface, which goes first */
    __wasi_addr_ip_t group;
    int error = take(value, size, &request, size >= sizeof request ? sizeof request : sizeof(struct ip_mreq));
    if (error != 0)
        return error;
    if (request.imr_ifindex != 0)
        return ENOTSUP; /* the import takes an address of the interface, not its index */
    memset(&group, 0, sizeof group);
    group.kind = IPv4;
    memcpy(&group.addr.ip4, &request.imr_multiaddr, sizeof group.addr.ip4);
    uint32_t interface_be = request.imr_address.s_addr;
    return join ? __wasi_sock_set_ip_add_membership(fd, &group, interface_be)
                : __wasi_sock_set_ip_drop_membership(fd, &group, interface_be);
}

static int
set_ip_option(int fd, int option, const void *value, socklen_t size)
{
    int number, error;
    if (option == IP_ADD_MEMBERSHIP || option == IP_DROP_MEMBERSHIP)
        return change_ip_membership(fd, option == IP_ADD_MEMBERSHIP, value, size);
    if (option != IP_TTL && option != IP_MULTICAST_TTL && option != IP_MULTICAST_LOOP)
        return ENOPROTOOPT; /* at this level before the length is looked at */
    error = take_ip_number(value, size, &number);
    if (error != 0)
        return error;
    if (option == IP_MULTICAST_LOOP)
        return __wasi_sock_set_ip_multicast_loop(fd, false, number != 0);
    /* -1 is "the default again". The imports carry one byte, which must not become another number on the way. */
    if (number == -1)
        number = option == IP_TTL ? DEFAULT_TTL : DEFAULT_MULTICAST_TTL;
    if (number < (option == IP_TTL ? 1 : 0) || number > UINT8_MAX)
        return EINVAL;
    return option == IP_TTL ? __wasi_sock_set_ip_ttl(fd, (uint8_t)number)
                            : __wasi_sock_set_ip_multicast_ttl(fd, (uint8_t)number);
}

static int
change_ipv6_membership(int fd, bool join, const void *value, socklen_t size)
{
    struct ipv6_mreq request;
    __wasi_addr_ip_t group;
    int error = take(value, size, &request, sizeof request);
    if (error != 0)
        return error;
    memset(&group, 0, sizeof group);
    group.kind = IPv6;
    group.addr.ip6 = berth_ip6_groups(request.ipv6mr_multiaddr.s6_addr);
    return join ? __wasi_sock_set_ip_add_membership(fd, &group, request.ipv6mr_interface)
                : __wasi_sock_set_ip_drop_membership(fd, &group, request.ipv6mr_interface);
}

static int
set_ipv6_option(int fd, int option, const void *value, socklen_t size)
{
    int number = 0;
    if (option == IPV6_JOIN_GROUP || option == IPV6_LEAVE_GROUP)
        return change_ipv6_membership(fd, option == IPV6_JOIN_GROUP, value, size);
    if (option != IPV6_V6ONLY && option != IPV6_MULTICAST_LOOP)
        return ENOPROTOOPT;
    if (size < sizeof number)
        return EINVAL;
    if (value != NULL) /* NULL is 0 at this level */
        memcpy(&number, value, sizeof number);
    if (option == IPV6_V6ONLY)
        return __wasi_sock_set_ipv6_only(fd, number != 0);
    if (number != 0 && number != 1)
        return EINVAL;
    return __wasi_sock_set_ip_multicast_loop(fd, true, number != 0);
}

/*
 * A level that is not the socket's, TCP for a datagram socket or IPv6 for an IPv4 one, is ENOPROTOOPT before length and value
 * are looked at. The host says so when it is asked; here it is made up for what was refused without asking.
 */
int
berth_refuse_option(int fd, int level, int error)
{
    __wasi_addr_t local;
    bool stream;
    if (level == IPPROTO_TCP && berth_is_stream(fd, &stream) == 0 && !stream)
        error = ENOPROTOOPT;
    if (level == IPPROTO_IPV6 && __wasi_sock_addr_local(fd, &local) == 0 && local.kind == IPv4)
        error = ENOPROTOOPT;
    return berth_refuse(fd, error);
}

int
berth_set_plain_option(int fd, int level, int option, const void *value, socklen_t size)
{
    if (size > INT_MAX)
        return berth_refuse(fd, EINVAL);
    int error = level == SOL_SOCKET     ? set_socket_option(fd, option, value, size)
                : level == IPPROTO_TCP  ? set_tcp_option(fd, option, value, size)
                : level == IPPROTO_IP   ? set_ip_option(fd, option, value, size)
                : level == IPPROTO_IPV6 ? set_ipv6_option(fd, option, value, size)
                                        : ENOPROTOOPT;
    /* Errors of the host come by here too; asking again about the descriptor does them no harm. */
    return error == 0 ? 0 : berth_refuse_option(fd, level, error);
}
