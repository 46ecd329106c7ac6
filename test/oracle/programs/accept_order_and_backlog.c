/* Connections are accepted in the order they came, each with its own address and its own data. */
#include "check.h"

int
main(void)
{
    check_start();
    int door = listener(AF_INET6), clients[8];
    for (int i = 0; i < 8; i++) {
        clients[i] = new_socket(AF_INET6, SOCK_STREAM);
        connect_to(clients[i], door);
        char name = (char)('a' + i);
        must("send", send(clients[i], &name, 1, 0));
    }
    for (int i = 0; i < 8; i++) {
        Address peer = empty_address(), own = local_address(clients[i]);
        int server = (int)must("accept", accept(door, &peer.any, &peer.len));
        char name = 0;
        must("recv", recv(server, &name, 1, 0));
        printf("%c %s\n", name, same_address(&peer, &own) ? "in order" : "out of order");
    }
    set_nonblocking(door, true);
    show("no more", accept(door, NULL, NULL));
    return 0;
}
