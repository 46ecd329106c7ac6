/* A peer that has reset before accept is still accepted, with its address; receiving then says ECONNRESET. */
#include "check.h"

int
main(void)
{
    check_start();
    int door = listener(AF_INET);
    int client = new_socket(AF_INET, SOCK_STREAM);
    connect_to(client, door);
    Address was = local_address(client), peer = empty_address();
    must("send", send(client, "lost", 4, 0));
    await(door, POLLIN);
    reset(client);
    int server = show_fd("accept", accept(door, &peer.any, &peer.len));
    print_address("peer", &peer);
    print_yes("it is the client", same_address(&peer, &was));
    await(server, POLLIN);
    show("recv", recv(server, (char[8]){ 0 }, 8, 0));
    show("recv again", recv(server, (char[8]){ 0 }, 8, 0));
    show("getpeername", getpeername(server, &peer.any, &peer.len));
    show("close", close(server));

    for (int i = 0; i < 3; i++) { /* none of them may cost a descriptor */
        client = new_socket(AF_INET, SOCK_STREAM);
        connect_to(client, door);
        reset(client);
        server = show_fd("accept without an address", accept(door, NULL, NULL));
        show("close", close(server));
    }
    printf("next descriptor: %d\n", new_socket(AF_INET, SOCK_STREAM));
    return 0;
}
