/* Options of a listener that Linux hands to what it accepts. */
#include "check.h"

static void
print_option(const char *what, int fd, int level, int option)
{
    int value = -1;
    socklen_t len = sizeof value;
    show(what, getsockopt(fd, level, option, &value, &len));
    printf("  value %d\n", value);
}

int
main(void)
{
    check_start();
    int door = listener(AF_INET);
    must("keepalive", set_option(door, SOL_SOCKET, SO_KEEPALIVE, 1));
    must("nodelay", set_option(door, IPPROTO_TCP, TCP_NODELAY, 1));
    must("keepidle", set_option(door, IPPROTO_TCP, TCP_KEEPIDLE, 77));
    must("ttl", set_option(door, IPPROTO_IP, IP_TTL, 9));
    must("sndbuf", set_option(door, SOL_SOCKET, SO_SNDBUF, 20000));
    set_timeout(door, SO_RCVTIMEO, 20);
    connect_to(new_socket(AF_INET, SOCK_STREAM), door);
    int server = accept_one(door);
    print_option("SO_KEEPALIVE", server, SOL_SOCKET, SO_KEEPALIVE);
    print_option("TCP_NODELAY", server, IPPROTO_TCP, TCP_NODELAY);
    print_option("TCP_KEEPIDLE", server, IPPROTO_TCP, TCP_KEEPIDLE);
    print_option("IP_TTL", server, IPPROTO_IP, IP_TTL);
    print_option("SO_SNDBUF", server, SOL_SOCKET, SO_SNDBUF);
    double start = now_ms();
    show("recv has the listener's timeout", recv(server, (char[4]){ 0 }, 4, 0));
    show_timed_out(start, 20);
    return 0;
}
