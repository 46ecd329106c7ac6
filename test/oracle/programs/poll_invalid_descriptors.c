/* POLLNVAL for descriptors that are not open, at once and beside the others; negative ones are skipped. */
#include "check.h"

int
main(void)
{
    check_start();
    int udp = bound_udp(AF_INET);
    struct pollfd polls[3] = { { .fd = udp, .events = POLLOUT }, { .fd = 999, .events = POLLIN }, { .fd = udp, .events = POLLIN } };
    show("one of three is not open", poll(polls, 3, DEADLINE_MS));
    for (int i = 0; i < 3; i++)
        printf("  %s\n", poll_names(polls[i].revents));
    show_poll("alone", 999, POLLIN);
    close(udp);
    show_poll("closed", udp, POLLIN | POLLOUT);
    return 0;
}
