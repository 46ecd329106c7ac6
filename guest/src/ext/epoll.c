/* epoll_create, epoll_create1, epoll_ctl, epoll_wait, epoll_pwait and epoll_pwait2 */
#include "internal.h"
#include "raw.h"
#include "wait.h"

#include <limits.h>
#include <sys/epoll.h>

/* Linux's bound, with its twelve bytes for an event. */
#define MOST_EVENTS (INT_MAX / 12)

BERTH_ASSERT(sizeof(struct epoll_event) == 16 && offsetof(struct epoll_event, data) == 8, "the layout of the import");

/* The size has meant nothing on Linux for long, but that it must be positive. */
int
epoll_create(int size)
{
    return size > 0 ? epoll_create1(0) : berth_result(EINVAL);
}

int
epoll_create1(int flags)
{
    int32_t fd = -1;
    int error = berth_v1_epoll_create(flags, &fd);
    return error != 0 ? berth_result(error) : fd;
}

int
epoll_ctl(int epfd, int operation, int fd, struct epoll_event *event)
{
    if (event == NULL && operation != EPOLL_CTL_DEL) /* before the descriptors, as on Linux */
        return berth_result(EFAULT);
    return berth_result(berth_v1_epoll_control(epfd, operation, fd, event));
}

static int
wait_for(int epfd, struct epoll_event *events, int room, int64_t timeout_ns)
{
    struct epoll_event unwanted;
    uint32_t ready = 0;
    /* The descriptor is looked at first, which is the host's affair; no room is what it refuses then. */
    uint32_t entries = room <= 0 || room > MOST_EVENTS ? 0 : (uint32_t)room;
    /* Linux notices a NULL when the first event is to be written. */
    if (events == NULL)
        entries = entries > 0;
    int error = berth_v1_epoll_wait(epfd, events != NULL ? events : &unwanted, entries, timeout_ns, &ready);
    if (error == 0 && events == NULL && ready > 0)
        error = EFAULT;
    return error != 0 ? berth_result(error) : (int)ready;
}

int
epoll_wait(int epfd, struct epoll_event *events, int room, int timeout_ms)
{
    return wait_for(epfd, events, room, berth_ns_of_ms(timeout_ms));
}

/* There are no signals that `mask` could hold back. */
int
epoll_pwait(int epfd, struct epoll_event *events, int room, int timeout_ms, const sigset_t *mask)
{
    (void)mask;
    return wait_for(epfd, events, room, berth_ns_of_ms(timeout_ms));
}

int
epoll_pwait2(int epfd, struct epoll_event *events, int room, const struct timespec *timeout, const sigset_t *mask)
{
    int64_t ns;
    (void)mask;
    return berth_ns_of_timespec(timeout, &ns) ? wait_for(epfd, events, room, ns) : berth_result(EINVAL);
}
