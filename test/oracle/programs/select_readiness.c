/* select: readable, writable, none within the time, and counts over all sets. */
#include "check.h"

#include <sys/select.h>

static void
look(const char *what, int one, int two, int milliseconds)
{
    fd_set readable, writable;
    FD_ZERO(&readable);
    FD_ZERO(&writable);
    FD_SET(one, &readable);
    FD_SET(two, &readable);
    struct timeval time = { milliseconds / 1000, milliseconds % 1000 * 1000 };
    int highest = one > two ? one : two;
    show(what, select(highest + 1, &readable, NULL, NULL, &time));
    printf("  readable %d %d\n", !!FD_ISSET(one, &readable), !!FD_ISSET(two, &readable));
    FD_SET(one, &readable);
    FD_SET(one, &writable);
    FD_SET(two, &writable);
    show("  with writing", select(highest + 1, &readable, &writable, NULL, &time));
    printf("  readable %d, writable %d %d\n", !!FD_ISSET(one, &readable), !!FD_ISSET(one, &writable),
           !!FD_ISSET(two, &writable));
}

int
main(void)
{
    check_start();
    Pair pair = tcp_pair(AF_INET);
    int udp = bound_udp(AF_INET6);
    double start = now_ms();
    look("idle", pair.server, udp, 20);
    show_elapsed(start, 20);
    must("send", send(pair.client, "x", 1, 0));
    await(pair.server, POLLIN);
    look("data", pair.server, udp, 1000);
    Address to = local_address(udp);
    must("sendto", sendto(udp, "x", 1, 0, &to.any, to.len));
    look("both", pair.server, udp, 1000);
    return 0;
}
