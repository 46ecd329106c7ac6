/*
 * What the oracle programs share. Each program is compiled twice, natively and to WebAssembly, and both runs must print
 * the same. So everything printed here means the same on both sides: errno, poll events and families by name (their
 * numbers differ), never a port, an address length only as "whole" or as a difference from it, and descriptor numbers
 * only where the number is what is tested.
 */
#ifndef BERTH_ORACLE_CHECK_H
#define BERTH_ORACLE_CHECK_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* accept4, struct ip_mreq */
#endif

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#ifndef __wasi__
#include <signal.h>
#endif

/* A wait that takes longer than this has failed. */
#define DEADLINE_MS 5000

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

typedef struct {
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
        unsigned char bytes[128];
    };
    socklen_t len;
} Address;

/* First line of every main. */
static inline void
check_start(void)
{
#ifndef __wasi__
    signal(SIGPIPE, SIG_IGN); /* WASI has no signals: a write to a closed peer is only an errno there */
#endif
    setvbuf(stdout, NULL, _IOLBF, 1024); /* what was printed before a hang is what explains it */
}

/* --- names ---------------------------------------------------------------------------------------------------- */

static inline const char *
error_name(int number)
{
    static char unknown[32];
#define NAME(constant)      \
    if (number == constant) \
        return #constant;
    NAME(EACCES) NAME(EADDRINUSE) NAME(EADDRNOTAVAIL) NAME(EAFNOSUPPORT) NAME(EAGAIN) NAME(EALREADY) NAME(EBADF)
    NAME(EBADMSG) NAME(EBUSY) NAME(ECANCELED) NAME(ECONNABORTED) NAME(ECONNREFUSED) NAME(ECONNRESET)
    NAME(EDESTADDRREQ) NAME(EDOM) NAME(EDQUOT) NAME(EEXIST) NAME(EFAULT) NAME(EFBIG) NAME(EHOSTUNREACH) NAME(EILSEQ)
    NAME(EINPROGRESS) NAME(EINTR) NAME(EINVAL) NAME(EIO) NAME(EISCONN) NAME(EISDIR) NAME(ELOOP) NAME(EMFILE)
    NAME(EMLINK) NAME(EMSGSIZE) NAME(ENAMETOOLONG) NAME(ENETDOWN) NAME(ENETRESET) NAME(ENETUNREACH) NAME(ENFILE)
    NAME(ENOBUFS) NAME(ENODEV) NAME(ENOENT) NAME(ENOMEM) NAME(ENOPROTOOPT) NAME(ENOSPC) NAME(ENOSYS) NAME(ENOTCONN)
    NAME(ENOTDIR) NAME(ENOTEMPTY) NAME(ENOTSOCK) NAME(ENOTSUP) NAME(ENOTTY) NAME(ENXIO) NAME(EOVERFLOW) NAME(EPERM)
    NAME(EPIPE) NAME(EPROTO) NAME(EPROTONOSUPPORT) NAME(EPROTOTYPE) NAME(ERANGE) NAME(EROFS) NAME(ESPIPE)
    NAME(ESTALE) NAME(ETIMEDOUT) NAME(ETXTBSY) NAME(EXDEV)
#ifdef ENOTCAPABLE
    NAME(ENOTCAPABLE)
#endif
#undef NAME
    snprintf(unknown, sizeof unknown, "errno %d", number);
    return unknown;
}

static inline const char *
family_name(int family)
{
    return family == AF_INET     ? "AF_INET"
           : family == AF_INET6  ? "AF_INET6"
           : family == AF_UNIX   ? "AF_UNIX"
           : family == AF_UNSPEC ? "AF_UNSPEC"
                                 : "AF_?";
}

static inline const char *
poll_names(int events)
{
    static char text[64];
    snprintf(text, sizeof text, "%s%s%s%s%s%s", events == 0 ? "nothing" : "", events & POLLIN ? " POLLIN" : "",
             events & POLLOUT ? " POLLOUT" : "", events & POLLERR ? " POLLERR" : "",
             events & POLLHUP ? " POLLHUP" : "", events & POLLNVAL ? " POLLNVAL" : "");
    return text[0] == ' ' ? text + 1 : text;
}

/* --- printing ------------------------------------------------------------------------------------------------- */

/* Prints a result; a failure with the name of its errno. Returns the result. */
static inline long
show(const char *what, long result)
{
    int error = errno;
    if (result < 0)
        printf("%s: %ld %s\n", what, result, error_name(error));
    else
        printf("%s: %ld\n", what, result);
    return result;
}

/* The same for a call whose non-negative result is a descriptor. */
static inline int
show_fd(const char *what, int fd)
{
    int error = errno;
    printf("%s: %s\n", what, fd < 0 ? error_name(error) : "a descriptor");
    return fd;
}

/* A step that is not what the program tests: its failure ends the program. */
static inline long
must(const char *what, long result)
{
    if (result >= 0)
        return result;
    show(what, result);
    exit(99);
}

static inline void
print_yes(const char *what, bool answer)
{
    printf("%s: %s\n", what, answer ? "yes" : "no");
}

static inline void
print_bytes(const char *what, const void *bytes, long count)
{
    const unsigned char *next = bytes;
    printf("%s: \"", what);
    for (long i = 0; i < count; i++)
        printf(next[i] >= ' ' && next[i] < 127 ? "%c" : "\\x%02x", next[i]);
    printf("\"\n");
}

/* --- addresses ------------------------------------------------------------------------------------------------ */

static inline socklen_t
address_size(int family)
{
    return family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
}

static inline Address
address(int family, const char *text, int port)
{
    Address a;
    memset(&a, 0, sizeof a);
    a.any.sa_family = (sa_family_t)family;
    a.len = address_size(family);
    if (family == AF_INET) {
        a.v4.sin_port = htons((uint16_t)port);
        must("inet_pton", inet_pton(AF_INET, text, &a.v4.sin_addr) == 1 ? 0 : -1);
    }
    else {
        a.v6.sin6_port = htons((uint16_t)port);
        must("inet_pton", inet_pton(AF_INET6, text, &a.v6.sin6_addr) == 1 ? 0 : -1);
    }
    return a;
}

static inline Address
loopback(int family, int port)
{
    return address(family, family == AF_INET6 ? "::1" : "127.0.0.1", port);
}

static inline int
port_of(const Address *a)
{
    return ntohs(a->any.sa_family == AF_INET6 ? a->v6.sin6_port : a->v4.sin_port);
}

static inline Address
empty_address(void)
{
    Address a;
    memset(&a, 0xee, sizeof a);
    a.len = sizeof a.bytes;
    return a;
}

static inline Address
local_address(int fd)
{
    Address a = empty_address();
    must("getsockname", getsockname(fd, &a.any, &a.len));
    return a;
}

static inline bool
same_address(const Address *a, const Address *b)
{
    if (a->any.sa_family != b->any.sa_family || port_of(a) != port_of(b))
        return false;
    if (a->any.sa_family == AF_INET6)
        return memcmp(&a->v6.sin6_addr, &b->v6.sin6_addr, 16) == 0;
    return a->v4.sin_addr.s_addr == b->v4.sin_addr.s_addr;
}

/* Family, address, whether a port is there, whether the length is the family's. */
static inline void
print_address(const char *what, const Address *a)
{
    char text[64] = "?";
    int family = a->any.sa_family;
    if (family == AF_INET)
        inet_ntop(AF_INET, &a->v4.sin_addr, text, sizeof text);
    else if (family == AF_INET6)
        inet_ntop(AF_INET6, &a->v6.sin6_addr, text, sizeof text);
    printf("%s: %s %s, %s, %s length\n", what, family_name(family), text, port_of(a) ? "a port" : "no port",
           a->len == address_size(family) ? "whole" : "another");
}

/* --- sockets -------------------------------------------------------------------------------------------------- */

static inline int
new_socket(int family, int type)
{
    return (int)must("socket", socket(family, type, 0));
}

static inline void
bind_loopback(int fd, int family)
{
    Address a = loopback(family, 0);
    must("bind", bind(fd, &a.any, a.len));
}

/* A UDP socket bound to a free loopback port. */
static inline int
bound_udp(int family)
{
    int fd = new_socket(family, SOCK_DGRAM);
    bind_loopback(fd, family);
    return fd;
}

/* A TCP socket listening on a free loopback port. */
static inline int
listener(int family)
{
    int fd = new_socket(family, SOCK_STREAM);
    bind_loopback(fd, family);
    must("listen", listen(fd, 16));
    return fd;
}

/* Connects to where another socket is bound. On loopback that completes in the backlog, before anyone accepts. */
static inline void
connect_to(int fd, int other)
{
    Address a = local_address(other);
    must("connect", connect(fd, &a.any, a.len));
}

static inline int
accept_one(int fd)
{
    Address a = empty_address();
    return (int)must("accept", accept(fd, &a.any, &a.len));
}

typedef struct {
    int client, server;
} Pair;

/* Two ends of one TCP connection; the listener is closed again. */
static inline Pair
tcp_pair(int family)
{
    int door = listener(family);
    Pair pair = { .client = new_socket(family, SOCK_STREAM) };
    connect_to(pair.client, door);
    pair.server = accept_one(door);
    close(door);
    return pair;
}

/* Two UDP sockets connected to each other. */
static inline Pair
udp_pair(int family)
{
    Pair pair = { .client = bound_udp(family), .server = bound_udp(family) };
    connect_to(pair.client, pair.server);
    connect_to(pair.server, pair.client);
    return pair;
}

static inline void
close_pair(Pair pair)
{
    close(pair.client);
    close(pair.server);
}

/*
 * A loopback address that refuses. Its port is kept, so that no other process gets it meanwhile: a TCP socket that is
 * bound but does not listen refuses, and a UDP socket that is connected to itself is nobody to everyone else.
 */
static inline Address
refusing_address(int family, int type)
{
    int fd = new_socket(family, type);
    bind_loopback(fd, family);
    if (type == SOCK_DGRAM)
        connect_to(fd, fd);
    return local_address(fd);
}

static inline void
set_nonblocking(int fd, bool on)
{
    int flags = (int)must("F_GETFL", fcntl(fd, F_GETFL, 0));
    must("F_SETFL", fcntl(fd, F_SETFL, on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK));
}

static inline void
set_timeout(int fd, int option, int milliseconds)
{
    struct timeval time = { .tv_sec = milliseconds / 1000, .tv_usec = (milliseconds % 1000) * 1000 };
    must("set timeout", setsockopt(fd, SOL_SOCKET, option, &time, sizeof time));
}

static inline int
set_option(int fd, int level, int option, int value)
{
    return setsockopt(fd, level, option, &value, sizeof value);
}

/* Closing such a socket resets the connection. */
static inline void
reset(int fd)
{
    struct linger linger = { .l_onoff = 1, .l_linger = 0 };
    must("SO_LINGER", setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger));
    must("close", close(fd));
}

/* Waits for events, at most until the deadline; returns what poll reported. */
static inline int
await(int fd, short events)
{
    struct pollfd entry = { .fd = fd, .events = events };
    if (must("poll", poll(&entry, 1, DEADLINE_MS)) == 0) {
        printf("waited in vain for %s\n", poll_names(events));
        exit(98);
    }
    return entry.revents;
}

/* What poll reports at once. Beside POLLHUP no POLLOUT: POSIX says that it cannot be, WASI libc obeys, Linux does not. */
static inline void
show_poll(const char *what, int fd, short events)
{
    struct pollfd entry = { .fd = fd, .events = events };
    int ready = poll(&entry, 1, 0);
    if (ready < 0)
        show(what, ready);
    else
        printf("%s: %d, %s\n", what, ready, poll_names(entry.revents & (entry.revents & POLLHUP ? ~POLLOUT : ~0)));
}

/* Receives all that comes until the end of the stream or an error; returns the last result of recv. */
static inline long
drain(int fd, size_t *total)
{
    static char room[65536];
    for (*total = 0;;) {
        await(fd, POLLIN);
        long count = recv(fd, room, sizeof room, 0);
        if (count <= 0)
            return count;
        *total += (size_t)count;
    }
}

/* --- files ---------------------------------------------------------------------------------------------------- */

/* Creates a file, or replaces it. */
static inline void
put(const char *path, const char *text)
{
    int fd = (int)must(path, open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666));
    must("write", write(fd, text, strlen(text)));
    close(fd);
}

/* What is in a file, up to a thousand bytes. */
static inline void
show_content(const char *path)
{
    char room[1000];
    int fd = open(path, O_RDONLY);
    long count = fd < 0 ? -1 : read(fd, room, sizeof room);
    if (count < 0)
        show(path, count);
    else
        print_bytes(path, room, count);
    if (fd >= 0)
        close(fd);
}

static inline const char *
type_of(mode_t mode)
{
    return S_ISREG(mode)   ? "file"
           : S_ISDIR(mode) ? "directory"
           : S_ISLNK(mode) ? "link"
           : S_ISCHR(mode) ? "character device"
                           : "another type";
}

/* The type of what is there, not following a link; of what is no directory also how many links and bytes it has. */
static inline void
show_type(const char *path)
{
    struct stat stat;
    int result = lstat(path, &stat);
    if (result < 0)
        show(path, result);
    else if (S_ISDIR(stat.st_mode))
        printf("%s: directory\n", path);
    else
        printf("%s: %s, %ld links, %lld bytes\n", path, type_of(stat.st_mode), (long)stat.st_nlink,
               (long long)stat.st_size);
}

static inline off_t
size_of(int fd)
{
    struct stat stat;
    must("fstat", fstat(fd, &stat));
    return stat.st_size;
}

static inline int
alphabetically(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

/* The names in a directory, sorted: each file system has its own order. */
static inline void
show_names(const char *path)
{
    char *names[100];
    size_t count = 0;
    DIR *directory = opendir(path);
    if (directory == NULL) {
        show(path, -1);
        return;
    }
    for (struct dirent *entry; count < COUNT(names) && (entry = readdir(directory)) != NULL;)
        names[count++] = strdup(entry->d_name);
    closedir(directory);
    qsort(names, count, sizeof names[0], alphabetically);
    printf("%s:", path);
    for (size_t i = 0; i < count; i++)
        printf(" %s", names[i]);
    printf("\n");
}

/* --- data and time -------------------------------------------------------------------------------------------- */

/* Byte number `at` of an endless pattern that does not repeat at powers of two. */
static inline unsigned char
pattern(size_t at)
{
    return (unsigned char)(at * 31 + (at >> 8) * 7 + (at >> 16));
}

static inline double
now_ms(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e3 + (double)time.tv_nsec / 1e6;
}

static inline void
show_waited(double since, int milliseconds, int tolerance)
{
    printf("waited at least %d ms: %s\n", milliseconds, now_ms() - since >= milliseconds - tolerance ? "yes" : "no");
}

/* Whether at least so much time has passed; up to a millisecond is lost where a timeout is rounded. */
static inline void
show_elapsed(double since, int milliseconds)
{
    show_waited(since, milliseconds, 1);
}

/* The same for the timeout of a socket: Linux counts it in ticks, the one that has begun included (10 ms at 100 Hz). */
static inline void
show_timed_out(double since, int milliseconds)
{
    show_waited(since, milliseconds, 10);
}

#endif
