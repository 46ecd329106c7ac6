/* send, sendto and sendmsg: by the original's imports while these can carry it, since that is the shortest way. */
#include "extended.h"

BERTH_ASSERT(sizeof(struct msghdr) == 28 && offsetof(struct msghdr, msg_iov) == 8
                 && offsetof(struct msghdr, msg_control) == 16 && offsetof(struct msghdr, msg_flags) == 24,
             "a program's message is the import's");
BERTH_ASSERT(sizeof(struct cmsghdr) == 12 && sizeof(socklen_t) == 4, "so is its control data");
BERTH_ASSERT(sizeof(struct sockaddr_un) == 110 && sizeof(struct sockaddr_storage) == 128, "and every address");

static ssize_t
send_message(int fd, const struct msghdr *message, int flags)
{
    uint32_t sent = 0;
    return berth_result(berth_v1_send_message(fd, message, flags, &sent)) == 0 ? (ssize_t)sent : -1;
}

ssize_t
sendto(int fd, const void *data, size_t size, int flags, const struct sockaddr *to, socklen_t tolen)
{
    union {
        const void *in;
        void *iov_base; /* which is not written to, but not const either */
    } bytes = { data };
    struct sockaddr_storage name;
    struct iovec whole = { bytes.iov_base, size };
    struct msghdr message = { .msg_iov = &whole, .msg_iovlen = 1 };
    bool plain = (flags & ~BERTH_PLAIN_SEND_FLAGS) == 0;
    if (plain && (to == NULL || !berth_is_extended(to, tolen))) {
        __wasi_ciovec_t import_whole = { data, size };
        return to == NULL ? berth_send_to_peer(fd, &import_whole, 1)
                          : berth_send_to_address(fd, &import_whole, 1, to, tolen);
    }
    if (to != NULL) {
        if (tolen > sizeof name) /* of a message it would be cut */
            return berth_refuse(fd, EINVAL);
        memcpy(&name, to, tolen);
        message.msg_name = &name;
        message.msg_namelen = tolen;
    }
    return send_message(fd, &message, flags);
}

ssize_t
send(int fd, const void *data, size_t size, int flags)
{
    __wasi_ciovec_t whole = { data, size };
    return (flags & ~BERTH_PLAIN_SEND_FLAGS) == 0 ? berth_send_to_peer(fd, &whole, 1)
                                                  : sendto(fd, data, size, flags, NULL, 0);
}

ssize_t
sendmsg(int fd, const struct msghdr *message, int flags)
{
    int error = berth_check_message(message);
    if (error == 0 && message->msg_control == NULL && message->msg_controllen > 0)
        error = EFAULT;
    if (error != 0)
        return berth_refuse(fd, error);
    if (message->msg_controllen == 0 && (flags & ~BERTH_PLAIN_SEND_FLAGS) == 0
        && !berth_is_extended(message->msg_name, message->msg_namelen))
        return berth_send_plain_message(fd, message);
    return send_message(fd, message, flags);
}
