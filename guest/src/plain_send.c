/* Sending by the original's imports. */
#include "internal.h"

BERTH_ASSERT(sizeof(struct iovec) == sizeof(__wasi_ciovec_t)
                 && offsetof(struct iovec, iov_base) == offsetof(__wasi_ciovec_t, buf)
                 && offsetof(struct iovec, iov_len) == offsetof(__wasi_ciovec_t, buf_len),
             "a program's iovec array is the import's");

ssize_t
berth_send_to_peer(int fd, const __wasi_ciovec_t *data, size_t count)
{
    __wasi_size_t sent = 0;
    return berth_result(__wasi_sock_send(fd, data, count, 0, &sent)) == 0 ? (ssize_t)sent : -1;
}

ssize_t
berth_send_to_address(int fd, const __wasi_ciovec_t *data, size_t count, const struct sockaddr *to, socklen_t tolen)
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
berth_send_plain_message(int fd, const struct msghdr *message)
{
    const __wasi_ciovec_t *data = (const __wasi_ciovec_t *)(const void *)message->msg_iov;
    size_t count = (size_t)message->msg_iovlen;
    if (message->msg_name == NULL || message->msg_namelen == 0)
        return berth_send_to_peer(fd, data, count);
    /* Here, unlike in sendto, Linux does not mind a length beyond that of any address. */
    bool longer = message->msg_namelen > sizeof(berth_sockaddr);
    return berth_send_to_address(fd, data, count, message->msg_name,
                                 longer ? sizeof(berth_sockaddr) : message->msg_namelen);
}
