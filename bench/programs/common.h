/* What the measured programs share; compiled natively and to Wasm from the same source. */
#ifndef BERTH_BENCH_COMMON_H
#define BERTH_BENCH_COMMON_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#ifdef __wasi__
#include <wasi_socket_ext.h>
#endif

static inline void fail(const char *what)
{
    perror(what);
    exit(1);
}

static inline double seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/*
 * The bytes of a measured stream tell their place in it, so that both ends can look at one byte of each piece and see whether
 * something is missing or twice there: each KiB has its number, modulo 256.
 */
enum { PATTERN_BYTES = 1 << 18 };

static inline char pattern_at(uint64_t place)
{
    return (char)(place >> 10);
}

static inline void fill_pattern(char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) bytes[i] = pattern_at(i);
}

static inline struct sockaddr_in loopback(int port)
{
    struct sockaddr_in address = {0};
    address.sin_family = AF_INET;
    address.sin_port = htons((unsigned short)port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

/* A connection to 127.0.0.1 that sends small pieces at once. */
static inline int connect_to(int port)
{
    struct sockaddr_in address = loopback(port);
    int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address)) fail("connect");
    if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on)) fail("TCP_NODELAY");
    return fd;
}

/* A socket bound to 127.0.0.1 and a port of the kernel's choice, which is stored. */
static inline int bound_socket(int type, int *port)
{
    struct sockaddr_in address = loopback(0);
    socklen_t length = sizeof address;
    int fd = socket(AF_INET, type, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address)) fail("bind");
    if (getsockname(fd, (struct sockaddr *)&address, &length)) fail("getsockname");
    *port = ntohs(address.sin_port);
    return fd;
}

/* Whoever starts a server reads its port from the first line. */
static inline void announce(int port)
{
    printf("%d\n", port);
    if (fflush(stdout)) fail("stdout");
}

static inline int listening_socket(int type)
{
    int port, fd = bound_socket(SOCK_STREAM | type, &port);
    if (listen(fd, SOMAXCONN)) fail("listen");
    announce(port);
    return fd;
}

/* Closes with a reset: no port stays behind in TIME_WAIT, of which a fast benchmark would soon have used all. */
static inline void close_at_once(int fd)
{
    struct linger linger = {1, 0};
    if (setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger)) fail("SO_LINGER");
    if (close(fd)) fail("close");
}

#endif
