/* Urgent data: POLLPRI, the third set of select, the mark. */
#include "events.h"

#include <sys/ioctl.h>
#include <sys/select.h>

static void
show_select(int fd)
{
    fd_set readable, exceptional;
    struct timeval now = { 0, 0 };
    FD_ZERO(&readable);
    FD_ZERO(&exceptional);
    FD_SET(fd, &readable);
    FD_SET(fd, &exceptional);
    show("select", select(fd + 1, &readable, NULL, &exceptional, &now));
    printf("  readable %d, exceptional %d\n", !!FD_ISSET(fd, &readable), !!FD_ISSET(fd, &exceptional));
}

static void
show_mark(int fd)
{
    int at = -1;
    show("sockatmark", sockatmark(fd));
    show("SIOCATMARK", ioctl(fd, SIOCATMARK, &at));
    printf("  %d\n", at);
}

int
main(void)
{
    check_start();
    Pair pair = tcp_pair(AF_INET);
    char room[8];
    show_mark(pair.server);
    must("send", send(pair.client, "ab", 2, 0));
    await(pair.server, POLLIN);
    show_events("ordinary data", pair.server);
    show_mark(pair.server);
    must("send", send(pair.client, "!", 1, MSG_OOB));
    await(pair.server, POLLPRI);
    show_events("urgent data", pair.server);
    show_select(pair.server);
    show_mark(pair.server);
    int unread = -1;
    must("FIONREAD", ioctl(pair.server, FIONREAD, &unread));
    printf("unread: %d\n", unread);
    show("recv", recv(pair.server, room, sizeof room, 0));
    show_mark(pair.server);
    show_events("at the mark", pair.server);
    long count = show("urgent recv", recv(pair.server, room, sizeof room, MSG_OOB));
    print_bytes("  bytes", room, count);
    show_events("urgent data taken", pair.server);
    show_select(pair.server);
    show("urgent recv again", recv(pair.server, room, sizeof room, MSG_OOB));
    must("send", send(pair.client, "cd", 2, 0));
    await(pair.server, POLLIN);
    count = show("recv", recv(pair.server, room, sizeof room, 0));
    print_bytes("  bytes", room, count);
    show_mark(pair.server);
    show("sockatmark of a datagram socket", sockatmark(bound_udp(AF_INET)));
    show("sockatmark of a file", sockatmark(0));
    show("sockatmark of nothing", sockatmark(77));
    return 0;
}
