/* On a connected stream a destination is ignored, and recvfrom stores no source: the caller's memory stays as it was. */
#include "check.h"

static void
run(int family)
{
    char room[8];
    Pair pair = tcp_pair(family);
    Address elsewhere = loopback(family, 9);
    show("sendto elsewhere", sendto(pair.client, "one", 3, 0, &elsewhere.any, elsewhere.len));
    show("sendto NULL", sendto(pair.client, "two", 3, 0, NULL, 0));
    print_bytes("the peer has it all", room, recv(pair.server, room, 6, MSG_WAITALL));
    must("send", send(pair.client, "three", 5, 0));
    struct {
        struct sockaddr_in address;
        unsigned char after[64];
    } memory;
    memset(&memory, 0xee, sizeof memory);
    socklen_t len = sizeof memory.address;
    show("recvfrom", recvfrom(pair.server, room, sizeof room, 0, (struct sockaddr *)&memory.address, &len));
    bool untouched = true;
    for (size_t i = 0; i < sizeof memory.after; i++)
        untouched = untouched && memory.after[i] == 0xee;
    print_yes("nothing behind the address was touched", untouched);
}

int
main(void)
{
    check_start();
    run(AF_INET);
    run(AF_INET6);
    return 0;
}
