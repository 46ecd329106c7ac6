/* With a negative timeout Linux does not wait at all, and says that the timeout is 0. */
#include "check.h"

int
main(void)
{
    struct timeval time = { .tv_sec = -5, .tv_usec = 10 }, got = { 9, 9 };
    socklen_t len = sizeof got;
    check_start();
    Pair pair = udp_pair(AF_INET);
    show("set", setsockopt(pair.client, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time));
    double since = now_ms();
    show("recv", recv(pair.client, (char[1]){ 0 }, 1, 0));
    print_yes("at once", now_ms() - since < 1000);
    show("get", getsockopt(pair.client, SOL_SOCKET, SO_RCVTIMEO, &got, &len));
    printf("%d %d, %s length\n", (int)got.tv_sec, (int)got.tv_usec, len == sizeof got ? "right" : "wrong");
    time.tv_usec = -1;
    show("wrong", setsockopt(pair.client, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time));
    return 0;
}
