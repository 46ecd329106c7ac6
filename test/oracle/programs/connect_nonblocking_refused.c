/* A refusal of a non-blocking connect is reported once, by the next connect or the next receive. */
#include "check.h"

int
main(void)
{
    check_start();
    Address nobody = refusing_address(AF_INET, SOCK_STREAM);
    int fd = new_socket(AF_INET, SOCK_STREAM);
    set_nonblocking(fd, true);
    show("connect", connect(fd, &nobody.any, nobody.len));
    print_yes("poll wakes", await(fd, POLLOUT) != 0);
    show("connect again", connect(fd, &nobody.any, nobody.len));
    show("a new attempt", connect(fd, &nobody.any, nobody.len));

    fd = new_socket(AF_INET, SOCK_STREAM);
    set_nonblocking(fd, true);
    show("connect", connect(fd, &nobody.any, nobody.len));
    await(fd, POLLOUT);
    show("recv", recv(fd, (char[4]){ 0 }, 4, 0));
    show("recv again", recv(fd, (char[4]){ 0 }, 4, 0));

    fd = new_socket(AF_INET, SOCK_STREAM);
    set_nonblocking(fd, true);
    show("connect", connect(fd, &nobody.any, nobody.len));
    await(fd, POLLOUT);
    show("send", send(fd, "x", 1, 0));
    show("send again", send(fd, "x", 1, 0));
    return 0;
}
