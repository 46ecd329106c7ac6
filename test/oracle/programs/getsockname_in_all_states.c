/* What getsockname and getpeername say of every kind of socket in every state. */
#include "check.h"

static void
names(const char *what, int fd)
{
    Address own = empty_address(), peer = empty_address();
    printf("%s\n", what);
    if (show("  getsockname", getsockname(fd, &own.any, &own.len)) == 0)
        print_address("  own", &own);
    if (show("  getpeername", getpeername(fd, &peer.any, &peer.len)) == 0)
        print_address("  peer", &peer);
}

static void
run(int family)
{
    int fd = new_socket(family, SOCK_STREAM);
    names("fresh TCP", fd);
    bind_loopback(fd, family);
    names("bound TCP", fd);
    must("listen", listen(fd, 4));
    names("listening TCP", fd);
    int client = new_socket(family, SOCK_STREAM);
    connect_to(client, fd);
    names("connected TCP", client);
    int server = accept_one(fd);
    names("accepted TCP", server);
    shutdown(client, SHUT_WR);
    await(server, POLLIN);
    names("half closed TCP", client);
    names("half closed peer", server);
    close(server);
    names("closed by both", client);

    fd = new_socket(family, SOCK_DGRAM);
    names("fresh UDP", fd);
    int other = bound_udp(family);
    names("bound UDP", other);
    connect_to(fd, other);
    names("connected UDP", fd);
}

int
main(void)
{
    check_start();
    run(AF_INET);
    run(AF_INET6);
    names("stdin", 0);
    names("descriptor 99", 99);
    return 0;
}
