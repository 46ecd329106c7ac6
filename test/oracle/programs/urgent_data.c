/* MSG_OOB: a byte beside the stream, or with SO_OOBINLINE in it, and where in it. */
#include "check.h"

int
main(void)
{
    char room[8];
    check_start();
    Pair pair = tcp_pair(AF_INET);
    show("recv, none is there", recv(pair.server, room, 1, MSG_OOB));
    show("send", send(pair.client, "abc!", 4, MSG_OOB));
    show("send", send(pair.client, "def", 3, 0));
    await(pair.server, POLLPRI);
    show("urgent", recv(pair.server, room, sizeof room, MSG_OOB));
    print_bytes("it is", room, 1);
    show("again", recv(pair.server, room, sizeof room, MSG_OOB));
    show("sockatmark", sockatmark(pair.server));
    show("up to the mark", recv(pair.server, room, sizeof room, 0));
    show("sockatmark", sockatmark(pair.server));
    show("the rest", recv(pair.server, room, sizeof room, 0));
    print_bytes("it is", room, 3);

    show("SO_OOBINLINE", set_option(pair.server, SOL_SOCKET, SO_OOBINLINE, 1));
    show("send", send(pair.client, "gh?", 3, MSG_OOB));
    await(pair.server, POLLPRI);
    show("beside the stream", recv(pair.server, room, 1, MSG_OOB));
    show("up to the mark", recv(pair.server, room, sizeof room, 0));
    show("the byte", recv(pair.server, room, sizeof room, 0));
    print_bytes("it is", room, 1);
    Pair udp = udp_pair(AF_INET);
    show("UDP send", send(udp.client, "x", 1, MSG_OOB));
    show("UDP recv", recv(udp.client, room, 1, MSG_OOB | MSG_DONTWAIT));
    return 0;
}
