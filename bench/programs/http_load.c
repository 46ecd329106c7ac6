/*
 * `http_load PORT CONNECTIONS WARMUP REQUESTS`: keeps so many connections to an HTTP server busy, each with one request on its
 * way at any time; after WARMUP requests counts REQUESTS and prints how many there were in a second. Leaves when its standard
 * input ends. One thread, always native.
 */
#include <sys/epoll.h>
#include "common.h"

enum { MAX_CONNECTIONS = 10000, MAX_ANSWER_BYTES = 1024, EVENTS = 256, OPENED_AT_ONCE = 64, BODY_BYTES = 128 };

#define REQUEST "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: http_load\r\nAccept: */*\r\n\r\n"
#define STATUS "HTTP/1.1 200 OK\r\n"
#define LENGTH "\r\nContent-Length: 128\r\n"

static struct connection {
    int fd;
    size_t got;
    char answer[MAX_ANSWER_BYTES];
} connections[MAX_CONNECTIONS];
static char body[BODY_BYTES];
static int epoll;

static void send_request(struct connection *c)
{
    c->got = 0;
    if (send(c->fd, REQUEST, sizeof REQUEST - 1, MSG_NOSIGNAL) != sizeof REQUEST - 1) fail("send");
}

/* Whether the answer is complete. A wrong one ends the program. */
static int receive_answer(struct connection *c)
{
    ssize_t n = recv(c->fd, c->answer + c->got, sizeof c->answer - 1 - c->got, 0);
    char *end;
    if (n <= 0) fail("recv");
    c->got += (size_t)n;
    c->answer[c->got] = '\0';
    end = strstr(c->answer, "\r\n\r\n");
    if (end == NULL || c->got < (size_t)(end + 4 - c->answer) + BODY_BYTES) return 0;
    if (c->got != (size_t)(end + 4 - c->answer) + BODY_BYTES || memcmp(end + 4, body, sizeof body) != 0
        || strncmp(c->answer, STATUS, sizeof STATUS - 1) != 0 || strstr(c->answer, LENGTH) == NULL)
        fail("wrong answer");
    return 1;
}

/* In step with the server, since a full backlog would cost a second: the last of some has its answer before the next begin. */
static void open_connections(int port, int count)
{
    for (int i = 0; i < count; i++) {
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &connections[i]};
        connections[i].fd = connect_to(port);
        if (epoll_ctl(epoll, EPOLL_CTL_ADD, connections[i].fd, &event)) fail("epoll_ctl");
        if (i % OPENED_AT_ONCE != OPENED_AT_ONCE - 1) continue;
        send_request(&connections[i]);
        while (!receive_answer(&connections[i])) {}
    }
}

static void take_answers(int count)
{
    for (int taken = 0; taken < count;) {
        struct epoll_event events[EVENTS];
        int ready = epoll_wait(epoll, events, EVENTS, -1);
        if (ready < 0) fail("epoll_wait");
        for (int i = 0; i < ready; i++) {
            if (!receive_answer(events[i].data.ptr)) continue;
            taken++;
            send_request(events[i].data.ptr);
        }
    }
}

int main(int argc, char **argv)
{
    if (argc != 5) return 2;
    int port = atoi(argv[1]), count = atoi(argv[2]), warm_up = atoi(argv[3]), requests = atoi(argv[4]);
    if (count < 1 || count > MAX_CONNECTIONS || requests < 1) return 2;
    memset(body, 'x', sizeof body);
    epoll = epoll_create1(0);
    if (epoll < 0) fail("epoll_create1");
    open_connections(port, count);
    for (int i = 0; i < count; i++) send_request(&connections[i]);
    take_answers(warm_up);
    double start = seconds();
    take_answers(requests);
    printf("%.0f\n", requests / (seconds() - start));
    if (fflush(stdout)) fail("stdout");
    if (read(0, body, sizeof body) != 0) fail("standard input");
    for (int i = 0; i < count; i++) close_at_once(connections[i].fd);
    return 0;
}
