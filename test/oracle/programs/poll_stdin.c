/* stdin: hello */
/* stdin in a poll beside a socket: readable with data and at its end. */
#include "check.h"

int
main(void)
{
    check_start();
    char room[64];
    struct pollfd polls[2] = { { .fd = bound_udp(AF_INET), .events = POLLIN }, { .fd = 0, .events = POLLIN } };
    show("poll", poll(polls, 2, DEADLINE_MS));
    printf("socket: %s\n", poll_names(polls[0].revents));
    print_yes("stdin readable", polls[1].revents & POLLIN);
    print_bytes("read", room, read(0, room, sizeof room));
    show("poll at the end", poll(polls, 2, DEADLINE_MS));
    show("read at the end", read(0, room, sizeof room));
    show("stdout writable", poll(&(struct pollfd){ .fd = 1, .events = POLLOUT }, 1, DEADLINE_MS));
    return 0;
}
