/* O_NONBLOCK can be set, read and taken back on every kind of socket, and blocking then blocks again. */
#include "check.h"

static void
run(const char *what, int fd)
{
    printf("%s\n", what);
    print_yes("  at first", fcntl(fd, F_GETFL, 0) & O_NONBLOCK);
    show("  set", fcntl(fd, F_SETFL, O_NONBLOCK));
    print_yes("  then", fcntl(fd, F_GETFL, 0) & O_NONBLOCK);
    show("  take back", fcntl(fd, F_SETFL, 0));
    print_yes("  at last", fcntl(fd, F_GETFL, 0) & O_NONBLOCK);
}

int
main(void)
{
    check_start();
    run("fresh TCP", new_socket(AF_INET, SOCK_STREAM));
    run("listener", listener(AF_INET6));
    Pair pair = tcp_pair(AF_INET);
    run("connected TCP", pair.client);
    int udp = bound_udp(AF_INET);
    run("UDP", udp);
    set_timeout(udp, SO_RCVTIMEO, 20);
    double start = now_ms();
    show("recv blocks again", recv(udp, (char[4]){ 0 }, 4, 0));
    show_timed_out(start, 20);
    show("F_GETFL of 99", fcntl(99, F_GETFL, 0));
    show("F_SETFL of 99", fcntl(99, F_SETFL, O_NONBLOCK));
    close(udp);
    show("F_GETFL of a closed one", fcntl(udp, F_GETFL, 0));
    return 0;
}
