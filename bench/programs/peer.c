/*
 * The other end of a network benchmark, always native. Serves one client on 127.0.0.1 and ends; its first line is the port.
 *
 *     peer echo     sends back what it receives
 *     peer sink     swallows it, and answers one byte at the end
 *     peer source   sends until the client has enough
 *     peer udp      sends back each datagram, until an empty one
 */
#include <errno.h>
#include "common.h"

static char buffer[PATTERN_BYTES];

static void send_all(int fd, size_t size)
{
    for (size_t sent = 0; sent < size;) {
        ssize_t n = send(fd, buffer + sent, size - sent, MSG_NOSIGNAL);
        if (n < 0) fail("send");
        sent += (size_t)n;
    }
}

static void echo(int fd)
{
    ssize_t received;
    while ((received = recv(fd, buffer, sizeof buffer, 0)) > 0) send_all(fd, (size_t)received);
    if (received < 0) fail("recv");
}

static void swallow(int fd)
{
    uint64_t place = 0;
    ssize_t received;
    for (; (received = recv(fd, buffer, sizeof buffer, 0)) > 0; place += (uint64_t)received)
        if (buffer[0] != pattern_at(place)) fail("not what belongs here");
    if (received < 0) fail("recv");
    if (send(fd, "", 1, MSG_NOSIGNAL) != 1) fail("send");
}

static void pour(int fd)
{
    fill_pattern(buffer, sizeof buffer);
    for (size_t place = 0;;) {
        ssize_t n = send(fd, buffer + place, sizeof buffer - place, MSG_NOSIGNAL);
        if (n < 0 && (errno == EPIPE || errno == ECONNRESET)) return;
        if (n < 0) fail("send");
        place = (place + (size_t)n) % sizeof buffer;
    }
}

static void echo_datagrams(void)
{
    struct sockaddr_in from;
    socklen_t length = sizeof from;
    int port, fd = bound_socket(SOCK_DGRAM, &port);
    ssize_t received;
    announce(port);
    while ((received = recvfrom(fd, buffer, sizeof buffer, 0, (struct sockaddr *)&from, &length)) > 0)
        if (sendto(fd, buffer, (size_t)received, 0, (struct sockaddr *)&from, length) != received) fail("sendto");
    if (received < 0) fail("recvfrom");
}

int main(int argc, char **argv)
{
    int connection, on = 1;
    if (argc != 2) return 2;
    if (strcmp(argv[1], "udp") == 0) {
        echo_datagrams();
        return 0;
    }
    connection = accept(listening_socket(0), NULL, NULL);
    if (connection < 0) fail("accept");
    if (setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on)) fail("TCP_NODELAY");
    if (strcmp(argv[1], "echo") == 0)
        echo(connection);
    else if (strcmp(argv[1], "sink") == 0)
        swallow(connection);
    else if (strcmp(argv[1], "source") == 0)
        pour(connection);
    else
        return 2;
    return 0;
}
