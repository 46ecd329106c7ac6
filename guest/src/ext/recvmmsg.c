/* recvmmsg */
#include "extended.h"

#define NS_PER_SECOND 1000000000

BERTH_ASSERT(sizeof(struct mmsghdr) == 32 && offsetof(struct mmsghdr, msg_len) == 28, "a program's array is the import's");

static int64_t
to_ns(const struct timespec *time)
{
    if (time->tv_sec >= INT64_MAX / NS_PER_SECOND)
        return INT64_MAX; /* 292 years */
    return (int64_t)time->tv_sec * NS_PER_SECOND + time->tv_nsec;
}

static int64_t
now_ns(void)
{
    __wasi_timestamp_t now = 0;
    __wasi_errno_t error = __wasi_clock_time_get(__WASI_CLOCKID_MONOTONIC, 1, &now);
    return error == 0 ? (int64_t)now : 0;
}

/* As on Linux, what is left of the timeout is stored when a message came, and Linux takes at most 1024 messages. */
int
recvmmsg(int fd, struct mmsghdr *messages, unsigned int count, unsigned int flags, struct timespec *timeout)
{
    uint32_t received = 0;
    int64_t limit_ns = -1, start_ns = 0;
    bool stream;
    int error;
    if (timeout != NULL) {
        if (timeout->tv_sec < 0 || timeout->tv_nsec < 0 || timeout->tv_nsec >= NS_PER_SECOND)
            return berth_result(EINVAL);
        limit_ns = to_ns(timeout);
        start_ns = now_ns();
    }
    if (messages == NULL && count > 0)
        return berth_refuse(fd, EFAULT);
    if (count > BERTH_IOV_MAX)
        count = BERTH_IOV_MAX;
    for (unsigned int i = 0; i < count; i++) {
        struct msghdr *message = &messages[i].msg_hdr;
        if (message->msg_iov == NULL && message->msg_iovlen > 0) {
            if (i == 0)
                return berth_refuse(fd, EFAULT);
            count = i;
        }
        if (message->msg_control == NULL)
            message->msg_controllen = 0; /* hosts do not know a NULL */
    }
    if (count == 0)
        error = berth_is_stream(fd, &stream);
    else
        error = berth_v1_receive_messages(fd, messages, count, (int32_t)flags, limit_ns, &received);
    if (error != 0)
        return berth_result(error);
    if (timeout != NULL && received > 0) {
        int64_t passed_ns = now_ns() - start_ns, left_ns = passed_ns < limit_ns ? limit_ns - passed_ns : 0;
        timeout->tv_sec = (time_t)(left_ns / NS_PER_SECOND);
        timeout->tv_nsec = (long)(left_ns % NS_PER_SECOND);
    }
    return (int)received;
}
