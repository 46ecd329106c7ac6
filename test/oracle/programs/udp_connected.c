/* A connected UDP socket hears its peer only, may still send elsewhere, and may be connected anew. */
#include "check.h"

int
main(void)
{
    check_start();
    char room[32];
    int one = bound_udp(AF_INET), two = bound_udp(AF_INET), fd = bound_udp(AF_INET);
    Address to = local_address(fd), second = local_address(two), from = empty_address();
    connect_to(fd, one);
    must("stranger", sendto(two, "stranger", 8, 0, &to.any, to.len));
    must("peer", sendto(one, "peer", 4, 0, &to.any, to.len));
    print_bytes("hears", room, recv(fd, room, sizeof room, 0));
    set_nonblocking(fd, true);
    show("nothing else", recv(fd, room, sizeof room, 0));
    show("send", send(fd, "to one", 6, 0));
    print_bytes("one", room, recv(one, room, sizeof room, 0));
    show("sendto elsewhere", sendto(fd, "to two", 6, 0, &second.any, second.len));
    print_bytes("two", room, recvfrom(two, room, sizeof room, 0, &from.any, &from.len));
    print_yes("from it", same_address(&from, &to));
    show("sendto NULL", sendto(fd, "to one", 6, 0, NULL, 0));
    print_bytes("one", room, recv(one, room, sizeof room, 0));
    show("write", write(fd, "again", 5));
    print_bytes("one", room, read(one, room, sizeof room));
    connect_to(fd, two);
    show("send after connecting anew", send(fd, "hi", 2, 0));
    print_bytes("two", room, recv(two, room, sizeof room, 0));
    return 0;
}
