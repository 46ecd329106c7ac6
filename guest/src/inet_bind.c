/* bind for IPv4 and IPv6 */
#include "internal.h"

static bool
is_wildcard(const __wasi_addr_ip4_t *addr)
{
    return (addr->n0 | addr->n1 | addr->n2 | addr->n3) == 0;
}

int
berth_bind_inet(int fd, const struct sockaddr *addr, socklen_t addrlen)
{
    __wasi_addr_t local;
    sa_family_t family;
    int error = berth_read_sockaddr(addr, addrlen, &local, &family);
    /* Linux takes a wildcard address without a family for an IPv4 one, for the sake of old programs. */
    if (error == 0 && family == AF_UNSPEC && !is_wildcard(&local.addr.ip4.addr))
        error = EAFNOSUPPORT;
    if (error != 0)
        return berth_refuse(fd, error);
    return berth_result(__wasi_sock_bind(fd, &local));
}
