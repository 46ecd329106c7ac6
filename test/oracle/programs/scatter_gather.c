/* Messages in many pieces: gathered into one datagram or stream, scattered into other pieces, empty ones among them. */
#include "check.h"

static unsigned char out[4096], in[4096];
static struct iovec parts[1100];

/* Cuts bytes into `count` pieces of `size`, every third of them empty when asked. */
static struct msghdr
cut(unsigned char *bytes, int count, size_t size, bool holes)
{
    size_t at = 0;
    for (int i = 0; i < count; i++) {
        parts[i].iov_base = bytes + at;
        parts[i].iov_len = holes && i % 3 == 0 ? 0 : size;
        at += parts[i].iov_len;
    }
    struct msghdr message = { .msg_iov = parts };
    message.msg_iovlen = count;
    return message;
}

static void
run(const char *what, Pair pair, int send_count, int receive_count, size_t size, bool holes)
{
    memset(in, 0, sizeof in);
    printf("%s, %d to %d pieces of %d%s\n", what, send_count, receive_count, (int)size, holes ? ", some empty" : "");
    struct msghdr message = cut(out, send_count, size, holes);
    long sent = show("  sendmsg", sendmsg(pair.client, &message, 0));
    message = cut(in, receive_count, size, holes);
    show("  recvmsg", recvmsg(pair.server, &message, 0));
    print_yes("  the same bytes", sent > 0 && memcmp(in, out, (size_t)sent) == 0);
}

int
main(void)
{
    check_start();
    for (size_t i = 0; i < sizeof out; i++)
        out[i] = pattern(i);
    Pair tcp = tcp_pair(AF_INET), udp = udp_pair(AF_INET);
    run("TCP", tcp, 1, 2, 100, false);
    run("TCP", tcp, 3, 3, 1, false);
    run("TCP", tcp, 300, 301, 7, true);
    run("TCP", tcp, 1024, 1024, 3, false);
    run("UDP", udp, 2, 3, 100, false);
    run("UDP", udp, 300, 300, 7, true);
    run("UDP", udp, 1024, 1024, 3, true);
    struct msghdr message = cut(out, 1025, 1, false);
    show("sendmsg, 1025 pieces", sendmsg(tcp.client, &message, 0));
    show("recvmsg, 1025 pieces", recvmsg(tcp.server, &message, 0));
    show("writev, 1025 pieces", writev(tcp.client, parts, 1025));
    cut(out, 1024, 4, false);
    show("writev, 1024 pieces", writev(tcp.client, parts, 1024));
    cut(in, 1000, 4, false);
    show("readv, 1000 pieces", readv(tcp.server, parts, 1000));
    print_yes("the same bytes", memcmp(in, out, 4000) == 0);
    show("recv the rest", recv(tcp.server, in, sizeof in, 0));
    return 0;
}
