/* connect */
#include "extended.h"

/* AF_UNSPEC, which takes the peer away again, may be of any length that has a family in it. */
static bool
is_unspecified(const struct sockaddr *addr, socklen_t len)
{
    return addr != NULL && len >= sizeof addr->sa_family && len <= sizeof(struct sockaddr_storage)
           && addr->sa_family == AF_UNSPEC;
}

int
connect(int fd, const struct sockaddr *addr, socklen_t addrlen)
{
    if (is_unspecified(addr, addrlen) || berth_is_extended(addr, addrlen))
        return berth_result(berth_v1_connect(fd, addr, addrlen));
    return berth_connect_inet(fd, addr, addrlen);
}
