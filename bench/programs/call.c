/*
 * `call COUNT`: asks for a socket option COUNT times, which the kernel answers from what lies there; prints nanoseconds for each.
 * What a call of another program costs beyond the same one here, any of its calls costs.
 */
#include "common.h"

enum { WARM_UP = 50000 };

static void ask(int fd, int count)
{
    for (int i = 0; i < count; i++) {
        int value = 0;
        socklen_t length = sizeof value;
        if (getsockopt(fd, SOL_SOCKET, SO_BROADCAST, &value, &length) || value != 1) fail("getsockopt");
    }
}

int main(int argc, char **argv)
{
    if (argc != 2) return 2;
    int count = atoi(argv[1]), fd = socket(AF_INET, SOCK_DGRAM, 0), on = 1;
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof on)) fail("setsockopt");
    ask(fd, WARM_UP);
    double start = seconds();
    ask(fd, count);
    printf("%.1f\n", (seconds() - start) * 1e9 / count);
    return 0;
}
