/* A non-blocking sender fills the buffers until EAGAIN, is not writable then, and is again once the peer has read. */
#include "check.h"

static char block[65536];

int
main(void)
{
    check_start();
    Pair pair = tcp_pair(AF_INET);
    size_t sent = 0, received = 0;
    long count;
    set_nonblocking(pair.client, true);
    show_poll("writable at first", pair.client, POLLOUT);
    struct pollfd sender = { .fd = pair.client, .events = POLLOUT };
    do { /* a late acknowledgement may make some room again */
        while ((count = send(pair.client, block, sizeof block, 0)) > 0)
            sent += (size_t)count;
    } while (poll(&sender, 1, 0) == 1);
    show("full", count);
    show_poll("not writable", pair.client, POLLOUT);
    set_nonblocking(pair.server, true);
    for (;;) {
        await(pair.server, POLLIN);
        received += (size_t)must("recv", recv(pair.server, block, sizeof block, 0));
        if (poll(&sender, 1, 0) == 1)
            break;
    }
    printf("writable again: %s\n", poll_names(await(pair.client, POLLOUT)));
    count = send(pair.client, "!", 1, 0);
    show("send", count);
    sent += 1;
    shutdown(pair.client, SHUT_WR);
    size_t rest;
    show("drained until", drain(pair.server, &rest));
    print_yes("everything arrived", received + rest == sent);
    return 0;
}
