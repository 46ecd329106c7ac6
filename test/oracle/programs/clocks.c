/* The clocks run, forwards, and a sleep until a point in time ends after it. */
#include "check.h"

int
main(void)
{
    check_start();
    struct timespec real, one, two, resolution;
    show("CLOCK_REALTIME", clock_gettime(CLOCK_REALTIME, &real));
    print_yes("after 2020", real.tv_sec > 1577836800);
    print_yes("as time() says", real.tv_sec - time(NULL) <= 1 && time(NULL) - real.tv_sec <= 1);
    must("clock", clock_gettime(CLOCK_MONOTONIC, &one));
    must("clock", clock_gettime(CLOCK_MONOTONIC, &two));
    print_yes("never backwards", two.tv_sec > one.tv_sec || (two.tv_sec == one.tv_sec && two.tv_nsec >= one.tv_nsec));
    show("resolution", clock_getres(CLOCK_MONOTONIC, &resolution));
    print_yes("finer than 100 ms", resolution.tv_sec == 0 && resolution.tv_nsec > 0 && resolution.tv_nsec < 100000000);

    double start = now_ms();
    must("clock", clock_gettime(CLOCK_MONOTONIC, &one));
    one.tv_nsec += 20 * 1000 * 1000;
    if (one.tv_nsec >= 1000000000) {
        one.tv_nsec -= 1000000000;
        one.tv_sec++;
    }
    show("sleep until 20 ms from now", clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &one, NULL));
    show_elapsed(start, 20);
    start = now_ms();
    one = (struct timespec){ 1, 0 };
    show("sleep until a time that was", clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &one, NULL));
    print_yes("at once", now_ms() - start < 1000);
    one = (struct timespec){ 0, 15 * 1000 * 1000 };
    start = now_ms();
    show("sleep 15 ms", nanosleep(&one, NULL));
    show_elapsed(start, 15);
    return 0;
}
