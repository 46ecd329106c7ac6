/* A negative descriptor in the list is skipped and reports nothing. */
#include "check.h"

int
main(void)
{
    check_start();
    int udp = bound_udp(AF_INET);
    struct pollfd polls[2] = { { .fd = -1, .events = POLLIN, .revents = 77 }, { .fd = udp, .events = POLLOUT } };
    show("poll", poll(polls, 2, DEADLINE_MS));
    printf("  %s\n", poll_names(polls[0].revents));
    printf("  %s\n", poll_names(polls[1].revents));
    double start = now_ms();
    show("only negative ones", poll(polls, 1, 20));
    show_elapsed(start, 20);
    return 0;
}
