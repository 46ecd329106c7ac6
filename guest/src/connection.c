/* Accepting a connection by the original's import. */
#include "internal.h"

#include <string.h>
#include <unistd.h>

/*
 * A peer that has reset the connection meanwhile may be unknown to the host (ENOTCONN); the connection was made all the same,
 * and reading from it is what tells of the reset, so accept goes on with the unspecified address of the listening socket's
 * family.
 */
void
berth_report_inet_peer(int listening_fd, int fd, struct sockaddr *addr, socklen_t *addrlen)
{
    __wasi_addr_t peer, local;
    if (__wasi_sock_addr_remote(fd, &peer) != 0) {
        memset(&peer, 0, sizeof peer);
        peer.kind = __wasi_sock_addr_local(listening_fd, &local) == 0 ? local.kind : IPv4;
    }
    berth_deliver_sockaddr(&peer, addr, addrlen);
}

/* Room for the address is checked before, not after: a connection that cannot be reported stays in the queue. */
int
berth_accept(int fd, struct sockaddr *addr, socklen_t *addrlen, int flags, berth_report_peer *report)
{
    bool nonblocking = (flags & SOCK_NONBLOCK) != 0;
    __wasi_fd_t connection;
    int error = (flags & ~BERTH_TYPE_FLAGS) != 0 ? EINVAL : addr == NULL ? 0 : berth_check_room(addr, addrlen);
    if (error != 0)
        return berth_refuse(fd, error);
    error = __wasi_sock_accept(fd, nonblocking ? __WASI_FDFLAGS_NONBLOCK : 0, &connection);
    if (error == 0 && nonblocking) {
        /* The original's host does not look at the flag. */
        error = __wasi_fd_fdstat_set_flags(connection, __WASI_FDFLAGS_NONBLOCK);
        if (error != 0)
            close(connection);
    }
    if (error != 0)
        return berth_result(error);
    if (addr != NULL)
        report(fd, connection, addr, addrlen);
    return connection;
}
