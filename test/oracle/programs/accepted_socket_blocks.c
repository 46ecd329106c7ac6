/* An accepted socket does not inherit the listener's non-blocking mode. */
#include "check.h"

int
main(void)
{
    check_start();
    int door = listener(AF_INET);
    set_nonblocking(door, true);
    show("accept", accept(door, NULL, NULL));
    connect_to(new_socket(AF_INET, SOCK_STREAM), door);
    await(door, POLLIN);
    int server = accept_one(door);
    print_yes("listener non-blocking", fcntl(door, F_GETFL, 0) & O_NONBLOCK);
    print_yes("accepted non-blocking", fcntl(server, F_GETFL, 0) & O_NONBLOCK);
    set_timeout(server, SO_RCVTIMEO, 20);
    double start = now_ms();
    show("recv", recv(server, (char[4]){ 0 }, 4, 0));
    show_timed_out(start, 20);
    return 0;
}
