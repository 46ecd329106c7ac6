/* Socket calls on stdin and stdout: ENOTSOCK, before anything else is looked at. */
#include "check.h"

static void
try_all(const char *what, int fd)
{
    char room[8];
    struct iovec part = { room, sizeof room };
    struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
    Address a = loopback(AF_INET, 9), out = empty_address();
    struct timeval time = { 1, 0 };
    int value = 1;
    socklen_t len = sizeof value;
    printf("%s\n", what);
    show("  bind", bind(fd, &a.any, a.len));
    show("  listen", listen(fd, 1));
    show("  connect", connect(fd, &a.any, a.len));
    show("  accept", accept(fd, &out.any, &out.len));
    show("  send", send(fd, room, 1, 0));
    show("  sendto", sendto(fd, room, 1, 0, &a.any, a.len));
    show("  sendmsg", sendmsg(fd, &message, 0));
    show("  recv", recv(fd, room, 1, 0));
    show("  recvfrom", recvfrom(fd, room, 1, 0, &out.any, &out.len));
    show("  recvmsg", recvmsg(fd, &message, 0));
    show("  shutdown", shutdown(fd, SHUT_RDWR));
    show("  getsockname", getsockname(fd, &out.any, &out.len));
    show("  getpeername", getpeername(fd, &out.any, &out.len));
    show("  get SO_KEEPALIVE", getsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &value, &len));
    show("  set SO_KEEPALIVE", setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &value, sizeof value));
    show("  get SO_TYPE", getsockopt(fd, SOL_SOCKET, SO_TYPE, &value, &len));
    show("  set SO_RCVTIMEO", setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time));
    show("  set TCP_NODELAY", setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &value, sizeof value));
    show("  set IP_TTL", setsockopt(fd, IPPROTO_IP, IP_TTL, &value, sizeof value));
    show("  set IPV6_V6ONLY", setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &value, sizeof value));
}

int
main(void)
{
    check_start();
    try_all("stdin", 0);
    try_all("stdout", 1);
    printf("stdout still works\n");
    return 0;
}
