/* `pingpong PORT BYTES ROUNDS`: sends BYTES and waits for their echo, ROUNDS times; prints microseconds a round. */
#include "common.h"

static char buffer[1 << 16];

static void round_trips(int fd, size_t bytes, int rounds)
{
    for (int i = 0; i < rounds; i++) {
        buffer[0] = (char)i;
        if (send(fd, buffer, bytes, 0) != (ssize_t)bytes) fail("send");
        for (size_t got = 0; got < bytes;) {
            ssize_t n = recv(fd, buffer + got, bytes - got, 0);
            if (n <= 0) fail("recv");
            got += (size_t)n;
        }
        if (buffer[0] != (char)i) fail("wrong echo");
    }
}

int main(int argc, char **argv)
{
    if (argc != 4) return 2;
    int fd = connect_to(atoi(argv[1])), rounds = atoi(argv[3]);
    size_t bytes = (size_t)atoi(argv[2]);
    round_trips(fd, bytes, 3000 + rounds / 10);
    double start = seconds();
    round_trips(fd, bytes, rounds);
    printf("%.3f\n", (seconds() - start) * 1e6 / rounds);
    return 0;
}
