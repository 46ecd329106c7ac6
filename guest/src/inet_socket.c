/* IPv4 and IPv6 sockets */
#include "internal.h"

#include <unistd.h>

/* Linux's number ranges: which mistakes are EINVAL and which are answered by name. */
#define TYPE_COUNT 11
#define PROTOCOL_COUNT 263

int
berth_check_inet_socket(int domain, int type, int protocol)
{
    int kind = type & BERTH_TYPE_BITS;
    if ((type & ~(BERTH_TYPE_BITS | BERTH_TYPE_FLAGS)) != 0)
        return EINVAL;
    if (domain != AF_INET && domain != AF_INET6)
        return EAFNOSUPPORT;
    if (kind >= TYPE_COUNT || protocol < 0 || protocol >= PROTOCOL_COUNT)
        return EINVAL;
    if (kind == SOCK_RAW)
        return protocol == 0 ? EPROTONOSUPPORT : EPERM; /* as to any process without CAP_NET_RAW */
    /* Linux says ESOCKTNOSUPPORT, a number WASI does not have; EPROTOTYPE is POSIX's word for it. */
    if (kind != SOCK_STREAM && kind != SOCK_DGRAM)
        return EPROTOTYPE;
    if (protocol != 0 && protocol != (kind == SOCK_STREAM ? IPPROTO_TCP : IPPROTO_UDP))
        return EPROTONOSUPPORT;
    return 0;
}

int
berth_inet_socket(int domain, int type, int protocol)
{
    bool stream = (type & BERTH_TYPE_BITS) == SOCK_STREAM;
    __wasi_fd_t fd;
    int error = berth_check_inet_socket(domain, type, protocol);
    if (error != 0)
        return berth_result(error);
    error = __wasi_sock_open(-1, domain == AF_INET ? INET4 : INET6, stream ? SOCKET_STREAM : SOCKET_DGRAM, &fd);
    if (error != 0)
        return berth_result(error);
    /* SOCK_CLOEXEC needs nothing: there is no exec that could hand the socket on. */
    if ((type & SOCK_NONBLOCK) != 0) {
        error = __wasi_fd_fdstat_set_flags(fd, __WASI_FDFLAGS_NONBLOCK);
        if (error != 0) {
            close(fd);
            return berth_result(error);
        }
    }
    return fd;
}
