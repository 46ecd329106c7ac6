/* Which pairs of sockets may share a port, by SO_REUSEADDR and SO_REUSEPORT, listening or not. */
#include "check.h"

static int
prepared(int type, int option)
{
    int fd = new_socket(AF_INET, type);
    if (option)
        must("setsockopt", set_option(fd, SOL_SOCKET, option, 1));
    return fd;
}

int
main(void)
{
    check_start();
    int types[] = { SOCK_STREAM, SOCK_DGRAM }, options[] = { 0, SO_REUSEADDR, SO_REUSEPORT };
    const char *names[] = { "none", "SO_REUSEADDR", "SO_REUSEPORT" };
    for (int t = 0; t < 2; t++)
        for (int first = 0; first < 3; first++)
            for (int second = 0; second < 3; second++) {
                printf("%s, %s and %s\n", t ? "UDP" : "TCP", names[first], names[second]);
                int one = prepared(types[t], options[first]), two = prepared(types[t], options[second]);
                bind_loopback(one, AF_INET);
                Address there = local_address(one);
                show("  bind", bind(two, &there.any, there.len));
                if (types[t] == SOCK_STREAM) {
                    show("  listen, first", listen(one, 1));
                    show("  listen, second", listen(two, 1));
                }
                close(one);
                close(two);
            }
    return 0;
}
