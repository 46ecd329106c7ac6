/*
 * fcntl: the commands of WASI libc's, which this one stands before, and F_DUPFD.
 *
 * Record locks, owners of signals and the like are EINVAL, as an unknown command is on Linux.
 */
#include "descriptor_control.h"
#include "internal.h"
#include "raw.h"

#include <fcntl.h>
#include <stdarg.h>

/* What F_SETFL changes on Linux; it passes over the access mode and the flags of `open`. */
#define SETTABLE_FLAGS (O_APPEND | O_NONBLOCK)

/* WASI has rights where POSIX has an access mode. */
static int
access_mode(const __wasi_fdstat_t *stat)
{
    bool reads = (stat->fs_rights_base & (__WASI_RIGHTS_FD_READ | __WASI_RIGHTS_FD_READDIR)) != 0;
    bool writes = (stat->fs_rights_base & __WASI_RIGHTS_FD_WRITE) != 0;
    return reads && writes ? O_RDWR : reads ? O_RDONLY : writes ? O_WRONLY : O_SEARCH;
}

int
fcntl(int fd, int command, ...)
{
    __wasi_fdstat_t stat;
    va_list arguments;
    int argument = 0;
    int error = __wasi_fd_fdstat_get(fd, &stat);
    if (error != 0)
        return berth_result(error);
    if (command != F_GETFL && command != F_GETFD) {
        va_start(arguments, command);
        argument = va_arg(arguments, int);
        va_end(arguments);
    }
    switch (command) {
        case F_DUPFD:
        case F_DUPFD_CLOEXEC:
            if (argument < 0)
                return berth_result(EINVAL);
            return berth_duplicate(fd, argument, BERTH_V1_LOWEST_FROM, command == F_DUPFD_CLOEXEC);
        case F_GETFD:
            return berth_close_on_exec(fd) ? FD_CLOEXEC : 0;
        case F_SETFD:
            berth_set_close_on_exec(fd, (argument & FD_CLOEXEC) != 0);
            return 0;
        case F_GETFL:
            return stat.fs_flags | access_mode(&stat);
        case F_SETFL: {
            int flags = (stat.fs_flags & ~SETTABLE_FLAGS) | (argument & SETTABLE_FLAGS);
            return berth_result(__wasi_fd_fdstat_set_flags(fd, (__wasi_fdflags_t)flags));
        }
        default:
            return berth_result(EINVAL);
    }
}
