/* Closing a bound or an accepted socket ends the stream; it does not reset the connection. */
#include "check.h"

static void
read_to_end(const char *who, int fd)
{
    char room[64];
    await(fd, POLLIN);
    long count = recv(fd, room, sizeof room, MSG_WAITALL);
    show(who, count);
    print_bytes("data", room, count);
    show("after it", recv(fd, room, sizeof room, 0));
    show("and again", recv(fd, room, sizeof room, 0));
}

int
main(void)
{
    check_start();
    Pair pair = tcp_pair(AF_INET);
    must("send", send(pair.server, "farewell", 8, 0));
    show("close the accepted socket", close(pair.server));
    read_to_end("client reads", pair.client);
    close(pair.client);

    int door = listener(AF_INET);
    int client = new_socket(AF_INET, SOCK_STREAM);
    bind_loopback(client, AF_INET); /* a client may bind as well */
    connect_to(client, door);
    int server = accept_one(door);
    must("send", send(client, "goodbye", 7, 0));
    show("close the bound client", close(client));
    read_to_end("server reads", server);
    return 0;
}
