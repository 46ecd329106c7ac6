/* socketpair: what can be had, what is refused, and that both ends work. */
#include "check.h"
#include <sys/un.h>

static void
talk(const char *what, int type)
{
    int ends[2] = { -1, -1 };
    char room[8];
    struct sockaddr_un name;
    socklen_t len = sizeof name;
    printf("%s\n", what);
    show("  socketpair", socketpair(AF_UNIX, type, 0, ends));
    print_yes("  non-blocking", (fcntl(ends[0], F_GETFL) & O_NONBLOCK) != 0);
    show("  getsockname", getsockname(ends[0], (struct sockaddr *)&name, &len));
    printf("  %s, %u bytes\n", family_name(name.sun_family), (unsigned)len);
    len = sizeof name;
    show("  getpeername", getpeername(ends[0], (struct sockaddr *)&name, &len));
    printf("  %s, %u bytes\n", family_name(name.sun_family), (unsigned)len);
    show("  send", send(ends[0], "abc", 3, 0));
    show("  write", write(ends[0], "de", 2));
    len = sizeof name;
    show("  recvfrom", recvfrom(ends[1], room, sizeof room, 0, (struct sockaddr *)&name, &len));
    printf("  from %u bytes\n", (unsigned)len);
    show("  read what is left", recv(ends[1], room, sizeof room, MSG_DONTWAIT));
    show("  send back", send(ends[1], "x", 1, 0));
    show("  recv", recv(ends[0], room, sizeof room, 0));
    show("  shutdown", shutdown(ends[0], SHUT_WR));
    show("  recv the end", recv(ends[1], room, sizeof room, MSG_DONTWAIT));
    show("  send after it", send(ends[0], "x", 1, MSG_NOSIGNAL));
    close(ends[0]);
    show("  recv from closed", recv(ends[1], room, sizeof room, MSG_DONTWAIT));
    show("  send to closed", send(ends[1], "x", 1, MSG_NOSIGNAL));
    show("  listen", listen(ends[1], 1));
    show("  accept", accept(ends[1], NULL, NULL));
    close(ends[1]);
}

int
main(void)
{
    int ends[2];
    check_start();
    talk("stream", SOCK_STREAM);
    talk("datagram", SOCK_DGRAM | SOCK_NONBLOCK);
    talk("sequenced packets", SOCK_SEQPACKET | SOCK_CLOEXEC);
    show("protocol of the family", socketpair(AF_UNIX, SOCK_STREAM, PF_UNIX, ends));
    show("another protocol", socketpair(AF_UNIX, SOCK_STREAM, 77, ends));
    show("unknown flag", socketpair(AF_UNIX, SOCK_STREAM | 0x100, 0, ends));
    show("NULL", socketpair(AF_UNIX, SOCK_STREAM, 0, NULL));
    show("IPv4", socketpair(AF_INET, SOCK_STREAM, 0, ends));
    show("IPv6", socketpair(AF_INET6, SOCK_DGRAM, 0, ends));
    show("IPv4, wrong protocol", socketpair(AF_INET, SOCK_STREAM, IPPROTO_UDP, ends));
    show("IPv4, NULL", socketpair(AF_INET, SOCK_STREAM, 0, NULL));
    show("no such family", socketpair(77, SOCK_STREAM, 0, ends));
    show("raw without a protocol", socket(AF_INET, SOCK_RAW, 0));
    show("Unix, another protocol", socket(AF_UNIX, SOCK_STREAM, 77));
    show("Unix, no such type", socket(AF_UNIX, 15, 0));
    return 0;
}
