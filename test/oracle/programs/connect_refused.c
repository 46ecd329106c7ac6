/* ECONNREFUSED where nobody listens; the same socket can connect elsewhere afterwards. */
#include "check.h"

static void
run(int family)
{
    Address nobody = refusing_address(family, SOCK_STREAM);
    int fd = new_socket(family, SOCK_STREAM);
    show("connect", connect(fd, &nobody.any, nobody.len));
    show("connect again", connect(fd, &nobody.any, nobody.len));
    show("send", send(fd, "x", 1, 0));
    int door = listener(family);
    Address to = local_address(door);
    show("connect elsewhere", connect(fd, &to.any, to.len));
    show("send", send(fd, "x", 1, 0));
    int bound = new_socket(family, SOCK_STREAM); /* bound, but not listening */
    bind_loopback(bound, family);
    to = local_address(bound);
    show("connect to a bound socket", connect(new_socket(family, SOCK_STREAM), &to.any, to.len));
}

int
main(void)
{
    check_start();
    run(AF_INET);
    run(AF_INET6);
    return 0;
}
