/*
 * `stream send|receive PORT BYTES SECONDS`: sends in writes of BYTES, or receives with reads of as many at most; prints
 * megabytes (10^6 bytes) a second. What was sent counts when the peer says that it has all of it.
 */
#include "common.h"

enum { MAX_BYTES = 1 << 20, CLOCK_EVERY = 1 << 23 };

#define WARM_UP_SECONDS 0.3

/* A write of any size begins with the byte that belongs there. */
static char buffer[MAX_BYTES + PATTERN_BYTES];
static uint64_t place;

static void send_one(int fd, size_t bytes)
{
    ssize_t n = send(fd, buffer + place % PATTERN_BYTES, bytes, 0);
    if (n <= 0) fail("send");
    place += (uint64_t)n;
}

static void receive_one(int fd, size_t bytes)
{
    ssize_t n = recv(fd, buffer, bytes, 0);
    if (n <= 0) fail("recv");
    if (buffer[0] != pattern_at(place)) fail("not what belongs here");
    place += (uint64_t)n;
}

/* Looks at the clock after every 8 MiB: to ask for the time is a call, too. */
static void stream(int fd, int sends, size_t bytes, double duration)
{
    for (double end = seconds() + duration; seconds() < end;) {
        uint64_t until = place + CLOCK_EVERY;
        while (place < until)
            if (sends)
                send_one(fd, bytes);
            else
                receive_one(fd, bytes);
    }
}

int main(int argc, char **argv)
{
    if (argc != 5) return 2;
    int fd = connect_to(atoi(argv[2])), sends = strcmp(argv[1], "send") == 0;
    size_t bytes = (size_t)atoi(argv[3]);
    char done;
    if (bytes < 1 || bytes > MAX_BYTES) return 2;
    if (sends) fill_pattern(buffer, sizeof buffer);
    stream(fd, sends, bytes, WARM_UP_SECONDS);
    double start = seconds();
    uint64_t before = place;
    stream(fd, sends, bytes, atof(argv[4]));
    if (sends && (shutdown(fd, SHUT_WR) || recv(fd, &done, 1, 0) != 1)) fail("the peer's answer");
    printf("%.1f\n", (double)(place - before) / 1e6 / (seconds() - start));
    if (!sends) close_at_once(fd);
    return 0;
}
