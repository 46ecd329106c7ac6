/* socket: families, types and protocols that fit together and that do not; non-blocking from the start. */
#include "check.h"

int
main(void)
{
    check_start();
    show_fd("IPv4 stream, TCP", socket(AF_INET, SOCK_STREAM, IPPROTO_TCP));
    show_fd("IPv6 datagram, UDP", socket(AF_INET6, SOCK_DGRAM, IPPROTO_UDP));
    show_fd("IPv4 stream, UDP", socket(AF_INET, SOCK_STREAM, IPPROTO_UDP));
    show_fd("IPv6 datagram, TCP", socket(AF_INET6, SOCK_DGRAM, IPPROTO_TCP));
    show_fd("protocol -1", socket(AF_INET, SOCK_STREAM, -1));
    show_fd("protocol 9999", socket(AF_INET, SOCK_STREAM, 9999));
    show_fd("family 99", socket(99, SOCK_STREAM, 0));
    show_fd("family -1", socket(-1, SOCK_STREAM, 0));
    show_fd("AF_UNSPEC", socket(AF_UNSPEC, SOCK_STREAM, 0));
    show_fd("type 15", socket(AF_INET, 15, 0));
    show_fd("type -1", socket(AF_INET, -1, 0));
    int fd = show_fd("SOCK_NONBLOCK", socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
    print_yes("is non-blocking", fcntl(fd, F_GETFL, 0) & O_NONBLOCK);
    Address to = local_address(listener(AF_INET));
    show("connect", connect(fd, &to.any, to.len));
    fd = show_fd("SOCK_CLOEXEC", socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    print_yes("is non-blocking", fcntl(fd, F_GETFL, 0) & O_NONBLOCK);
    fd = show_fd("both", socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    show("recv", recv(fd, (char[4]){ 0 }, 4, 0));
    return 0;
}
