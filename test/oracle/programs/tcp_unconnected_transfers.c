/* Sending and receiving on a stream that was never connected. */
#include "check.h"

static void
try_all(const char *what, int fd)
{
    char room[8];
    struct iovec part = { room, sizeof room };
    struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
    printf("%s\n", what);
    show("  send", send(fd, "x", 1, 0));
    show("  write", write(fd, "x", 1));
    show("  sendmsg", sendmsg(fd, &message, 0));
    show("  recv", recv(fd, room, sizeof room, 0));
    show("  read", read(fd, room, sizeof room));
    show("  recvmsg", recvmsg(fd, &message, 0));
}

int
main(void)
{
    check_start();
    int fd = new_socket(AF_INET, SOCK_STREAM);
    try_all("fresh", fd);
    bind_loopback(fd, AF_INET);
    try_all("bound", fd);
    must("listen", listen(fd, 1));
    try_all("listening", fd);
    return 0;
}
