/* getsockname and getpeername */
#include "internal.h"

int
getsockname(int fd, struct sockaddr *restrict addr, socklen_t *restrict addrlen)
{
    __wasi_addr_t local;
    int error = __wasi_sock_addr_local(fd, &local);
    return berth_result(error != 0 ? error : berth_deliver_sockaddr(&local, addr, addrlen));
}

int
getpeername(int fd, struct sockaddr *restrict addr, socklen_t *restrict addrlen)
{
    __wasi_addr_t remote;
    int error = __wasi_sock_addr_remote(fd, &remote);
    return berth_result(error != 0 ? error : berth_deliver_sockaddr(&remote, addr, addrlen));
}
