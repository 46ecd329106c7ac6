/* socketpair */
#include "extended.h"

BERTH_ASSERT(sizeof(int) == sizeof(int32_t), "the program's array is the import's");

/* There are pairs of Unix-domain sockets only. For others Linux looks whether such sockets exist before it says so. */
int
socketpair(int domain, int type, int protocol, int fds[2])
{
    int error = domain == AF_UNIX ? berth_check_unix_socket(type, protocol)
                                  : berth_check_inet_socket(domain, type, protocol);
    if ((type & ~(BERTH_TYPE_BITS | BERTH_TYPE_FLAGS)) == 0 && fds == NULL)
        error = EFAULT;
    if (error == 0)
        error = domain == AF_UNIX ? berth_v1_socket_pair(domain, berth_unix_type(type), 0, fds) : EOPNOTSUPP;
    return berth_result(error);
}
