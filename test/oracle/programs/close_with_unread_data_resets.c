/* Closing before everything was read is a reset, as TCP demands; here ECONNRESET is the truth. */
#include "check.h"

int
main(void)
{
    check_start();
    char room[8];
    Pair pair = tcp_pair(AF_INET);
    show("send", send(pair.client, "unread", 6, 0));
    await(pair.server, POLLIN);
    show("close", close(pair.server));
    await(pair.client, POLLIN);
    show("recv", recv(pair.client, room, sizeof room, 0));
    show("recv again", recv(pair.client, room, sizeof room, 0));
    return 0;
}
