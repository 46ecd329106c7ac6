/* send, sendto and sendmsg */
#include "internal.h"

static int
check_flags(int flags)
{
    return (flags & ~BERTH_PLAIN_SEND_FLAGS) != 0 ? ENOTSUP : 0;
}

ssize_t
send(int fd, const void *data, size_t size, int flags)
{
    __wasi_ciovec_t whole = { data, size };
    int error = check_flags(flags);
    return error != 0 ? berth_refuse(fd, error) : berth_send_to_peer(fd, &whole, 1);
}

ssize_t
sendto(int fd, const void *data, size_t size, int flags, const struct sockaddr *to, socklen_t tolen)
{
    __wasi_ciovec_t whole = { data, size };
    if (to == NULL)
        return send(fd, data, size, flags);
    int error = check_flags(flags);
    return error != 0 ? berth_refuse(fd, error) : berth_send_to_address(fd, &whole, 1, to, tolen);
}

/* Control data cannot be passed on: ENOTSUP. `msg_flags` is not looked at, as POSIX has it. */
ssize_t
sendmsg(int fd, const struct msghdr *message, int flags)
{
    int error = berth_check_message(message);
    if (error == 0)
        error = message->msg_controllen > 0 ? ENOTSUP : check_flags(flags);
    return error != 0 ? berth_refuse(fd, error) : berth_send_plain_message(fd, message);
}
