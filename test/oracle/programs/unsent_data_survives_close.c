/* All that send accepted arrives, also when the socket is closed while its buffer is full. */
#include "check.h"

static char block[16384];

int
main(void)
{
    check_start();
    Pair pair = tcp_pair(AF_INET);
    size_t sent = 0, arrived;
    long count;
    set_nonblocking(pair.server, true);
    while ((count = send(pair.server, block, sizeof block, 0)) > 0)
        sent += (size_t)count;
    show("buffer full", count);
    show("close", close(pair.server));
    show("drained until", drain(pair.client, &arrived));
    print_yes("all has arrived", arrived == sent);
    print_yes("more than one block", sent > sizeof block);
    return 0;
}
