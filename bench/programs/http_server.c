/*
 * `http_server poll|epoll`: HTTP/1.1 in one thread, keep-alive and pipelining, the same 128 bytes for each GET of /. Announces
 * its port, and ends when all clients that there were have gone.
 */
#define _GNU_SOURCE /* accept4 */
#include <errno.h>
#include <poll.h>
#include <strings.h>
#include <sys/epoll.h>
#include "common.h"

enum { MAX_CONNECTIONS = 11000, MAX_DESCRIPTORS = MAX_CONNECTIONS + 100, MAX_HEAD_BYTES = 1024, EVENTS = 256 };

#define BODY_BYTES 128
#define ANSWER_HEAD "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 128\r\n\r\n"
#define NOT_FOUND "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
#define BAD_REQUEST "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

struct connection {
    int fd, slot;
    size_t begin, end; /* of what is unread in `in` */
    char in[MAX_HEAD_BYTES];
};

struct request {
    const char *method, *target;
    size_t method_size, target_size, hosts;
    int keep;
};

static struct connection *by_descriptor[MAX_DESCRIPTORS];
/* Of poll: the listener, and behind it the connections in no order. */
static struct pollfd slots[MAX_CONNECTIONS + 1];
static int listener, epoll = -1, connections, had_any;
static char answer[sizeof ANSWER_HEAD - 1 + BODY_BYTES];

static void watch(struct connection *c)
{
    c->slot = ++connections;
    had_any = 1;
    if (epoll >= 0) {
        struct epoll_event event = {.events = EPOLLIN, .data.fd = c->fd};
        if (epoll_ctl(epoll, EPOLL_CTL_ADD, c->fd, &event)) fail("epoll_ctl");
    } else {
        slots[c->slot] = (struct pollfd){c->fd, POLLIN, 0};
    }
}

static void drop(struct connection *c)
{
    if (epoll < 0) {
        slots[c->slot] = slots[connections];
        by_descriptor[slots[c->slot].fd]->slot = c->slot;
    }
    connections--;
    by_descriptor[c->fd] = NULL;
    if (close(c->fd)) fail("close");
    free(c);
}

static void accept_all(void)
{
    for (;;) {
        struct connection *c;
        int on = 1, fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
        if (fd < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
        if (fd < 0 || fd >= MAX_DESCRIPTORS || connections == MAX_CONNECTIONS) fail("accept4");
        if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on)) fail("TCP_NODELAY");
        c = calloc(1, sizeof *c);
        if (c == NULL) fail("calloc");
        c->fd = fd;
        by_descriptor[fd] = c;
        watch(c);
    }
}

/* The size of the head with the empty line that ends it; 0 while that is not there. */
static size_t head_size(const char *data, size_t size)
{
    const char *at = data, *end = data + size;
    while ((at = memchr(at, '\r', (size_t)(end - at))) != NULL) {
        if (end - at >= 4 && memcmp(at, "\r\n\r\n", 4) == 0) return (size_t)(at + 4 - data);
        at++;
    }
    return 0;
}

static int is(const char *word, const char *text, size_t size)
{
    return size == strlen(word) && strncasecmp(word, text, size) == 0;
}

/* A header line `name: value`, which ends at `end`. Whether it is one, and none that announces a body. */
static int take_header(struct request *request, const char *line, const char *end)
{
    const char *colon = memchr(line, ':', (size_t)(end - line)), *value;
    if (colon == NULL || colon == line) return 0;
    for (value = colon + 1; value < end && (*value == ' ' || *value == '\t');) value++;
    while (end > value && (end[-1] == ' ' || end[-1] == '\t')) end--;
    size_t name_size = (size_t)(colon - line), value_size = (size_t)(end - value);
    if (is("Host", line, name_size)) request->hosts++;
    if (is("Connection", line, name_size)) request->keep = !is("close", value, value_size);
    return !is("Transfer-Encoding", line, name_size) && !is("Content-Length", line, name_size);
}

/* `head` ends with an empty line. Whether it is a request without a body. */
static int parse(struct request *request, const char *head, size_t size)
{
    const char *end = memchr(head, '\r', size), *space = memchr(head, ' ', (size_t)(end - head)), *version;
    if (space == NULL || end[1] != '\n') return 0;
    version = memchr(space + 1, ' ', (size_t)(end - space - 1));
    if (version == NULL || !is("HTTP/1.1", version + 1, (size_t)(end - version - 1))) return 0;
    *request = (struct request){.method = head, .target = space + 1, .keep = 1};
    request->method_size = (size_t)(space - head);
    request->target_size = (size_t)(version - request->target);
    for (const char *line = end + 2; *line != '\r'; line = end + 2) {
        end = memchr(line, '\r', (size_t)(head + size - line));
        if (end[1] != '\n' || !take_header(request, line, end)) return 0;
    }
    return request->hosts == 1;
}

/* Whole: a client that waits for each answer has room for one in its connection. Whether it is still there. */
static int send_answer(int fd, const char *bytes, size_t size)
{
    ssize_t sent = send(fd, bytes, size, MSG_NOSIGNAL);
    if (sent < 0 && (errno == ECONNRESET || errno == EPIPE)) return 0;
    if (sent != (ssize_t)size) fail("send");
    return 1;
}

/* Whether another request may follow. */
static int serve_request(int fd, const char *head, size_t size)
{
    struct request request;
    if (!parse(&request, head, size) || !is("GET", request.method, request.method_size)) {
        send_answer(fd, BAD_REQUEST, sizeof BAD_REQUEST - 1);
        return 0;
    }
    if (is("/", request.target, request.target_size)) return send_answer(fd, answer, sizeof answer) && request.keep;
    return send_answer(fd, NOT_FOUND, sizeof NOT_FOUND - 1) && request.keep;
}

static void receive(struct connection *c)
{
    size_t size;
    ssize_t received = recv(c->fd, c->in + c->end, sizeof c->in - c->end, 0);
    if (received < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
    if (received < 0 && errno != ECONNRESET) fail("recv");
    if (received <= 0) {
        drop(c);
        return;
    }
    c->end += (size_t)received;
    while ((size = head_size(c->in + c->begin, c->end - c->begin)) > 0) {
        if (!serve_request(c->fd, c->in + c->begin, size)) {
            drop(c);
            return;
        }
        c->begin += size;
    }
    if (c->begin == 0 && c->end == sizeof c->in) { /* a head that is too large */
        drop(c);
        return;
    }
    memmove(c->in, c->in + c->begin, c->end - c->begin);
    c->end -= c->begin;
    c->begin = 0;
}

static void serve_descriptor(int fd)
{
    if (fd == listener)
        accept_all();
    else
        receive(by_descriptor[fd]);
}

static void turn_of_epoll(void)
{
    struct epoll_event events[EVENTS];
    int ready = epoll_wait(epoll, events, EVENTS, -1);
    if (ready < 0) fail("epoll_wait");
    for (int i = 0; i < ready; i++) serve_descriptor(events[i].data.fd);
}

/* From the last to the first: what takes the place of a dropped one has had its turn. */
static void turn_of_poll(void)
{
    int ready = poll(slots, (nfds_t)connections + 1, -1);
    if (ready < 0) fail("poll");
    for (int i = connections; i >= 0 && ready > 0; i--)
        if (slots[i].revents != 0) {
            ready--;
            serve_descriptor(slots[i].fd);
        }
}

int main(int argc, char **argv)
{
    if (argc != 2) return 2;
    listener = listening_socket(SOCK_NONBLOCK);
    memcpy(answer, ANSWER_HEAD, sizeof ANSWER_HEAD - 1);
    memset(answer + sizeof ANSWER_HEAD - 1, 'x', BODY_BYTES);
    if (strcmp(argv[1], "epoll") == 0) {
        struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};
        epoll = epoll_create1(0);
        if (epoll < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event)) fail("epoll");
    } else {
        slots[0] = (struct pollfd){listener, POLLIN, 0};
    }
    while (!had_any || connections > 0)
        if (epoll >= 0)
            turn_of_epoll();
        else
            turn_of_poll();
    return 0;
}
