/* getsockname and getpeername */
#include "extended.h"

/*
 * The original's import answers for IPv4 and most of IPv6; for Unix-domain sockets it fails, and of a link-local address it
 * tells but half. `error` and `addr` are its answer.
 */
static int
deliver_name(int fd, int which, int error, const __wasi_addr_t *addr, struct sockaddr *to, socklen_t *len)
{
    if (error == EBADF || error == ENOTSOCK || error == ENOTCONN)
        return berth_result(error);
    if (error == 0 && berth_is_whole(addr))
        return berth_result(berth_deliver_sockaddr(addr, to, len));
    error = berth_check_room(to, len);
    return error != 0 ? berth_refuse(fd, error) : berth_result(berth_v1_get_name(fd, which, to, len));
}

int
getsockname(int fd, struct sockaddr *restrict addr, socklen_t *restrict addrlen)
{
    __wasi_addr_t local;
    int error = __wasi_sock_addr_local(fd, &local);
    return deliver_name(fd, BERTH_V1_OWN_NAME, error, &local, addr, addrlen);
}

int
getpeername(int fd, struct sockaddr *restrict addr, socklen_t *restrict addrlen)
{
    __wasi_addr_t remote;
    int error = __wasi_sock_addr_remote(fd, &remote);
    return deliver_name(fd, BERTH_V1_PEER_NAME, error, &remote, addr, addrlen);
}
