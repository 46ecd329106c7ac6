/* Four MiB in each direction at once through non-blocking sockets and poll, every byte checked. */
#include "check.h"

#define TOTAL (4u << 20)

typedef struct {
    int fd;
    size_t sent, received;
    bool right;
} End;

static unsigned char buffer[70001];

static void
move(End *end, int events)
{
    if (events & POLLOUT) {
        size_t size = TOTAL - end->sent < sizeof buffer ? TOTAL - end->sent : sizeof buffer;
        for (size_t i = 0; i < size; i++)
            buffer[i] = pattern(end->sent + i);
        long count = send(end->fd, buffer, size, 0);
        if (count < 0 && errno != EAGAIN)
            must("send", count);
        if (count > 0)
            end->sent += (size_t)count;
        if (end->sent == TOTAL)
            must("shutdown", shutdown(end->fd, SHUT_WR));
    }
    if (events & POLLIN) {
        long count = must("recv", recv(end->fd, buffer, sizeof buffer, 0));
        for (long i = 0; i < count; i++)
            end->right = end->right && buffer[i] == pattern(end->received + (size_t)i);
        end->received += (size_t)count;
    }
}

int
main(void)
{
    check_start();
    Pair pair = tcp_pair(AF_INET);
    End ends[2] = { { pair.client, 0, 0, true }, { pair.server, 0, 0, true } };
    set_nonblocking(pair.client, true);
    set_nonblocking(pair.server, true);
    while (ends[0].received < TOTAL || ends[1].received < TOTAL) {
        struct pollfd polls[2];
        for (int i = 0; i < 2; i++) {
            polls[i].fd = ends[i].fd;
            polls[i].events = 0;
            if (ends[i].received < TOTAL)
                polls[i].events |= POLLIN;
            if (ends[i].sent < TOTAL)
                polls[i].events |= POLLOUT;
        }
        /* An end that has done its part has nothing to ask for. */
        int first = polls[0].events == 0, count = 2 - first - (polls[1].events == 0);
        if (must("poll", poll(polls + first, (nfds_t)count, DEADLINE_MS)) == 0)
            return 98;
        for (int i = first; i < first + count; i++)
            move(&ends[i], polls[i].revents);
    }
    for (int i = 0; i < 2; i++) {
        printf("sent %zu, received %zu, %s\n", ends[i].sent, ends[i].received, ends[i].right ? "right" : "wrong");
        show("end of stream", recv(ends[i].fd, buffer, sizeof buffer, 0));
    }
    return 0;
}
