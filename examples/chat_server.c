/*
 * The server of a chat of lines: listens at once at TCP and Unix-domain addresses; everybody hears everybody.
 *
 *     chat_server [-o] ADDRESS ...
 *
 * An ADDRESS is tcp:HOST:PORT (the port is printed; 0 lets the kernel choose), unix:PATH or, for an abstract name, unix:@NAME.
 * With -o the server ends when the last one has left. Who has joined says `/nick NAME`, `/who`, `/quit`, or a line for all.
 *
 *     cc -O2 examples/chat_server.c -o chat_server
 *     ./chat_server tcp:127.0.0.1:7000 unix:/tmp/chat.socket
 *
 *     npx berth cc -O2 examples/chat_server.c -o chat_server.wasm
 *     npx iwasm --addr-pool=127.0.0.1/32 --allow-abstract=chat chat_server.wasm tcp:127.0.0.1:7000 unix:@chat
 *     npx iwasm --addr-pool=127.0.0.1/32 --dir=/tmp chat_server.wasm tcp:127.0.0.1:7000 unix:/tmp/chat.socket
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>
#include "chat_address.h"

#define MAX_LISTENERS 8
#define MAX_MEMBERS 1000
#define MAX_LINE_BYTES 1000
#define MAX_NICK_BYTES 20
#define MAX_UNSENT_BYTES 65536 /* a member who is further behind than this is dropped */
#define ACCEPT_PAUSE_MS 100

struct member {
    int fd;
    int has_left;
    char nick[MAX_NICK_BYTES + 1];
    size_t in_size, out_size;
    char in[MAX_LINE_BYTES], out[MAX_UNSENT_BYTES];
};

static struct member *members[MAX_MEMBERS];
static size_t member_count;

/* Appends a line to what is to be sent to a member. */
static void
tell(struct member *member, const char *format, ...)
{
    char line[MAX_LINE_BYTES + 100];
    va_list arguments;
    size_t size;
    va_start(arguments, format);
    size = (size_t)vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (size > sizeof member->out - member->out_size) {
        member->has_left = 1;
        member->out_size = 0; /* without its end it would be misleading */
    }
    if (!member->has_left) {
        memcpy(member->out + member->out_size, line, size);
        member->out_size += size;
    }
}

static void
tell_all(const char *subject, const char *between, const char *rest)
{
    for (size_t i = 0; i < member_count; i++)
        tell(members[i], "%s%s%s\n", subject, between, rest);
    printf("%s%s%s\n", subject, between, rest);
    fflush(stdout);
}

static struct member *
find(const char *nick)
{
    for (size_t i = 0; i < member_count; i++)
        if (strcasecmp(members[i]->nick, nick) == 0)
            return members[i];
    return NULL;
}

static void
rename_member(struct member *member, const char *nick)
{
    size_t size = strspn(nick, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
    char before[sizeof member->nick];
    if (size == 0 || size > MAX_NICK_BYTES || nick[size] != '\0') {
        tell(member, "* a nickname has 1 to %d letters, digits, _ or -\n", MAX_NICK_BYTES);
    } else if (find(nick) != NULL && find(nick) != member) {
        tell(member, "* there is a %s already\n", nick);
    } else {
        strcpy(before, member->nick);
        strcpy(member->nick, nick);
        tell_all(before, " is now ", nick);
    }
}

static void
take_line(struct member *member, const char *data, size_t size)
{
    char line[MAX_LINE_BYTES + 1];
    for (size_t i = 0; i < size; i++) /* what terminals obey is not passed on */
        line[i] = (unsigned char)data[i] < ' ' || data[i] == 0x7f ? ' ' : data[i];
    while (size > 0 && line[size - 1] == ' ')
        size--;
    line[size] = '\0';
    if (strcmp(line, "/quit") == 0) {
        member->has_left = 1;
    } else if (strcmp(line, "/who") == 0) {
        for (size_t i = 0; i < member_count; i++)
            tell(member, "* here: %s\n", members[i]->nick);
    } else if (strncmp(line, "/nick ", 6) == 0) {
        rename_member(member, line + 6);
    } else if (*line == '/') {
        tell(member, "* /nick NAME, /who, /quit, or a line for all\n");
    } else if (*line != '\0') {
        tell_all(member->nick, ": ", line);
    }
}

/* Takes what has come, line by line. Too long a line becomes two; the last one may lack its end. */
static void
receive(struct member *member)
{
    ssize_t size = recv(member->fd, member->in + member->in_size, sizeof member->in - member->in_size, 0);
    const char *line = member->in, *end = member->in + member->in_size;
    if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
        return;
    if (size > 0)
        end += size;
    while (!member->has_left && line < end) {
        const char *newline = memchr(line, '\n', (size_t)(end - line));
        size_t length = (size_t)((newline == NULL ? end : newline) - line);
        if (newline == NULL && size > 0 && length < sizeof member->in)
            break;
        take_line(member, line, length);
        line += length + (newline != NULL);
    }
    member->in_size = (size_t)(end - line);
    memmove(member->in, line, member->in_size);
    if (size <= 0)
        member->has_left = 1;
}

static void
send_unsent(struct member *member)
{
    ssize_t sent = send(member->fd, member->out, member->out_size, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) {
        member->has_left = 1;
        member->out_size = 0;
    } else if (sent > 0) {
        member->out_size -= (size_t)sent;
        memmove(member->out, member->out + sent, member->out_size);
    }
}

/* Whether it worked, or failed in a way that does not come again at once. */
static int
welcome(int listener)
{
    static unsigned guests;
    struct member *member;
    int on = 1, fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0)
        return errno != EMFILE && errno != ENFILE && errno != ENOBUFS && errno != ENOMEM;
    member = calloc(1, sizeof *member);
    if (member == NULL) {
        close(fd);
        return 0;
    }
    setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on); /* a peer whose machine is gone says nothing */
    member->fd = fd;
    do
        snprintf(member->nick, sizeof member->nick, "guest%u", ++guests);
    while (find(member->nick) != NULL);
    members[member_count++] = member;
    tell_all("* ", member->nick, " has joined");
    return 1;
}

static void
see_off(void)
{
    for (size_t i = 0; i < member_count;) {
        struct member *member = members[i];
        if (!member->has_left) {
            i++;
            continue;
        }
        if (member->out_size > 0)
            send_unsent(member);
        close(member->fd);
        members[i] = members[--member_count];
        tell_all("* ", member->nick, " has left");
        free(member);
        i = 0; /* another may have been dropped by what was just told */
    }
}

static void
announce(int fd, const char *address)
{
    struct sockaddr_storage bound;
    socklen_t length = sizeof bound;
    char host[64], port[8];
    if (strncmp(address, "tcp:", 4) != 0) {
        printf("listening on %s\n", address);
    } else if (getsockname(fd, (struct sockaddr *)&bound, &length) != 0
               || getnameinfo((struct sockaddr *)&bound, length, host, sizeof host, port, sizeof port,
                              NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
        fail("getsockname");
    } else {
        printf(bound.ss_family == AF_INET6 ? "listening on tcp:[%s]:%s\n" : "listening on tcp:%s:%s\n", host, port);
    }
    fflush(stdout);
}

static int
serve(int count, char **addresses, int is_once)
{
    static struct pollfd polled[MAX_LISTENERS + MAX_MEMBERS];
    int listeners[MAX_LISTENERS], is_paused = 0, had_members = 0;
    for (int i = 0; i < count; i++) {
        listeners[i] = open_address(1, addresses[i]);
        set_nonblocking(listeners[i]); /* who wanted to join may have gone when it is accepted */
        announce(listeners[i], addresses[i]);
    }
    while (!is_once || !had_members || member_count > 0) {
        size_t polled_members = member_count;
        for (int i = 0; i < count; i++)
            polled[i] = (struct pollfd){.fd = is_paused ? -1 : listeners[i], .events = POLLIN};
        for (size_t i = 0; i < member_count; i++) {
            polled[(size_t)count + i] = (struct pollfd){.fd = members[i]->fd, .events = POLLIN};
            if (members[i]->out_size > 0)
                polled[(size_t)count + i].events |= POLLOUT;
        }
        if (poll(polled, (nfds_t)((size_t)count + member_count), is_paused ? ACCEPT_PAUSE_MS : -1) < 0) {
            if (errno == EINTR)
                continue;
            fail("poll");
        }
        for (size_t i = 0; i < polled_members; i++) {
            short events = polled[(size_t)count + i].revents;
            if ((events & POLLOUT) != 0)
                send_unsent(members[i]);
            if ((events & ~POLLOUT) != 0 && !members[i]->has_left)
                receive(members[i]);
        }
        is_paused = 0;
        for (int i = 0; i < count; i++)
            if (polled[i].revents != 0)
                is_paused |= member_count == MAX_MEMBERS || !welcome(listeners[i]);
        had_members |= member_count > 0;
        see_off();
    }
    for (int i = 0; i < count; i++) {
        close(listeners[i]);
        if (strncmp(addresses[i], "unix:", 5) == 0 && addresses[i][5] != '@')
            unlink(addresses[i] + 5);
    }
    return 0;
}

int
main(int argc, char **argv)
{
    int is_once = argc > 1 && strcmp(argv[1], "-o") == 0;
    int count = argc - 1 - is_once;
    if (count > 0 && count <= MAX_LISTENERS && argv[1 + is_once][0] != '-')
        return serve(count, argv + 1 + is_once, is_once);
    fprintf(stderr, "usage: chat_server [-o] ADDRESS ...\nan ADDRESS is tcp:HOST:PORT, unix:PATH or unix:@NAME\n");
    return 2;
}
