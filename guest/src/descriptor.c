/* What kind of descriptor a call was given. */
#include "internal.h"

int
berth_is_stream(int fd, bool *stream)
{
    __wasi_fdstat_t stat;
    __wasi_errno_t error = __wasi_fd_fdstat_get(fd, &stat);
    if (error != 0)
        return error;
    *stream = stat.fs_filetype == __WASI_FILETYPE_SOCKET_STREAM;
    return *stream || stat.fs_filetype == __WASI_FILETYPE_SOCKET_DGRAM ? 0 : ENOTSOCK;
}

int
berth_refuse(int fd, int error)
{
    bool stream;
    int fault = berth_is_stream(fd, &stream);
    errno = fault != 0 ? fault : error;
    return -1;
}
