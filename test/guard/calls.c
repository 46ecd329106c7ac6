/*
 * Operations of many kinds, each done many times between two marks, so that whoever watches can count what one costs. Both ends
 * of a conversation are in this process: nothing waits for anybody, and each run is like the last.
 *
 * calls WARM_UP COUNT CASE...
 */
#define _GNU_SOURCE /* sendmmsg */

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { MANY = 50, BATCH = 16, PIECES = 3, FILE_BYTES = 1 << 20 };

static char bytes[16], more_bytes[BATCH][16];
static int one, other, epoll;
static struct sockaddr_in address;
static struct pollfd polled[MANY];
static struct iovec pieces[PIECES], single[BATCH];
static struct mmsghdr batch[BATCH];

static void
fail(const char *what)
{
    perror(what);
    exit(1);
}

/* One write each, which is not between the marks. Nothing else is written to standard output. */
static void
mark(int index, int end)
{
    char line[32];
    int length = snprintf(line, sizeof line, "%s %d\n", end ? "end" : "begin", index);
    if (write(1, line, (size_t)length) != length) fail("mark");
}

static long
must(const char *what, long result)
{
    if (result < 0) fail(what);
    return result;
}

static void
exactly(const char *what, long wanted, long result)
{
    if (must(what, result) == wanted) return;
    fprintf(stderr, "%s: %ld instead of %ld\n", what, result, wanted);
    exit(1);
}

static int
bound(int type)
{
    int fd = (int)must("socket", socket(AF_INET, type, 0));
    address = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    must("bind", bind(fd, (struct sockaddr *)&address, sizeof address));
    socklen_t length = sizeof address;
    must("getsockname", getsockname(fd, (struct sockaddr *)&address, &length));
    return fd;
}

static void
listener(void)
{
    one = bound(SOCK_STREAM);
    must("listen", listen(one, 16));
}

static void
tcp_pair(void)
{
    listener();
    int listening = one;
    one = (int)must("socket", socket(AF_INET, SOCK_STREAM, 0));
    must("connect", connect(one, (struct sockaddr *)&address, sizeof address));
    other = (int)must("accept", accept(listening, NULL, NULL));
    must("close", close(listening));
}

static void
udp_pair(void)
{
    other = bound(SOCK_DGRAM);
    one = (int)must("socket", socket(AF_INET, SOCK_DGRAM, 0));
    for (int i = 0; i < BATCH; i++) {
        single[i] = (struct iovec){more_bytes[i], sizeof more_bytes[i]};
        batch[i].msg_hdr = (struct msghdr){.msg_iov = &single[i], .msg_iovlen = 1};
    }
}

static void
udp_connected(void)
{
    udp_pair();
    must("connect", connect(one, (struct sockaddr *)&address, sizeof address));
}

static void
udp_waiting(void)
{
    udp_connected();
    exactly("send", sizeof bytes, send(one, bytes, sizeof bytes, 0));
}

static void
tcp_waiting(void)
{
    tcp_pair();
    exactly("send", sizeof bytes, send(one, bytes, sizeof bytes, 0));
}

static void
poll_ready(void)
{
    tcp_pair();
    exactly("send", sizeof bytes, send(one, bytes, sizeof bytes, 0));
    for (int i = 0; i < MANY; i++) polled[i] = (struct pollfd){.fd = other, .events = POLLIN};
}

static void
epoll_pair(void)
{
    tcp_pair();
    epoll = (int)must("epoll_create1", epoll_create1(0));
    struct epoll_event event = {.events = EPOLLIN, .data.fd = other};
    must("epoll_ctl", epoll_ctl(epoll, EPOLL_CTL_ADD, other, &event));
}

static void
epoll_ready(void)
{
    epoll_pair();
    exactly("send", sizeof bytes, send(one, bytes, sizeof bytes, 0));
}

static void
stream_pieces(void)
{
    tcp_pair();
    for (int i = 0; i < PIECES; i++) pieces[i] = (struct iovec){more_bytes[i], 5};
}

static void
empty_file(void)
{
    one = (int)must("open", open("guard.tmp", O_RDWR | O_CREAT | O_TRUNC, 0600));
    for (int i = 0; i < PIECES; i++) pieces[i] = (struct iovec){more_bytes[i], 5};
}

static void
full_file(void)
{
    empty_file();
    must("ftruncate", ftruncate(one, FILE_BYTES));
}

static void
nothing(void)
{
}

static void
do_tcp(void)
{
    exactly("send", sizeof bytes, send(one, bytes, sizeof bytes, 0));
    exactly("recv", sizeof bytes, recv(other, bytes, sizeof bytes, 0));
}

static void
do_udp(void)
{
    struct sockaddr_in from;
    socklen_t length = sizeof from;
    exactly("sendto", sizeof bytes, sendto(one, bytes, sizeof bytes, 0, (struct sockaddr *)&address, sizeof address));
    exactly("recvfrom", sizeof bytes, recvfrom(other, bytes, sizeof bytes, 0, (struct sockaddr *)&from, &length));
}

static void
do_send(void)
{
    exactly("send", sizeof bytes, send(one, bytes, sizeof bytes, 0));
}

/* Nobody receives: what finds no room is lost, and the sender does not know. */
static void
do_sendto(void)
{
    exactly("sendto", sizeof bytes, sendto(one, bytes, sizeof bytes, 0, (struct sockaddr *)&address, sizeof address));
}

static void
do_recv(void)
{
    exactly("recv", sizeof bytes, recv(other, bytes, sizeof bytes, MSG_PEEK));
}

static void
do_recvfrom(void)
{
    struct sockaddr_in from;
    socklen_t length = sizeof from;
    exactly("recvfrom", sizeof bytes, recvfrom(other, bytes, sizeof bytes, MSG_PEEK, (struct sockaddr *)&from, &length));
}

static void
do_message(void)
{
    struct sockaddr_in from;
    struct msghdr sent = {.msg_name = &address, .msg_namelen = sizeof address, .msg_iov = single, .msg_iovlen = 1};
    struct msghdr received = {.msg_name = &from, .msg_namelen = sizeof from, .msg_iov = single, .msg_iovlen = 1};
    exactly("sendmsg", sizeof bytes, sendmsg(one, &sent, 0));
    exactly("recvmsg", sizeof bytes, recvmsg(other, &received, 0));
}

static void
do_batch(void)
{
    exactly("sendmmsg", BATCH, sendmmsg(one, batch, BATCH, 0));
    exactly("recvmmsg", BATCH, recvmmsg(other, batch, BATCH, 0, NULL));
}

static void
do_poll_one(void)
{
    exactly("poll", 1, poll(polled, 1, -1));
}

static void
do_poll_many(void)
{
    exactly("poll", MANY, poll(polled, MANY, -1));
}

static void
do_poll_deadline(void)
{
    exactly("poll", 1, poll(polled, 1, 60000));
}

static void
do_epoll_read(void)
{
    struct epoll_event events[4];
    exactly("write", sizeof bytes, write(one, bytes, sizeof bytes));
    exactly("epoll_wait", 1, epoll_wait(epoll, events, 4, -1));
    exactly("read", sizeof bytes, read(events[0].data.fd, bytes, sizeof bytes));
}

static void
do_epoll_wait(void)
{
    struct epoll_event events[4];
    exactly("epoll_wait", 1, epoll_wait(epoll, events, 4, -1));
}

/* A reset at the end, or each would leave a port in TIME_WAIT. */
static void
do_connection(void)
{
    struct linger reset = {1, 0};
    struct sockaddr_in from;
    socklen_t length = sizeof from;
    int client = (int)must("socket", socket(AF_INET, SOCK_STREAM, 0));
    must("connect", connect(client, (struct sockaddr *)&address, sizeof address));
    int server = (int)must("accept", accept(one, (struct sockaddr *)&from, &length));
    must("setsockopt", setsockopt(client, SOL_SOCKET, SO_LINGER, &reset, sizeof reset));
    must("close", close(client));
    must("close", close(server));
}

static void
do_getsockopt(void)
{
    int value;
    socklen_t length = sizeof value;
    must("getsockopt", getsockopt(one, SOL_SOCKET, SO_RCVBUF, &value, &length));
}

static void
do_setsockopt(void)
{
    int value = 1;
    must("setsockopt", setsockopt(one, SOL_SOCKET, SO_KEEPALIVE, &value, sizeof value));
}

static void
do_getsockname(void)
{
    struct sockaddr_in local;
    socklen_t length = sizeof local;
    must("getsockname", getsockname(one, (struct sockaddr *)&local, &length));
}

static void
do_read(void)
{
    exactly("read", sizeof bytes, read(one, bytes, sizeof bytes));
}

static void
do_write(void)
{
    exactly("write", sizeof bytes, write(one, bytes, sizeof bytes));
}

static void
do_pread(void)
{
    exactly("pwrite", sizeof bytes, pwrite(one, bytes, sizeof bytes, 32));
    exactly("pread", sizeof bytes, pread(one, bytes, sizeof bytes, 32));
}

static void
do_lseek(void)
{
    exactly("lseek", 5, lseek(one, 5, SEEK_SET));
}

static void
do_fstat(void)
{
    struct stat status;
    must("fstat", fstat(one, &status));
}

static void
do_stat(void)
{
    struct stat status;
    must("stat", stat("guard.tmp", &status));
}

static void
do_open(void)
{
    int fd = (int)must("open", open("guard.tmp", O_RDONLY));
    must("close", close(fd));
}

static void
do_pieces(void)
{
    exactly("writev", PIECES * 5, writev(one, pieces, PIECES));
    exactly("readv", PIECES * 5, readv(other, pieces, PIECES));
}

static void
do_file_pieces(void)
{
    exactly("writev", PIECES * 5, writev(one, pieces, PIECES));
    must("lseek", lseek(one, 0, SEEK_SET));
    exactly("readv", PIECES * 5, readv(one, pieces, PIECES));
}

static void
do_clock(void)
{
    struct timespec now;
    must("clock_gettime", clock_gettime(CLOCK_MONOTONIC, &now));
}

static const struct {
    const char *name;
    void (*prepare)(void), (*once)(void);
} cases[] = {
    {"nothing", nothing, nothing},
    {"tcp", tcp_pair, do_tcp},
    {"udp", udp_pair, do_udp},
    {"send", udp_connected, do_send},
    {"sendto", udp_pair, do_sendto},
    {"recv", tcp_waiting, do_recv},
    {"recvfrom", udp_waiting, do_recvfrom},
    {"message", udp_pair, do_message},
    {"batch", udp_connected, do_batch},
    {"poll_one", poll_ready, do_poll_one},
    {"poll_many", poll_ready, do_poll_many},
    {"poll_deadline", poll_ready, do_poll_deadline},
    {"epoll_read", epoll_pair, do_epoll_read},
    {"epoll_wait", epoll_ready, do_epoll_wait},
    {"connection", listener, do_connection},
    {"getsockopt", tcp_pair, do_getsockopt},
    {"setsockopt", tcp_pair, do_setsockopt},
    {"getsockname", tcp_pair, do_getsockname},
    {"pieces", stream_pieces, do_pieces},
    {"file_pieces", empty_file, do_file_pieces},
    {"read", full_file, do_read},
    {"write", empty_file, do_write},
    {"pread", full_file, do_pread},
    {"lseek", full_file, do_lseek},
    {"fstat", full_file, do_fstat},
    {"stat", full_file, do_stat},
    {"open", full_file, do_open},
    {"clock", nothing, do_clock},
};

int
main(int argc, char **argv)
{
    int warm_up = argc > 3 ? atoi(argv[1]) : 0, count = argc > 3 ? atoi(argv[2]) : 0;
    for (int index = 3; index < argc; index++) {
        size_t at = 0;
        while (at < sizeof cases / sizeof cases[0] && strcmp(argv[index], cases[at].name)) at++;
        if (at == sizeof cases / sizeof cases[0]) {
            fprintf(stderr, "no case %s\n", argv[index]);
            return 1;
        }
        cases[at].prepare();
        for (int i = 0; i < warm_up; i++) cases[at].once();
        mark(index - 3, 0);
        for (int i = 0; i < count; i++) cases[at].once();
        mark(index - 3, 1);
    }
    return 0;
}
