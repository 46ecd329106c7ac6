/* send, sendto and sendmsg */
#include "internal.h"

#include <limits.h>

BERTH_ASSERT(sizeof(struct iovec) == sizeof(__wasi_ciovec_t)
                 && offsetof(struct iovec, iov_base) == offsetof(__wasi_ciovec_t, buf)
                 && offsetof(struct iovec, iov_len) == offsetof(__wasi_ciovec_t, buf_len),
             "a program's iovec array is the import's");

/* MSG_NOSIGNAL is the rule here. No other flag has a place in the imports. */
static int
check_flags(int flags)
{
    return (flags & ~MSG_NOSIGNAL) != 0 ? ENOTSUP : 0;
}

static ssize_t
send_to_peer(int fd, const __wasi_ciovec_t *data, size_t count)
{
    __wasi_size_t sent = 0;
    return berth_result(__wasi_sock_send(fd, data, count, 0, &sent)) == 0 ? (ssize_t)sent : -1;
}

static ssize_t
send_to_address(int fd, const __wasi_ciovec_t *data, size_t count, const struct sockaddr *to, socklen_t tolen)
{
    __wasi_addr_t destination;
    __wasi_size_t sent = 0;
    sa_family_t family; /* Linux takes an address without a family for an IPv4 one; and so do we */
    int error = berth_read_sockaddr(to, tolen, &destination, &family);
    if (error != 0)
        return berth_refuse(fd, error);
    return berth_result(__wasi_sock_send_to(fd, data, count, 0, &destination, &sent)) == 0 ? (ssize_t)sent : -1;
}

ssize_t
send(int fd, const void *data, size_t size, int flags)
{
    __wasi_ciovec_t whole = { data, size };
    int error = check_flags(flags);
    return error != 0 ? berth_refuse(fd, error) : send_to_peer(fd, &whole, 1);
}

ssize_t
sendto(int fd, const void *data, size_t size, int flags, const struct sockaddr *to, socklen_t tolen)
{
    __wasi_ciovec_t whole = { data, size };
    if (to == NULL)
        return send(fd, data, size, flags);
    int error = check_flags(flags);
    return error != 0 ? berth_refuse(fd, error) : send_to_address(fd, &whole, 1, to, tolen);
}

/* Control data cannot be passed on: ENOTSUP. `msg_flags` is not looked at, as POSIX has it. */
ssize_t
sendmsg(int fd, const struct msghdr *message, int flags)
{
    if (message == NULL)
        return berth_refuse(fd, EFAULT);
    if (message->msg_iovlen < 0 || message->msg_iovlen > BERTH_IOV_MAX)
        return berth_refuse(fd, EMSGSIZE);
    int error = message->msg_controllen > 0 ? ENOTSUP : check_flags(flags);
    if (error != 0)
        return berth_refuse(fd, error);
    const __wasi_ciovec_t *data = (const __wasi_ciovec_t *)(const void *)message->msg_iov;
    size_t count = (size_t)message->msg_iovlen;
    if (message->msg_name == NULL || message->msg_namelen == 0)
        return send_to_peer(fd, data, count);
    /* Here, unlike in sendto, Linux does not mind a length beyond that of any address. */
    bool longer = message->msg_namelen > sizeof(berth_sockaddr) && message->msg_namelen <= INT_MAX;
    return send_to_address(fd, data, count, message->msg_name, longer ? sizeof(berth_sockaddr) : message->msg_namelen);
}
