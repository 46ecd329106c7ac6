/* getservbyname, getservbyport, getprotobyname and getprotobynumber. Aliases of services are not printed. */
#include "names.h"

static void
show_service(const char *what, const struct servent *service)
{
    if (service == NULL)
        printf("%s: none\n", what);
    else
        printf("%s: %s %d %s\n", what, service->s_name, ntohs((uint16_t)service->s_port), service->s_proto);
}

static void
show_protocol(const char *what, const struct protoent *protocol)
{
    if (protocol == NULL)
        printf("%s: none\n", what);
    else
        printf("%s: %s %d %s\n", what, protocol->p_name, protocol->p_proto, protocol->p_aliases[0]);
}

int
main(void)
{
    check_start();
    static const char *const names[] = { "http", "www", "domain", "tftp", "ntp", "ssh", "HTTP", "80", "", "no-such-service" };
    static const char *const protocols[] = { "tcp", "udp", "TCP", "no-such-protocol", NULL };
    for (size_t i = 0; i < COUNT(names); i++)
        for (size_t j = 0; j < COUNT(protocols); j++) {
            char what[64];
            snprintf(what, sizeof what, "%s of %s", names[i], protocols[j] ? protocols[j] : "any");
            show_service(what, getservbyname(names[i], protocols[j]));
        }
    static const int ports[] = { 80, 53, 69, 123, 22, 0, 65000 };
    for (size_t i = 0; i < COUNT(ports); i++)
        for (size_t j = 0; j < COUNT(protocols); j++) {
            char what[64];
            snprintf(what, sizeof what, "%d of %s", ports[i], protocols[j] ? protocols[j] : "any");
            show_service(what, getservbyport(htons((uint16_t)ports[i]), protocols[j]));
        }
    show_service("-1", getservbyport(-1, "tcp"));
    show_service("more than a port", getservbyport(htons(80) | 0x10000, "tcp"));

    static const char *const known[] = { "tcp", "TCP", "udp", "icmp", "ip", "ipv6", "IPv6", "ipv6-icmp", "gre", "sctp", "no", "" };
    for (size_t i = 0; i < COUNT(known); i++)
        show_protocol(known[i], getprotobyname(known[i]));
    static const int numbers[] = { 0, 1, 2, 6, 17, 41, 47, 58, 132, 136, 200, -1, 1000 };
    for (size_t i = 0; i < COUNT(numbers); i++) {
        char what[16];
        snprintf(what, sizeof what, "%d", numbers[i]);
        show_protocol(what, getprotobynumber(numbers[i]));
    }
    return 0;
}
