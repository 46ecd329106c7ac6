/* Timeouts of the functions that wait. The imports take nanoseconds, negative ones for "for ever". */
#ifndef BERTH_SOCKET_EXT_WAIT_H
#define BERTH_SOCKET_EXT_WAIT_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#define BERTH_FOR_EVER (-1)
#define BERTH_NS_PER_MS 1000000
#define BERTH_NS_PER_S 1000000000

static inline int64_t
berth_ns_of_ms(int milliseconds)
{
    return milliseconds < 0 ? BERTH_FOR_EVER : (int64_t)milliseconds * BERTH_NS_PER_MS;
}

/* False: not a time (EINVAL). One that is too long to count is the longest. */
static inline bool
berth_ns_of_timespec(const struct timespec *time, int64_t *ns)
{
    *ns = BERTH_FOR_EVER;
    if (time == NULL)
        return true;
    if (time->tv_sec < 0 || time->tv_nsec < 0 || time->tv_nsec >= BERTH_NS_PER_S)
        return false;
    *ns = (int64_t)time->tv_sec < INT64_MAX / BERTH_NS_PER_S
              ? (int64_t)time->tv_sec * BERTH_NS_PER_S + (int64_t)time->tv_nsec
              : INT64_MAX;
    return true;
}

#endif
