/* getnameinfo without looking hosts up: flags, rooms, lengths, services, scopes. */
#include "names.h"

static void
name(const char *what, const Address *a, socklen_t len, socklen_t host_room, socklen_t service_room, int flags)
{
    char host[NI_MAXHOST] = "untouched", service[NI_MAXSERV] = "untouched";
    int code = getnameinfo(&a->any, len, host_room ? host : NULL, host_room, service_room ? service : NULL, service_room,
                           flags);
    printf("%s: %s", what, eai_name(code));
    if (code == 0)
        printf(" %s %s", host, service);
    printf("\n");
}

int
main(void)
{
    check_start();
    Address v4 = address(AF_INET, "127.0.0.1", 80), v6 = address(AF_INET6, "2001:db8::1", 53), other;
    name("IPv4", &v4, v4.len, 64, 32, NI_NUMERICHOST | NI_NUMERICSERV);
    name("IPv6", &v6, v6.len, 64, 32, NI_NUMERICHOST | NI_NUMERICSERV);
    name("service", &v4, v4.len, 64, 32, NI_NUMERICHOST);
    name("service of datagrams", &v6, v6.len, 64, 32, NI_NUMERICHOST | NI_DGRAM);
    other = address(AF_INET, "127.0.0.1", 69);
    name("only for datagrams", &other, other.len, 64, 32, NI_NUMERICHOST);
    name("only for datagrams", &other, other.len, 64, 32, NI_NUMERICHOST | NI_DGRAM);
    other = address(AF_INET, "127.0.0.1", 65000);
    name("unknown service", &other, other.len, 64, 32, NI_NUMERICHOST);
    other = address(AF_INET, "127.0.0.1", 0);
    name("port 0", &other, other.len, 64, 32, NI_NUMERICHOST);
    name("host only", &v4, v4.len, 64, 0, NI_NUMERICHOST);
    name("service only", &v4, v4.len, 0, 32, NI_NUMERICSERV);
    name("neither", &v4, v4.len, 0, 0, NI_NUMERICHOST);
    name("neither, name required", &v4, v4.len, 0, 0, NI_NAMEREQD);
    name("name required and numeric", &v4, v4.len, 64, 32, NI_NAMEREQD | NI_NUMERICHOST | NI_NUMERICSERV);
    name("just enough room", &v4, v4.len, 10, 3, NI_NUMERICHOST | NI_NUMERICSERV);
    name("too little for the host", &v4, v4.len, 9, 3, NI_NUMERICHOST | NI_NUMERICSERV);
    name("too little for the service", &v4, v4.len, 10, 2, NI_NUMERICHOST | NI_NUMERICSERV);
    name("too little for its name", &v4, v4.len, 10, 4, NI_NUMERICHOST);
    name("unknown flag", &v4, v4.len, 64, 32, 1 << 20);
    name("short", &v4, v4.len - 1, 64, 32, NI_NUMERICHOST);
    name("no family", &v4, 1, 64, 32, NI_NUMERICHOST);
    name("short and unknown flag", &v4, 1, 64, 32, 1 << 20);
    name("24 bytes of IPv6", &v6, 24, 64, 32, NI_NUMERICHOST | NI_NUMERICSERV);
    name("23 bytes of IPv6", &v6, 23, 64, 32, NI_NUMERICHOST | NI_NUMERICSERV);
    other = v4;
    other.any.sa_family = 99;
    name("unknown family", &other, other.len, 64, 32, NI_NUMERICHOST);
    other = address(AF_INET6, "::ffff:1.2.3.4", 1);
    name("mapped", &other, other.len, 64, 32, NI_NUMERICHOST | NI_NUMERICSERV);
    other = address(AF_INET6, "::", 1);
    name("any", &other, other.len, 64, 32, NI_NUMERICHOST | NI_NUMERICSERV);
    other = address(AF_INET6, "fe80::1", 1);
    name("link-local", &other, other.len, 64, 32, NI_NUMERICHOST | NI_NUMERICSERV);
    other.v6.sin6_scope_id = 12345;
    name("with a scope", &other, other.len, 64, 32, NI_NUMERICHOST | NI_NUMERICSERV);
    other = address(AF_INET6, "2001:db8::1", 1);
    other.v6.sin6_scope_id = 12345;
    name("another with a scope", &other, other.len, 64, 32, NI_NUMERICHOST | NI_NUMERICSERV);
    return 0;
}
