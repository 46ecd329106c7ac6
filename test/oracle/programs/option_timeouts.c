/* SO_RCVTIMEO and SO_SNDTIMEO set and read: none, whole ticks, less than a tick, very long, malformed; a negative one waits not at all. */
#include "check.h"

int
main(void)
{
    check_start();
    struct timeval values[] = { { 0, 0 },      { 1, 0 },       { 0, 20000 },   { 1, 500000 },  { 0, 1 },
                                { 0, 999 },    { 0, 4001 },    { 86400, 0 },   { 2147483, 0 }, { 0, 999999 },
                                { 0, 1000000 }, { 0, -1 },     { 3, 0 } };
    int names[] = { SO_RCVTIMEO, SO_SNDTIMEO }, types[] = { SOCK_STREAM, SOCK_DGRAM };
    for (int t = 0; t < 2; t++)
        for (int n = 0; n < 2; n++) {
            int fd = new_socket(AF_INET, types[t]);
            printf("%s %s\n", t ? "UDP" : "TCP", n ? "SO_SNDTIMEO" : "SO_RCVTIMEO");
            for (size_t i = 0; i < COUNT(values); i++) {
                struct timeval got = { -1, -1 };
                socklen_t len = sizeof got;
                int result = setsockopt(fd, SOL_SOCKET, names[n], &values[i], sizeof values[i]);
                printf("  {%d, %d}: %s", (int)values[i].tv_sec, (int)values[i].tv_usec, result ? error_name(errno) : "set");
                must("get", getsockopt(fd, SOL_SOCKET, names[n], &got, &len));
                printf(", now {%d, %d}\n", (int)got.tv_sec, (int)got.tv_usec);
            }
        }
    /* What is read back then is left out: through WASI, 0 would mean that there is no timeout. */
    struct timeval negative = { -1, 0 };
    int udp = bound_udp(AF_INET);
    show("negative", setsockopt(udp, SOL_SOCKET, SO_RCVTIMEO, &negative, sizeof negative));
    double start = now_ms();
    show("recv", recv(udp, (char[4]){ 0 }, 4, 0));
    print_yes("at once", now_ms() - start < 1000);
    return 0;
}
