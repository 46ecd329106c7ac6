/* TCP_CONGESTION, whose value is a text, and TCP_INFO, whose value is a record. */
#include "check.h"

int
main(void)
{
    char name[32];
    struct tcp_info info;
    check_start();
    Pair pair = tcp_pair(AF_INET);
    for (socklen_t room = 0; room <= 24; room += 3) {
        socklen_t len = room;
        memset(name, '.', sizeof name);
        show("TCP_CONGESTION", getsockopt(pair.client, IPPROTO_TCP, TCP_CONGESTION, name, &len));
        printf("  %u of %u bytes\n", (unsigned)len, (unsigned)room);
    }
    show("reno", setsockopt(pair.client, IPPROTO_TCP, TCP_CONGESTION, "reno", 4));
    socklen_t len = sizeof name;
    show("TCP_CONGESTION", getsockopt(pair.client, IPPROTO_TCP, TCP_CONGESTION, name, &len));
    print_bytes("name", name, (long)strnlen(name, len));
    show("none of this name", setsockopt(pair.client, IPPROTO_TCP, TCP_CONGESTION, "nosuch", 6));
    show("no name", setsockopt(pair.client, IPPROTO_TCP, TCP_CONGESTION, "", 0));
    show("NULL", setsockopt(pair.client, IPPROTO_TCP, TCP_CONGESTION, NULL, 4));

    memset(&info, 0, sizeof info);
    len = 104;
    show("TCP_INFO", getsockopt(pair.client, IPPROTO_TCP, TCP_INFO, &info, &len));
    printf("%u bytes, state %d\n", (unsigned)len, info.tcpi_state);
    print_yes("a segment size", info.tcpi_snd_mss > 0);
    len = 1;
    show("one byte of it", getsockopt(pair.client, IPPROTO_TCP, TCP_INFO, &info, &len));
    len = 104;
    show("of a listening socket", getsockopt(listener(AF_INET), IPPROTO_TCP, TCP_INFO, &info, &len));
    printf("state %d\n", info.tcpi_state);
    show("set it", setsockopt(pair.client, IPPROTO_TCP, TCP_INFO, &info, sizeof info));
    len = 104;
    show("of UDP", getsockopt(bound_udp(AF_INET), IPPROTO_TCP, TCP_INFO, &info, &len));
    show("TCP_FASTOPEN", set_option(listener(AF_INET), IPPROTO_TCP, TCP_FASTOPEN, 5));
    return 0;
}
