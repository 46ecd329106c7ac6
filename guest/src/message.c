/* What a message must be like, for sendmsg and recvmsg. */
#include "internal.h"

#include <limits.h>

int
berth_check_message(const struct msghdr *message)
{
    if (message == NULL)
        return EFAULT;
    if (message->msg_name != NULL && message->msg_namelen > INT_MAX)
        return EINVAL;
    if (message->msg_iovlen < 0 || message->msg_iovlen > BERTH_IOV_MAX)
        return EMSGSIZE;
    return message->msg_iov == NULL && message->msg_iovlen > 0 ? EFAULT : 0;
}
