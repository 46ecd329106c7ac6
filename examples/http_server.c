/*
 * An HTTP/1.1 server in one thread: epoll, non-blocking sockets, keep-alive and pipelining, GET and HEAD.
 *
 *     http_server [-a ADDRESS] [-t SECONDS] [PORT [DIRECTORY]]
 *
 * Serves the files below DIRECTORY, and a few pages of its own where there is no such file or no directory. Port 0, the
 * default, lets the kernel choose; the first line printed says which one it is. A connection that neither completes a
 * request nor takes any of its answer for SECONDS (default: 30) is closed. Names that begin with a dot are not served.
 *
 *     cc -O2 examples/http_server.c -o http_server && ./http_server 8080 docs
 *
 *     npx berth cc -O2 examples/http_server.c -o http_server.wasm
 *     npx iwasm --addr-pool=127.0.0.1/32 http_server.wasm 8080
 *     npx iwasm --addr-pool=127.0.0.1/32 --dir=docs http_server.wasm 8080 docs
 *
 *     curl -i http://127.0.0.1:8080/
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "http_content.h"
#include "http_request.h"

#define MAX_CONNECTIONS 20000
#define CHUNK_BYTES 16384 /* of an answer, in memory at a time */
/* So that one busy client does not keep the others waiting: */
#define REQUESTS_A_TURN 32
#define CHUNKS_A_TURN 16
#define ACCEPTS_A_TURN 64
#define EVENTS_A_TURN 256
#define ACCEPT_PAUSE_MS 100

struct connection {
    struct connection *older, *newer; /* by deadline */
    int64_t deadline_ms;
    enum { READING, WRITING, DRAINING } state;
    int fd;
    int keep;           /* whether another request may follow */
    uint32_t watched;   /* events */
    uint64_t body_left; /* bytes of the last request's body, to be passed over */
    int file;           /* what is left to be sent of it comes behind `out`; -1: none */
    off_t file_left;
    size_t in_start, in_end, out_start, out_end;
    char in[MAX_HEAD_BYTES], out[CHUNK_BYTES];
};

static int epoll_fd, listener, connections;
static int directory = -1;
static int64_t idle_ms = 30000;
/* A ring: `ring.newer` is the connection whose time is over first. */
static struct connection ring = {.older = &ring, .newer = &ring};

static void
fail(const char *what)
{
    perror(what);
    exit(1);
}

static int64_t
now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void
leave_ring(struct connection *c)
{
    c->older->newer = c->newer;
    c->newer->older = c->older;
}

/* Something has been achieved: the time begins anew, behind everybody else's. */
static void
touch(struct connection *c)
{
    if (c->newer != NULL)
        leave_ring(c);
    c->deadline_ms = now_ms() + idle_ms;
    c->older = ring.older;
    c->newer = &ring;
    ring.older->newer = c;
    ring.older = c;
}

static void
drop(struct connection *c)
{
    leave_ring(c);
    if (c->file >= 0)
        close(c->file);
    close(c->fd); /* takes it out of the epoll set, too */
    free(c);
    connections--;
}

static void
watch(struct connection *c, uint32_t events)
{
    struct epoll_event event = {.events = events, .data.ptr = c};
    if (events != c->watched && epoll_ctl(epoll_fd, EPOLL_CTL_MOD, c->fd, &event) != 0)
        fail("epoll_ctl");
    c->watched = events;
}

/* The head of an answer; `extra` is a whole header line or nothing. */
static void
begin_answer(struct connection *c, const char *status, const char *type, off_t length, const char *extra)
{
    char date[64];
    time_t now = time(NULL);
    strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", gmtime(&now));
    c->out_start = 0;
    c->out_end = (size_t)snprintf(c->out, sizeof c->out,
                                  "HTTP/1.1 %s\r\nDate: %s\r\nContent-Type: %s\r\nContent-Length: %lld\r\n"
                                  "Connection: %s\r\n%s\r\n",
                                  status, date, type, (long long)length, c->keep ? "keep-alive" : "close", extra);
    c->state = WRITING;
}

static void
answer_text(struct connection *c, const char *status, const char *type, const char *text, int head_only, const char *extra)
{
    size_t size = strlen(text);
    begin_answer(c, status, type, (off_t)size, extra);
    if (!head_only) {
        memcpy(c->out + c->out_end, text, size); /* both are small */
        c->out_end += size;
    }
}

static void
answer_error(struct connection *c, const char *status, int head_only, const char *extra)
{
    char text[64];
    snprintf(text, sizeof text, "%s\n", status);
    answer_text(c, status, "text/plain", text, head_only, extra);
}

/* Whether there was an answer: not when there is no such file. */
static int
answer_file(struct connection *c, const struct request *request, const char *path)
{
    char location[MAX_HEAD_BYTES + 16];
    struct http_file file;
    switch (open_file(directory, path, &file)) {
    case 0:
        begin_answer(c, "200 OK", file.type, file.size, "");
        c->file = file.fd;
        c->file_left = request->is_head ? 0 : file.size;
        return 1;
    case EISDIR:
        snprintf(location, sizeof location, "Location: %s/\r\n", request->target);
        answer_error(c, "301 Moved Permanently", request->is_head, location);
        return 1;
    case EACCES:
    case EPERM:
        answer_error(c, "403 Forbidden", request->is_head, "");
        return 1;
    case EMFILE:
    case ENFILE:
    case ENOMEM:
        answer_error(c, "503 Service Unavailable", request->is_head, "Retry-After: 1\r\n");
        return 1;
    default:
        return 0;
    }
}

static void
answer(struct connection *c, struct request *request)
{
    char path[MAX_HEAD_BYTES];
    const struct page *page;
    const char *wrong;
    if (strcmp(request->method, "GET") != 0 && !request->is_head) {
        answer_error(c, "405 Method Not Allowed", 0, "Allow: GET, HEAD\r\n");
        return;
    }
    wrong = decode_path(request->target, path);
    if (wrong != NULL) {
        answer_error(c, wrong, request->is_head, "");
        return;
    }
    if (directory >= 0 && answer_file(c, request, path))
        return;
    page = find_page(path);
    if (page != NULL) {
        answer_text(c, "200 OK", page->type, page->content, request->is_head, "");
        return;
    }
    answer_error(c, "404 Not Found", request->is_head, "");
}

/* Answers the next request in the buffer. Whether there was one. */
static int
take_request(struct connection *c)
{
    struct request request = {0};
    size_t had = c->in_end - c->in_start, size;
    size_t skipped = c->body_left < had ? (size_t)c->body_left : had;
    char *head;
    const char *wrong;
    c->in_start += skipped;
    c->body_left -= skipped;
    /* An empty line before a request is no request. */
    while (c->in_start < c->in_end && strchr("\r\n", c->in[c->in_start]) != NULL && c->in[c->in_start] != '\0')
        c->in_start++;
    head = c->in + c->in_start;
    had = c->in_end - c->in_start;
    size = head_size(head, had);
    if (size == 0 && had < sizeof c->in)
        return 0;
    touch(c);
    c->keep = 0;
    if (size == 0) {
        answer_error(c, "431 Request Header Fields Too Large", 0, "");
    } else {
        c->in_start += size;
        wrong = memchr(head, '\0', size) != NULL ? "400 Bad Request" : NULL;
        head[head[size - 2] == '\r' ? size - 2 : size - 1] = '\0';
        if (wrong == NULL)
            wrong = parse_request(head, &request);
        c->keep = wrong == NULL && request.keep;
        c->body_left = request.body_bytes;
        if (wrong != NULL)
            answer_error(c, wrong, request.is_head, "");
        else
            answer(c, &request);
    }
    return 1;
}

/* 1: the whole answer is on its way; 0: later; -1: the connection is of no use any more. */
static int
send_answer(struct connection *c)
{
    for (int chunk = 0; chunk < CHUNKS_A_TURN; chunk++) {
        while (c->out_start < c->out_end) {
            ssize_t sent = send(c->fd, c->out + c->out_start, c->out_end - c->out_start, MSG_NOSIGNAL);
            if (sent < 0 && errno == EINTR)
                continue;
            if (sent < 0)
                return errno == EAGAIN || errno == EWOULDBLOCK ? 0 : -1;
            c->out_start += (size_t)sent;
            touch(c);
        }
        if (c->file >= 0 && c->file_left > 0) {
            size_t room = c->file_left < CHUNK_BYTES ? (size_t)c->file_left : CHUNK_BYTES;
            ssize_t size = read(c->file, c->out, room);
            if (size <= 0)
                return -1; /* shorter than was said: only an end tells the client */
            c->file_left -= size;
            c->out_start = 0;
            c->out_end = (size_t)size;
        } else {
            if (c->file >= 0)
                close(c->file);
            c->file = -1;
            return 1;
        }
    }
    return 0;
}

/* Does what can be done now. While an answer waits for the client nothing more is read from it. */
static void
advance(struct connection *c)
{
    for (int turn = 0; turn < REQUESTS_A_TURN; turn++) {
        if (c->state == WRITING) {
            int done = send_answer(c);
            if (done <= 0) {
                if (done < 0)
                    drop(c);
                else
                    watch(c, EPOLLOUT);
                return;
            }
            c->state = READING;
            if (!c->keep) {
                /* A close with data unread would destroy the answer on its way: the client closes first, or time is over. */
                shutdown(c->fd, SHUT_WR);
                c->state = DRAINING;
                watch(c, EPOLLIN);
                return;
            }
        }
        if (!take_request(c)) {
            watch(c, EPOLLIN);
            return;
        }
    }
    watch(c, EPOLLOUT); /* which it is ready for: its turn comes again behind the others' */
}

static void
receive(struct connection *c)
{
    ssize_t size;
    if (c->state == DRAINING)
        c->in_start = c->in_end;
    memmove(c->in, c->in + c->in_start, c->in_end - c->in_start);
    c->in_end -= c->in_start;
    c->in_start = 0;
    size = recv(c->fd, c->in + c->in_end, sizeof c->in - c->in_end, 0);
    if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
        return;
    if (size <= 0) {
        drop(c);
        return;
    }
    c->in_end += (size_t)size;
    if (c->state == READING)
        advance(c);
}

/* 0, or -1 when there is something that only time or closed connections can help. */
static int
accept_some(void)
{
    for (int i = 0; i < ACCEPTS_A_TURN; i++) {
        struct epoll_event event = {.events = EPOLLIN};
        struct connection *c;
        int on = 1;
        int fd;
        if (connections == MAX_CONNECTIONS)
            return -1;
        fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            if (errno == EAGAIN || errno == EWOULDBLOCK)
                return 0;
            if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
                return -1;
            continue; /* one that has gone already */
        }
        c = calloc(1, sizeof *c);
        event.data.ptr = c;
        if (c == NULL || epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0) {
            free(c);
            close(fd);
            return -1;
        }
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        c->fd = fd;
        c->file = -1;
        c->watched = EPOLLIN;
        connections++;
        touch(c);
    }
    return 0;
}

/* Closes what has been idle too long. Milliseconds until that is to be done again, -1: nothing to wait for. */
static int
drop_idle(void)
{
    int64_t now = now_ms();
    while (ring.newer != &ring && ring.newer->deadline_ms <= now)
        drop(ring.newer);
    return ring.newer == &ring ? -1 : (int)(ring.newer->deadline_ms - now);
}

static void
listen_at(const char *address, const char *port)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV}, *found;
    struct sockaddr_storage bound;
    socklen_t length = sizeof bound;
    char host[64], number[8];
    int on = 1, error = getaddrinfo(address, port, &hints, &found);
    if (error != 0) {
        fprintf(stderr, "%s port %s: %s\n", address, port, gai_strerror(error));
        exit(1);
    }
    listener = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (listener < 0)
        fail("socket");
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(listener, found->ai_addr, found->ai_addrlen) != 0)
        fail("bind");
    freeaddrinfo(found);
    if (listen(listener, SOMAXCONN) != 0)
        fail("listen");
    if (getsockname(listener, (struct sockaddr *)&bound, &length) != 0
        || getnameinfo((struct sockaddr *)&bound, length, host, sizeof host, number, sizeof number,
                       NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        fail("getsockname");
    printf("listening on %s:%s\n", host, number);
    fflush(stdout);
}

static void
serve(void)
{
    struct epoll_event events[EVENTS_A_TURN], event = {.events = EPOLLIN};
    int is_paused = 0;
    if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, listener, &event) != 0)
        fail("epoll_ctl");
    for (;;) {
        int timeout_ms = drop_idle();
        int count, pause = 0;
        if (is_paused && (timeout_ms < 0 || timeout_ms > ACCEPT_PAUSE_MS))
            timeout_ms = ACCEPT_PAUSE_MS;
        count = epoll_wait(epoll_fd, events, EVENTS_A_TURN, timeout_ms);
        if (count < 0 && errno != EINTR)
            fail("epoll_wait");
        for (int i = 0; i < count; i++) {
            struct connection *c = events[i].data.ptr;
            if (c == NULL)
                pause = accept_some() != 0;
            else if (c->state == WRITING)
                advance(c);
            else
                receive(c);
        }
        /* Out of descriptors, the listener would be ready again at once, for ever. */
        if (pause != is_paused) {
            event.events = pause ? 0 : EPOLLIN;
            if (epoll_ctl(epoll_fd, EPOLL_CTL_MOD, listener, &event) != 0)
                fail("epoll_ctl");
            is_paused = pause;
        }
    }
}

int
main(int argc, char **argv)
{
    const char *address = "127.0.0.1", *port;
    int option;
    while ((option = getopt(argc, argv, "a:t:")) != -1) {
        if (option == 'a')
            address = optarg;
        else if (option == 't')
            idle_ms = (int64_t)(strtod(optarg, NULL) * 1000);
        if (option == '?' || idle_ms <= 0 || idle_ms > 86400000) {
            fprintf(stderr, "usage: http_server [-a ADDRESS] [-t SECONDS] [PORT [DIRECTORY]]\n");
            return 2;
        }
    }
    port = optind < argc ? argv[optind] : "0";
    if (optind + 1 < argc && (directory = open(argv[optind + 1], O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
        fail(argv[optind + 1]);
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (epoll_fd < 0)
        fail("epoll_create1");
    listen_at(address, port);
    serve();
}
