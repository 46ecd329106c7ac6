/* accept where nothing can be accepted. */
#include "check.h"

static void
try_accept(const char *what, int fd)
{
    Address peer = empty_address();
    show(what, accept(fd, &peer.any, &peer.len));
}

int
main(void)
{
    check_start();
    int fd = new_socket(AF_INET, SOCK_STREAM);
    try_accept("fresh TCP", fd);
    bind_loopback(fd, AF_INET);
    try_accept("bound TCP", fd);
    Pair pair = tcp_pair(AF_INET);
    try_accept("connected TCP", pair.client);
    try_accept("accepted TCP", pair.server);
    try_accept("UDP", bound_udp(AF_INET));
    try_accept("stdin", 0);
    try_accept("stdout", 1);
    try_accept("descriptor 99", 99);
    try_accept("descriptor -1", -1);
    int door = listener(AF_INET);
    set_nonblocking(door, true);
    try_accept("listener where nobody waits", door);
    return 0;
}
