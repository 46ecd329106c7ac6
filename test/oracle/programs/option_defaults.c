/* Every option on fresh sockets of the four kinds: what it is, or why it is not there. */
#include "check.h"

static const struct {
    const char *name;
    int level, option;
} options[] = {
#define OPTION(level, option) { #option, level, option }
    OPTION(SOL_SOCKET, SO_TYPE),           OPTION(SOL_SOCKET, SO_SNDBUF),
    OPTION(SOL_SOCKET, SO_RCVBUF),         OPTION(SOL_SOCKET, SO_KEEPALIVE),
    OPTION(SOL_SOCKET, SO_REUSEADDR),      OPTION(SOL_SOCKET, SO_REUSEPORT),
    OPTION(SOL_SOCKET, SO_BROADCAST),      OPTION(IPPROTO_TCP, TCP_NODELAY),
    OPTION(IPPROTO_TCP, TCP_QUICKACK),     OPTION(IPPROTO_TCP, TCP_FASTOPEN_CONNECT),
    OPTION(IPPROTO_TCP, TCP_KEEPIDLE),     OPTION(IPPROTO_TCP, TCP_KEEPINTVL),
    OPTION(IPPROTO_IP, IP_TTL),            OPTION(IPPROTO_IP, IP_MULTICAST_TTL),
    OPTION(IPPROTO_IP, IP_MULTICAST_LOOP), OPTION(IPPROTO_IPV6, IPV6_V6ONLY),
    OPTION(IPPROTO_IPV6, IPV6_MULTICAST_LOOP),
};

static void
run(const char *what, int family, int type)
{
    int fd = new_socket(family, type);
    printf("%s\n", what);
    for (size_t i = 0; i < COUNT(options); i++) {
        int value = -1;
        socklen_t len = sizeof value;
        int result = getsockopt(fd, options[i].level, options[i].option, &value, &len);
        if (options[i].option == SO_TYPE && options[i].level == SOL_SOCKET) /* its values differ by platform */
            printf("  SO_TYPE: %s\n", value == SOCK_STREAM ? "SOCK_STREAM" : value == SOCK_DGRAM ? "SOCK_DGRAM" : "?");
        else if (result < 0)
            printf("  %s: %s\n", options[i].name, error_name(errno));
        else
            printf("  %s: %d, length %d\n", options[i].name, value, (int)len);
    }
    struct timeval time = { 9, 9 };
    socklen_t len = sizeof time;
    show("  SO_RCVTIMEO", getsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &time, &len));
    printf("  %d s %d us\n", (int)time.tv_sec, (int)time.tv_usec);
    show("  SO_SNDTIMEO", getsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &time, &len));
    printf("  %d s %d us\n", (int)time.tv_sec, (int)time.tv_usec);
    struct linger linger = { 9, 9 };
    len = sizeof linger;
    show("  SO_LINGER", getsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, &len));
    printf("  on %d, %d s\n", linger.l_onoff, linger.l_linger);
}

int
main(void)
{
    check_start();
    run("TCP, IPv4", AF_INET, SOCK_STREAM);
    run("TCP, IPv6", AF_INET6, SOCK_STREAM);
    run("UDP, IPv4", AF_INET, SOCK_DGRAM);
    run("UDP, IPv6", AF_INET6, SOCK_DGRAM);
    return 0;
}
