/* dup, dup2 and dup3: another number for the same open file, which shares its flags and its place. */
#include "descriptor_control.h"
#include "internal.h"
#include "raw.h"

#include <fcntl.h>
#include <unistd.h>

/* O_CLOEXEC as Linux writes it. WASI libc's is 0. */
#define LINUX_O_CLOEXEC 0x80000

int
berth_duplicate(int fd, int number, int how, bool close_on_exec)
{
    int32_t copy = -1;
    int error = berth_v1_duplicate(fd, number, how, &copy);
    if (error != 0)
        return berth_result(error);
    berth_set_close_on_exec(copy, close_on_exec);
    return copy;
}

int
dup(int fd)
{
    return berth_duplicate(fd, 0, BERTH_V1_LOWEST_FROM, false);
}

int
dup2(int fd, int number)
{
    __wasi_fdstat_t stat;
    if (fd != number)
        return number < 0 ? berth_result(EBADF) : berth_duplicate(fd, number, BERTH_V1_EXACTLY, false);
    int error = __wasi_fd_fdstat_get(fd, &stat);
    return error != 0 ? berth_result(error) : fd;
}

int
dup3(int fd, int number, int flags)
{
    if ((flags & ~(LINUX_O_CLOEXEC | O_CLOEXEC)) != 0 || fd == number)
        return berth_result(EINVAL);
    if (number < 0)
        return berth_result(EBADF);
    return berth_duplicate(fd, number, BERTH_V1_EXACTLY, flags != 0);
}
