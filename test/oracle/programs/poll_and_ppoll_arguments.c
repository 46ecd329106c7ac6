/* poll and ppoll: times that are none, NULLs, no descriptors, the same one twice, revents always written. */
#include "events.h"

int
main(void)
{
    check_start();
    int udp = bound_udp(AF_INET);
    struct pollfd entries[3] = { { .fd = udp, .events = POLLOUT, .revents = 77 },
                                 { .fd = -5, .events = POLLOUT, .revents = 77 },
                                 { .fd = udp, .events = POLLIN, .revents = 77 } };
    show("the same one twice", poll(entries, 3, 0));
    printf("  %s, %s,", event_names(entries[0].revents), entries[1].revents == 0 ? "0" : "left");
    printf(" %s\n", event_names(entries[2].revents));
    struct pollfd *volatile none = NULL; /* where compilers do not see it */
    volatile nfds_t too_many = (nfds_t)1 << 28;
    show("NULL", poll(none, 1, 0));
    show("NULL without entries", poll(none, 0, 0));
    show("too many", poll(entries, too_many, 0));
    show("NULL and too many", poll(none, too_many, 0));
    double start = now_ms();
    show("sleep", poll(NULL, 0, 30));
    show_elapsed(start, 30);

    static const struct timespec times[] = { { 0, 0 }, { 0, 1 }, { -1, 0 }, { 0, -1 }, { 0, 1000000000 }, { 0, 999 } };
    for (size_t i = 0; i < COUNT(times); i++) {
        entries[0].events = POLLIN;
        show("ppoll", ppoll(entries, 1, &times[i], NULL));
    }
    entries[0].events = POLLOUT;
    show("ppoll for ever", ppoll(entries, 1, NULL, NULL));
    struct timespec far = { INT64_MAX, 999999999 };
    show("ppoll for the longest time", ppoll(entries, 1, &far, NULL));
    struct timespec nonsense = { -1, 0 };
    show("ppoll, time and room wrong", ppoll(none, 1, &nonsense, NULL));
    struct timespec soon = { 0, 20000000 };
    start = now_ms();
    entries[0].events = POLLIN;
    show("ppoll sleeps", ppoll(entries, 1, &soon, NULL));
    show_elapsed(start, 20);
    printf("its time is %ld\n", (long)soon.tv_nsec);
    return 0;
}
