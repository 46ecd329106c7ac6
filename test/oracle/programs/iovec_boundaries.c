/* What comes fills the pieces in order, and not one byte outside of them. */
#include "check.h"

int
main(void)
{
    check_start();
    char room[40];
    struct iovec parts[4] = { { room + 2, 3 }, { room + 8, 0 }, { room + 10, 1 }, { room + 20, 10 } };
    struct msghdr message = { .msg_iov = parts, .msg_iovlen = 4 };
    Pair tcp = tcp_pair(AF_INET), udp = udp_pair(AF_INET);
    const char *texts[] = { "a", "abc", "abcd", "abcde", "abcdefghijklmn" };
    for (size_t i = 0; i < COUNT(texts); i++) {
        memset(room, '.', sizeof room);
        must("send", send(tcp.client, texts[i], strlen(texts[i]), 0));
        show("recvmsg, TCP", recvmsg(tcp.server, &message, 0));
        print_bytes("room", room, sizeof room);
        memset(room, '.', sizeof room);
        must("send", send(udp.client, texts[i], strlen(texts[i]), 0));
        show("readv, UDP", readv(udp.server, parts, 4));
        print_bytes("room", room, sizeof room);
    }
    return 0;
}
