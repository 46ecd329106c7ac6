/* recv, recvfrom and recvmsg: by the original's imports while these tell all, since that is the shortest way. */
#include "extended.h"

static ssize_t
receive_message(int fd, struct msghdr *message, int flags)
{
    uint32_t received = 0;
    return berth_result(berth_v1_receive_message(fd, message, flags, &received)) == 0 ? (ssize_t)received : -1;
}

/*
 * Whether the sender's address will fit the original's record. Who has no room for an IPv6 address expects none; who has may
 * get one with a scope id, or a Unix path, and once the data is taken it is too late to ask. So the socket is asked before.
 */
static bool
has_plain_senders(int fd, socklen_t room)
{
    __wasi_addr_t local;
    if (room < sizeof(struct sockaddr_in6))
        return true;
    int error = __wasi_sock_addr_local(fd, &local);
    return error == 0 ? local.kind == IPv4 : error == EBADF || error == ENOTSOCK;
}

ssize_t
recvfrom(int fd, void *restrict room, size_t size, int flags, struct sockaddr *restrict from, socklen_t *restrict fromlen)
{
    struct iovec whole = { room, size };
    struct msghdr message = { .msg_name = from, .msg_iov = &whole, .msg_iovlen = 1 };
    bool plain = (flags & ~BERTH_PLAIN_RECEIVE_FLAGS) == 0;
    if (from == NULL)
        return plain ? berth_receive(fd, room, size, flags) : receive_message(fd, &message, flags);
    int error = berth_check_room(from, fromlen);
    if (error != 0)
        return berth_refuse(fd, error);
    if (plain && has_plain_senders(fd, *fromlen))
        return berth_receive_from(fd, room, size, flags, from, fromlen);
    message.msg_namelen = *fromlen;
    ssize_t received = receive_message(fd, &message, flags);
    if (received >= 0)
        *fromlen = message.msg_namelen;
    return received;
}

ssize_t
recv(int fd, void *room, size_t size, int flags)
{
    return (flags & ~BERTH_PLAIN_RECEIVE_FLAGS) == 0 ? berth_receive(fd, room, size, flags)
                                                     : recvfrom(fd, room, size, flags, NULL, NULL);
}

ssize_t
recvmsg(int fd, struct msghdr *message, int flags)
{
    int error = berth_check_message(message);
    if (error != 0)
        return berth_refuse(fd, error);
    if (message->msg_control == NULL)
        message->msg_controllen = 0; /* a NULL is no room, whatever its length; hosts do not know a NULL */
    if (message->msg_controllen == 0 && !berth_control_wanted && (flags & ~BERTH_PLAIN_RECEIVE_FLAGS) == 0
        && (message->msg_name == NULL || has_plain_senders(fd, message->msg_namelen)))
        return berth_receive_plain_message(fd, message, flags);
    return receive_message(fd, message, flags);
}
