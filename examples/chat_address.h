/*
 * What chat_server.c and chat_client.c share: sockets by addresses as people write them. tcp:HOST:PORT, where the host is a
 * name, an IPv4 address, or an IPv6 address in brackets; unix:PATH; for an abstract name unix:@NAME.
 */
#ifndef CHAT_ADDRESS_H
#define CHAT_ADDRESS_H

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static inline void
fail(const char *what)
{
    perror(what);
    exit(1);
}

static inline void
set_nonblocking(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0)
        fail("O_NONBLOCK");
}

/* A socket that listens at, or is connected to, one address. */
static inline int
use_address(int is_listener, const struct sockaddr *address, socklen_t length)
{
    int on = 1, fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    if (address->sa_family != AF_UNIX)
        setsockopt(fd, SOL_SOCKET, is_listener ? SO_REUSEADDR : SO_KEEPALIVE, &on, sizeof on);
    if (is_listener ? bind(fd, address, length) == 0 && listen(fd, SOMAXCONN) == 0 : connect(fd, address, length) == 0)
        return fd;
    on = errno;
    close(fd);
    errno = on;
    return -1;
}

static inline int
open_unix(int is_listener, const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t size = strlen(path);
    int fd;
    if (size == 0 || size >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(address.sun_path, path, size + 1);
    if (*path == '@') {
        address.sun_path[0] = '\0'; /* an abstract name has all the bytes of the length, without a NUL behind */
        size += offsetof(struct sockaddr_un, sun_path);
        return use_address(is_listener, (struct sockaddr *)&address, (socklen_t)size);
    }
    fd = use_address(is_listener, (struct sockaddr *)&address, sizeof address);
    if (fd >= 0 || !is_listener || errno != EADDRINUSE)
        return fd;
    /* A server that was killed leaves its path behind. Nobody answers there, so it can be had. */
    fd = use_address(0, (struct sockaddr *)&address, sizeof address);
    if (fd >= 0) {
        close(fd);
        errno = EADDRINUSE;
        return -1;
    }
    if (errno != ECONNREFUSED || unlink(path) != 0)
        return -1;
    return use_address(1, (struct sockaddr *)&address, sizeof address);
}

static inline int
open_tcp(int is_listener, const char *where)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *list;
    const char *colon = strrchr(where, ':');
    size_t size = colon == NULL ? 0 : (size_t)(colon - where);
    char host[256];
    int error, fd = -1;
    if (size == 0 || size >= sizeof host) {
        errno = EINVAL;
        return -1;
    }
    if (*where == '[' && where[size - 1] == ']') {
        where++;
        size -= 2;
    }
    memcpy(host, where, size);
    host[size] = '\0';
    error = getaddrinfo(host, colon + 1, &hints, &list);
    if (error != 0) {
        fprintf(stderr, "%s: %s\n", host, error == EAI_SYSTEM ? strerror(errno) : gai_strerror(error));
        exit(1);
    }
    for (const struct addrinfo *at = list; at != NULL && fd < 0; at = at->ai_next)
        fd = use_address(is_listener, at->ai_addr, at->ai_addrlen);
    error = errno;
    freeaddrinfo(list);
    errno = error;
    return fd;
}

/* Ends the program where that is not possible. */
static inline int
open_address(int is_listener, const char *address)
{
    int fd = -1;
    errno = EINVAL;
    if (strncmp(address, "unix:", 5) == 0)
        fd = open_unix(is_listener, address + 5);
    else if (strncmp(address, "tcp:", 4) == 0)
        fd = open_tcp(is_listener, address + 4);
    if (fd < 0)
        fail(address);
    return fd;
}

#endif
