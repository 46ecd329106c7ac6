/* bind, listen and accept leave SO_LINGER as it was: off. */
#include "check.h"

static void
print_linger(const char *what, int fd)
{
    struct linger linger = { -1, -1 };
    socklen_t len = sizeof linger;
    show(what, getsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, &len));
    printf("  on %d, seconds %d\n", linger.l_onoff, linger.l_linger);
}

int
main(void)
{
    check_start();
    int udp = bound_udp(AF_INET);
    print_linger("bound UDP", udp);
    int door = new_socket(AF_INET, SOCK_STREAM);
    print_linger("fresh TCP", door);
    bind_loopback(door, AF_INET);
    print_linger("bound TCP", door);
    must("listen", listen(door, 1));
    int client = new_socket(AF_INET, SOCK_STREAM);
    connect_to(client, door);
    print_linger("accepted", accept_one(door));
    print_linger("connected", client);
    return 0;
}
