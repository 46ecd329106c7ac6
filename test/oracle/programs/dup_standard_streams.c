/* Duplicates of the standard streams: redirected to a socket and back, read by either number. */
/* stdin: first */
/* stdin: second */
#include "events.h"

int
main(void)
{
    check_start();
    char line[64];
    int input = (int)must("dup", dup(0));
    long count = show("read", read(input, line, 6));
    print_bytes("  bytes", line, count);
    count = show("read by the other", read(0, line, sizeof line));
    print_bytes("  bytes", line, count);
    show("read at the end", read(input, line, sizeof line));

    Pair pair = tcp_pair(AF_INET);
    int output = (int)must("dup", dup(1));
    fflush(stdout);
    must("dup2", dup2(pair.client, 1));
    printf("to the socket\n");
    fflush(stdout);
    must("dup2", dup2(output, 1));
    await(pair.server, POLLIN);
    count = show("recv", recv(pair.server, line, 14, MSG_WAITALL));
    print_bytes("  bytes", line, count);
    show("close stdin", close(0));
    show_fd("the lowest", dup(input));
    show("read at the end", read(0, line, sizeof line));
    show("write to a duplicate", write(output, "direct\n", 7));
    return 0;
}
