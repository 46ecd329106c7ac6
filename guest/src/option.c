/* getsockopt and setsockopt */
#include "internal.h"

int
getsockopt(int fd, int level, int option, void *restrict value, socklen_t *restrict size)
{
    return berth_get_plain_option(fd, level, option, value, size);
}

int
setsockopt(int fd, int level, int option, const void *value, socklen_t size)
{
    return berth_set_plain_option(fd, level, option, value, size);
}
