/* `names NODE COUNT`: looks NODE up COUNT times with getaddrinfo; prints lookups per second. */
#include <netdb.h>
#include "common.h"

enum { WARM_UP = 2000 };

static void look_up(const char *node, int count)
{
    struct addrinfo hints = {0}, *found;
    hints.ai_family = AF_INET;
    hints.ai_socktype = SOCK_STREAM;
    for (int i = 0; i < count; i++) {
        int error = getaddrinfo(node, NULL, &hints, &found);
        if (error) {
            fprintf(stderr, "%s: %s\n", node, gai_strerror(error));
            exit(1);
        }
        if (((struct sockaddr_in *)found->ai_addr)->sin_addr.s_addr != htonl(INADDR_LOOPBACK)) fail("wrong address");
        freeaddrinfo(found);
    }
}

int main(int argc, char **argv)
{
    if (argc != 3) return 2;
    int count = atoi(argv[2]);
    look_up(argv[1], WARM_UP);
    double start = seconds();
    look_up(argv[1], count);
    printf("%.0f\n", count / (seconds() - start));
    return 0;
}
