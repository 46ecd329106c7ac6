/* The two timeouts are two: one does not change the other, and blocking mode changes neither. */
#include "check.h"

static void
print_both(const char *what, int fd)
{
    struct timeval receive, transmit;
    socklen_t len = sizeof receive;
    must("get", getsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &receive, &len));
    must("get", getsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &transmit, &len));
    printf("%s: receive %d s, send %d s\n", what, (int)receive.tv_sec, (int)transmit.tv_sec);
}

int
main(void)
{
    check_start();
    int fd = new_socket(AF_INET, SOCK_STREAM);
    set_timeout(fd, SO_RCVTIMEO, 5000);
    print_both("receive 5", fd);
    set_timeout(fd, SO_SNDTIMEO, 7000);
    print_both("send 7", fd);
    set_nonblocking(fd, true);
    print_both("non-blocking", fd);
    set_timeout(fd, SO_RCVTIMEO, 0);
    print_both("receive 0", fd);
    print_yes("still non-blocking", fcntl(fd, F_GETFL, 0) & O_NONBLOCK);
    print_both("another socket", new_socket(AF_INET, SOCK_STREAM));
    return 0;
}
