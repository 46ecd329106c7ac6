/* connect */
#include "internal.h"

int
connect(int fd, const struct sockaddr *addr, socklen_t addrlen)
{
    return berth_connect_inet(fd, addr, addrlen);
}
