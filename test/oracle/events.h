/* Poll events and epoll events by name, all of them, and one program's worth of help for each. */
#ifndef BERTH_ORACLE_EVENTS_H
#define BERTH_ORACLE_EVENTS_H

#include "check.h"

#include <sys/epoll.h>

#define ALL_POLL_EVENTS (POLLIN | POLLOUT | POLLPRI | POLLRDHUP)
#define ALL_EPOLL_EVENTS (EPOLLIN | EPOLLOUT | EPOLLPRI | EPOLLRDHUP)

static inline void
append_name(char *text, bool on, const char *name)
{
    if (!on)
        return;
    if (text[0] != '\0')
        strcat(text, " ");
    strcat(text, name);
}

static inline const char *
event_names(int events)
{
    static char text[64];
    text[0] = '\0';
    append_name(text, events & POLLIN, "IN");
    append_name(text, events & POLLOUT, "OUT");
    append_name(text, events & POLLPRI, "PRI");
    append_name(text, events & POLLRDHUP, "RDHUP");
    append_name(text, events & POLLERR, "ERR");
    append_name(text, events & POLLHUP, "HUP");
    append_name(text, events & POLLNVAL, "NVAL");
    return text[0] ? text : "nothing";
}

static inline const char *
epoll_names(uint32_t events)
{
    static char text[64];
    text[0] = '\0';
    append_name(text, events & EPOLLIN, "IN");
    append_name(text, events & EPOLLOUT, "OUT");
    append_name(text, events & EPOLLPRI, "PRI");
    append_name(text, events & EPOLLRDHUP, "RDHUP");
    append_name(text, events & EPOLLERR, "ERR");
    append_name(text, events & EPOLLHUP, "HUP");
    return text[0] ? text : "nothing";
}

/* What poll reports at once when asked for everything, and when asked for nothing. */
static inline void
show_events(const char *what, int fd)
{
    struct pollfd entries[2] = { { .fd = fd, .events = ALL_POLL_EVENTS }, { .fd = fd, .events = 0 } };
    int ready = poll(entries, 2, 0);
    if (ready < 0) {
        show(what, ready);
        return;
    }
    printf("%s: %d, %s", what, ready, event_names(entries[0].revents));
    printf("; unasked %s\n", event_names(entries[1].revents));
}

static inline int
new_epoll(void)
{
    return (int)must("epoll_create1", epoll_create1(0));
}

static inline int
control(int epoll, int operation, int fd, uint32_t events, uint64_t data)
{
    struct epoll_event event;
    memset(&event, 0, sizeof event);
    event.events = events;
    event.data.u64 = data;
    return epoll_ctl(epoll, operation, fd, &event);
}

static inline int
by_data(const void *left, const void *right)
{
    uint64_t one = ((const struct epoll_event *)left)->data.u64, two = ((const struct epoll_event *)right)->data.u64;
    return one < two ? -1 : one > two;
}

/* Waits and prints what is ready, in the order of the data. */
static inline int
show_ready(const char *what, int epoll, int milliseconds)
{
    struct epoll_event events[16];
    int ready = epoll_wait(epoll, events, 16, milliseconds);
    show(what, ready);
    if (ready > 1)
        qsort(events, (size_t)ready, sizeof events[0], by_data);
    for (int i = 0; i < ready; i++)
        printf("  %llu: %s\n", (unsigned long long)events[i].data.u64, epoll_names(events[i].events));
    return ready;
}

#endif
