/* epoll: level-triggered readiness, data of the program's own, modifying, deleting, an event for each descriptor. */
#include "events.h"

int
main(void)
{
    check_start();
    int epoll = new_epoll();
    Pair pair = tcp_pair(AF_INET);
    int udp = bound_udp(AF_INET6), fresh = new_socket(AF_INET, SOCK_STREAM);
    show_ready("empty", epoll, 0);
    show("add", control(epoll, EPOLL_CTL_ADD, pair.server, ALL_EPOLL_EVENTS, 1));
    show("add", control(epoll, EPOLL_CTL_ADD, pair.client, EPOLLIN, UINT64_MAX));
    show("add", control(epoll, EPOLL_CTL_ADD, udp, EPOLLIN | EPOLLOUT, 3));
    show("add", control(epoll, EPOLL_CTL_ADD, fresh, 0, 4));
    show_ready("idle", epoll, 0);
    must("send", send(pair.client, "ab", 2, 0));
    await(pair.server, POLLIN);
    show_ready("data", epoll, 0);
    show_ready("still data", epoll, 0);
    show("modify", control(epoll, EPOLL_CTL_MOD, pair.server, EPOLLIN, 11));
    show("modify", control(epoll, EPOLL_CTL_MOD, udp, 0, 13));
    show("delete", control(epoll, EPOLL_CTL_DEL, fresh, 0, 0));
    show_ready("modified", epoll, 0);
    char room[8];
    show("recv", recv(pair.server, room, sizeof room, 0));
    show_ready("taken", epoll, 20);
    must("send", send(pair.server, "c", 1, 0));
    await(pair.client, POLLIN);
    show_ready("the other way", epoll, -1);
    must("shutdown", shutdown(pair.client, SHUT_WR));
    must("shutdown", shutdown(pair.server, SHUT_WR));
    await(pair.client, POLLHUP);
    show_ready("both ends shut", epoll, 0);
    show("add again", control(epoll, EPOLL_CTL_ADD, fresh, EPOLLOUT, 5));
    show_ready("added again", epoll, 0);
    struct epoll_event one[1];
    show("room for one", epoll_wait(epoll, one, 1, 0));
    show("room for one", epoll_wait(epoll, one, 1, 0));
    show("delete without an event", epoll_ctl(epoll, EPOLL_CTL_DEL, fresh, NULL));
    return 0;
}
