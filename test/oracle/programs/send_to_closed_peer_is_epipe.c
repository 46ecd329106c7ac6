/* Writing to a peer that has closed is the errno EPIPE and nothing worse, by every function that writes. */
#include "check.h"

int
main(void)
{
    check_start();
    Pair pair = tcp_pair(AF_INET);
    struct iovec parts[2] = { { "a", 1 }, { "b", 1 } };
    struct msghdr message = { .msg_iov = parts, .msg_iovlen = 2 };
    close(pair.server);
    await(pair.client, POLLIN); /* the end of the stream is here */
    show("the first send provokes the reset", send(pair.client, "x", 1, 0));
    while (send(pair.client, "x", 1, 0) >= 0) /* until the reset is here */
        ;
    show("send", send(pair.client, "x", 1, 0));
    show("write", write(pair.client, "x", 1));
    show("writev", writev(pair.client, parts, 2));
    show("sendmsg", sendmsg(pair.client, &message, 0));
    Address to = loopback(AF_INET, 1);
    show("sendto", sendto(pair.client, "x", 1, 0, &to.any, to.len));
    show("recv", recv(pair.client, (char[4]){ 0 }, 4, 0));
    printf("still alive\n");
    return 0;
}
