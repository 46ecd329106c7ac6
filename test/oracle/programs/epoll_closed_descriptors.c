/* epoll: what is closed is no longer in it, unless another number stands for the same socket; numbers are given anew. */
#include "events.h"

int
main(void)
{
    check_start();
    int epoll = new_epoll(), udp = bound_udp(AF_INET);
    must("add", control(epoll, EPOLL_CTL_ADD, udp, EPOLLOUT, 1));
    show_ready("open", epoll, 0);
    close(udp);
    show_ready("closed", epoll, 0);
    show("delete", control(epoll, EPOLL_CTL_DEL, udp, 0, 0));
    int again = bound_udp(AF_INET);
    print_yes("the same number", again == udp);
    show("modify", control(epoll, EPOLL_CTL_MOD, again, EPOLLOUT, 2));
    show("add", control(epoll, EPOLL_CTL_ADD, again, EPOLLOUT, 2));
    int copy = dup(again);
    show("add its duplicate", control(epoll, EPOLL_CTL_ADD, copy, EPOLLOUT, 3));
    show_ready("both", epoll, 0);
    close(copy);
    show("delete the closed one", control(epoll, EPOLL_CTL_DEL, copy, 0, 0));
    close(again);
    show_ready("both closed", epoll, 0);

    int one = bound_udp(AF_INET);
    int two = dup(one);
    must("add", control(epoll, EPOLL_CTL_ADD, one, EPOLLOUT, 4));
    close(one);
    show_ready("a duplicate is open", epoll, 0);
    close(two);
    show_ready("none is", epoll, 0);

    int second = dup(epoll);
    int third = bound_udp(AF_INET);
    show("add by a duplicate of the epoll", control(second, EPOLL_CTL_ADD, third, EPOLLOUT, 5));
    show_ready("seen by the first", epoll, 0);
    close(epoll);
    show_ready("and by the second", second, 0);
    return 0;
}
