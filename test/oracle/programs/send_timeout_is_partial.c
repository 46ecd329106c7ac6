/* A blocking send with a timeout gives the count of what it could place; with no room at all, EAGAIN. */
#include "check.h"

static char block[8 << 20];
static size_t sent;

int
main(void)
{
    check_start();
    Pair pair = tcp_pair(AF_INET);
    must("SO_SNDBUF", set_option(pair.client, SOL_SOCKET, SO_SNDBUF, 100000)); /* or the kernel makes them grow */
    must("SO_RCVBUF", set_option(pair.server, SOL_SOCKET, SO_RCVBUF, 100000));
    set_timeout(pair.client, SO_SNDTIMEO, 30);
    double start = now_ms();
    long count = send(pair.client, block, sizeof block, 0);
    print_yes("some were placed", count > 0);
    print_yes("not all", count < (long)sizeof block);
    show_timed_out(start, 30);
    /* A late acknowledgement may still make room; the first wait that finds none is the one that counts. */
    do {
        sent += (size_t)count;
        start = now_ms();
        count = send(pair.client, block, sizeof block, 0);
    } while (count > 0);
    show("send, no room", count);
    show_timed_out(start, 30);
    while (start = now_ms(), (count = write(pair.client, block, sizeof block)) > 0)
        sent += (size_t)count;
    show("write, no room", count);
    show_timed_out(start, 30);
    shutdown(pair.client, SHUT_WR);
    size_t arrived;
    show("drained until", drain(pair.server, &arrived));
    print_yes("exactly what was counted", arrived == sent);
    return 0;
}
