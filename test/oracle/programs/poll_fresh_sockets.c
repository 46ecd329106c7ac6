/* poll on sockets that are not connected. */
#include "check.h"

static void
look(const char *what, int fd)
{
    printf("%s\n", what);
    show_poll("  in", fd, POLLIN);
    show_poll("  out", fd, POLLOUT);
    show_poll("  both", fd, POLLIN | POLLOUT);
}

int
main(void)
{
    check_start();
    /* WASI libc says POLLIN for every read event: of the events of this one only POLLHUP can be compared. */
    print_yes("fresh TCP: POLLHUP", await(new_socket(AF_INET, SOCK_STREAM), POLLIN) & POLLHUP);
    print_yes("asked for out: POLLHUP", await(new_socket(AF_INET, SOCK_STREAM), POLLOUT) & POLLHUP);
    look("listener", listener(AF_INET));
    look("fresh UDP", new_socket(AF_INET, SOCK_DGRAM));
    look("bound UDP", bound_udp(AF_INET6));
    int door = listener(AF_INET);
    connect_to(new_socket(AF_INET, SOCK_STREAM), door);
    await(door, POLLIN);
    look("listener with a client", door);
    return 0;
}
