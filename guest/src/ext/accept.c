/* accept and accept4: in one object for the reason given in the file this one replaces. */
#include "extended.h"

/* The original's import does not answer for a Unix-domain peer, and of a link-local address it tells but half. */
static void
report_peer(int listening_fd, int fd, struct sockaddr *addr, socklen_t *addrlen)
{
    __wasi_addr_t peer;
    int error = __wasi_sock_addr_remote(fd, &peer);
    if (error == 0 && berth_is_whole(&peer))
        berth_deliver_sockaddr(&peer, addr, addrlen); /* a host may remember a peer that is gone for one question only */
    else if (error == ENOTCONN || berth_v1_get_name(fd, BERTH_V1_PEER_NAME, addr, addrlen) != 0)
        berth_report_inet_peer(listening_fd, fd, addr, addrlen);
}

int
accept4(int fd, struct sockaddr *restrict addr, socklen_t *restrict addrlen, int flags)
{
    return berth_accept(fd, addr, addrlen, flags, report_peer);
}

int
accept(int fd, struct sockaddr *restrict addr, socklen_t *restrict addrlen)
{
    return accept4(fd, addr, addrlen, 0);
}
