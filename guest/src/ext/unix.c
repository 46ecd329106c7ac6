/* Which Unix-domain sockets there are. */
#include "extended.h"

#define TYPE_COUNT 11

int
berth_check_unix_socket(int type, int protocol)
{
    int kind = type & BERTH_TYPE_BITS;
    if ((type & ~(BERTH_TYPE_BITS | BERTH_TYPE_FLAGS)) != 0 || kind >= TYPE_COUNT)
        return EINVAL;
    if (protocol != 0 && protocol != PF_UNIX)
        return EPROTONOSUPPORT;
    /* Linux says ESOCKTNOSUPPORT, a number WASI does not have; EPROTOTYPE is POSIX's word for it. */
    return kind == SOCK_STREAM || kind == SOCK_DGRAM || kind == SOCK_SEQPACKET || kind == SOCK_RAW ? 0 : EPROTOTYPE;
}

/* A raw Unix-domain socket is a datagram socket on Linux. */
int
berth_unix_type(int type)
{
    return (type & BERTH_TYPE_BITS) == SOCK_RAW ? (type & ~BERTH_TYPE_BITS) | SOCK_DGRAM : type;
}
