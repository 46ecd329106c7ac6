/* A blocking send of what the buffers can hold places all of it at once; recv then gives what is there. */
#include "check.h"

static unsigned char out[100000], in[200000];

int
main(void)
{
    check_start();
    Pair pair = tcp_pair(AF_INET);
    for (size_t i = 0; i < sizeof out; i++)
        out[i] = pattern(i);
    show("send", send(pair.client, out, sizeof out, 0));
    show("recv all", recv(pair.server, in, sizeof out, MSG_WAITALL));
    print_yes("the same bytes", memcmp(in, out, sizeof out) == 0);
    must("send", send(pair.client, "few", 3, 0));
    show("recv does not wait for a full buffer", recv(pair.server, in, sizeof in, 0));
    return 0;
}
