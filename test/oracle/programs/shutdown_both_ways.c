/* SHUT_RDWR, and shutting down again while the connection lives and after it is gone. */
#include "check.h"

int
main(void)
{
    check_start();
    char room[8];
    Pair pair = tcp_pair(AF_INET);
    show("SHUT_WR", shutdown(pair.client, SHUT_WR));
    show("SHUT_WR again", shutdown(pair.client, SHUT_WR));
    show("SHUT_RDWR", shutdown(pair.client, SHUT_RDWR));
    show("recv", recv(pair.client, room, sizeof room, 0));
    show("send", send(pair.client, "x", 1, 0));
    await(pair.server, POLLIN);
    show("server recv", recv(pair.server, room, sizeof room, 0));
    show("server SHUT_RDWR", shutdown(pair.server, SHUT_RDWR));
    await(pair.client, POLLIN);
    show("client, connection gone", shutdown(pair.client, SHUT_RDWR));
    show("getpeername", getpeername(pair.client, &(Address){ 0 }.any, &(socklen_t){ sizeof(Address) }));
    close_pair(pair);
    return 0;
}
