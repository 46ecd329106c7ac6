/*
 * A TCP server that greets and echoes, one client after the other.
 *
 *     tcp_server [port] [number of clients]
 *
 * Port 0, the default, lets the kernel choose; the first line printed says which one it is. Without a number of clients it
 * serves for ever. An ordinary POSIX program: compiled natively it does the same.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#ifdef __wasi__
#include <wasi_socket_ext.h>
#endif

static const char GREETING[] = "Welcome aboard. What you say comes back.\n";

static void
fail(const char *what)
{
    perror(what);
    exit(1);
}

static long
number(const char *text, long max)
{
    char *end;
    long value = strtol(text, &end, 10);
    if (end == text || *end != '\0' || value < 0 || value > max) {
        fprintf(stderr, "not a number from 0 to %ld: %s\n", max, text);
        exit(1);
    }
    return value;
}

static int
open_server(in_port_t port)
{
    struct sockaddr_in addr;
    socklen_t len = sizeof addr;
    int on = 1;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0)
        fail("socket");
    /* Connections of an earlier run may linger in the kernel; they should not keep this one from its port. */
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0)
        fail("SO_REUSEADDR");
    memset(&addr, 0, sizeof addr);
    addr.sin_family = AF_INET;
    addr.sin_port = htons(port);
    addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(fd, (struct sockaddr *)&addr, sizeof addr) != 0)
        fail("bind");
    if (listen(fd, SOMAXCONN) != 0)
        fail("listen");
    if (getsockname(fd, (struct sockaddr *)&addr, &len) != 0)
        fail("getsockname");
    printf("listening on 127.0.0.1:%d\n", ntohs(addr.sin_port));
    fflush(stdout); /* whoever started this reads the port from a pipe, before the program ends */
    return fd;
}

/* send may take only a part, when the peer reads slowly. 0, or -1 with errno. */
static int
send_all(int fd, const char *data, size_t size)
{
    while (size > 0) {
        ssize_t sent = send(fd, data, size, MSG_NOSIGNAL); /* a client that has gone is an error, not the server's end */
        if (sent < 0)
            return -1;
        data += sent;
        size -= (size_t)sent;
    }
    return 0;
}

/* Echoes until the client has said all. What goes wrong with one client is no reason to leave the others alone. */
static void
serve(int fd)
{
    char data[4096];
    ssize_t size;
    if (send_all(fd, GREETING, strlen(GREETING)) != 0) {
        perror("send");
        return;
    }
    while ((size = recv(fd, data, sizeof data, 0)) > 0) {
        if (send_all(fd, data, (size_t)size) != 0) {
            perror("send");
            return;
        }
    }
    if (size < 0)
        perror("recv");
}

int
main(int argc, char **argv)
{
    in_port_t port = argc > 1 ? (in_port_t)number(argv[1], 65535) : 0;
    long clients = argc > 2 ? number(argv[2], 1000000) : -1;
    int server = open_server(port);
    for (long served = 0; served != clients; served++) {
        int client = accept(server, NULL, NULL);
        if (client < 0)
            fail("accept");
        serve(client);
        if (close(client) != 0)
            fail("close");
    }
    return close(server) == 0 ? 0 : 1;
}
