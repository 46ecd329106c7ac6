/* Non-blocking calls that find nothing say EAGAIN, by every function that receives. */
#include "check.h"

static void
try_all(const char *what, int fd)
{
    char room[8];
    struct iovec part = { room, sizeof room };
    struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
    Address from = empty_address();
    printf("%s\n", what);
    show("  recv", recv(fd, room, sizeof room, 0));
    show("  recvfrom", recvfrom(fd, room, sizeof room, 0, &from.any, &from.len));
    show("  recvfrom NULL", recvfrom(fd, room, sizeof room, 0, NULL, NULL));
    show("  recvmsg", recvmsg(fd, &message, 0));
    show("  read", read(fd, room, sizeof room));
    show("  readv", readv(fd, &part, 1));
}

int
main(void)
{
    check_start();
    Pair pair = tcp_pair(AF_INET);
    set_nonblocking(pair.client, true);
    try_all("TCP", pair.client);
    int udp = bound_udp(AF_INET6);
    set_nonblocking(udp, true);
    try_all("UDP", udp);
    int unbound = new_socket(AF_INET, SOCK_DGRAM);
    set_nonblocking(unbound, true);
    try_all("UDP, never bound", unbound);
    return 0;
}
