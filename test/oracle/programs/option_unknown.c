/* Options and levels that do not exist are ENOPROTOOPT or what the system says, never a success. */
#include "check.h"

static void
try_one(const char *what, int fd, int level, int option)
{
    int value = 1;
    socklen_t len = sizeof value;
    printf("%s\n", what);
    show("  get", getsockopt(fd, level, option, &value, &len));
    show("  set", setsockopt(fd, level, option, &value, sizeof value));
}

int
main(void)
{
    check_start();
    int tcp = new_socket(AF_INET, SOCK_STREAM), udp = new_socket(AF_INET6, SOCK_DGRAM);
    try_one("SOL_SOCKET 9999", tcp, SOL_SOCKET, 9999);
    try_one("SOL_SOCKET 9999, UDP", udp, SOL_SOCKET, 9999);
    try_one("SOL_SOCKET -1", tcp, SOL_SOCKET, -1);
    try_one("IPPROTO_TCP 9999", tcp, IPPROTO_TCP, 9999);
    try_one("IPPROTO_IP 9999", tcp, IPPROTO_IP, 9999);
    try_one("IPPROTO_IPV6 9999", udp, IPPROTO_IPV6, 9999);
    int value = 1;
    show("set SO_TYPE", setsockopt(tcp, SOL_SOCKET, SO_TYPE, &value, sizeof value));
    return 0;
}
