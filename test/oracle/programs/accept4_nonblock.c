/* accept4 makes the new socket non-blocking on request; other flags are refused. */
#include "check.h"

int
main(void)
{
    check_start();
    int door = listener(AF_INET);
    for (int i = 0; i < 2; i++)
        connect_to(new_socket(AF_INET, SOCK_STREAM), door);
    Address peer = empty_address();
    int one = show_fd("accept4 SOCK_NONBLOCK", accept4(door, &peer.any, &peer.len, SOCK_NONBLOCK));
    print_address("peer", &peer);
    print_yes("non-blocking", fcntl(one, F_GETFL, 0) & O_NONBLOCK);
    show("recv", recv(one, (char[4]){ 0 }, 4, 0));
    int two = show_fd("accept4 0", accept4(door, NULL, NULL, 0));
    print_yes("non-blocking", fcntl(two, F_GETFL, 0) & O_NONBLOCK);
    show("unknown flag", accept4(door, NULL, NULL, 1));
    return 0;
}
