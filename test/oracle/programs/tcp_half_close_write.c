/* SHUT_WR ends one direction only: the other one still carries an answer of any length. */
#include "check.h"

int
main(void)
{
    check_start();
    char room[64];
    Pair pair = tcp_pair(AF_INET);
    show("question", send(pair.client, "question", 8, 0));
    show("shutdown SHUT_WR", shutdown(pair.client, SHUT_WR));
    show("send after it", send(pair.client, "x", 1, 0));
    show("write after it", write(pair.client, "x", 1));
    show("server recv", recv(pair.server, room, sizeof room, MSG_WAITALL));
    show("server recv at the end", recv(pair.server, room, sizeof room, 0));
    show("and again", recv(pair.server, room, sizeof room, 0));
    show("answer", send(pair.server, "answer", 6, 0));
    print_bytes("client recv", room, recv(pair.client, room, sizeof room, 0));
    show("more answer", send(pair.server, "more", 4, 0));
    show("server shutdown SHUT_WR", shutdown(pair.server, SHUT_WR));
    print_bytes("client recv", room, recv(pair.client, room, sizeof room, 0));
    show("client recv at the end", recv(pair.client, room, sizeof room, 0));
    close_pair(pair);
    return 0;
}
