/* Of many descriptors poll reports exactly those that are ready; one may be listed twice. */
#include "check.h"

#define MANY 60

int
main(void)
{
    check_start();
    struct pollfd polls[MANY + 1];
    for (int i = 0; i < MANY; i++) {
        polls[i].fd = bound_udp(AF_INET);
        polls[i].events = POLLIN;
    }
    polls[MANY] = polls[7];
    show("none is ready", poll(polls, MANY + 1, 0));
    int sender = new_socket(AF_INET, SOCK_DGRAM);
    for (int i = 7; i < MANY; i += 13) {
        Address to = local_address(polls[i].fd);
        must("sendto", sendto(sender, "x", 1, 0, &to.any, to.len));
        await(polls[i].fd, POLLIN);
    }
    show("some are ready", poll(polls, MANY + 1, DEADLINE_MS));
    for (int i = 0; i <= MANY; i++)
        if (polls[i].revents)
            printf("  %d %s\n", i, poll_names(polls[i].revents));
    polls[20].events = POLLIN | POLLOUT;
    polls[21].events = POLLOUT;
    show("and writable ones", poll(polls, MANY, DEADLINE_MS));
    for (int i = 19; i <= 22; i++)
        printf("  %d %s\n", i, poll_names(polls[i].revents));
    return 0;
}
