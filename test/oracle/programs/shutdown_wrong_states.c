/* shutdown where there is nothing to shut: unconnected, UDP, bad directions. */
#include "check.h"

int
main(void)
{
    check_start();
    char room[8];
    int tcp = new_socket(AF_INET, SOCK_STREAM);
    show("fresh TCP", shutdown(tcp, SHUT_RDWR));
    bind_loopback(tcp, AF_INET);
    show("bound TCP", shutdown(tcp, SHUT_WR));
    int udp = new_socket(AF_INET, SOCK_DGRAM);
    show("fresh UDP", shutdown(udp, SHUT_RDWR));
    bind_loopback(udp, AF_INET);
    show("bound UDP", shutdown(udp, SHUT_RD));
    Pair pair = udp_pair(AF_INET);
    show("connected UDP, SHUT_WR", shutdown(pair.client, SHUT_WR));
    show("send after it", send(pair.client, "x", 1, 0));
    show("peer send", send(pair.server, "abc", 3, 0));
    show("recv still works", recv(pair.client, room, sizeof room, 0));
    show("connected UDP, SHUT_RD", shutdown(pair.client, SHUT_RD));
    show("recv after it", recv(pair.client, room, sizeof room, 0));
    show("connected UDP again", shutdown(pair.client, SHUT_RDWR));
    Pair stream = tcp_pair(AF_INET);
    show("direction 7", shutdown(stream.client, 7));
    show("direction -1", shutdown(stream.client, -1));
    show("stdout", shutdown(1, SHUT_RDWR));
    show("descriptor 99", shutdown(99, SHUT_RDWR));
    show("descriptor -1", shutdown(-1, SHUT_RDWR));
    return 0;
}
