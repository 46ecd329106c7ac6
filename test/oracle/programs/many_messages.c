/* sendmmsg and recvmmsg: how many, how long each, from whom; timeouts, and what is refused. */
#include "check.h"

#define MANY 6

int
main(void)
{
    char bytes[MANY][8], name[8];
    struct iovec iovs[MANY];
    struct mmsghdr messages[MANY];
    struct sockaddr_in from[MANY];
    struct timespec short_wait = { 0, 30000000 }, long_wait = { 20, 0 }, wrong = { 0, -1 }, negative = { -1, 0 };
    check_start();
    Pair pair = udp_pair(AF_INET);
    Address to = local_address(pair.server), client = local_address(pair.client);
    int free_socket = bound_udp(AF_INET);
    memset(messages, 0, sizeof messages);
    for (int i = 0; i < MANY; i++) {
        memset(bytes[i], 'a' + i, sizeof bytes[i]);
        iovs[i] = (struct iovec){ bytes[i], (size_t)i };
        messages[i].msg_hdr.msg_iov = &iovs[i];
        messages[i].msg_hdr.msg_iovlen = 1;
    }
    show("sendmmsg", sendmmsg(pair.client, messages, MANY, 0));
    for (int i = 0; i < MANY; i++)
        printf("%u ", messages[i].msg_len);
    puts("sent");

    for (int i = 0; i < MANY; i++) {
        iovs[i].iov_len = 3;
        messages[i].msg_hdr.msg_name = &from[i];
        messages[i].msg_hdr.msg_namelen = sizeof from[i];
        messages[i].msg_len = 99;
    }
    show("recvmmsg four", recvmmsg(pair.server, messages, 4, 0, NULL));
    show("recvmmsg the rest", recvmmsg(pair.server, messages + 4, 2, MSG_DONTWAIT, NULL));
    for (int i = 0; i < MANY; i++) {
        snprintf(name, sizeof name, "%d", i);
        print_bytes(name, bytes[i], messages[i].msg_len);
        printf("  %s, %s, %s\n", messages[i].msg_hdr.msg_flags == MSG_TRUNC ? "cut" : "whole",
               from[i].sin_port == client.v4.sin_port ? "from the client" : "from elsewhere",
               messages[i].msg_hdr.msg_namelen == sizeof from[i] ? "right length" : "wrong length");
    }
    show("none left", recvmmsg(pair.server, messages, MANY, MSG_DONTWAIT, NULL));
    must("send", send(pair.client, "x", 1, 0));
    show("one, not waiting for more", recvmmsg(pair.server, messages, MANY, MSG_WAITFORONE, NULL));
    must("send", send(pair.client, "x", 1, 0));
    show("one asked for, with time", recvmmsg(pair.server, messages, 1, 0, &long_wait));
    print_yes("most of it is left", long_wait.tv_sec == 19 && long_wait.tv_nsec > 0);
    set_timeout(pair.server, SO_RCVTIMEO, 20);
    show("none in time", recvmmsg(pair.server, messages, 1, 0, &short_wait));
    print_yes("timeout untouched", short_wait.tv_nsec == 30000000);

    for (int i = 0; i < MANY; i++) {
        messages[i].msg_hdr.msg_name = i == 2 ? &from[0] : (void *)&to.v4;
        messages[i].msg_hdr.msg_namelen = sizeof to.v4;
    }
    from[0] = (struct sockaddr_in){ .sin_family = AF_INET };
    show("to many, one wrong", sendmmsg(free_socket, messages, 2, 0));
    messages[1].msg_hdr.msg_iovlen = 1025;
    show("the second is too much", sendmmsg(free_socket, messages, 3, 0));
    show("it alone", sendmmsg(free_socket, messages + 1, 1, 0));
    show("none", sendmmsg(free_socket, messages, 0, 0));
    show("NULL", sendmmsg(free_socket, NULL, 1, 0));
    show("none of NULL", sendmmsg(free_socket, NULL, 0, 0));
    show("recvmmsg none", recvmmsg(free_socket, messages, 0, 0, NULL));
    show("recvmmsg NULL", recvmmsg(free_socket, NULL, 1, MSG_DONTWAIT, NULL));
    show("wrong time", recvmmsg(free_socket, messages, 1, 0, &wrong));
    show("negative time", recvmmsg(free_socket, messages, 1, 0, &negative));
    show("wrong time, closed", recvmmsg(99, messages, 1, 0, &wrong));
    show("sendmmsg closed", sendmmsg(99, messages, 1, 0));
    show("sendmmsg none, closed", sendmmsg(99, NULL, 0, 0));
    show("sendmmsg stdin", sendmmsg(0, messages, 1, 0));
    show("recvmmsg stdin", recvmmsg(0, messages, 1, 0, NULL));
    return 0;
}
