/* SHUT_RD ends one's own reading only: sending goes on, and the peer does not notice. */
#include "check.h"

int
main(void)
{
    check_start();
    char room[64];
    Pair pair = tcp_pair(AF_INET);
    show("shutdown SHUT_RD", shutdown(pair.client, SHUT_RD));
    show("recv after it", recv(pair.client, room, sizeof room, 0));
    show("read after it", read(pair.client, room, sizeof room));
    show("send after it", send(pair.client, "still", 5, 0));
    print_bytes("server recv", room, recv(pair.server, room, sizeof room, 0));
    set_nonblocking(pair.server, true);
    show("no end of stream", recv(pair.server, room, sizeof room, 0));
    show("server send", send(pair.server, "unread", 6, 0));
    show("second SHUT_RD", shutdown(pair.client, SHUT_RD));
    show("SHUT_WR", shutdown(pair.client, SHUT_WR));
    await(pair.server, POLLIN);
    show("end of stream now", recv(pair.server, room, sizeof room, 0));
    close_pair(pair);
    return 0;
}
