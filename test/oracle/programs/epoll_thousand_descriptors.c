/* epoll: a thousand sockets, of which one, some and all are ready; each is told once and with its own data. */
#include "events.h"

#define MANY 1000

/* Room for more than there can be. */
static struct epoll_event events[MANY + 1];

/* The sum of what was told shows that nobody was left out or told twice. */
static void
show_all(const char *what, int epoll)
{
    int ready = epoll_wait(epoll, events, MANY + 1, 0);
    unsigned long long sum = 0, twice = 0;
    show(what, ready);
    if (ready > 0)
        qsort(events, (size_t)ready, sizeof events[0], by_data);
    for (int i = 0; i < ready; i++) {
        sum += events[i].data.u64;
        twice += i > 0 && events[i].data.u64 == events[i - 1].data.u64;
    }
    printf("  sum %llu, twice %llu\n", sum, twice);
}

int
main(void)
{
    check_start();
    static int sockets[MANY];
    int epoll = new_epoll(), sender = new_socket(AF_INET, SOCK_DGRAM);
    for (int i = 0; i < MANY; i++) {
        sockets[i] = bound_udp(AF_INET);
        must("add", control(epoll, EPOLL_CTL_ADD, sockets[i], EPOLLIN, (uint64_t)i));
    }
    show_all("none", epoll);
    for (int step = 500; step >= 1; step /= 5) {
        for (int i = 0; i < MANY; i += step) {
            Address to = local_address(sockets[i]);
            must("sendto", sendto(sender, "x", 1, 0, &to.any, to.len));
        }
        show_all("some", epoll);
    }
    int told = 0;
    for (int round = 0; round < 10; round++)
        told += epoll_wait(epoll, events, 100, 0);
    printf("ten times a hundred: %d\n", told);
    for (int i = 0; i < MANY; i += 2)
        must("delete", control(epoll, EPOLL_CTL_DEL, sockets[i], 0, 0));
    show_all("half of them", epoll);
    for (int i = 0; i < MANY; i++)
        close(sockets[i]);
    show_all("closed", epoll);
    return 0;
}
