/*
 * A TCP client that sends lines and prints what comes back.
 *
 *     tcp_client HOST PORT [message ...]
 *
 * HOST is a numeric address: a name would need the permission to resolve it, and this example shows that a program gets
 * along with the permission to connect. An ordinary POSIX program: compiled natively it does the same.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#ifdef __wasi__
#include <wasi_socket_ext.h>
#else
#include <netdb.h>
#endif

static void
fail(const char *what)
{
    perror(what);
    exit(1);
}

static int
open_connection(const char *host, const char *port)
{
    struct addrinfo hints, *found;
    int error, fd;
    memset(&hints, 0, sizeof hints);
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
    error = getaddrinfo(host, port, &hints, &found);
    if (error != 0) {
        fprintf(stderr, "%s port %s: %s\n", host, port, gai_strerror(error));
        exit(1);
    }
    /* A numeric address is one address, so there is no list to try. */
    fd = socket(found->ai_family, found->ai_socktype, found->ai_protocol);
    if (fd < 0)
        fail("socket");
    if (connect(fd, found->ai_addr, found->ai_addrlen) != 0)
        fail("connect");
    freeaddrinfo(found);
    return fd;
}

/* send may take only a part, when the peer reads slowly. */
static void
send_all(int fd, const char *data, size_t size)
{
    while (size > 0) {
        ssize_t sent = send(fd, data, size, MSG_NOSIGNAL);
        if (sent < 0)
            fail("send");
        data += sent;
        size -= (size_t)sent;
    }
}

int
main(int argc, char **argv)
{
    char data[4096];
    ssize_t size;
    int fd;
    if (argc < 3) {
        fprintf(stderr, "usage: tcp_client HOST PORT [message ...]\n");
        return 1;
    }
    fd = open_connection(argv[1], argv[2]);
    for (int i = 3; i < argc; i++) {
        send_all(fd, argv[i], strlen(argv[i]));
        send_all(fd, "\n", 1);
    }
    /* Half a close: the server learns that this was all, and its answers still arrive. */
    if (shutdown(fd, SHUT_WR) != 0)
        fail("shutdown");
    while ((size = recv(fd, data, sizeof data, 0)) > 0)
        fwrite(data, 1, (size_t)size, stdout);
    if (size < 0)
        fail("recv");
    return close(fd) == 0 ? 0 : 1;
}
