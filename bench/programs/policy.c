/*
 * `policy COUNT`: gives one UDP socket COUNT peers by connect, in turn 16 addresses spread over 127.0.0.0/9; prints nanoseconds
 * for each. Of the calls that name an address it is the cheapest for the kernel, so that most of it is the policy's.
 * The addresses are those of each 625th block of 512 addresses, its 65th: policy.mjs grants them.
 */
#include "common.h"

enum { PEERS = 16, BLOCK = 512, APART = 625, PLACE = 64, WARM_UP = 50000 };

static struct sockaddr_in peers[PEERS];

static void connect_often(int fd, int count)
{
    for (int i = 0; i < count; i++)
        if (connect(fd, (struct sockaddr *)&peers[i % PEERS], sizeof peers[0])) fail("connect");
}

int main(int argc, char **argv)
{
    if (argc != 2) return 2;
    int count = atoi(argv[1]), fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (fd < 0) fail("socket");
    for (int i = 0; i < PEERS; i++) {
        peers[i] = loopback(9);
        peers[i].sin_addr.s_addr = htonl(0x7f000000 + (uint32_t)i * APART * BLOCK + PLACE);
    }
    connect_often(fd, WARM_UP);
    double start = seconds();
    connect_often(fd, count);
    printf("%.1f\n", (seconds() - start) * 1e9 / count);
    return 0;
}
