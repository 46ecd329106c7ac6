/* Duplicates stand for one socket: flags, options, data and the peer are the same, and it ends with the last of them. */
#include "events.h"

int
main(void)
{
    check_start();
    Pair pair = tcp_pair(AF_INET);
    int copy = (int)must("dup", dup(pair.server));
    print_yes("another number", copy != pair.server);
    set_nonblocking(copy, true);
    print_yes("the flag is shared", (fcntl(pair.server, F_GETFL) & O_NONBLOCK) != 0);
    char room[8];
    show("recv", recv(pair.server, room, sizeof room, 0));
    set_nonblocking(pair.server, false);
    print_yes("and taken back", (fcntl(copy, F_GETFL) & O_NONBLOCK) == 0);
    int on = 0;
    socklen_t size = sizeof on;
    must("SO_KEEPALIVE", set_option(copy, SOL_SOCKET, SO_KEEPALIVE, 1));
    must("getsockopt", getsockopt(pair.server, SOL_SOCKET, SO_KEEPALIVE, &on, &size));
    printf("an option: %d\n", on);
    Address one = local_address(pair.server), two = local_address(copy);
    print_yes("one address", same_address(&one, &two));

    must("send", send(pair.client, "abcd", 4, 0));
    await(copy, POLLIN);
    long count = show("recv by one", recv(pair.server, room, 2, 0));
    print_bytes("  bytes", room, count);
    count = show("recv by the other", recv(copy, room, sizeof room, 0));
    print_bytes("  bytes", room, count);
    show("close one", close(pair.server));
    show_events("the other", copy);
    show_events("its peer", pair.client);
    show("send by the other", send(copy, "e", 1, 0));
    await(pair.client, POLLIN);
    show("recv", recv(pair.client, room, sizeof room, 0));
    must("shutdown", shutdown(copy, SHUT_WR));
    await(pair.client, POLLRDHUP);
    show("recv", recv(pair.client, room, sizeof room, 0));
    show("close the last", close(copy));
    show("recv when closed", recv(copy, room, sizeof room, 0));
    close(pair.client);

    int fd = new_socket(AF_INET, SOCK_STREAM);
    copy = dup(fd);
    bind_loopback(fd, AF_INET);
    must("listen", listen(copy, 4));
    close(copy);
    int client = new_socket(AF_INET, SOCK_STREAM);
    connect_to(client, fd);
    show_fd("accept by the first", accept(fd, NULL, NULL));
    return 0;
}
