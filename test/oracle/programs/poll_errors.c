/* poll wakes for pending errors, whatever was asked, and the call after it tells which error it was. */
#include "check.h"

int
main(void)
{
    check_start();
    char room[8];
    Pair pair = tcp_pair(AF_INET);
    reset(pair.server);
    print_yes("reset: POLLERR", await(pair.client, POLLIN) & POLLERR);
    show("recv", recv(pair.client, room, sizeof room, 0));

    pair = tcp_pair(AF_INET);
    reset(pair.server);
    print_yes("reset, asked for out: POLLERR", (await(pair.client, POLLIN), await(pair.client, POLLOUT)) & POLLERR);
    show("send", send(pair.client, "x", 1, 0));

    Address nobody = refusing_address(AF_INET, SOCK_STREAM);
    int fd = new_socket(AF_INET, SOCK_STREAM);
    set_nonblocking(fd, true);
    connect(fd, &nobody.any, nobody.len);
    print_yes("refused: POLLERR", await(fd, POLLOUT) & POLLERR);
    show("connect", connect(fd, &nobody.any, nobody.len));

    nobody = refusing_address(AF_INET, SOCK_DGRAM);
    fd = new_socket(AF_INET, SOCK_DGRAM);
    must("connect", connect(fd, &nobody.any, nobody.len));
    must("send", send(fd, "x", 1, 0));
    print_yes("UDP refused: POLLERR", await(fd, POLLIN) & POLLERR);
    show("recv", recv(fd, room, sizeof room, 0));
    show_poll("told once", fd, POLLIN);
    return 0;
}
