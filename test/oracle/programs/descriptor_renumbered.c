/* A socket moved onto an open number: that one is closed first, the old number is free, the connection lives on. */
#include "check.h"

#ifdef __wasi__
#include <wasi/libc.h>
#endif

/* WASI has no dup2, but it has what dup2 and close together do. */
static int
move(int from, int to)
{
#ifdef __wasi__
    return __wasilibc_fd_renumber(from, to);
#else
    return from == to ? 0 : dup2(from, to) < 0 ? -1 : close(from);
#endif
}

int
main(void)
{
    check_start();
    char room[8];
    Pair one = tcp_pair(AF_INET), two = tcp_pair(AF_INET);
    must("send", send(one.server, "one", 3, 0));
    show("move", move(one.client, two.client));
    print_bytes("the moved connection", room, recv(two.client, room, sizeof room, 0));
    show("the old number", recv(one.client, room, sizeof room, 0));
    show("the other peer sees the end", recv(two.server, room, sizeof room, 0));
    show("from a closed number", move(one.client, two.client));
    printf("next: %d\n", new_socket(AF_INET, SOCK_STREAM) == one.client);
    return 0;
}
