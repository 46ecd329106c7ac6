/* bind */
#include "internal.h"

int
bind(int fd, const struct sockaddr *addr, socklen_t addrlen)
{
    return berth_bind_inet(fd, addr, addrlen);
}
