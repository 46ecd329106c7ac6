/* select and pselect: times that are none, what is left of the time, hang-ups that no set counts. */
#include "events.h"

#include <sys/select.h>

static long
try_select(const char *what, long seconds, long microseconds)
{
    struct timeval time = { .tv_sec = seconds, .tv_usec = microseconds };
    return show(what, select(0, NULL, NULL, NULL, &time));
}

int
main(void)
{
    check_start();
    try_select("zero", 0, 0);
    try_select("negative seconds", -1, 0);
    try_select("negative microseconds", 0, -1);
    double start = now_ms();
    struct timeval time = { .tv_sec = 0, .tv_usec = 40000 };
    show("40 ms", select(0, NULL, NULL, NULL, &time));
    show_elapsed(start, 40);
    printf("left: %ld %ld\n", (long)time.tv_sec, (long)time.tv_usec);

    int udp = bound_udp(AF_INET);
    fd_set set;
    FD_ZERO(&set);
    FD_SET(udp, &set);
    time.tv_sec = 60;
    time.tv_usec = 2000000;
    show("ready at once", select(udp + 1, NULL, &set, NULL, &time));
    print_yes("nearly all of 62 s is left", time.tv_sec == 61 && time.tv_usec < 1000000);
    time.tv_sec = 1;
    FD_ZERO(&set);
    FD_SET(udp, &set);
    time.tv_usec = -1;
    show("negative limit and time", select(-1, &set, NULL, NULL, &time));

    /* A hang-up is nothing to the third set: the time passes. */
    int fresh = new_socket(AF_INET, SOCK_STREAM);
    start = now_ms();
    time.tv_sec = 0;
    time.tv_usec = 50000;
    FD_ZERO(&set);
    FD_SET(fresh, &set);
    show("a hang-up in the third set", select(fresh + 1, NULL, NULL, &set, &time));
    show_elapsed(start, 50);
    print_yes("the set is empty", !FD_ISSET(fresh, &set));

    static const struct timespec wrong[] = { { -1, 0 }, { 0, -1 }, { 0, 1000000000 } };
    for (size_t i = 0; i < COUNT(wrong); i++)
        show("pselect", pselect(0, NULL, NULL, NULL, &wrong[i], NULL));
    struct timespec soon = { 0, 20000000 };
    start = now_ms();
    show("pselect sleeps", pselect(0, NULL, NULL, NULL, &soon, NULL));
    show_elapsed(start, 20);
    printf("its time is %ld\n", (long)soon.tv_nsec);
    FD_ZERO(&set);
    FD_SET(udp, &set);
    show("pselect for ever", pselect(udp + 1, NULL, &set, NULL, NULL, NULL));
    return 0;
}
