/* sendmmsg */
#include "extended.h"

BERTH_ASSERT(sizeof(struct mmsghdr) == 32 && offsetof(struct mmsghdr, msg_len) == 28, "a program's array is the import's");

/* Messages up to the first that a host could not refuse as Linux does, for it cannot tell a NULL. */
static unsigned int
usable(const struct mmsghdr *messages, unsigned int count)
{
    unsigned int i = 0;
    while (i < count) {
        const struct msghdr *message = &messages[i].msg_hdr;
        if ((message->msg_iov == NULL && message->msg_iovlen > 0)
            || (message->msg_control == NULL && message->msg_controllen > 0))
            break;
        i++;
    }
    return i;
}

/* Linux takes at most as many messages as iovecs. An error after the first message is told by the next call. */
int
sendmmsg(int fd, struct mmsghdr *messages, unsigned int count, unsigned int flags)
{
    uint32_t sent = 0;
    bool stream;
    int error;
    if (count > BERTH_IOV_MAX)
        count = BERTH_IOV_MAX;
    if (count > 0 && (messages == NULL || usable(messages, count) == 0))
        return berth_refuse(fd, EFAULT);
    if (count == 0)
        error = berth_is_stream(fd, &stream);
    else
        error = berth_v1_send_messages(fd, messages, usable(messages, count), (int32_t)flags, &sent);
    return berth_result(error) == 0 ? (int)sent : -1;
}
