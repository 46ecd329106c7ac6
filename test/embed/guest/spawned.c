/* What argv[1] says; see ../spawn.test.ts and its neighbours. Each call that fails is reported with its errno. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#ifdef __wasi__
#include <wasi_socket_ext.h>
#endif

static char buffer[1 << 16];

static const char *
name_of(int error)
{
    switch (error) {
        case EMFILE:
            return "EMFILE";
        case EDQUOT:
            return "EDQUOT";
        case EACCES:
            return "EACCES";
        default:
            return strerror(error);
    }
}

static void
show(const char *what, long result)
{
    if (result < 0)
        printf("%s %s\n", what, name_of(errno));
    else
        printf("%s %ld\n", what, result);
    fflush(stdout);
}

static int
cat(void)
{
    for (;;) {
        ssize_t length = read(0, buffer, sizeof buffer);
        if (length <= 0)
            return length < 0;
        for (ssize_t done = 0; done < length;) {
            ssize_t written = write(1, buffer + done, (size_t)(length - done));
            if (written < 0)
                return 1;
            done += written;
        }
    }
}

__attribute__((noinline)) static void
inner_function(volatile int *divisor)
{
    printf("%d\n", 100 / *divisor);
}

static int
listener(int type, struct sockaddr_in *address)
{
    socklen_t length = sizeof *address;
    int fd = socket(AF_INET, type, 0);
    *address = (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    if (fd < 0 || bind(fd, (struct sockaddr *)address, sizeof *address) < 0)
        show("bind", -1);
    if (type == SOCK_STREAM)
        listen(fd, 1);
    getsockname(fd, (struct sockaddr *)address, &length);
    return fd;
}

static void
connection(int ends[2])
{
    struct sockaddr_in address;
    int fd = listener(SOCK_STREAM, &address);
    ends[0] = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(ends[0], (struct sockaddr *)&address, sizeof address) < 0)
        show("connect", -1);
    ends[1] = accept(fd, NULL, NULL);
    close(fd);
}

static void
datagram_pair(int ends[2])
{
    struct sockaddr_in address;
    ends[1] = listener(SOCK_DGRAM, &address);
    ends[0] = socket(AF_INET, SOCK_DGRAM, 0);
    connect(ends[0], (struct sockaddr *)&address, sizeof address);
}

/* Says its port, and sends back what one connection after the other sends, so many times. */
static int
echo(int connections)
{
    struct sockaddr_in address;
    int fd = listener(SOCK_STREAM, &address);
    show("port", ntohs(address.sin_port));
    while (connections-- > 0) {
        int client = accept(fd, NULL, NULL);
        ssize_t length;
        while ((length = recv(client, buffer, sizeof buffer, 0)) > 0)
            send(client, buffer, (size_t)length, 0);
        close(client);
    }
    return 0;
}

static void
deny(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(80), .sin_addr.s_addr = htonl(0xc0000201) };
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    show("connect", connect(fd, (struct sockaddr *)&address, sizeof address));
    close(fd);
}

static void
lookup(const char *name, int family)
{
    char text[64], service[16];
    struct addrinfo hints = { .ai_family = family, .ai_socktype = SOCK_STREAM, .ai_flags = AI_CANONNAME }, *list;
    int status = getaddrinfo(name, "80", &hints, &list);
    if (status != 0) {
        printf("%s\n", status == EAI_AGAIN ? "again" : status == EAI_NONAME ? "no name" : status == EAI_SYSTEM ? name_of(errno) : "failed");
        return;
    }
    printf("name %s\n", list->ai_canonname == NULL ? "none" : list->ai_canonname);
    for (struct addrinfo *one = list; one != NULL; one = one->ai_next) {
        getnameinfo(one->ai_addr, one->ai_addrlen, text, sizeof text, service, sizeof service, NI_NUMERICHOST | NI_NUMERICSERV);
        printf("%s %s\n", text, service);
    }
    freeaddrinfo(list);
}

static void
open_sockets(void)
{
    int ends[2], fd, first = -1;
    long count = 0;
    while ((fd = socket(AF_INET, SOCK_DGRAM, 0)) >= 0) {
        count++;
        first = fd;
    }
    show("socket", -1);
    show("opened", count);
    show("dup", dup(first));
    close(first);
    show("dup", dup(first - 1) >= 0);
    show("pair", socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
    close(first - 1);
    close(first - 2);
    show("pair", socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
}

static void
send_bytes(void)
{
    int stream[2], datagrams[2];
    struct iovec pieces[] = { { buffer, 0 }, { buffer, 300 }, { buffer, 300 } };
    struct msghdr message = { .msg_iov = pieces, .msg_iovlen = 3 };
    struct mmsghdr many[] = { { .msg_hdr = { .msg_iov = pieces + 1, .msg_iovlen = 1 } },
                              { .msg_hdr = { .msg_iov = pieces + 1, .msg_iovlen = 1 } } };
    connection(stream);
    datagram_pair(datagrams);
    show("send", send(stream[0], buffer, 600, 0));       /* of 2000 */
    show("datagram", send(datagrams[0], buffer, 1401, 0)); /* does not fit */
    show("datagram", send(datagrams[0], buffer, 500, 0));
    show("many", sendmmsg(datagrams[0], many, 2, 0));    /* leaves 300 */
    show("message", sendmsg(stream[0], &message, 0));    /* half of it */
    show("send", send(stream[0], buffer, 1, 0));
    show("write", write(stream[0], buffer, 1));
    show("datagram", send(datagrams[0], buffer, 1, 0));
    show("nothing", send(datagrams[0], buffer, 0, 0));
    show("many", sendmmsg(datagrams[0], many, 2, 0));
}

static void
receive_bytes(void)
{
    int stream[2], datagrams[2];
    struct iovec pieces[] = { { buffer, 10 }, { buffer + 10, 1000 } };
    struct msghdr message = { .msg_iov = pieces, .msg_iovlen = 2 };
    connection(stream);
    datagram_pair(datagrams);
    send(stream[0], buffer, 2000, 0);
    send(datagrams[0], buffer, 700, 0);
    send(datagrams[0], buffer, 300, 0);
    show("recv", recv(stream[1], buffer, 600, 0)); /* of 1000 */
    show("peek", recv(stream[1], buffer, 100, MSG_PEEK));
    show("datagram", recv(datagrams[1], buffer, sizeof buffer, 0)); /* does not fit */
    show("part", recv(datagrams[1], buffer, 200, 0));               /* the rest of 700 is cut by the program */
    show("datagram", recv(datagrams[1], buffer, sizeof buffer, MSG_DONTWAIT)); /* does not fit */
    show("message", recvmsg(stream[1], &message, 0));
    show("read", read(stream[1], buffer, 1));
    show("datagram", recv(datagrams[1], buffer, sizeof buffer, MSG_DONTWAIT));
}

/* Says `blocked` and waits for ever. */
static void
block(const char *how)
{
    struct sockaddr_in address;
    int ends[2];
    struct epoll_event event;
    if (strcmp(how, "send") == 0 || strcmp(how, "recv") == 0)
        connection(ends);
    int fd = listener(strcmp(how, "receive-from") == 0 ? SOCK_DGRAM : SOCK_STREAM, &address);
    puts("blocked");
    fflush(stdout);
    for (;;) {
        if (strcmp(how, "accept") == 0)
            accept(fd, NULL, NULL);
        else if (strcmp(how, "recv") == 0)
            recv(ends[0], buffer, 1, 0);
        else if (strcmp(how, "receive-from") == 0)
            recvfrom(fd, buffer, 1, 0, NULL, NULL);
        else if (strcmp(how, "send") == 0)
            send(ends[0], buffer, sizeof buffer, 0);
        else if (strcmp(how, "connect") == 0) {
            int other = socket(AF_INET, SOCK_STREAM, 0);
            connect(other, (struct sockaddr *)&address, sizeof address);
        }
        else if (strcmp(how, "poll") == 0)
            poll(&(struct pollfd){ .fd = fd, .events = POLLIN }, 1, -1);
        else if (strcmp(how, "epoll") == 0)
            epoll_wait(epoll_create1(0), &event, 1, -1);
        else if (strcmp(how, "sleep") == 0)
            sleep(1000);
        else if (strcmp(how, "read") == 0)
            read(0, buffer, 1);
        else if (strcmp(how, "write") == 0)
            write(1, buffer, sizeof buffer);
        else if (strcmp(how, "resolve") == 0)
            lookup("name.test", AF_UNSPEC);
        else if (strcmp(how, "calls") == 0)
            time(NULL);
    }
}

int
main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    const char *more = argc > 2 ? argv[2] : "";
    if (strcmp(what, "cat") == 0)
        return cat();
    if (strcmp(what, "exit") == 0)
        return atoi(more);
    if (strcmp(what, "echo") == 0)
        return echo(atoi(more));
    if (strcmp(what, "arguments") == 0) {
        for (int i = 0; i < argc; i++)
            puts(argv[i]);
        puts(getenv("WORD") == NULL ? "none" : getenv("WORD"));
    }
    else if (strcmp(what, "trap") == 0)
        __builtin_trap();
    else if (strcmp(what, "nested-trap") == 0) {
        volatile int zero = 0;
        inner_function(&zero);
    }
    else if (strcmp(what, "deny") == 0)
        for (int i = 0; i < atoi(more); i++)
            deny();
    else if (strcmp(what, "lookup") == 0)
        lookup(more, argc > 3 ? AF_INET6 : AF_UNSPEC);
    else if (strcmp(what, "sockets") == 0)
        open_sockets();
    else if (strcmp(what, "send") == 0)
        send_bytes();
    else if (strcmp(what, "receive") == 0)
        receive_bytes();
    else if (strcmp(what, "block") == 0)
        block(more);
    else if (strcmp(what, "memory") == 0) {
        /* Blocks of a mebibyte, until there are none. */
        char *volatile block;
        long blocks = 0;
        while ((block = malloc(1 << 20)) != NULL)
            blocks++;
        show("mebibytes", blocks);
    }
    else if (strcmp(what, "close-input") == 0) {
        close(0);
        puts("closed");
        fflush(stdout);
        block("sleep");
    }
    return 0;
}
