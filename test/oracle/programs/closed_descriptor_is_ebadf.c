/* Every call on a descriptor that was closed, never was, or cannot be: EBADF. */
#include "check.h"

static void
try_all(const char *what, int fd)
{
    char room[8];
    struct iovec part = { room, sizeof room };
    struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
    Address a = loopback(AF_INET, 9), out = empty_address();
    int value = 0;
    socklen_t len = sizeof value;
    printf("%s\n", what);
    show("  bind", bind(fd, &a.any, a.len));
    show("  listen", listen(fd, 1));
    show("  connect", connect(fd, &a.any, a.len));
    show("  accept", accept(fd, NULL, NULL));
    show("  send", send(fd, room, 1, 0));
    show("  sendto", sendto(fd, room, 1, 0, &a.any, a.len));
    show("  sendmsg", sendmsg(fd, &message, 0));
    show("  recv", recv(fd, room, 1, 0));
    show("  recv nothing", recv(fd, room, 0, 0));
    show("  recvfrom", recvfrom(fd, room, 1, 0, &out.any, &out.len));
    show("  recvmsg", recvmsg(fd, &message, 0));
    show("  read", read(fd, room, 1));
    show("  write", write(fd, room, 1));
    show("  readv", readv(fd, &part, 1));
    show("  writev", writev(fd, &part, 1));
    show("  shutdown", shutdown(fd, SHUT_RDWR));
    show("  getsockname", getsockname(fd, &out.any, &out.len));
    show("  getpeername", getpeername(fd, &out.any, &out.len));
    show("  getsockopt", getsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &value, &len));
    show("  setsockopt", setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &value, sizeof value));
    show("  getsockopt SO_TYPE", getsockopt(fd, SOL_SOCKET, SO_TYPE, &value, &len));
    show("  F_GETFL", fcntl(fd, F_GETFL, 0));
    show("  close", close(fd));
}

int
main(void)
{
    check_start();
    int fd = new_socket(AF_INET, SOCK_STREAM);
    show("close", close(fd));
    try_all("closed", fd);
    try_all("never opened", 1000);
    try_all("far away", 2147483647);
    try_all("-1", -1);
    try_all("the most negative", -2147483647 - 1);
    return 0;
}
