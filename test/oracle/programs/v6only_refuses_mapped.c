/* A v6only socket takes no IPv4: not as a client, not as an address, and the choice is made before binding. */
#include "check.h"

int
main(void)
{
    check_start();
    int door = new_socket(AF_INET6, SOCK_STREAM), four = new_socket(AF_INET, SOCK_STREAM);
    show("set v6only", set_option(door, IPPROTO_IPV6, IPV6_V6ONLY, 1));
    Address any = address(AF_INET6, "::", 0), mapped = address(AF_INET6, "::ffff:127.0.0.1", 0);
    show("bind mapped", bind(door, &mapped.any, mapped.len));
    show("bind ::", bind(door, &any.any, any.len));
    must("listen", listen(door, 4));
    show("set v6only after binding", set_option(door, IPPROTO_IPV6, IPV6_V6ONLY, 0));

    /* The same port may be had for IPv4, unless something else happens to have it: then with another port. */
    Address there = local_address(door), to = loopback(AF_INET, port_of(&there));
    for (int i = 0; i < 20 && bind(four, &to.any, to.len) < 0; i++) {
        close(door);
        door = new_socket(AF_INET6, SOCK_STREAM);
        must("set v6only", set_option(door, IPPROTO_IPV6, IPV6_V6ONLY, 1));
        must("bind", bind(door, &any.any, any.len));
        must("listen", listen(door, 4));
        there = local_address(door);
        to = loopback(AF_INET, port_of(&there));
    }
    Address own = local_address(four);
    print_yes("IPv4 socket on the same port", port_of(&own) == port_of(&there));
    show("IPv4 client", connect(new_socket(AF_INET, SOCK_STREAM), &to.any, to.len));
    Address six = loopback(AF_INET6, port_of(&there));
    show("IPv6 client", connect(new_socket(AF_INET6, SOCK_STREAM), &six.any, six.len));

    mapped = address(AF_INET6, "::ffff:127.0.0.1", 9);
    int client = new_socket(AF_INET6, SOCK_STREAM);
    must("set v6only", set_option(client, IPPROTO_IPV6, IPV6_V6ONLY, 1));
    show("connect to a mapped address", connect(client, &mapped.any, mapped.len));
    int udp = new_socket(AF_INET6, SOCK_DGRAM);
    must("set v6only", set_option(udp, IPPROTO_IPV6, IPV6_V6ONLY, 1));
    show("sendto a mapped address", sendto(udp, "x", 1, 0, &mapped.any, mapped.len));
    return 0;
}
