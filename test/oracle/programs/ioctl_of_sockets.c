/* ioctl: FIONREAD of every kind, FIONBIO, what is no request, NULLs and bad numbers. */
#include "events.h"

#include <sys/ioctl.h>

#ifndef __wasi__
#include <linux/sockios.h>
#endif

static void
show_unread(const char *what, int fd)
{
    int unread = -7;
    long result = show(what, ioctl(fd, FIONREAD, &unread));
    printf("  %d\n", result < 0 ? 0 : unread);
}

int
main(void)
{
    check_start();
    Pair pair = tcp_pair(AF_INET), datagrams = udp_pair(AF_INET6);
    int nothing = 333, on = 1, off = 0;
    char room[8];
    show_unread("idle", pair.server);
    must("send", send(pair.client, "abc", 3, 0));
    await(pair.server, POLLIN);
    show_unread("stream", pair.server);
    recv(pair.server, room, 1, 0);
    show_unread("one taken", pair.server);
    must("shutdown", shutdown(pair.client, SHUT_WR));
    await(pair.server, POLLRDHUP);
    show_unread("with the end", pair.server);
    show_unread("idle datagrams", datagrams.server);
    must("send", send(datagrams.client, "abcd", 4, 0));
    must("send", send(datagrams.client, "efg", 3, 0));
    await(datagrams.server, POLLIN);
    show_unread("the first of two datagrams", datagrams.server);
    show_unread("a listener", listener(AF_INET));
    show_unread("fresh", new_socket(AF_INET, SOCK_STREAM));
    show_unread("nothing", nothing);

    int unsent = -7;
    show("SIOCOUTQ", ioctl(datagrams.client, SIOCOUTQ, &unsent));
    printf("  %d\n", unsent);
    show("SIOCOUTQ of a listener", ioctl(listener(AF_INET), SIOCOUTQ, &unsent));
    show("SIOCOUTQ NULL", ioctl(pair.server, SIOCOUTQ, NULL));
    show("SIOCOUTQ of nothing", ioctl(nothing, SIOCOUTQ, &unsent));

    show("FIONBIO", ioctl(datagrams.client, FIONBIO, &on));
    print_yes("non-blocking", (fcntl(datagrams.client, F_GETFL) & O_NONBLOCK) != 0);
    show("recv", recv(datagrams.client, room, sizeof room, 0));
    show("FIONBIO", ioctl(datagrams.client, FIONBIO, &off));
    print_yes("non-blocking", (fcntl(datagrams.client, F_GETFL) & O_NONBLOCK) != 0);
    on = 512;
    show("FIONBIO with another number", ioctl(datagrams.client, FIONBIO, &on));
    print_yes("non-blocking", (fcntl(datagrams.client, F_GETFL) & O_NONBLOCK) != 0);
    show("FIONBIO of nothing", ioctl(nothing, FIONBIO, &on));
    show("FIOCLEX", ioctl(datagrams.client, FIOCLEX));
    show("F_GETFD", fcntl(datagrams.client, F_GETFD));
    show("FIONCLEX", ioctl(datagrams.client, FIONCLEX));
    show("F_GETFD", fcntl(datagrams.client, F_GETFD));
    show("FIOCLEX of nothing", ioctl(nothing, FIOCLEX));

    show("FIONREAD NULL", ioctl(pair.server, FIONREAD, NULL));
    show("FIONBIO NULL", ioctl(pair.server, FIONBIO, NULL));
    show("SIOCATMARK NULL", ioctl(pair.server, SIOCATMARK, NULL));
    show("SIOCGIFADDR NULL", ioctl(pair.server, SIOCGIFADDR, NULL));
    show("SIOCGIFCONF NULL", ioctl(pair.server, SIOCGIFCONF, NULL));
    show("NULL of nothing", ioctl(nothing, FIONREAD, NULL));
    show("SIOCGIFADDR NULL of a file", ioctl(0, SIOCGIFADDR, NULL));
    show("SIOCATMARK of datagrams", ioctl(datagrams.server, SIOCATMARK, &on));
    show("no request", ioctl(pair.server, 0x1234, &on));
    show("no request, NULL", ioctl(pair.server, 0x1234, NULL));
    show("no request of nothing", ioctl(nothing, 0x1234, &on));
    show("no request of a file", ioctl(0, 0x1234, &on));
    return 0;
}
