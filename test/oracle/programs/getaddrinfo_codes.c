/* iwasm: --allow-resolve=* */
/* getaddrinfo: every code for what is wrong, and which of two mistakes is told. */
#include "names.h"

int
main(void)
{
    check_start();
    look_up(NULL, NULL, AF_UNSPEC, 0, 0, 0);
    look_up("127.0.0.1", NULL, AF_UNSPEC, 0, 0, 1 << 20);
    look_up("127.0.0.1", NULL, AF_UNSPEC, 0, 0, -1);
    look_up(NULL, "80", AF_UNSPEC, 0, 0, AI_CANONNAME);
    look_up(NULL, NULL, AF_UNSPEC, 0, 0, AI_CANONNAME);
    look_up("127.0.0.1", NULL, AF_UNIX, 0, 0, 0);
    look_up("127.0.0.1", NULL, 77, 0, 0, 0);
    look_up("127.0.0.1", NULL, AF_UNIX, 0, 0, 1 << 20);
    look_up("127.0.0.1", NULL, AF_UNSPEC, 99, 0, 0);
    look_up("127.0.0.1", "80", AF_UNSPEC, SOCK_STREAM, IPPROTO_UDP, 0);
    look_up("127.0.0.1", "http", AF_UNSPEC, SOCK_RAW, 0, 0);
    look_up("127.0.0.1", "80", AF_UNSPEC, SOCK_RAW, 0, 0);
    look_up("127.0.0.1", "http", AF_UNSPEC, SOCK_STREAM, 0, 0);
    look_up("127.0.0.1", "http", AF_UNSPEC, SOCK_STREAM, 0, AI_NUMERICSERV);
    look_up("127.0.0.1", "http", AF_UNSPEC, SOCK_DGRAM, 0, 0);
    look_up("127.0.0.1", "no-such-service", AF_UNSPEC, 0, 0, 0);
    look_up("127.0.0.1", "tftp", AF_UNSPEC, 0, 0, 0);
    look_up(NULL, "domain", AF_INET, 0, 0, AI_PASSIVE);
    look_up("127.0.0.1", "", AF_INET, SOCK_STREAM, 0, 0);
    look_up("127.0.0.1", "-1", AF_INET, SOCK_STREAM, 0, 0);
    look_up("127.0.0.1", " 80", AF_INET, SOCK_STREAM, 0, 0);
    look_up("127.0.0.1", "80 ", AF_INET, SOCK_STREAM, 0, 0);
    look_up("127.0.0.1", "65536", AF_INET, SOCK_STREAM, 0, 0);
    look_up("127.0.0.1", "0x50", AF_INET, SOCK_STREAM, 0, 0);
    look_up("::1", NULL, AF_INET, SOCK_STREAM, 0, 0);
    look_up("127.0.0.1", NULL, AF_INET6, SOCK_STREAM, 0, 0);
    look_up("::ffff:127.0.0.1", NULL, AF_INET, SOCK_STREAM, 0, 0);
    look_up("localhost", NULL, AF_INET, SOCK_STREAM, 0, AI_NUMERICHOST);
    look_up("127.0.0.1.", NULL, AF_INET, SOCK_STREAM, 0, AI_NUMERICHOST);
    look_up("127.1", NULL, AF_INET, SOCK_STREAM, 0, AI_NUMERICHOST);
    look_up("0x7f.1", NULL, AF_INET, SOCK_STREAM, 0, AI_NUMERICHOST);
    look_up("256.0.0.1", NULL, AF_INET, SOCK_STREAM, 0, AI_NUMERICHOST);
    look_up("::1%1", NULL, AF_INET6, SOCK_STREAM, 0, AI_NUMERICHOST);
    look_up("fe80::1%1", NULL, AF_INET6, SOCK_STREAM, 0, AI_NUMERICHOST);
    look_up("fe80::1%lo", NULL, AF_INET6, SOCK_STREAM, 0, AI_NUMERICHOST);
    look_up("fe80::1%no-such-one", NULL, AF_INET6, SOCK_STREAM, 0, AI_NUMERICHOST);
    look_up("fe80::1%", NULL, AF_INET6, SOCK_STREAM, 0, AI_NUMERICHOST);
    return 0;
}
