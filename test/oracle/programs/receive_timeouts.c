/* SO_RCVTIMEO ends every receiving call, and accept, with EAGAIN after its time; what is there comes at once. */
#include "check.h"

#define TIME 20

int
main(void)
{
    check_start();
    char room[8];
    struct iovec part = { room, sizeof room };
    struct msghdr message = { .msg_iov = &part, .msg_iovlen = 1 };
    Address from = empty_address();
    int door = listener(AF_INET), udp = bound_udp(AF_INET);
    Pair pair = tcp_pair(AF_INET);
    set_timeout(door, SO_RCVTIMEO, TIME);
    set_timeout(udp, SO_RCVTIMEO, TIME);
    set_timeout(pair.server, SO_RCVTIMEO, TIME);
    double start = now_ms();
    show("accept", accept(door, &from.any, &from.len));
    show_timed_out(start, TIME);
    start = now_ms();
    show("recv, TCP", recv(pair.server, room, sizeof room, 0));
    show_timed_out(start, TIME);
    start = now_ms();
    show("read, TCP", read(pair.server, room, sizeof room));
    show_timed_out(start, TIME);
    start = now_ms();
    show("recvmsg, TCP", recvmsg(pair.server, &message, 0));
    show_timed_out(start, TIME);
    start = now_ms();
    show("recvfrom, UDP", recvfrom(udp, room, sizeof room, 0, &from.any, &from.len));
    show_timed_out(start, TIME);
    start = now_ms();
    show("recv peek, UDP", recv(udp, room, sizeof room, MSG_PEEK));
    show_timed_out(start, TIME);
    must("send", send(pair.client, "now", 3, 0));
    show("data is there", recv(pair.server, room, sizeof room, 0));
    connect_to(new_socket(AF_INET, SOCK_STREAM), door);
    show_fd("a client is there", accept(door, &from.any, &from.len));
    set_nonblocking(pair.server, true);
    set_timeout(pair.server, SO_RCVTIMEO, 3600 * 1000);
    show("non-blocking wins over a long timeout", recv(pair.server, room, sizeof room, 0));
    return 0;
}
