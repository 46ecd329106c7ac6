/*
 * `epoll WATCHED BUSY READY ROUNDS`: watches WATCHED sockets with epoll, both ends of pairs. BUSY of them have their turn,
 * READY at a time, to have a byte, which is read. Prints nanoseconds for each that was ready, of epoll_wait and recv alone.
 */
#include <sys/epoll.h>
#include "common.h"

#define MAX_WATCHED 20000
#define EVENTS 256

/* The other end of 2n is 2n + 1. */
static int ends[MAX_WATCHED];

/* Takes as many as are ready, by as many calls as it needs. The seconds that took. */
static double take(int epoll, int ready)
{
    struct epoll_event events[EVENTS];
    double start = seconds();
    for (int taken = 0; taken < ready;) {
        int count = epoll_wait(epoll, events, EVENTS, 5000);
        if (count <= 0) fail("epoll_wait");
        for (int i = 0; i < count; i++) {
            char byte;
            if (recv(ends[events[i].data.u32], &byte, 1, 0) != 1) fail("recv");
        }
        taken += count;
    }
    return seconds() - start;
}

int main(int argc, char **argv)
{
    if (argc != 5) return 2;
    int watched = atoi(argv[1]), busy = atoi(argv[2]), ready = atoi(argv[3]), rounds = atoi(argv[4]);
    int epoll = epoll_create1(0), next = 0, warm_up = 200 + rounds / 10;
    double total = 0;
    if (epoll < 0) fail("epoll_create1");
    if (watched > MAX_WATCHED || watched % 2 != 0 || busy > watched || ready > busy) return 2;
    for (int i = 0; i < watched; i += 2)
        if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends + i)) fail("socketpair");
    for (int i = 0; i < watched; i++) {
        struct epoll_event event = {.events = EPOLLIN, .data.u32 = (uint32_t)i};
        if (epoll_ctl(epoll, EPOLL_CTL_ADD, ends[i], &event)) fail("epoll_ctl");
    }
    for (int round = -warm_up; round < rounds; round++) {
        for (int i = 0; i < ready; i++) {
            int end = next * (watched / busy); /* the busy ones are spread over all */
            if (send(ends[end ^ 1], "", 1, 0) != 1) fail("send");
            next = (next + 1) % busy;
        }
        double took = take(epoll, ready);
        if (round >= 0) total += took;
    }
    printf("%.1f\n", total * 1e9 / rounds / ready);
    return 0;
}
