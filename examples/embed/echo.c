/*
 * An echo server for one connection after the other. It opens no socket: the one that listens it is given, as its first
 * descriptor behind the standard streams, like a service of systemd.
 */
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define GIVEN 3

static int
send_all(int fd, const char *data, ssize_t size)
{
    while (size > 0) {
        ssize_t sent = send(fd, data, (size_t)size, MSG_NOSIGNAL);
        if (sent < 0)
            return -1;
        data += sent;
        size -= sent;
    }
    return 0;
}

int
main(void)
{
    char buffer[4096];
    for (;;) {
        int connection = accept(GIVEN, NULL, NULL);
        if (connection < 0) {
            perror("accept");
            return 1;
        }
        ssize_t size;
        while ((size = recv(connection, buffer, sizeof buffer, 0)) > 0)
            if (send_all(connection, buffer, size) < 0)
                break;
        close(connection);
    }
}
