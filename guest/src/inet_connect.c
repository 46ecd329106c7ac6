/* connect for IPv4 and IPv6 */
#include "internal.h"

int
berth_connect_inet(int fd, const struct sockaddr *addr, socklen_t addrlen)
{
    __wasi_addr_t remote;
    sa_family_t family = AF_INET;
    int error = berth_read_sockaddr(addr, addrlen, &remote, &family);
    /* AF_UNSPEC, of any length, takes the peer away again. These imports cannot do that. */
    if (family == AF_UNSPEC)
        error = ENOTSUP;
    if (error != 0)
        return berth_refuse(fd, error);
    return berth_result(__wasi_sock_connect(fd, &remote));
}
