/* bind: twice, taken ports, addresses of others, wrong families, short and long addresses. */
#include "check.h"

int
main(void)
{
    check_start();
    int types[] = { SOCK_STREAM, SOCK_DGRAM };
    for (int i = 0; i < 2; i++) {
        printf("%s\n", i ? "UDP" : "TCP");
        int fd = new_socket(AF_INET, types[i]);
        Address a = loopback(AF_INET, 0);
        show("  bind", bind(fd, &a.any, a.len));
        show("  twice", bind(fd, &a.any, a.len));
        if (types[i] == SOCK_STREAM)
            must("listen", listen(fd, 1));
        Address taken = local_address(fd);
        int other = new_socket(AF_INET, types[i]);
        show("  a taken port", bind(other, &taken.any, taken.len));
        Address wild = address(AF_INET, "0.0.0.0", port_of(&taken));
        show("  the same port on every address", bind(other, &wild.any, wild.len));
        Address beside = address(AF_INET, "127.0.0.2", port_of(&taken));
        show("  the same port beside it", bind(other, &beside.any, beside.len));
        Address foreign = address(AF_INET, "192.0.2.1", 0);
        show("  the address of another host", bind(new_socket(AF_INET, types[i]), &foreign.any, foreign.len));
    }
    int four = new_socket(AF_INET, SOCK_STREAM), six = new_socket(AF_INET6, SOCK_STREAM);
    Address v4 = loopback(AF_INET, 0), v6 = loopback(AF_INET6, 0), strange = v4;
    show("IPv6 address on IPv4 socket", bind(four, &v6.any, v6.len));
    show("IPv4 address on IPv6 socket", bind(six, &v4.any, v4.len));
    strange.any.sa_family = 77;
    show("family 77", bind(four, &strange.any, strange.len));
    show("too short", bind(four, &v4.any, v4.len - 1));
    show("no length", bind(four, &v4.any, 0));
    show("IPv6 too short", bind(six, &v6.any, v4.len));
    Address link_local = address(AF_INET6, "ff02::1234", 0);
    show("link-local without an interface", bind(new_socket(AF_INET6, SOCK_DGRAM), &link_local.any, link_local.len));
    show("still unbound", bind(four, &v4.any, v4.len));
    show("longer than needed", bind(new_socket(AF_INET, SOCK_STREAM), &v4.any, 64));
    show("connected", bind(tcp_pair(AF_INET).client, &v4.any, v4.len));
    return 0;
}
