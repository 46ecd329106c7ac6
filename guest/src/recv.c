/* recv, recvfrom and recvmsg */
#include "internal.h"

static int
check_flags(int flags)
{
    return (flags & ~BERTH_PLAIN_RECEIVE_FLAGS) != 0 ? ENOTSUP : 0;
}

ssize_t
recv(int fd, void *room, size_t size, int flags)
{
    int error = check_flags(flags);
    return error != 0 ? berth_refuse(fd, error) : berth_receive(fd, room, size, flags);
}

/* Room for the address is checked before data is taken, so that none is lost. */
ssize_t
recvfrom(int fd, void *restrict room, size_t size, int flags, struct sockaddr *restrict from, socklen_t *restrict fromlen)
{
    if (from == NULL)
        return recv(fd, room, size, flags);
    int error = check_flags(flags);
    if (error == 0)
        error = berth_check_room(from, fromlen);
    return error != 0 ? berth_refuse(fd, error) : berth_receive_from(fd, room, size, flags, from, fromlen);
}

ssize_t
recvmsg(int fd, struct msghdr *message, int flags)
{
    int error = berth_check_message(message);
    if (error == 0)
        error = check_flags(flags);
    return error != 0 ? berth_refuse(fd, error) : berth_receive_plain_message(fd, message, flags);
}
