/* exit(7): the code as the parent process sees it; open sockets do not delay the end, output is flushed. */
#include "check.h"

int
main(void)
{
    check_start();
    Pair pair = tcp_pair(AF_INET);
    must("send", send(pair.client, "never read", 10, 0));
    printf("before the end, without a line end");
    exit(7);
}
