/* A port is free again at once when its socket closes, and with SO_REUSEADDR also after connections on it. */
#include "check.h"

static int
listen_on(const Address *a, bool reuse)
{
    int fd = new_socket(AF_INET, SOCK_STREAM);
    if (reuse)
        must("SO_REUSEADDR", set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1));
    int result = bind(fd, &a->any, a->len);
    if (result == 0)
        result = listen(fd, 4);
    return result == 0 ? fd : -1;
}

int
main(void)
{
    check_start();
    Address anywhere = loopback(AF_INET, 0);
    int door = listen_on(&anywhere, true);
    Address there = local_address(door);
    close(door);
    show_fd("bind again, no connection was made", door = listen_on(&there, false));
    close(door);

    door = listen_on(&there, true);
    int client = new_socket(AF_INET, SOCK_STREAM);
    connect_to(client, door);
    int server = accept_one(door);
    close(server); /* this side closes first: it keeps the connection in TIME_WAIT */
    await(client, POLLIN);
    close(client);
    close(door);
    show_fd("without SO_REUSEADDR", listen_on(&there, false));
    show_fd("with SO_REUSEADDR", listen_on(&there, true));
    return 0;
}
