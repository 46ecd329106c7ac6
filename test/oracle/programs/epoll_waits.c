/* epoll: timeouts of epoll_wait, epoll_pwait and epoll_pwait2; an epoll descriptor in poll and in another epoll. */
#include "events.h"

int
main(void)
{
    check_start();
    int epoll = new_epoll(), udp = bound_udp(AF_INET);
    struct epoll_event events[4];
    must("add", control(epoll, EPOLL_CTL_ADD, udp, EPOLLIN, 1));
    double start = now_ms();
    show("30 ms", epoll_wait(epoll, events, 4, 30));
    show_elapsed(start, 30);
    start = now_ms();
    show("epoll_pwait", epoll_pwait(epoll, events, 4, 20, NULL));
    show_elapsed(start, 20);
    struct timespec soon = { 0, 20000000 };
    start = now_ms();
    show("epoll_pwait2", epoll_pwait2(epoll, events, 4, &soon, NULL));
    show_elapsed(start, 20);
    static const struct timespec wrong[] = { { -1, 0 }, { 0, -1 }, { 0, 1000000000 } };
    for (size_t i = 0; i < COUNT(wrong); i++)
        show("epoll_pwait2 with no time", epoll_pwait2(epoll, events, 4, &wrong[i], NULL));
    show("without room", epoll_pwait2(epoll, events, 0, &soon, NULL));

    int outer = new_epoll();
    show("one in another", control(outer, EPOLL_CTL_ADD, epoll, EPOLLIN, 7));
    print_yes("a circle is refused", control(epoll, EPOLL_CTL_ADD, outer, EPOLLIN, 8) < 0 && errno == ELOOP);
    show_events("poll", epoll);
    show_ready("outer", outer, 0);
    Address to = local_address(udp);
    must("sendto", sendto(udp, "x", 1, 0, &to.any, to.len));
    await(udp, POLLIN);
    show_events("poll", epoll);
    show_ready("outer", outer, 0);
    show_ready("inner", epoll, -1);
    show("epoll_pwait2 for ever", epoll_pwait2(epoll, events, 4, NULL, NULL));
    show("epoll_pwait for ever", epoll_pwait(epoll, events, 4, -7, NULL));
    return 0;
}
