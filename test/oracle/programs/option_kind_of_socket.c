/* SO_TYPE, SO_DOMAIN, SO_PROTOCOL, SO_ACCEPTCONN: what a socket is. */
#include "check.h"

static int
get(int fd, int option)
{
    int value = -1;
    socklen_t len = sizeof value;
    must("getsockopt", getsockopt(fd, SOL_SOCKET, option, &value, &len));
    return value;
}

static void
describe(const char *what, int fd)
{
    int type = get(fd, SO_TYPE);
    printf("%s: %s, %s, protocol %d, listening %d\n", what, family_name(get(fd, SO_DOMAIN)),
           type == SOCK_STREAM      ? "stream"
           : type == SOCK_DGRAM     ? "datagram"
           : type == SOCK_SEQPACKET ? "sequenced packets"
                                    : "?",
           get(fd, SO_PROTOCOL), get(fd, SO_ACCEPTCONN));
}

int
main(void)
{
    static const int options[] = { SO_TYPE, SO_DOMAIN, SO_PROTOCOL, SO_ACCEPTCONN };
    int ends[2];
    check_start();
    Pair pair = tcp_pair(AF_INET);
    describe("TCP", new_socket(AF_INET, SOCK_STREAM));
    describe("UDP", new_socket(AF_INET, SOCK_DGRAM));
    describe("TCP over IPv6", new_socket(AF_INET6, SOCK_STREAM));
    describe("UDP over IPv6", new_socket(AF_INET6, SOCK_DGRAM));
    describe("listening", listener(AF_INET));
    describe("accepted", pair.server);
    static const int types[] = { SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET, SOCK_RAW };
    for (size_t i = 0; i < COUNT(types); i++) {
        must("socketpair", socketpair(AF_UNIX, types[i], 0, ends));
        describe("one of a pair", ends[0]);
        describe("Unix", (int)must("socket", socket(AF_UNIX, types[i] | SOCK_CLOEXEC, PF_UNIX)));
    }
    for (size_t i = 0; i < COUNT(options); i++)
        show("set it", set_option(pair.client, SOL_SOCKET, options[i], 1));
    return 0;
}
