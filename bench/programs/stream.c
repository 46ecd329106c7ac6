/* `stream PORT BYTES MEGABYTES`: sends MEGABYTES in writes of BYTES; prints megabytes (10^6 bytes) a second. */
#include "common.h"

static char buffer[1 << 20];

static void stream(int fd, size_t bytes, double total)
{
    for (double sent = 0; sent < total;) {
        ssize_t n = send(fd, buffer, bytes, 0);
        if (n <= 0) fail("send");
        sent += (double)n;
    }
}

int main(int argc, char **argv)
{
    if (argc != 4) return 2;
    int fd = connect_to(atoi(argv[1]));
    size_t bytes = (size_t)atoi(argv[2]);
    double total = atof(argv[3]) * 1e6;
    char done;
    stream(fd, bytes, total / 10);
    double start = seconds();
    stream(fd, bytes, total);
    if (shutdown(fd, SHUT_WR) || recv(fd, &done, 1, 0) != 1) fail("the peer's answer");
    printf("%.1f\n", total / 1e6 / (seconds() - start));
    return 0;
}
