/* epoll: edges come once for each change, a one-shot entry once until it is modified. */
#include "events.h"

int
main(void)
{
    check_start();
    int epoll = new_epoll();
    Pair pair = tcp_pair(AF_INET);
    char room[8];
    show("add", control(epoll, EPOLL_CTL_ADD, pair.server, EPOLLIN | EPOLLET, 1));
    show_ready("idle", epoll, 0);
    must("send", send(pair.client, "a", 1, 0));
    await(pair.server, POLLIN);
    show_ready("an edge", epoll, 0);
    show_ready("none", epoll, 0);
    must("send", send(pair.client, "bc", 2, 0));
    show_ready("more data", epoll, DEADLINE_MS);
    show_ready("none", epoll, 0);
    show("recv", recv(pair.server, room, 1, 0));
    show_ready("data is left", epoll, 0);
    show("modify", control(epoll, EPOLL_CTL_MOD, pair.server, EPOLLIN | EPOLLOUT | EPOLLET, 2));
    show_ready("modified", epoll, 0);
    show_ready("none", epoll, 0);
    must("shutdown", shutdown(pair.client, SHUT_WR));
    show_ready("the peer's end", epoll, DEADLINE_MS);
    show_ready("none", epoll, 0);
    show("delete", control(epoll, EPOLL_CTL_DEL, pair.server, 0, 0));
    close_pair(pair);

    pair = tcp_pair(AF_INET);
    must("send", send(pair.client, "a", 1, 0));
    await(pair.server, POLLIN);
    show("add", control(epoll, EPOLL_CTL_ADD, pair.server, EPOLLIN | EPOLLONESHOT, 3));
    show_ready("once", epoll, 0);
    show_ready("not again", epoll, 0);
    must("send", send(pair.client, "b", 1, 0));
    show_ready("not with more data", epoll, 20);
    show("arm", control(epoll, EPOLL_CTL_MOD, pair.server, EPOLLIN | EPOLLONESHOT, 4));
    show_ready("once", epoll, 0);
    show_ready("not again", epoll, 0);
    reset(pair.client);
    show_ready("not with a reset", epoll, 20);
    show("arm", control(epoll, EPOLL_CTL_MOD, pair.server, EPOLLIN | EPOLLONESHOT | EPOLLET, 5));
    show_ready("the reset", epoll, 0);
    show("exclusive", control(epoll, EPOLL_CTL_ADD, listener(AF_INET), EPOLLIN | EPOLLEXCLUSIVE, 6));
    int other = listener(AF_INET);
    show("exclusive one-shot", control(epoll, EPOLL_CTL_ADD, other, EPOLLIN | EPOLLEXCLUSIVE | EPOLLONESHOT, 6));
    show("exclusive by modifying", control(epoll, EPOLL_CTL_MOD, pair.server, EPOLLIN | EPOLLEXCLUSIVE, 6));
    return 0;
}
