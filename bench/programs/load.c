/*
 * `load PORT CONNECTIONS BYTES WARMUP SECONDS`: keeps so many connections to an echo server busy, each with one message of
 * BYTES on its way at any time. Says `warm` when each has had WARMUP echoes, then counts for SECONDS and prints the echoes
 * per second. One thread, always native.
 */
#include "common.h"
#include <sys/epoll.h>

enum { MAX_CONNECTIONS = 1024, MAX_BYTES = 4096 };

static struct connection {
    int fd;
    size_t got;
    int round;
} connections[MAX_CONNECTIONS];
static char message[MAX_BYTES], echo[MAX_BYTES];

static void send_next(struct connection *connection, size_t bytes)
{
    message[0] = (char)++connection->round;
    connection->got = 0;
    if (send(connection->fd, message, bytes, 0) != (ssize_t)bytes) fail("send");
}

/* Whether the echo is complete. */
static int receive_echo(struct connection *connection, size_t bytes)
{
    ssize_t n = recv(connection->fd, echo, bytes - connection->got, 0);
    if (n <= 0) fail("recv");
    if (connection->got == 0 && echo[0] != (char)connection->round) fail("wrong echo");
    connection->got += (size_t)n;
    return connection->got == bytes;
}

/* Serves those that are ready. Returns the number of echoes, and counts the connections that have just had `warmup`. */
static int serve_ready(int epoll, size_t bytes, int warmup, int *warm)
{
    static struct epoll_event events[MAX_CONNECTIONS];
    int ready = epoll_wait(epoll, events, MAX_CONNECTIONS, -1), echoes = 0;
    for (int i = 0; i < ready; i++) {
        struct connection *connection = events[i].data.ptr;
        if (!receive_echo(connection, bytes)) continue;
        echoes++;
        *warm += connection->round == warmup;
        send_next(connection, bytes);
    }
    return echoes;
}

int main(int argc, char **argv)
{
    if (argc != 6) return 2;
    int port = atoi(argv[1]), count = atoi(argv[2]), warmup = atoi(argv[4]), warm = 0, epoll = epoll_create1(0);
    size_t bytes = (size_t)atoi(argv[3]);
    double duration = atof(argv[5]);
    if (count < 1 || count > MAX_CONNECTIONS || bytes < 1 || bytes > MAX_BYTES || warmup < 1 || epoll < 0) return 2;
    for (int i = 0; i < count; i++) {
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &connections[i]};
        connections[i].fd = connect_to(port);
        if (epoll_ctl(epoll, EPOLL_CTL_ADD, connections[i].fd, &event)) fail("epoll_ctl");
    }
    for (int i = 0; i < count; i++) send_next(&connections[i], bytes);
    while (warm < count) serve_ready(epoll, bytes, warmup, &warm);
    puts("warm");
    fflush(stdout);
    long echoes = 0;
    double start = seconds(), now = start;
    for (; now < start + duration; now = seconds()) echoes += serve_ready(epoll, bytes, warmup, &warm);
    printf("%.0f\n", (double)echoes / (now - start));
    return 0;
}
