/*
 * select and pselect, over the import of poll. A set of WASI libc is a list of numbers, not of bits; each entry of each
 * set becomes one entry of poll.
 *
 * As on Linux: what ends the wait and is counted is POLLIN, POLLHUP or POLLERR in the first set, POLLOUT or POLLERR in the
 * second and POLLPRI in the third; a descriptor that is none is EBADF, whatever else is ready; `select` stores the time
 * that is left, `pselect` does not.
 */
#include "internal.h"
#include "raw.h"
#include "wait.h"

#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/select.h>

#define US_PER_S 1000000

/* More entries than these are not put on the stack, which a WASI program has little of. */
#define ENTRIES_ON_STACK 64

/* How long an entry that is ready with what its set does not count is left out of the wait. */
#define SIT_OUT_NS (10 * (int64_t)BERTH_NS_PER_MS)

/* Linux reads and writes sets in words of this many bits. */
#define BITS_PER_WORD 64

#define SETS 3

static const struct {
    short asked, counted;
} events_of[SETS] = {
    { POLLIN, POLLIN | POLLHUP | POLLERR },
    { POLLOUT, POLLOUT | POLLERR },
    { POLLPRI, POLLPRI },
};

static int64_t
now_ns(void)
{
    __wasi_timestamp_t now = 0;
    (void)!__wasi_clock_time_get(__WASI_CLOCKID_MONOTONIC, 1, &now);
    return (int64_t)now;
}

static int64_t
deadline_of(int64_t timeout_ns)
{
    if (timeout_ns <= 0)
        return timeout_ns;
    int64_t now = now_ns();
    return timeout_ns < INT64_MAX - now ? now + timeout_ns : INT64_MAX;
}

/* What is left until a deadline; "for ever" and "at once" stay what they are. */
static int64_t
left_until(int64_t deadline)
{
    if (deadline <= 0)
        return deadline;
    int64_t now = now_ns();
    return now < deadline ? deadline - now : 0;
}

static short
counted_of(const struct pollfd *entry, const int *set_of)
{
    return (short)(entry->revents & events_of[*set_of].counted);
}

/* Waits until something counts or the time is up. 0 and how much counts, or an errno. */
static int
wait_until(struct pollfd *entries, const int *set_of, uint32_t count, int64_t deadline, int *counted)
{
    for (;;) {
        uint32_t ready = 0;
        int error = berth_v1_poll(entries, count, left_until(deadline), &ready);
        if (error != 0)
            return error;
        *counted = 0;
        for (uint32_t i = 0; i < count; i++) {
            if ((entries[i].revents & POLLNVAL) != 0)
                return EBADF;
            *counted += counted_of(&entries[i], &set_of[i]) != 0;
        }
        int64_t left = left_until(deadline);
        if (*counted > 0 || ready == 0 || left == 0)
            return 0;
        /*
         * Something is ready with what its set does not count, as a hang-up in the third set. It would end every wait at
         * once; so the others wait without it for a moment.
         */
        for (uint32_t i = 0; i < count; i++)
            entries[i].fd = entries[i].revents != 0 ? ~entries[i].fd : entries[i].fd;
        error = berth_v1_poll(entries, count, left < 0 || left > SIT_OUT_NS ? SIT_OUT_NS : left, &ready);
        for (uint32_t i = 0; i < count; i++)
            entries[i].fd = entries[i].fd < 0 ? ~entries[i].fd : entries[i].fd;
        if (error != 0)
            return error;
    }
}

static int
select_until(int limit, fd_set *const sets[SETS], int64_t deadline)
{
    struct pollfd small_entries[ENTRIES_ON_STACK], *entries = small_entries;
    int small_set_of[ENTRIES_ON_STACK], *set_of = small_set_of;
    uint32_t count = 0, most = 0, next = 0;
    int counted, error;
    if (limit < 0)
        return berth_result(EINVAL);
    for (int set = 0; set < SETS; set++) {
        if (sets[set] == NULL)
            continue;
        if (sets[set]->__nfds > FD_SETSIZE) /* FD_ZERO has been forgotten */
            return berth_result(EINVAL);
        most += (uint32_t)sets[set]->__nfds;
    }
    if (most > ENTRIES_ON_STACK) {
        entries = calloc(most, sizeof *entries + sizeof *set_of);
        if (entries == NULL)
            return berth_result(ENOMEM);
        set_of = (int *)(void *)(entries + most);
    }
    error = 0;
    for (int set = 0; set < SETS; set++) {
        for (size_t i = 0; sets[set] != NULL && i < sets[set]->__nfds; i++) {
            int fd = sets[set]->__fds[i];
            if (fd >= limit)
                continue;
            if (fd < 0) /* poll would skip it */
                error = EBADF;
            entries[count] = (struct pollfd){ .fd = fd, .events = events_of[set].asked, .revents = 0 };
            set_of[count++] = set;
        }
    }
    if (error == 0)
        error = wait_until(entries, set_of, count, deadline, &counted);
    if (error == 0) {
        /* What counted stays, and what lies beyond the last word that Linux would write. */
        int untouched = limit <= INT_MAX - BITS_PER_WORD ? (limit + BITS_PER_WORD - 1) / BITS_PER_WORD * BITS_PER_WORD
                                                         : limit;
        for (int set = 0; set < SETS; set++) {
            if (sets[set] == NULL)
                continue;
            size_t kept = 0;
            for (size_t i = 0; i < sets[set]->__nfds; i++) {
                int fd = sets[set]->__fds[i];
                bool keep = fd >= untouched;
                if (fd < limit) {
                    keep = counted_of(&entries[next], &set_of[next]) != 0;
                    next++;
                }
                if (keep)
                    sets[set]->__fds[kept++] = fd;
            }
            sets[set]->__nfds = kept;
        }
    }
    if (entries != small_entries)
        free(entries);
    return error != 0 ? berth_result(error) : counted;
}

int
select(int limit, fd_set *restrict readable, fd_set *restrict writable, fd_set *restrict exceptional,
       struct timeval *restrict timeout)
{
    fd_set *const sets[SETS] = { readable, writable, exceptional };
    if (timeout == NULL)
        return select_until(limit, sets, BERTH_FOR_EVER);
    if (timeout->tv_sec < 0 || timeout->tv_usec < 0)
        return berth_result(EINVAL);
    /* Linux's C library takes a million microseconds and more. */
    struct timespec time = { .tv_sec = timeout->tv_sec, .tv_nsec = (long)(timeout->tv_usec % US_PER_S) * 1000 };
    time_t carried = (time_t)(timeout->tv_usec / US_PER_S);
    time.tv_sec = time.tv_sec > INT64_MAX - carried ? INT64_MAX : time.tv_sec + carried;
    int64_t ns;
    (void)berth_ns_of_timespec(&time, &ns);
    int64_t deadline = deadline_of(ns);
    int result = select_until(limit, sets, deadline), error = errno;
    int64_t left = left_until(deadline);
    timeout->tv_sec = (time_t)(left / BERTH_NS_PER_S);
    timeout->tv_usec = (suseconds_t)(left % BERTH_NS_PER_S / 1000);
    errno = error;
    return result;
}

/* There are no signals that `mask` could hold back. */
int
pselect(int limit, fd_set *restrict readable, fd_set *restrict writable, fd_set *restrict exceptional,
        const struct timespec *restrict timeout, const sigset_t *restrict mask)
{
    fd_set *const sets[SETS] = { readable, writable, exceptional };
    int64_t ns;
    (void)mask;
    return berth_ns_of_timespec(timeout, &ns) ? select_until(limit, sets, deadline_of(ns)) : berth_result(EINVAL);
}
