/* listen: twice, unbound (the system chooses the port), connected, on UDP, with odd backlogs. */
#include "check.h"

int
main(void)
{
    check_start();
    int door = listener(AF_INET);
    show("again", listen(door, 3));
    int client = new_socket(AF_INET, SOCK_STREAM);
    connect_to(client, door);
    show_fd("accept", accept(door, NULL, NULL));
    show("connected", listen(client, 1));
    show("UDP", listen(bound_udp(AF_INET), 1));
    show("fresh UDP", listen(new_socket(AF_INET6, SOCK_DGRAM), 1));
    show("backlog 0", listen(new_socket(AF_INET, SOCK_STREAM), 0));
    show("backlog -1", listen(new_socket(AF_INET, SOCK_STREAM), -1));
    show("backlog 2^31-1", listen(new_socket(AF_INET, SOCK_STREAM), 2147483647));

    int families[] = { AF_INET, AF_INET6 };
    for (int i = 0; i < 2; i++) {
        int fd = new_socket(families[i], SOCK_STREAM);
        show("never bound", listen(fd, 4));
        Address there = local_address(fd);
        print_address("  listens on", &there);
        Address to = loopback(families[i], port_of(&there));
        show("  connect", connect(new_socket(families[i], SOCK_STREAM), &to.any, to.len));
        show_fd("  accept", accept(fd, NULL, NULL));
    }
    return 0;
}
