/* Connecting to 0.0.0.0 and :: means this host, and getpeername says so. */
#include "check.h"

static void
run(int family, const char *any)
{
    int door = listener(family);
    Address there = local_address(door), to = address(family, any, port_of(&there)), peer = empty_address();
    int fd = new_socket(family, SOCK_STREAM);
    show("connect", connect(fd, &to.any, to.len));
    show("getpeername", getpeername(fd, &peer.any, &peer.len));
    print_address("peer", &peer);
    Address mine = local_address(fd);
    print_address("own", &mine);
}

int
main(void)
{
    check_start();
    run(AF_INET, "0.0.0.0");
    run(AF_INET6, "::");
    return 0;
}
