/* NULL and 0 as value and length. */
#include "check.h"

static void
get(const char *what, int fd, int level, int option)
{
    socklen_t four = 4, none = 0, negative = (socklen_t)-1;
    int value;
    puts(what);
    show("  get, NULL of 4", getsockopt(fd, level, option, NULL, &four));
    show("  get, NULL of 0", getsockopt(fd, level, option, NULL, &none));
    show("  get, no length", getsockopt(fd, level, option, &value, NULL));
    show("  get, negative", getsockopt(fd, level, option, &value, &negative));
    show("  set, NULL of 4", setsockopt(fd, level, option, NULL, 4));
    show("  set, NULL of 0", setsockopt(fd, level, option, NULL, 0));
    show("  set, negative", setsockopt(fd, level, option, &value, (socklen_t)-1));
}

int
main(void)
{
    check_start();
    int tcp = new_socket(AF_INET, SOCK_STREAM), udp6 = new_socket(AF_INET6, SOCK_DGRAM);
    get("SO_OOBINLINE", tcp, SOL_SOCKET, SO_OOBINLINE);
    get("SO_ERROR", tcp, SOL_SOCKET, SO_ERROR);
    get("unknown", tcp, SOL_SOCKET, 1234);
    get("IP_TOS", tcp, IPPROTO_IP, IP_TOS);
    get("TCP_KEEPCNT", tcp, IPPROTO_TCP, TCP_KEEPCNT);
    get("unknown", tcp, IPPROTO_TCP, 1234);
    get("IPV6_TCLASS", udp6, IPPROTO_IPV6, IPV6_TCLASS);
    get("IPV6_RECVPKTINFO", udp6, IPPROTO_IPV6, IPV6_RECVPKTINFO);
    get("closed", 99, SOL_SOCKET, SO_ERROR);
    get("stdin", 0, SOL_SOCKET, SO_ERROR);
    return 0;
}
