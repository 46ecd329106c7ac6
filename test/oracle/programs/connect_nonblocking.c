/* EINPROGRESS, then writable, then connect says 0 and EISCONN ever after. */
#include "check.h"

static void
run(int family)
{
    int door = listener(family);
    Address to = local_address(door);
    int client = new_socket(family, SOCK_STREAM);
    set_nonblocking(client, true);
    show("connect", connect(client, &to.any, to.len));
    printf("poll: %s\n", poll_names(await(client, POLLOUT)));
    show("connect again", connect(client, &to.any, to.len));
    show("connect once more", connect(client, &to.any, to.len));
    show("send", send(client, "x", 1, 0));
    int server = accept_one(door);
    show("recv", recv(server, (char[4]){ 0 }, 4, 0));
    Address peer = empty_address();
    show("getpeername", getpeername(client, &peer.any, &peer.len));
    print_yes("it is the listener", same_address(&peer, &to));
}

int
main(void)
{
    check_start();
    run(AF_INET);
    run(AF_INET6);
    return 0;
}
