/*
 * poll and ppoll. WASI libc's poll stands on poll_oneoff, which knows neither POLLPRI nor POLLRDHUP, reports an error
 * instead of POLLERR and POLLHUP without POLLIN.
 */
#include "internal.h"
#include "raw.h"
#include "wait.h"

#include <poll.h>

/* Linux's bound is the number of descriptors a process may have, which is this at most unless somebody raised it. */
#define MOST_ENTRIES (1U << 20)

BERTH_ASSERT(sizeof(struct pollfd) == 8 && offsetof(struct pollfd, revents) == 6, "the layout of the import");

static int
wait_for(struct pollfd *fds, nfds_t count, int64_t timeout_ns)
{
    uint32_t ready = 0;
    if (count > MOST_ENTRIES)
        return berth_result(EINVAL);
    if (fds == NULL && count > 0)
        return berth_result(EFAULT);
    int error = berth_v1_poll(fds, (uint32_t)count, timeout_ns, &ready);
    return error != 0 ? berth_result(error) : (int)ready;
}

int
poll(struct pollfd *fds, nfds_t count, int timeout)
{
    return wait_for(fds, count, berth_ns_of_ms(timeout));
}

/* There are no signals that `mask` could hold back. */
int
ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask)
{
    int64_t ns;
    (void)mask;
    return berth_ns_of_timespec(timeout, &ns) ? wait_for(fds, count, ns) : berth_result(EINVAL);
}
