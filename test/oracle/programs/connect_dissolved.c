/* connect with AF_UNSPEC takes the peer away again. */
#include "check.h"

static void
dissolve(int family)
{
    struct sockaddr nobody = { .sa_family = AF_UNSPEC };
    Pair pair = udp_pair(family);
    int stranger = bound_udp(family);
    char room[8];
    Address to = local_address(pair.client), peer = empty_address();
    puts(family_name(family));
    must("sendto", sendto(stranger, "no", 2, 0, &to.any, to.len));
    show("  a stranger is not heard", recv(pair.client, room, sizeof room, MSG_DONTWAIT));
    show("  connect to nobody", connect(pair.client, &nobody, sizeof nobody));
    show("  getpeername", getpeername(pair.client, &peer.any, &peer.len));
    show("  send", send(pair.client, "x", 1, 0));
    peer = local_address(pair.client);
    print_yes("  still has its port", port_of(&peer) == port_of(&to));
    must("sendto", sendto(stranger, "yes", 3, 0, &to.any, to.len));
    show("  a stranger is heard", recv(pair.client, room, sizeof room, 0));
    show("  once more", connect(pair.client, &nobody, sizeof nobody));
    show("  of two bytes", connect(pair.client, &nobody, 2));
    show("  of one byte", connect(pair.client, &nobody, 1));
    connect_to(pair.client, stranger);
    show("  connected anew", send(pair.client, "again", 5, 0));
    show("  recv", recv(stranger, room, sizeof room, 0));
}

int
main(void)
{
    struct sockaddr nobody = { .sa_family = AF_UNSPEC };
    check_start();
    dissolve(AF_INET);
    dissolve(AF_INET6);
    Pair tcp = tcp_pair(AF_INET);
    show("TCP", connect(tcp.client, &nobody, sizeof nobody));
    show("send", send(tcp.client, "x", 1, MSG_NOSIGNAL));
    show("the other end", recv(tcp.server, (char[1]){ 0 }, 1, 0));
    show("fresh TCP", connect(new_socket(AF_INET, SOCK_STREAM), &nobody, sizeof nobody));
    show("NULL", connect(tcp.client, NULL, sizeof nobody));
    show("closed", connect(99, &nobody, sizeof nobody));
    show("stdin", connect(0, &nobody, sizeof nobody));
    return 0;
}
