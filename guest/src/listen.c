/* listen */
#include "internal.h"

int
listen(int fd, int backlog)
{
    return berth_result(__wasi_sock_listen(fd, (__wasi_size_t)backlog));
}
