/* poll on a connection: idle, with data, half closed in either way, closed, reset. */
#include "check.h"

static void
look(const char *what, int fd)
{
    printf("%s\n", what);
    show_poll("  in", fd, POLLIN);
    show_poll("  out", fd, POLLOUT);
    show_poll("  both", fd, POLLIN | POLLOUT);
}

int
main(void)
{
    check_start();
    char room[8];
    Pair pair = tcp_pair(AF_INET);
    look("idle", pair.client);
    must("send", send(pair.server, "x", 1, 0));
    await(pair.client, POLLIN);
    look("data", pair.client);
    must("recv", recv(pair.client, room, sizeof room, 0));
    look("data taken", pair.client);
    must("shutdown", shutdown(pair.server, SHUT_WR));
    await(pair.client, POLLIN);
    look("peer has shut its sending", pair.client);
    look("the peer itself", pair.server);
    must("shutdown", shutdown(pair.client, SHUT_WR));
    await(pair.server, POLLIN);
    look("both have", pair.client);
    look("both have, peer", pair.server);

    pair = tcp_pair(AF_INET);
    must("shutdown", shutdown(pair.client, SHUT_RD));
    look("own reading shut", pair.client);
    must("shutdown", shutdown(pair.client, SHUT_RDWR));
    look("own both shut", pair.client);

    pair = tcp_pair(AF_INET);
    close(pair.server);
    await(pair.client, POLLIN);
    look("peer has closed", pair.client);

    Pair udp = udp_pair(AF_INET);
    must("send", send(udp.client, "x", 1, 0));
    await(udp.server, POLLIN);
    look("datagram", udp.server);
    must("recv", recv(udp.server, room, sizeof room, 0));
    look("datagram taken", udp.server);
    return 0;
}
