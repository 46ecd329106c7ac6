/* directory: empty */
/* Flags of an open file, and what poll, select, epoll, ioctl, isatty and socket calls make of files and directories. */
#include "events.h"

#include <sys/ioctl.h>
#include <sys/select.h>

static void
show_flags(const char *what, int flags)
{
    int fd = open("file", flags | O_CREAT, 0666);
    flags = fcntl(fd, F_GETFL);
    printf("%s:%s%s%s%s%s\n", what,
           (flags & O_ACCMODE) == O_RDONLY   ? " read"
           : (flags & O_ACCMODE) == O_WRONLY ? " write"
           : (flags & O_ACCMODE) == O_RDWR   ? " both"
                                             : " none",
           flags & O_APPEND ? " append" : "", flags & O_NONBLOCK ? " nonblock" : "",
           (flags & O_SYNC) == O_SYNC ? " sync" : flags & O_DSYNC ? " dsync" : "",
           flags & (O_CREAT | O_EXCL | O_TRUNC) ? " more" : "");
    close(fd);
}

static void
try_all(const char *what, int fd)
{
    fd_set readable, writable, urgent;
    char room[4];
    int count = -1;
    Address a = loopback(AF_INET, 9);
    FD_ZERO(&readable);
    FD_ZERO(&writable);
    FD_ZERO(&urgent);
    FD_SET(fd, &readable);
    FD_SET(fd, &writable);
    FD_SET(fd, &urgent);
    printf("%s\n", what);
    show_events("  poll", fd);
    show("  select", select(fd + 1, &readable, &writable, &urgent, &(struct timeval){ 0, 0 }));
    printf("  %d %d %d\n", FD_ISSET(fd, &readable) != 0, FD_ISSET(fd, &writable) != 0, FD_ISSET(fd, &urgent) != 0);
    show("  epoll_ctl", control(new_epoll(), EPOLL_CTL_ADD, fd, EPOLLIN, 0));
    show("  isatty", isatty(fd) ? 1 : -1);
    if (show("  FIONREAD", ioctl(fd, FIONREAD, &count)) == 0)
        printf("  %d\n", count);
    show("  FIONBIO", ioctl(fd, FIONBIO, &(int){ 0 }));
    show("  send", send(fd, "x", 1, 0));
    show("  recv", recv(fd, room, 1, 0));
    show("  connect", connect(fd, &a.any, a.len));
    show("  accept", accept(fd, NULL, NULL));
    show("  getsockname", getsockname(fd, &a.any, &a.len));
    show("  shutdown", shutdown(fd, SHUT_RDWR));
    show("  setsockopt", set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1));
}

int
main(void)
{
    check_start();
    show_flags("O_RDONLY", O_RDONLY);
    show_flags("O_WRONLY", O_WRONLY);
    show_flags("O_RDWR", O_RDWR);
    show_flags("append", O_RDWR | O_APPEND | O_EXCL * 0 | O_TRUNC);
    show_flags("nonblocking", O_WRONLY | O_NONBLOCK);
    show_flags("synchronous", O_WRONLY | O_SYNC);
    show_flags("data synchronous", O_RDWR | O_DSYNC);
    put("file", "content");
    int fd = (int)must("open", open("file", O_RDWR)), reader = (int)must("open", open("file", O_RDONLY));
    show("F_SETFL", fcntl(fd, F_SETFL, O_APPEND | O_NONBLOCK | O_WRONLY | O_TRUNC));
    print_yes("both", (fcntl(fd, F_GETFL) & (O_ACCMODE | O_APPEND | O_NONBLOCK)) == (O_RDWR | O_APPEND | O_NONBLOCK));
    show("the size", size_of(fd));
    show("F_SETFL to nothing", fcntl(fd, F_SETFL, 0));
    print_yes("neither", (fcntl(fd, F_GETFL) & (O_APPEND | O_NONBLOCK)) == 0);
    show("F_GETFD", fcntl(fd, F_GETFD));
    try_all("a file", fd);
    must("lseek", lseek(reader, 4, SEEK_SET));
    try_all("a file in the middle", reader);
    must("lseek", lseek(reader, 40, SEEK_SET));
    show_events("beyond the end", reader);
    try_all("a directory", (int)must("open", open(".", O_RDONLY)));
    return 0;
}
