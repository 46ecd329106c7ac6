/*
 * accept and accept4. Both are in this one object, as both are in one object of the C library: a linker that has found them
 * here does not fetch the other and complain of two.
 */
#include "internal.h"

#include <string.h>
#include <unistd.h>

/*
 * Who connected. A peer that has reset the connection meanwhile may be unknown to the host (ENOTCONN); the connection was
 * made all the same, and reading from it is what tells of the reset, so accept goes on with the unspecified address of the
 * listening socket's family.
 */
static void
find_peer(int listening_fd, int fd, __wasi_addr_t *peer)
{
    __wasi_addr_t local;
    if (__wasi_sock_addr_remote(fd, peer) == 0)
        return;
    memset(peer, 0, sizeof *peer);
    peer->kind = __wasi_sock_addr_local(listening_fd, &local) == 0 ? local.kind : IPv4;
}

/* Room for the address is checked before, not after: a connection that cannot be reported stays in the queue. */
static int
accept_flags(int fd, struct sockaddr *addr, socklen_t *addrlen, __wasi_fdflags_t flags, __wasi_fd_t *connection)
{
    int error = addr == NULL ? 0 : berth_check_room(addr, addrlen);
    if (error != 0)
        return berth_refuse(fd, error);
    if (berth_result(__wasi_sock_accept(fd, flags, connection)) != 0)
        return -1;
    if (addr != NULL) {
        __wasi_addr_t peer;
        find_peer(fd, *connection, &peer);
        berth_deliver_sockaddr(&peer, addr, addrlen);
    }
    return 0;
}

int
accept(int fd, struct sockaddr *restrict addr, socklen_t *restrict addrlen)
{
    __wasi_fd_t connection;
    return accept_flags(fd, addr, addrlen, 0, &connection) == 0 ? connection : -1;
}

int
accept4(int fd, struct sockaddr *restrict addr, socklen_t *restrict addrlen, int flags)
{
    __wasi_fd_t connection;
    if ((flags & ~(SOCK_NONBLOCK | SOCK_CLOEXEC)) != 0)
        return berth_refuse(fd, EINVAL);
    if ((flags & SOCK_NONBLOCK) == 0)
        return accept(fd, addr, addrlen);
    if (accept_flags(fd, addr, addrlen, __WASI_FDFLAGS_NONBLOCK, &connection) != 0)
        return -1;
    /* The original's host does not look at the flag. */
    __wasi_errno_t error = __wasi_fd_fdstat_set_flags(connection, __WASI_FDFLAGS_NONBLOCK);
    if (error != 0) {
        close(connection);
        return berth_result(error);
    }
    return connection;
}
