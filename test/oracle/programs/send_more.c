/* MSG_MORE and TCP_CORK hold back what is not full; on UDP, MSG_MORE makes one datagram of several sends. */
#include "check.h"

int
main(void)
{
    char room[16];
    check_start();
    Pair udp = udp_pair(AF_INET);
    Address to = local_address(udp.server);
    show("first part", send(udp.client, "one ", 4, MSG_MORE));
    show("nothing yet", recv(udp.server, room, sizeof room, MSG_DONTWAIT));
    show("second part", send(udp.client, "two ", 4, MSG_MORE));
    show("last part", send(udp.client, "three", 5, 0));
    show("recv", recv(udp.server, room, sizeof room, 0));
    print_bytes("all", room, 13);
    show("to an address", sendto(udp.client, "a", 1, MSG_MORE, &to.any, to.len));
    show("the rest", send(udp.client, "b", 1, 0));
    show("recv", recv(udp.server, room, sizeof room, 0));

    Pair tcp = tcp_pair(AF_INET);
    show("TCP_NODELAY", set_option(tcp.client, IPPROTO_TCP, TCP_NODELAY, 1));
    show("first part", send(tcp.client, "one ", 4, MSG_MORE));
    show("nothing yet", recv(tcp.server, room, sizeof room, MSG_DONTWAIT));
    show("last part", send(tcp.client, "two", 3, 0));
    show("recv", recv(tcp.server, room, 7, MSG_WAITALL));
    show("TCP_CORK", set_option(tcp.client, IPPROTO_TCP, TCP_CORK, 1));
    show("send", send(tcp.client, "x", 1, 0));
    show("nothing yet", recv(tcp.server, room, sizeof room, MSG_DONTWAIT));
    show("TCP_CORK off", set_option(tcp.client, IPPROTO_TCP, TCP_CORK, 0));
    await(tcp.server, POLLIN);
    show("recv", recv(tcp.server, room, sizeof room, 0));
    return 0;
}
