/* A request and its answer over IPv4, both ends seeing the other's address. */
#include "check.h"

int
main(void)
{
    check_start();
    char room[64];
    int door = listener(AF_INET);
    int client = new_socket(AF_INET, SOCK_STREAM);
    connect_to(client, door);
    Address peer = empty_address();
    int server = show_fd("accept", accept(door, &peer.any, &peer.len));
    Address mine = local_address(client);
    print_address("the client", &peer);
    print_yes("accept names the client", same_address(&peer, &mine));
    show("send", send(client, "hello", 5, 0));
    long count = show("recv", recv(server, room, sizeof room, 0));
    print_bytes("request", room, count);
    show("answer", send(server, room, (size_t)count, 0));
    count = show("recv", recv(client, room, sizeof room, 0));
    print_bytes("answer", room, count);
    show("close", close(client));
    show("end of stream", recv(server, room, sizeof room, 0));
    return 0;
}
