/* poll with an empty event mask still waits its time, and so does poll with no descriptors at all. */
#include "check.h"

int
main(void)
{
    check_start();
    struct pollfd quiet = { .fd = bound_udp(AF_INET), .events = 0 };
    double start = now_ms();
    show("no events", poll(&quiet, 1, 20));
    show_elapsed(start, 20);
    start = now_ms();
    show("no descriptors", poll(NULL, 0, 20));
    show_elapsed(start, 20);
    show("no descriptors, no time", poll(NULL, 0, 0));
    return 0;
}
