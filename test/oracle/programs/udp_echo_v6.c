/* IPv6 datagrams there and back, each with its source address; several senders to one receiver. */
#include "check.h"

int
main(void)
{
    check_start();
    char room[64];
    int server = bound_udp(AF_INET6);
    Address to = local_address(server);
    for (int i = 0; i < 3; i++) {
        int client = bound_udp(AF_INET6);
        Address own = local_address(client), from = empty_address();
        show("sendto", sendto(client, "question", (size_t)(8 - i), 0, &to.any, to.len));
        long count = show("recvfrom", recvfrom(server, room, sizeof room, 0, &from.any, &from.len));
        print_bytes("question", room, count);
        print_address("from", &from);
        print_yes("from the client", same_address(&from, &own));
        show("answer", sendto(server, "answer", 6, 0, &from.any, from.len));
        from = empty_address();
        count = show("recvfrom", recvfrom(client, room, sizeof room, 0, &from.any, &from.len));
        print_bytes("answer", room, count);
        print_yes("from the server", same_address(&from, &to));
    }
    int unbound = new_socket(AF_INET6, SOCK_DGRAM);
    show("sendto from an unbound socket", sendto(unbound, "x", 1, 0, &to.any, to.len));
    Address own = local_address(unbound), from = empty_address();
    print_address("it is bound now", &own);
    show("recvfrom", recvfrom(server, room, sizeof room, 0, &from.any, &from.len));
    print_address("from", &from);
    print_yes("the same port", port_of(&own) == port_of(&from));
    show("recvfrom without an address", (sendto(unbound, "yz", 2, 0, &to.any, to.len),
                                         recvfrom(server, room, sizeof room, 0, NULL, NULL)));
    return 0;
}
