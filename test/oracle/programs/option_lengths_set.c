/* setsockopt with a value too short is EINVAL; a longer one is taken for its beginning. */
#include "check.h"

static void
run(const char *what, int fd, int level, int option, const void *value, socklen_t whole)
{
    char room[128] = "";
    memcpy(room, value, whole);
    printf("%s\n", what);
    show("  no length", setsockopt(fd, level, option, room, 0));
    show("  half", setsockopt(fd, level, option, room, whole / 2));
    show("  one less", setsockopt(fd, level, option, room, whole - 1));
    show("  whole", setsockopt(fd, level, option, room, whole));
    show("  one more", setsockopt(fd, level, option, room, whole + 1));
    show("  64", setsockopt(fd, level, option, room, 64));
}

int
main(void)
{
    check_start();
    int tcp = new_socket(AF_INET, SOCK_STREAM), six = new_socket(AF_INET6, SOCK_DGRAM), one = 1;
    struct timeval time = { 1, 0 };
    struct linger linger = { 1, 1 };
    run("SO_KEEPALIVE", tcp, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof one);
    run("SO_SNDBUF", tcp, SOL_SOCKET, SO_SNDBUF, &one, sizeof one);
    run("SO_RCVTIMEO", tcp, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
    run("SO_LINGER", tcp, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
    run("TCP_NODELAY", tcp, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    run("TCP_KEEPIDLE", tcp, IPPROTO_TCP, TCP_KEEPIDLE, &one, sizeof one);
    run("IPV6_V6ONLY", six, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one);
    return 0;
}
