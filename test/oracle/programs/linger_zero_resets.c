/* SO_LINGER with zero seconds is a reset, and the peer sees ECONNRESET once, also after data was buffered. */
#include "check.h"

int
main(void)
{
    check_start();
    char room[8];
    Pair pair = tcp_pair(AF_INET);
    reset(pair.server);
    await(pair.client, POLLIN);
    show("recv", recv(pair.client, room, sizeof room, 0));
    show("recv again", recv(pair.client, room, sizeof room, 0));
    show("send", send(pair.client, "x", 1, 0));
    show("getpeername", getpeername(pair.client, &(Address){ 0 }.any, &(socklen_t){ sizeof(Address) }));

    pair = tcp_pair(AF_INET6);
    reset(pair.client);
    await(pair.server, POLLIN);
    show("read", read(pair.server, room, sizeof room));
    show("write", write(pair.server, "x", 1));

    pair = tcp_pair(AF_INET);
    reset(pair.client);
    await(pair.server, POLLIN);
    show("send first", send(pair.server, "x", 1, 0));
    show("then recv", recv(pair.server, room, sizeof room, 0));
    return 0;
}
