/* socket */
#include "internal.h"

#include <unistd.h>

/* Linux's number ranges: which mistakes are EINVAL and which are answered by name. */
#define TYPE_BITS 0xf
#define TYPE_COUNT 11
#define PROTOCOL_COUNT 263

int
socket(int domain, int type, int protocol)
{
    int kind = type & TYPE_BITS;
    int flags = type & ~TYPE_BITS;
    __wasi_fd_t fd;
    if ((flags & ~(SOCK_NONBLOCK | SOCK_CLOEXEC)) != 0)
        return berth_result(EINVAL);
    if (domain != AF_INET && domain != AF_INET6)
        return berth_result(EAFNOSUPPORT);
    if (kind >= TYPE_COUNT || protocol < 0 || protocol >= PROTOCOL_COUNT)
        return berth_result(EINVAL);
    /* Linux says ESOCKTNOSUPPORT, a number WASI does not have; EPROTOTYPE is POSIX's word for it. */
    if (kind != SOCK_STREAM && kind != SOCK_DGRAM)
        return berth_result(EPROTOTYPE);
    if (protocol != 0 && protocol != (kind == SOCK_STREAM ? IPPROTO_TCP : IPPROTO_UDP))
        return berth_result(EPROTONOSUPPORT);

    __wasi_errno_t error = __wasi_sock_open(-1, domain == AF_INET ? INET4 : INET6,
                                            kind == SOCK_STREAM ? SOCKET_STREAM : SOCKET_DGRAM, &fd);
    if (error != 0)
        return berth_result(error);
    /* SOCK_CLOEXEC needs nothing: there is no exec that could hand the socket on. */
    if ((flags & SOCK_NONBLOCK) != 0) {
        error = __wasi_fd_fdstat_set_flags(fd, __WASI_FDFLAGS_NONBLOCK);
        if (error != 0) {
            close(fd);
            return berth_result(error);
        }
    }
    return fd;
}
