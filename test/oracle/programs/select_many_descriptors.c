/* select over many sockets: counts over the sets, what stays in them, an entry that no set counts beside one that is. */
#include "events.h"

#include <sys/select.h>

#define MANY 200

int
main(void)
{
    check_start();
    int sockets[MANY];
    fd_set readable, writable, exceptional;
    FD_ZERO(&readable);
    FD_ZERO(&writable);
    FD_ZERO(&exceptional);
    for (int i = 0; i < MANY; i++) {
        sockets[i] = bound_udp(AF_INET);
        FD_SET(sockets[i], &readable);
        FD_SET(sockets[i], &exceptional);
        if (i % 4 == 0)
            FD_SET(sockets[i], &writable);
        if (i % 3 == 0) {
            Address to = local_address(sockets[i]);
            must("sendto", sendto(sockets[0], "x", 1, 0, &to.any, to.len));
        }
    }
    await(sockets[198], POLLIN);
    int limit = sockets[MANY - 1] + 1, wrong = 0, counts[3] = { 0, 0, 0 };
    struct timeval time = { 0, 0 };
    show("all of them", select(limit, &readable, &writable, &exceptional, &time));
    for (int i = 0; i < MANY; i++) {
        counts[0] += !!FD_ISSET(sockets[i], &readable);
        counts[1] += !!FD_ISSET(sockets[i], &writable);
        counts[2] += !!FD_ISSET(sockets[i], &exceptional);
        wrong += !!FD_ISSET(sockets[i], &readable) != (i % 3 == 0) || !!FD_ISSET(sockets[i], &writable) != (i % 4 == 0);
    }
    printf("%d %d %d, wrong %d\n", counts[0], counts[1], counts[2], wrong);
    show("the same again", select(limit, &readable, NULL, NULL, NULL));
    close(sockets[150]);
    show("one of them closed", select(limit, &readable, NULL, NULL, NULL));

    int fresh = new_socket(AF_INET, SOCK_STREAM); /* hangs up, which is nothing to the third set */
    FD_ZERO(&readable);
    FD_ZERO(&exceptional);
    FD_SET(fresh, &exceptional);
    FD_SET(sockets[3], &readable);
    time.tv_sec = 5;
    show("beside one that is ready", select(limit + 1, &readable, NULL, &exceptional, &time));
    printf("  %d %d\n", !!FD_ISSET(sockets[3], &readable), !!FD_ISSET(fresh, &exceptional));
    return 0;
}
