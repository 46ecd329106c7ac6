/* epoll: every errno, and which of two mistakes is told. */
#include "events.h"

int
main(void)
{
    check_start();
    int epoll = new_epoll(), udp = bound_udp(AF_INET), nothing = 333;
    struct epoll_event events[2], *volatile none = NULL; /* where compilers do not see it */
    volatile int negative = -1, too_many = INT32_MAX;
    show_fd("size 1", epoll_create(1));
    show_fd("size 0", epoll_create(0));
    show_fd("size -1", epoll_create(-1));
    show_fd("EPOLL_CLOEXEC", epoll_create1(EPOLL_CLOEXEC));
    show_fd("unknown flag", epoll_create1(1));
    show("add", control(epoll, EPOLL_CTL_ADD, udp, EPOLLIN, 1));
    show("add twice", control(epoll, EPOLL_CTL_ADD, udp, EPOLLIN, 1));
    show("add itself", control(epoll, EPOLL_CTL_ADD, epoll, EPOLLIN, 1));
    show("add nothing", control(epoll, EPOLL_CTL_ADD, nothing, EPOLLIN, 1));
    show("add -1", control(epoll, EPOLL_CTL_ADD, -1, EPOLLIN, 1));
    show("add a file", control(epoll, EPOLL_CTL_ADD, 0, EPOLLIN, 1));
    show("modify what is not in", control(epoll, EPOLL_CTL_MOD, listener(AF_INET), EPOLLIN, 1));
    show("delete what is not in", control(epoll, EPOLL_CTL_DEL, listener(AF_INET), EPOLLIN, 1));
    show("unknown operation", control(epoll, 4, udp, EPOLLIN, 1));
    show("operation 0", control(epoll, 0, udp, EPOLLIN, 1));
    show("in nothing", control(nothing, EPOLL_CTL_ADD, udp, EPOLLIN, 1));
    show("in a socket", control(udp, EPOLL_CTL_ADD, listener(AF_INET), EPOLLIN, 1));
    show("in a file", control(0, EPOLL_CTL_ADD, udp, EPOLLIN, 1));
    show("add NULL", epoll_ctl(epoll, EPOLL_CTL_ADD, listener(AF_INET), none));
    show("modify NULL", epoll_ctl(epoll, EPOLL_CTL_MOD, udp, none));
    show("NULL in nothing", epoll_ctl(nothing, EPOLL_CTL_ADD, udp, none));
    show("delete", epoll_ctl(epoll, EPOLL_CTL_DEL, udp, none));
    show("delete again", epoll_ctl(epoll, EPOLL_CTL_DEL, udp, none));

    show("wait", epoll_wait(epoll, events, 2, 0));
    show("wait without room", epoll_wait(epoll, events, 0, 0));
    show("wait with negative room", epoll_wait(epoll, events, negative, 0));
    show("wait with too much room", epoll_wait(epoll, events, too_many, 0));
    show("wait on nothing", epoll_wait(nothing, events, 2, 0));
    show("wait on a socket", epoll_wait(udp, events, 2, 0));
    show("wait on a file", epoll_wait(0, events, 2, 0));
    show("NULL and nothing ready", epoll_wait(epoll, none, 2, 0));
    must("add", control(epoll, EPOLL_CTL_ADD, udp, EPOLLOUT, 1));
    show("NULL", epoll_wait(epoll, none, 2, 0));
    show("read", read(epoll, events, 1));
    show("write", write(epoll, events, 1));
    show("close", close(epoll));
    show("wait when closed", epoll_wait(epoll, events, 2, 0));
    return 0;
}
