/*
 * Connections on which nothing happens.
 *
 *     idle serve FIRST ALL    announces its port; accepts them and watches them with epoll; says when it has FIRST and ALL of
 *                             them, ends when one is closed
 *     idle hold PORT COUNT    opens COUNT of them, keeps them until its standard input ends
 */
#include <sys/epoll.h>
#include "common.h"

enum { MAX_CONNECTIONS = 20000 };

static int connections[MAX_CONNECTIONS], count, epoll;

static void accept_until(int listener, int wanted)
{
    while (count < wanted) {
        struct epoll_event event = {.events = EPOLLIN, .data.u32 = (uint32_t)count};
        connections[count] = accept(listener, NULL, NULL);
        if (connections[count] < 0) fail("accept");
        if (epoll_ctl(epoll, EPOLL_CTL_ADD, connections[count], &event)) fail("epoll_ctl");
        count++;
    }
    printf("accepted %d\n", count);
    if (fflush(stdout)) fail("stdout");
}

static void serve(int first, int all)
{
    int listener = listening_socket(0);
    struct epoll_event event;
    char byte;
    epoll = epoll_create1(0);
    if (epoll < 0) fail("epoll_create1");
    accept_until(listener, first);
    accept_until(listener, all);
    if (epoll_wait(epoll, &event, 1, -1) != 1) fail("epoll_wait");
    if (recv(connections[event.data.u32], &byte, 1, 0) > 0) fail("nothing was to come");
}

static void hold(int port, int wanted)
{
    char byte;
    for (; count < wanted; count++) connections[count] = connect_to(port);
    if (read(0, &byte, 1) != 0) fail("standard input");
    while (count > 0) close_at_once(connections[--count]);
}

int main(int argc, char **argv)
{
    if (argc != 4 || atoi(argv[3]) > MAX_CONNECTIONS) return 2;
    if (strcmp(argv[1], "serve") == 0)
        serve(atoi(argv[2]), atoi(argv[3]));
    else
        hold(atoi(argv[2]), atoi(argv[3]));
    return 0;
}
