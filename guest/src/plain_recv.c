/* Receiving by the original's imports. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

BERTH_ASSERT(sizeof(struct iovec) == sizeof(__wasi_iovec_t)
                 && offsetof(struct iovec, iov_base) == offsetof(__wasi_iovec_t, buf)
                 && offsetof(struct iovec, iov_len) == offsetof(__wasi_iovec_t, buf_len),
             "a program's iovec array is the import's");
BERTH_ASSERT(MSG_PEEK == __WASI_RIFLAGS_RECV_PEEK && MSG_WAITALL == __WASI_RIFLAGS_RECV_WAITALL, "flags pass unchanged");

/* How many iovecs are copied without asking for memory, when one must be added. */
#define FEW 16

static __wasi_riflags_t
import_flags(int flags)
{
    return (__wasi_riflags_t)(flags & (MSG_PEEK | MSG_WAITALL));
}

ssize_t
berth_receive(int fd, void *room, size_t size, int flags)
{
    __wasi_iovec_t whole = { room, size };
    __wasi_size_t received = 0;
    __wasi_roflags_t truncated = 0;
    int error = __wasi_sock_recv(fd, &whole, 1, import_flags(flags), &received, &truncated);
    return berth_result(error) == 0 ? (ssize_t)received : -1;
}

/*
 * A stream has no sender to report: as on Linux, `*fromlen` becomes 0 and `from` is left as it is. The import has no way to
 * say that (hosts answer the peer or a zero address), hence the question for the kind of socket, which costs a host call of
 * the cheapest sort.
 */
ssize_t
berth_receive_from(int fd, void *room, size_t size, int flags, struct sockaddr *from, socklen_t *fromlen)
{
    __wasi_iovec_t whole = { room, size };
    __wasi_addr_t source;
    __wasi_size_t received = 0;
    bool stream;
    int error = berth_is_stream(fd, &stream);
    if (error != 0)
        return berth_result(error);
    if (stream) {
        ssize_t taken = berth_receive(fd, room, size, flags);
        if (taken >= 0)
            *fromlen = 0;
        return taken;
    }
    memset(&source, 0, sizeof source);
    if (berth_result(__wasi_sock_recv_from(fd, &whole, 1, import_flags(flags), &source, &received)) != 0)
        return -1;
    berth_deliver_sockaddr(&source, from, fromlen);
    return (ssize_t)received;
}

/*
 * One datagram with its sender. `sock_recv_from` does not say whether the datagram was longer than the room, so one byte of
 * room is added at the end: a datagram that reaches it was cut.
 *
 *     program's    [ iov 0 ][ iov 1 ] ... [ iov n-1 ]
 *     import's     [ iov 0 ][ iov 1 ] ... [ iov n-1 ][ 1 byte ]
 *
 * An array that is full already (BERTH_IOV_MAX) goes as it is, and a cut is then not noticed.
 */
static int
receive_datagram(int fd, const struct msghdr *message, int flags, __wasi_addr_t *source, __wasi_size_t *received, bool *cut)
{
    const __wasi_iovec_t *iovs = (const __wasi_iovec_t *)(const void *)message->msg_iov;
    size_t count = (size_t)message->msg_iovlen;
    __wasi_iovec_t few[FEW + 1], *longer = few;
    uint8_t spare;
    size_t room = 0;
    *cut = false;
    if (count == BERTH_IOV_MAX)
        return __wasi_sock_recv_from(fd, iovs, count, import_flags(flags), source, received);
    if (count > FEW && (longer = malloc((count + 1) * sizeof *longer)) == NULL)
        return ENOMEM;
    for (size_t i = 0; i < count; i++) {
        longer[i] = iovs[i];
        room = iovs[i].buf_len < SIZE_MAX - room ? room + iovs[i].buf_len : SIZE_MAX;
    }
    longer[count].buf = &spare;
    longer[count].buf_len = sizeof spare;
    int error = __wasi_sock_recv_from(fd, longer, count + 1, import_flags(flags), source, received);
    if (error == 0 && *received > room) {
        *cut = true;
        *received = room;
    }
    if (longer != few)
        free(longer);
    return error;
}

/* A stream's `msg_namelen` becomes 0. There is no control data, so that `msg_controllen` becomes 0. */
ssize_t
berth_receive_plain_message(int fd, struct msghdr *message, int flags)
{
    bool named = false, stream = false, cut = false;
    __wasi_addr_t source;
    __wasi_size_t received = 0;
    int error;
    if (message->msg_name != NULL) {
        error = berth_is_stream(fd, &stream);
        if (error != 0)
            return berth_result(error);
        named = !stream;
    }
    if (named) {
        memset(&source, 0, sizeof source);
        error = receive_datagram(fd, message, flags, &source, &received, &cut);
    }
    else {
        __wasi_roflags_t truncated = 0;
        error = __wasi_sock_recv(fd, (const __wasi_iovec_t *)(const void *)message->msg_iov, (size_t)message->msg_iovlen,
                                 import_flags(flags), &received, &truncated);
        cut = (truncated & __WASI_ROFLAGS_RECV_DATA_TRUNCATED) != 0;
    }
    if (error != 0)
        return berth_result(error);
    if (named)
        berth_deliver_sockaddr(&source, message->msg_name, &message->msg_namelen);
    else if (stream)
        message->msg_namelen = 0;
    message->msg_controllen = 0;
    message->msg_flags = cut ? MSG_TRUNC : 0;
    return (ssize_t)received;
}
