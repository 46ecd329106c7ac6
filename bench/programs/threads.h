/*
 * What the measured programs with threads share; compiled natively and to Wasm from the same source. No threaded C library
 * for Wasm is packaged, so there these few functions stand on the imports of lib-pthread and of the sockets alone.
 */
#ifndef BERTH_BENCH_THREADS_H
#define BERTH_BENCH_THREADS_H

#ifdef __wasm__

#define LIB_PTHREAD
#include "thread.h" /* of test/threads/guest */

#define ENV(name) IMPORT("env", #name)

typedef unsigned pthread_t;
typedef int32_t ssize_t;

ENV(pthread_create) int pthread_create(pthread_t *, const void *attributes, void *(*run)(void *), void *argument);
ENV(pthread_join) int pthread_join(pthread_t, void **result);
WASI(clock_time_get) int clock_time_get(int clock, uint64_t precision, uint64_t *time);

static inline uint64_t now_ns(void)
{
    uint64_t time = 0;
    clock_time_get(1, 1, &time);
    return time;
}

static inline void sleep_ns(uint64_t duration)
{
    struct subscription clock = {.what = 1, .timeout = duration};
    struct event event;
    size_t events;
    must("poll_oneoff", poll_oneoff(&clock, &event, 1, &events));
}

static inline int accepted_from(int listener)
{
    int fd;
    must("sock_accept", sock_accept(listener, 0, &fd));
    return fd;
}

/* The bytes that came, 0 at the end, -1 for an error. */
static inline ssize_t receive_some(int fd, void *bytes, size_t length)
{
    size_t got;
    return receive(fd, bytes, length, &got) == 0 ? (ssize_t)got : -1;
}

static inline ssize_t send_some(int fd, const void *bytes, size_t length)
{
    size_t sent;
    return sock_send(fd, &(struct piece){(void *)bytes, length}, 1, 0, &sent) == 0 ? (ssize_t)sent : -1;
}

static inline void close_socket(int fd)
{
    fd_close(fd);
}

static inline int read_standard_input(void *bytes, size_t length)
{
    size_t got;
    return fd_read(0, &(struct piece){bytes, length}, 1, &got) == 0 ? (int)got : -1;
}

#define exit_program proc_exit

static int program(int argc, char **argv);

__attribute__((export_name("_start"))) void _start(void)
{
    load_words();
    proc_exit(program((int)word_count, words));
}

#else

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static inline void must(const char *what, int error)
{
    if (error == 0) return;
    perror(what);
    exit(99);
}

static inline uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static inline void sleep_ns(uint64_t duration)
{
    nanosleep(&(struct timespec){(time_t)(duration / 1000000000), (long)(duration % 1000000000)}, NULL);
}

static inline int listening(uint16_t *port)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    must("bind", bind(fd, (struct sockaddr *)&address, sizeof address));
    must("listen", listen(fd, 128));
    must("getsockname", getsockname(fd, (struct sockaddr *)&address, &length));
    *port = ntohs(address.sin_port);
    return fd;
}

static inline int connected(uint16_t port)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    address.sin_port = htons(port);
    must("connect", connect(fd, (struct sockaddr *)&address, sizeof address));
    return fd;
}

static inline int accepted_from(int listener)
{
    int fd = accept(listener, NULL, NULL);
    must("accept", fd < 0);
    return fd;
}

static inline ssize_t receive_some(int fd, void *bytes, size_t length)
{
    return recv(fd, bytes, length, 0);
}

static inline ssize_t send_some(int fd, const void *bytes, size_t length)
{
    return send(fd, bytes, length, MSG_NOSIGNAL);
}

static inline void close_socket(int fd)
{
    close(fd);
}

static inline int read_standard_input(void *bytes, size_t length)
{
    return (int)read(0, bytes, length);
}

/* One line, in one write. */
static inline void report(const char *what, int number)
{
    printf("%s %d\n", what, number);
    fflush(stdout);
}

static inline int number_in(const char *text)
{
    return atoi(text);
}

#define same(a, b) (strcmp(a, b) == 0)
#define exit_program _exit

static int program(int argc, char **argv);

int main(int argc, char **argv)
{
    return program(argc, argv);
}

#endif

enum { MAX_THREADS = 64 };

#endif
