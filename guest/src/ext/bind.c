/* bind */
#include "extended.h"

int
bind(int fd, const struct sockaddr *addr, socklen_t addrlen)
{
    if (berth_is_extended(addr, addrlen))
        return berth_result(berth_v1_bind(fd, addr, addrlen));
    return berth_bind_inet(fd, addr, addrlen);
}
