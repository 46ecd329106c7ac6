/* MSG_WAITALL gathers what came in pieces, waits for more, and gives less only at a timeout, an end or a full stop. */
#include "check.h"

int
main(void)
{
    check_start();
    char room[16];
    Pair pair = tcp_pair(AF_INET);
    must("TCP_NODELAY", set_option(pair.client, IPPROTO_TCP, TCP_NODELAY, 1));
    for (int i = 0; i < 4; i++)
        must("send", send(pair.client, "abcd", 4, 0));
    print_bytes("all of four pieces", room, recv(pair.server, room, 16, MSG_WAITALL));

    must("send", send(pair.client, "efg", 3, 0));
    set_timeout(pair.server, SO_RCVTIMEO, 30);
    double start = now_ms();
    print_bytes("three bytes of ten", room, recv(pair.server, room, 10, MSG_WAITALL));
    show_timed_out(start, 30);
    start = now_ms();
    show("none of ten", recv(pair.server, room, 10, MSG_WAITALL));
    show_timed_out(start, 30);

    must("send", send(pair.client, "hi", 2, 0));
    await(pair.server, POLLIN);
    set_nonblocking(pair.server, true);
    print_bytes("non-blocking", room, recv(pair.server, room, 10, MSG_WAITALL));
    show("non-blocking, nothing there", recv(pair.server, room, 10, MSG_WAITALL));
    set_nonblocking(pair.server, false);
    set_timeout(pair.server, SO_RCVTIMEO, 0);

    must("send", send(pair.client, "the end", 7, 0));
    shutdown(pair.client, SHUT_WR);
    print_bytes("cut short by the end", room, recv(pair.server, room, 10, MSG_WAITALL));
    show("at the end", recv(pair.server, room, 10, MSG_WAITALL));
    return 0;
}
