/* SO_ERROR: how a non-blocking connect ended, told once. */
#include "check.h"

static void
show_error(const char *what, int fd)
{
    int error = -1;
    socklen_t len = sizeof error;
    show(what, getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len));
    printf("  %s, %u bytes\n", error == 0 ? "no error" : error_name(error), (unsigned)len);
}

int
main(void)
{
    check_start();
    int door = listener(AF_INET);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    Address there = local_address(door), nobody = refusing_address(AF_INET, SOCK_STREAM);
    show_error("fresh", fd);
    show("connect", connect(fd, &there.any, there.len));
    await(fd, POLLOUT);
    show_error("connected", fd);
    show("send", send(fd, "x", 1, 0));

    fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    show("connect", connect(fd, &nobody.any, nobody.len));
    await(fd, POLLOUT);
    show_error("refused", fd);
    show_error("told once", fd);

    nobody = refusing_address(AF_INET, SOCK_DGRAM);
    fd = new_socket(AF_INET, SOCK_DGRAM);
    must("connect", connect(fd, &nobody.any, nobody.len));
    must("send", send(fd, "x", 1, 0));
    await(fd, POLLIN);
    show_error("UDP refused", fd);
    show_error("told once", fd);
    show("set it", set_option(fd, SOL_SOCKET, SO_ERROR, 0));
    show_error("stdin", 0);
    show_error("closed", 99);

    Pair pair = tcp_pair(AF_INET);
    reset(pair.client);
    await(pair.server, POLLIN);
    show_error("reset", pair.server);
    show("recv after it", recv(pair.server, (char[1]){ 0 }, 1, 0));
    return 0;
}
