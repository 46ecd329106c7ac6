/* Uses the sockets that it is given, from descriptor 3 on: `given connection|datagram|modes [COUNT]`. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define GIVEN 3

/* Sends back what comes until the other end is done, then how many bytes that were. */
static int connection(void)
{
    char buffer[8192];
    long total = 0;
    ssize_t size;
    while ((size = recv(GIVEN, buffer, sizeof buffer, 0)) > 0) {
        total += size;
        for (ssize_t done = 0; done < size;) {
            ssize_t sent = send(GIVEN, buffer + done, (size_t)(size - done), MSG_NOSIGNAL);
            if (sent < 0)
                return 1;
            done += sent;
        }
    }
    printf("%ld bytes, then %zd\n", total, size);
    return 0;
}

static int datagram(void)
{
    char buffer[256];
    struct sockaddr_in from;
    socklen_t length = sizeof from;
    ssize_t size = recvfrom(GIVEN, buffer, sizeof buffer, 0, (struct sockaddr *)&from, &length);
    if (size < 0 || sendto(GIVEN, buffer, (size_t)size, 0, (struct sockaddr *)&from, length) != size)
        return 1;
    printf("answered %zd bytes\n", size);
    return 0;
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    if (!strcmp(what, "connection"))
        return connection();
    if (!strcmp(what, "datagram"))
        return datagram();
    /* What each is, and whether it blocks. */
    printf("LISTEN_FDS=%s LISTEN_FDNAMES=%s\n", getenv("LISTEN_FDS"), getenv("LISTEN_FDNAMES"));
    for (int fd = GIVEN; fd < GIVEN + atoi(argc > 2 ? argv[2] : "1"); fd++) {
        int type = 0;
        socklen_t length = sizeof type;
        int result = getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length);
        printf("%d %d %s %s\n", fd, result, type == SOCK_STREAM ? "stream" : "datagram",
               fcntl(fd, F_GETFL) & O_NONBLOCK ? "non-blocking" : "blocking");
    }
    return 0;
}
