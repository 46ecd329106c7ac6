/* SO_LINGER set and read, with odd values too; closing with a positive time loses nothing. */
#include "check.h"

int
main(void)
{
    check_start();
    struct linger values[] = { { 1, 10 }, { 0, 10 }, { 1, 0 }, { 7, 3 }, { 0, 0 }, { 256, 5 }, { 1, 100000 } };
    int types[] = { SOCK_STREAM, SOCK_DGRAM };
    for (int t = 0; t < 2; t++) {
        int fd = new_socket(AF_INET, types[t]);
        for (size_t i = 0; i < COUNT(values); i++) {
            struct linger got = { -1, -1 };
            socklen_t len = sizeof got;
            show("set", setsockopt(fd, SOL_SOCKET, SO_LINGER, &values[i], sizeof values[i]));
            show("get", getsockopt(fd, SOL_SOCKET, SO_LINGER, &got, &len));
            printf("{%d, %d} is {%d, %d}, length %d\n", values[i].l_onoff, values[i].l_linger, got.l_onoff, got.l_linger,
                   (int)len);
        }
        close(fd);
    }
    char room[8];
    Pair pair = tcp_pair(AF_INET);
    must("set", setsockopt(pair.server, SOL_SOCKET, SO_LINGER, &values[0], sizeof values[0]));
    must("send", send(pair.server, "bye", 3, 0));
    show("close", close(pair.server));
    show("recv", recv(pair.client, room, sizeof room, 0));
    show("recv", recv(pair.client, room, sizeof room, 0));
    return 0;
}
