/* Every event of a datagram socket: fresh, with a datagram, with an empty one, refused, shut. */
#include "events.h"

int
main(void)
{
    check_start();
    int fresh = new_socket(AF_INET, SOCK_DGRAM);
    show_events("fresh", fresh);
    Pair pair = udp_pair(AF_INET);
    show_events("connected", pair.client);
    must("send", send(pair.server, "x", 1, 0));
    await(pair.client, POLLIN);
    show_events("a datagram", pair.client);
    char room[8];
    show("recv", recv(pair.client, room, sizeof room, 0));
    show_events("taken", pair.client);
    must("send", send(pair.server, "", 0, 0));
    await(pair.client, POLLIN);
    show_events("an empty datagram", pair.client);
    show("recv", recv(pair.client, room, sizeof room, 0));
    show_events("taken", pair.client);
    must("shutdown", shutdown(pair.client, SHUT_RD));
    show_events("shut for receiving", pair.client);
    must("shutdown", shutdown(pair.client, SHUT_WR));
    show_events("shut for both", pair.client);
    must("shutdown", shutdown(pair.server, SHUT_WR));
    show_events("shut for sending", pair.server);

    Address nobody = refusing_address(AF_INET, SOCK_DGRAM);
    int refused = new_socket(AF_INET, SOCK_DGRAM);
    must("connect", connect(refused, &nobody.any, nobody.len));
    must("send", send(refused, "x", 1, 0));
    await(refused, POLLERR);
    show_events("refused", refused);
    show("recv", recv(refused, room, sizeof room, MSG_DONTWAIT));
    show_events("after the refusal was told", refused);
    return 0;
}
