/*
 * accept and accept4. Both are in this one object, as both are in one object of the C library: a linker that has found them
 * here does not fetch the other and complain of two.
 */
#include "internal.h"

int
accept4(int fd, struct sockaddr *restrict addr, socklen_t *restrict addrlen, int flags)
{
    return berth_accept(fd, addr, addrlen, flags, berth_report_inet_peer);
}

int
accept(int fd, struct sockaddr *restrict addr, socklen_t *restrict addrlen)
{
    return accept4(fd, addr, addrlen, 0);
}
