/* fcntl: descriptor flags and status flags of sockets and of what they are duplicated to, unknown commands, bad numbers. */
#include "events.h"

int
main(void)
{
    check_start();
    int fd = bound_udp(AF_INET), nothing = 333;
    show("F_GETFD", fcntl(fd, F_GETFD));
    show("F_SETFD", fcntl(fd, F_SETFD, FD_CLOEXEC));
    show("F_GETFD", fcntl(fd, F_GETFD));
    int copy = (int)must("dup", dup(fd));
    show("F_GETFD of a duplicate", fcntl(copy, F_GETFD));
    int third = (int)must("F_DUPFD_CLOEXEC", fcntl(copy, F_DUPFD_CLOEXEC, 10));
    show("F_GETFD of one with the flag", fcntl(third, F_GETFD));
    show("F_SETFD with other bits", fcntl(third, F_SETFD, 6));
    show("F_GETFD", fcntl(third, F_GETFD));

    int flags = fcntl(fd, F_GETFL);
    print_yes("for reading and writing", (flags & O_ACCMODE) == O_RDWR);
    print_yes("blocking", (flags & O_NONBLOCK) == 0);
    show("F_SETFL", fcntl(fd, F_SETFL, O_NONBLOCK));
    flags = fcntl(fd, F_GETFL);
    print_yes("for reading and writing", (flags & O_ACCMODE) == O_RDWR);
    print_yes("non-blocking", (flags & O_NONBLOCK) != 0);
    show("F_SETFL with what is not for it", fcntl(fd, F_SETFL, O_NONBLOCK | O_CREAT | O_TRUNC | O_EXCL | O_RDWR));
    print_yes("as before", fcntl(fd, F_GETFL) == flags);
    show("F_SETFL to nothing", fcntl(fd, F_SETFL, 0));
    print_yes("blocking", (fcntl(copy, F_GETFL) & O_NONBLOCK) == 0);

    show("unknown command", fcntl(fd, 12345, 0));
    show("negative command", fcntl(fd, -1, 0));
    for (int command = 0; command < 5; command++)
        show("of nothing", fcntl(nothing, command, 0));
    show("unknown command of nothing", fcntl(nothing, 12345, 0));
    show("of -1", fcntl(-1, F_GETFL));
    return 0;
}
