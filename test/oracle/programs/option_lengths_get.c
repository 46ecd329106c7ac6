/* getsockopt stores no more than the room it was given and tells how much that was. */
#include "check.h"

static void
run(const char *what, int fd, int level, int option, socklen_t whole)
{
    socklen_t rooms[] = { 0, 1, 2, whole - 1, whole, whole + 1, 100 };
    printf("%s\n", what);
    for (size_t i = 0; i < COUNT(rooms); i++) {
        unsigned char memory[128];
        memset(memory, 0xee, sizeof memory);
        socklen_t len = rooms[i];
        int result = getsockopt(fd, level, option, memory, &len);
        size_t touched = sizeof memory;
        while (touched > 0 && memory[touched - 1] == 0xee)
            touched--;
        printf("  room %s%d: %s, length %s%d, ", i >= 3 && i < 6 ? "of the value " : "",
               i >= 3 && i < 6 ? (int)i - 4 : (int)rooms[i], result ? error_name(errno) : "ok",
               len == whole ? "of the value " : "", len == whole ? 0 : (int)len);
        printf("%s\n", touched <= rooms[i] ? "inside" : "overrun");
    }
}

int
main(void)
{
    check_start();
    int tcp = new_socket(AF_INET, SOCK_STREAM), six = new_socket(AF_INET6, SOCK_DGRAM);
    run("SO_KEEPALIVE", tcp, SOL_SOCKET, SO_KEEPALIVE, sizeof(int));
    run("SO_RCVBUF", tcp, SOL_SOCKET, SO_RCVBUF, sizeof(int));
    run("SO_TYPE", tcp, SOL_SOCKET, SO_TYPE, sizeof(int));
    run("SO_LINGER", tcp, SOL_SOCKET, SO_LINGER, sizeof(struct linger));
    run("SO_RCVTIMEO", tcp, SOL_SOCKET, SO_RCVTIMEO, sizeof(struct timeval));
    run("TCP_NODELAY", tcp, IPPROTO_TCP, TCP_NODELAY, sizeof(int));
    run("TCP_KEEPINTVL", tcp, IPPROTO_TCP, TCP_KEEPINTVL, sizeof(int));
    run("IPV6_V6ONLY", six, IPPROTO_IPV6, IPV6_V6ONLY, sizeof(int));
    return 0;
}
