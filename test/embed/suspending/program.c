/* What the tests of suspended programs let run; the first argument says which part. */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#ifdef __wasi__
#include <wasi_socket_ext.h>
#endif

/* Where programs are given their first socket. */
#define GIVEN 3

static struct sockaddr_in
address_of(const char *text, int port)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port) };
    inet_pton(AF_INET, text, &address.sin_addr);
    return address;
}

static int
echo(int fd)
{
    char buffer[4096];
    for (;;) {
        ssize_t got = recv(fd, buffer, sizeof buffer, 0);
        if (got <= 0) return close(fd);
        if (send(fd, buffer, got, 0) != got) return -1;
    }
}

/* Says its number, its port, and what comes of an address that it was not granted. Then serves one connection. */
static int
serve(const char *number, const char *own, const char *other)
{
    struct sockaddr_in address = address_of(other, 0);
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    int refused = bind(listener, (struct sockaddr *)&address, length) < 0 && errno == EACCES;
    address = address_of(own, 0);
    if (bind(listener, (struct sockaddr *)&address, length) < 0 || listen(listener, 8) < 0) return 1;
    getsockname(listener, (struct sockaddr *)&address, &length);
    printf("%s %d %s\n", number, ntohs(address.sin_port), refused ? "refused" : "bound");
    fflush(stdout);
    int fd = accept(listener, NULL, NULL);
    return fd < 0 ? 2 : echo(fd);
}

static int
exchange(int rounds)
{
    int pair[2];
    char byte = 'x';
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0) return 1;
    for (int i = 0; i < rounds; i++) {
        if (send(pair[0], &byte, 1, 0) != 1 || recv(pair[1], &byte, 1, 0) != 1) return 2;
    }
    return 0;
}

static int
write_many(size_t bytes)
{
    char *block = malloc(bytes);
    memset(block, 'b', bytes);
    return write(1, block, bytes) == (ssize_t)bytes ? 0 : 1;
}

static int
read_line(void)
{
    char line[64];
    ssize_t got = read(0, line, sizeof line - 1);
    if (got <= 0) return 1;
    line[got] = 0;
    printf("read %s", line);
    return 0;
}

static int
resolve(const char *name)
{
    struct addrinfo hints = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM }, *list;
    int failed = getaddrinfo(name, "80", &hints, &list);
    if (failed != 0) {
        puts(gai_strerror(failed));
        return 0;
    }
    for (struct addrinfo *entry = list; entry != NULL; entry = entry->ai_next) {
        char text[INET_ADDRSTRLEN];
        struct sockaddr_in *address = (struct sockaddr_in *)entry->ai_addr;
        puts(inet_ntop(AF_INET, &address->sin_addr, text, sizeof text));
    }
    freeaddrinfo(list);
    return 0;
}

/* Leaves more in the socket than its peer takes, and lingers over it for longer than anybody waits. */
static int
linger(void)
{
    static char block[1 << 20];
    struct linger for_long = { 1, 3600 };
    int fd = accept(GIVEN, NULL, NULL);
    if (setsockopt(fd, SOL_SOCKET, SO_LINGER, &for_long, sizeof for_long) < 0) return 1;
    while (send(fd, block, sizeof block, MSG_DONTWAIT) > 0) continue;
    return close(fd) < 0 ? 2 : 0;
}

int
main(int argc, char **argv)
{
    const char *part = argv[1];
    if (argc == 5 && strcmp(part, "serve") == 0) return serve(argv[2], argv[3], argv[4]);
    if (strcmp(part, "echo") == 0) return echo(accept(GIVEN, NULL, NULL));
    if (strcmp(part, "linger") == 0) return linger();
    if (strcmp(part, "exchange") == 0) return exchange(atoi(argv[2]));
    if (strcmp(part, "write") == 0) return write_many(atoi(argv[2]));
    if (strcmp(part, "read") == 0) return read_line();
    if (strcmp(part, "resolve") == 0) return resolve(argv[2]);
    if (strcmp(part, "sleep") == 0) {
        for (int i = atoi(argv[2]); i > 0; i--) usleep(1000);
        return 0;
    }
    return 64;
}
