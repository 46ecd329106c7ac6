/* dup, dup2, dup3, F_DUPFD: which number, what it stood for before, and every errno. */
#include "events.h"

int
main(void)
{
    check_start();
    int one = bound_udp(AF_INET), two = bound_udp(AF_INET), three = bound_udp(AF_INET), nothing = 333;
    close(two);
    print_yes("dup gives the lowest", dup(one) == two);
    print_yes("then the next", dup(one) == three + 1);
    show("F_DUPFD from 100", fcntl(one, F_DUPFD, 100));
    show("F_DUPFD from 100", fcntl(one, F_DUPFD, 100));
    show("F_DUPFD_CLOEXEC from 100", fcntl(one, F_DUPFD_CLOEXEC, 100));
    show("dup2 to 150", dup2(one, 150));
    show("dup2 to itself", dup2(150, 150));
    Address before = local_address(three), own = local_address(one), after;
    print_yes("dup2 over another", dup2(one, three) == three);
    after = local_address(three);
    print_yes("it is the first", same_address(&after, &own) && !same_address(&after, &before));
    int again = new_socket(AF_INET, SOCK_DGRAM);
    show("the other's port is free", bind(again, &before.any, before.len));
    show("dup3", dup3(one, 160, 0));
    show("dup3 over it", dup3(again, 160, 0));
    show("close", close(160));
    show("close again", close(160));

    show_fd("dup of nothing", dup(nothing));
    show_fd("dup of -1", dup(-1));
    show_fd("dup2 of nothing", dup2(nothing, 150));
    show_events("  what it stood for is open", 150);
    show_fd("dup2 of nothing to itself", dup2(nothing, nothing));
    show_fd("dup2 to -1", dup2(one, -1));
    show_fd("dup2 to an impossible number", dup2(one, INT32_MAX));
    show_fd("dup3 to itself", dup3(one, one, 0));
    show_fd("dup3 of nothing to itself", dup3(nothing, nothing, 0));
    show_fd("dup3 with an unknown flag", dup3(one, 150, 1 << 30));
    show_fd("dup3 to -1", dup3(one, -1, 0));
    show_fd("dup3 of nothing", dup3(nothing, 150, 0));
    show_fd("F_DUPFD of nothing", fcntl(nothing, F_DUPFD, 0));
    show_fd("F_DUPFD from -1", fcntl(one, F_DUPFD, -1));
    show_fd("F_DUPFD of nothing from -1", fcntl(nothing, F_DUPFD, -1));
    show_fd("F_DUPFD from an impossible number", fcntl(one, F_DUPFD, INT32_MAX));
    return 0;
}
