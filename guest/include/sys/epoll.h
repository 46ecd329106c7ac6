/* <sys/epoll.h>, which WASI libc does not have. Linux's numbers, also where those of <poll.h> differ here. */
#ifndef BERTH_SYS_EPOLL_H
#define BERTH_SYS_EPOLL_H

#include <stdint.h>
#include <sys/types.h>

#define __NEED_time_t
#define __NEED_struct_timespec
#define __NEED_sigset_t
#include <bits/alltypes.h>

#ifdef __cplusplus
extern "C" {
#endif

#define EPOLL_CLOEXEC 0x80000

#define EPOLL_CTL_ADD 1
#define EPOLL_CTL_DEL 2
#define EPOLL_CTL_MOD 3

#define EPOLLIN 0x1U
#define EPOLLPRI 0x2U
#define EPOLLOUT 0x4U
#define EPOLLERR 0x8U
#define EPOLLHUP 0x10U
#define EPOLLRDNORM 0x40U
#define EPOLLRDBAND 0x80U
#define EPOLLWRNORM 0x100U
#define EPOLLWRBAND 0x200U
#define EPOLLMSG 0x400U
#define EPOLLRDHUP 0x2000U
#define EPOLLEXCLUSIVE 0x10000000U
#define EPOLLWAKEUP 0x20000000U
#define EPOLLONESHOT 0x40000000U
#define EPOLLET 0x80000000U

typedef union epoll_data {
    void *ptr;
    int fd;
    uint32_t u32;
    uint64_t u64;
} epoll_data_t;

struct epoll_event {
    uint32_t events;
    epoll_data_t data;
};

int epoll_create(int size);
int epoll_create1(int flags);
int epoll_ctl(int epfd, int operation, int fd, struct epoll_event *event);
int epoll_wait(int epfd, struct epoll_event *events, int room, int timeout_ms);
int epoll_pwait(int epfd, struct epoll_event *events, int room, int timeout_ms, const sigset_t *mask);
int epoll_pwait2(int epfd, struct epoll_event *events, int room, const struct timespec *timeout, const sigset_t *mask);

#ifdef __cplusplus
}
#endif

#endif
