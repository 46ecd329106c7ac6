/* poll waits its time when nothing happens, not at all with 0, and for ever only while nothing is ready. */
#include "check.h"

int
main(void)
{
    check_start();
    int udp = bound_udp(AF_INET);
    struct pollfd entry = { .fd = udp, .events = POLLIN };
    show("0 ms", poll(&entry, 1, 0));
    int times[] = { 1, 20, 45 };
    for (size_t i = 0; i < COUNT(times); i++) {
        double start = now_ms();
        show("nothing comes", poll(&entry, 1, times[i]));
        show_elapsed(start, times[i]);
        print_yes("in time", now_ms() - start < 1000);
        printf("%s\n", poll_names(entry.revents));
    }
    Address to = local_address(udp);
    must("sendto", sendto(udp, "x", 1, 0, &to.any, to.len));
    double start = now_ms();
    show("without end", poll(&entry, 1, -1));
    show("a long time", poll(&entry, 1, 60000));
    show("the longest", poll(&entry, 1, 2147483647));
    print_yes("at once", now_ms() - start < 1000);
    printf("%s\n", poll_names(entry.revents));
    return 0;
}
