/* Options of another protocol than the socket's. */
#include "check.h"

static void
try_one(const char *what, int fd, int level, int option, int value)
{
    socklen_t len = sizeof value;
    printf("%s\n", what);
    show("  set", setsockopt(fd, level, option, &value, sizeof value));
    show("  get", getsockopt(fd, level, option, &value, &len));
}

int
main(void)
{
    check_start();
    int tcp = new_socket(AF_INET, SOCK_STREAM), udp = new_socket(AF_INET, SOCK_DGRAM);
    int tcp6 = new_socket(AF_INET6, SOCK_STREAM), udp6 = new_socket(AF_INET6, SOCK_DGRAM);
    try_one("TCP_NODELAY on UDP", udp, IPPROTO_TCP, TCP_NODELAY, 1);
    try_one("TCP_KEEPIDLE on UDP, IPv6", udp6, IPPROTO_TCP, TCP_KEEPIDLE, 1);
    try_one("TCP_QUICKACK on UDP", udp, IPPROTO_TCP, TCP_QUICKACK, 1);
    try_one("TCP_FASTOPEN_CONNECT on UDP", udp, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 1);
    try_one("IPV6_V6ONLY on IPv4", tcp, IPPROTO_IPV6, IPV6_V6ONLY, 1);
    try_one("IPV6_V6ONLY on UDP, IPv4", udp, IPPROTO_IPV6, IPV6_V6ONLY, 1);
    try_one("IPV6_MULTICAST_LOOP on IPv4", udp, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 1);
    try_one("IP_TTL on IPv6", tcp6, IPPROTO_IP, IP_TTL, 5);
    try_one("IP_MULTICAST_LOOP on IPv6", udp6, IPPROTO_IP, IP_MULTICAST_LOOP, 0);
    try_one("IP_MULTICAST_TTL on TCP", tcp, IPPROTO_IP, IP_MULTICAST_TTL, 5);
    try_one("IP_MULTICAST_TTL on TCP, IPv6", tcp6, IPPROTO_IP, IP_MULTICAST_TTL, 5);
    try_one("IPV6_MULTICAST_LOOP on TCP", tcp6, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 0);
    try_one("IPV6_V6ONLY on a bound socket", listener(AF_INET6), IPPROTO_IPV6, IPV6_V6ONLY, 1);
    try_one("TCP_FASTOPEN_CONNECT on a listener", listener(AF_INET), IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 1);
    try_one("SO_BROADCAST on TCP", tcp, SOL_SOCKET, SO_BROADCAST, 1);
    try_one("SO_KEEPALIVE on UDP", udp, SOL_SOCKET, SO_KEEPALIVE, 1);
    return 0;
}
