/*
 * Connections one after the other, each opened, used for one byte and closed.
 *
 *     connections serve                announces its port; accepts, sends a byte, waits for the client's end
 *     connections connect PORT COUNT   makes COUNT of them, prints connections per second, and ends the server
 *
 * The byte keeps both in step: a client that ran ahead would fill the backlog, and wait a second for its SYN to be sent again.
 * The client closes, with a reset.
 */
#include <errno.h>
#include "common.h"

enum { WARM_UP = 3000 };

static void serve(void)
{
    int listener = listening_socket(0), goes_on = 1;
    while (goes_on) {
        struct sockaddr_in from;
        socklen_t length = sizeof from;
        char byte = 'a';
        ssize_t received;
        int fd = accept(listener, (struct sockaddr *)&from, &length);
        if (fd < 0) fail("accept");
        if (from.sin_family != AF_INET || length != sizeof from) fail("the peer's address");
        if (send(fd, &byte, 1, 0) != 1) fail("send");
        received = recv(fd, &byte, 1, 0);
        if (received < 0 && errno != ECONNRESET) fail("recv");
        goes_on = received != 1; /* a byte from the client: it was the last */
        if (close(fd)) fail("close");
    }
}

static int opened(const struct sockaddr_in *address)
{
    char byte = 0;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0) fail("socket");
    if (connect(fd, (const struct sockaddr *)address, sizeof *address)) fail("connect");
    if (recv(fd, &byte, 1, 0) != 1 || byte != 'a') fail("recv");
    return fd;
}

static void open_and_close(const struct sockaddr_in *address, int count)
{
    for (int i = 0; i < count; i++) close_at_once(opened(address));
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "serve") == 0) {
        serve();
        return 0;
    }
    if (argc != 4) return 2;
    struct sockaddr_in address = loopback(atoi(argv[2]));
    int count = atoi(argv[3]), last;
    open_and_close(&address, WARM_UP);
    double start = seconds();
    open_and_close(&address, count);
    double took = seconds() - start;
    last = opened(&address);
    if (send(last, "z", 1, 0) != 1 || close(last)) fail("the last one");
    printf("%.0f\n", count / took);
    return 0;
}
