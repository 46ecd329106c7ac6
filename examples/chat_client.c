/*
 * The client of chat_server: standard input goes to the chat, what is said there to standard output.
 *
 *     chat_client ADDRESS [NICKNAME]
 *
 * An ADDRESS is tcp:HOST:PORT, unix:PATH or, for an abstract name, unix:@NAME. It knows nothing of chats but how to say
 * one's name, so it talks to any server of lines.
 *
 *     cc -O2 examples/chat_client.c -o chat_client
 *     ./chat_client tcp:127.0.0.1:7000 ann
 *     ./chat_client unix:/tmp/chat.socket bob
 *
 *     npx berth cc -O2 examples/chat_client.c -o chat_client.wasm
 *     npx iwasm --addr-pool=127.0.0.1/32 chat_client.wasm tcp:127.0.0.1:7000 ann
 *     npx iwasm --allow-abstract=chat chat_client.wasm unix:@chat bob
 *     npx iwasm --dir=/tmp chat_client.wasm unix:/tmp/chat.socket cid
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "chat_address.h"

/* What has been read from one side and not yet been written to the other. */
struct channel {
    size_t start, end;
    int is_over;
    char data[4096]; /* no more than a pipe takes at once when poll says that it is ready */
};

static void
fill(struct channel *channel, int from)
{
    ssize_t size = read(from, channel->data, sizeof channel->data);
    if (size > 0) {
        channel->start = 0;
        channel->end = (size_t)size;
    } else if (size == 0 || (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)) {
        channel->is_over = 1;
    }
}

static void
empty(struct channel *channel, ssize_t written)
{
    if (written > 0) {
        channel->start += (size_t)written;
    } else if (written < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) {
        channel->is_over = 1;
        channel->start = channel->end;
    }
}

/* Until the server ends the connection; the end of the input is passed on to it. */
static int
join(const char *address, const char *nick)
{
    struct channel up = {0}, down = {0};
    int has_shut = 0, fd = open_address(0, address);
    set_nonblocking(fd);
    if (nick != NULL)
        up.end = (size_t)snprintf(up.data, sizeof up.data, "/nick %.100s\n", nick);
    while (!down.is_over || down.start < down.end) {
        int has_up = up.start < up.end, has_down = down.start < down.end;
        short wanted = (short)((has_up ? POLLOUT : 0) | (has_down || down.is_over ? 0 : POLLIN));
        struct pollfd polled[3] = {
            {.fd = has_up || up.is_over ? -1 : STDIN_FILENO, .events = POLLIN},
            {.fd = wanted == 0 ? -1 : fd, .events = wanted},
            {.fd = has_down ? STDOUT_FILENO : -1, .events = POLLOUT},
        };
        if (up.is_over && !has_up && !has_shut) {
            shutdown(fd, SHUT_WR);
            has_shut = 1;
        }
        if (poll(polled, 3, -1) < 0 && errno != EINTR)
            fail("poll");
        if (polled[0].revents != 0)
            fill(&up, STDIN_FILENO);
        if (polled[1].revents != 0 && has_up)
            empty(&up, send(fd, up.data + up.start, up.end - up.start, MSG_NOSIGNAL));
        if ((polled[1].revents & ~POLLOUT) != 0 && (wanted & POLLIN) != 0)
            fill(&down, fd);
        if (polled[2].revents != 0)
            empty(&down, write(STDOUT_FILENO, down.data + down.start, down.end - down.start));
    }
    return close(fd) == 0 ? 0 : 1;
}

int
main(int argc, char **argv)
{
    if ((argc == 2 || argc == 3) && argv[1][0] != '-')
        return join(argv[1], argv[2]);
    fprintf(stderr, "usage: chat_client ADDRESS [NICKNAME]\nan ADDRESS is tcp:HOST:PORT, unix:PATH or unix:@NAME\n");
    return 2;
}
