/* FIONREAD tells how many bytes a receive would find: all on a stream, the next datagram's on UDP. */
#include "check.h"

#include <sys/ioctl.h>

static void
waiting(const char *what, int fd)
{
    int count = -1;
    show(what, ioctl(fd, FIONREAD, &count));
    printf("  %d\n", count);
}

int
main(void)
{
    check_start();
    char room[16];
    Pair tcp = tcp_pair(AF_INET), udp = udp_pair(AF_INET);
    waiting("TCP, nothing", tcp.server);
    must("send", send(tcp.client, "0123456789", 10, 0));
    must("send", send(tcp.client, "abc", 3, 0));
    recv(tcp.server, room, 13, MSG_PEEK | MSG_WAITALL);
    waiting("TCP, all of it", tcp.server);
    must("recv", recv(tcp.server, room, 4, 0));
    waiting("TCP, the rest", tcp.server);
    waiting("UDP, nothing", udp.server);
    must("send", send(udp.client, "0123456", 7, 0));
    must("send", send(udp.client, "abc", 3, 0));
    await(udp.server, POLLIN);
    waiting("UDP, the first datagram", udp.server);
    must("recv", recv(udp.server, room, 2, 0));
    waiting("UDP, the second", udp.server);
    int on = 1;
    show("FIONBIO", ioctl(udp.server, FIONBIO, &on));
    print_yes("non-blocking", fcntl(udp.server, F_GETFL, 0) & O_NONBLOCK);
    return 0;
}
