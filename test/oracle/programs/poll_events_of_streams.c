/* Every event of a stream socket in each of its states: fresh, bound, listening, connected, half closed, reset, refused. */
#include "events.h"

int
main(void)
{
    check_start();
    int fresh = new_socket(AF_INET, SOCK_STREAM);
    show_events("fresh", fresh);
    bind_loopback(fresh, AF_INET);
    show_events("bound", fresh);
    must("listen", listen(fresh, 4));
    show_events("listening", fresh);
    int client = new_socket(AF_INET, SOCK_STREAM);
    connect_to(client, fresh);
    await(fresh, POLLIN);
    show_events("a connection waits", fresh);
    show_events("connected", client);
    int server = accept_one(fresh);
    show_events("accepted", server);
    show_events("none waits", fresh);
    must("shutdown", shutdown(fresh, SHUT_RDWR));
    show_events("shut listener", fresh);

    must("send", send(client, "ab", 2, 0));
    await(server, POLLIN);
    show_events("data", server);
    must("shutdown", shutdown(client, SHUT_WR));
    await(server, POLLRDHUP);
    show_events("own end shut for sending", client);
    show_events("data and the peer's end", server);
    char room[8];
    show("recv", recv(server, room, sizeof room, 0));
    show_events("the peer's end", server);
    must("shutdown", shutdown(server, SHUT_WR));
    await(client, POLLRDHUP);
    show_events("both ends shut", client);
    show_events("both ends shut, the other", server);
    close(client);
    close(server);

    Pair pair = tcp_pair(AF_INET6);
    must("shutdown", shutdown(pair.client, SHUT_RD));
    show_events("shut for receiving", pair.client);
    show_events("its peer", pair.server);
    must("shutdown", shutdown(pair.client, SHUT_RDWR));
    show_events("shut for both", pair.client);
    close_pair(pair);

    pair = tcp_pair(AF_INET);
    reset(pair.server);
    await(pair.client, POLLERR);
    show_events("reset", pair.client);
    show("recv", recv(pair.client, room, sizeof room, 0));
    show_events("after the error was told", pair.client);

    Address nobody = refusing_address(AF_INET, SOCK_STREAM);
    int refused = new_socket(AF_INET, SOCK_STREAM);
    set_nonblocking(refused, true);
    connect(refused, &nobody.any, nobody.len);
    await(refused, POLLERR);
    show_events("refused", refused);
    show("connect", connect(refused, &nobody.any, nobody.len));
    show_events("after the refusal was told", refused);
    close(refused);
    show_events("closed", refused);
    return 0;
}
