/* What is set is what is read, for every flag and number on every kind of socket, also for values that are not 0 or 1. */
#include "check.h"

static const struct {
    const char *name;
    int level, option;
    int values[4];
} options[] = {
#define OPTION(level, option, ...) { #option, level, option, { __VA_ARGS__ } }
    OPTION(SOL_SOCKET, SO_KEEPALIVE, 1, 0, 256, -1),
    OPTION(SOL_SOCKET, SO_REUSEADDR, 1, 0, 256, -1),
    OPTION(SOL_SOCKET, SO_REUSEPORT, 1, 0, 256, -1),
    OPTION(SOL_SOCKET, SO_BROADCAST, 1, 0, 256, -1),
    OPTION(IPPROTO_TCP, TCP_NODELAY, 1, 0, 256, -1),
    OPTION(IPPROTO_TCP, TCP_QUICKACK, 0, 1, 256, 1),
    OPTION(IPPROTO_TCP, TCP_KEEPIDLE, 16, 1, 0, 32768),
    OPTION(IPPROTO_TCP, TCP_KEEPINTVL, 8, 32767, -1, 300),
    OPTION(IPPROTO_IP, IP_TTL, 1, 8, 64, 255),
    OPTION(IPPROTO_IP, IP_MULTICAST_TTL, 0, 8, 255, 1),
    OPTION(IPPROTO_IP, IP_MULTICAST_LOOP, 0, 1, 2, 256),
    OPTION(IPPROTO_IPV6, IPV6_V6ONLY, 1, 0, 2, 256),
    OPTION(IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 0, 1, 2, -1),
};

static void
run(const char *what, int family, int type)
{
    int fd = new_socket(family, type);
    printf("%s\n", what);
    for (size_t i = 0; i < COUNT(options); i++)
        for (size_t j = 0; j < COUNT(options[i].values); j++) {
            int value = options[i].values[j], got = -1;
            socklen_t len = sizeof got;
            printf("  %s %d: ", options[i].name, value);
            int result = setsockopt(fd, options[i].level, options[i].option, &value, sizeof value);
            printf("%s, ", result ? error_name(errno) : "set");
            result = getsockopt(fd, options[i].level, options[i].option, &got, &len);
            if (result)
                printf("%s\n", error_name(errno));
            else
                printf("%d\n", got);
        }
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
