/* An IPv6 socket that is not v6only talks IPv4 too, with addresses written ::ffff:a.b.c.d. */
#include "check.h"

int
main(void)
{
    check_start();
    char room[8];
    int door = new_socket(AF_INET6, SOCK_STREAM);
    must("IPV6_V6ONLY", set_option(door, IPPROTO_IPV6, IPV6_V6ONLY, 0));
    Address any = address(AF_INET6, "::", 0), peer = empty_address();
    show("bind ::", bind(door, &any.any, any.len));
    must("listen", listen(door, 4));
    Address there = local_address(door), to = loopback(AF_INET, port_of(&there));
    int client = new_socket(AF_INET, SOCK_STREAM);
    show("IPv4 client connects", connect(client, &to.any, to.len));
    int server = show_fd("accept", accept(door, &peer.any, &peer.len));
    print_address("peer", &peer);
    Address own = local_address(server);
    print_address("own", &own);
    must("send", send(client, "x", 1, 0));
    show("recv", recv(server, room, sizeof room, 0));

    Address mapped = address(AF_INET6, "::ffff:127.0.0.1", port_of(&there));
    int six = new_socket(AF_INET6, SOCK_STREAM);
    show("connect to a mapped address", connect(six, &mapped.any, mapped.len));
    peer = empty_address();
    must("getpeername", getpeername(six, &peer.any, &peer.len));
    print_address("peer", &peer);

    int udp = new_socket(AF_INET6, SOCK_DGRAM), four = bound_udp(AF_INET);
    must("bind", bind(udp, &any.any, any.len));
    there = local_address(udp);
    to = loopback(AF_INET, port_of(&there));
    must("sendto", sendto(four, "abc", 3, 0, &to.any, to.len));
    Address from = empty_address();
    show("recvfrom", recvfrom(udp, room, sizeof room, 0, &from.any, &from.len));
    print_address("from", &from);
    show("sendto back", sendto(udp, "defg", 4, 0, &from.any, from.len));
    show("recv", recv(four, room, sizeof room, 0));

    int bound = new_socket(AF_INET6, SOCK_DGRAM);
    mapped = address(AF_INET6, "::ffff:127.0.0.1", 0);
    show("bind to a mapped address", bind(bound, &mapped.any, mapped.len));
    own = local_address(bound);
    print_address("own", &own);
    return 0;
}
