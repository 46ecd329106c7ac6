/*
 * getprotobyname, getprotobynumber and the walk over all of them. The list is here and not asked of the host: it is IANA's
 * (protocol numbers) and does not change. The second spelling is the alias that Linux distributions give.
 */
#include <netdb.h>
#include <stddef.h>
#include <string.h>

typedef struct {
    short number;
    char name[16], alias[16];
} protocol;

static const protocol protocols[] = {
    { 0, "ip", "IP" },
    { 0, "hopopt", "HOPOPT" },
    { 1, "icmp", "ICMP" },
    { 2, "igmp", "IGMP" },
    { 3, "ggp", "GGP" },
    { 4, "ipencap", "IP-ENCAP" },
    { 5, "st", "ST" },
    { 6, "tcp", "TCP" },
    { 8, "egp", "EGP" },
    { 9, "igp", "IGP" },
    { 12, "pup", "PUP" },
    { 17, "udp", "UDP" },
    { 20, "hmp", "HMP" },
    { 22, "xns-idp", "XNS-IDP" },
    { 27, "rdp", "RDP" },
    { 29, "iso-tp4", "ISO-TP4" },
    { 33, "dccp", "DCCP" },
    { 41, "ipv6", "IPv6" },
    { 43, "ipv6-route", "IPv6-Route" },
    { 44, "ipv6-frag", "IPv6-Frag" },
    { 46, "rsvp", "RSVP" },
    { 47, "gre", "GRE" },
    { 50, "esp", "IPSEC-ESP" },
    { 51, "ah", "IPSEC-AH" },
    { 58, "ipv6-icmp", "IPv6-ICMP" },
    { 59, "ipv6-nonxt", "IPv6-NoNxt" },
    { 60, "ipv6-opts", "IPv6-Opts" },
    { 88, "eigrp", "EIGRP" },
    { 89, "ospf", "OSPFIGP" },
    { 94, "ipip", "IPIP" },
    { 98, "encap", "ENCAP" },
    { 103, "pim", "PIM" },
    { 108, "ipcomp", "IPCOMP" },
    { 112, "vrrp", "VRRP" },
    { 115, "l2tp", "L2TP" },
    { 124, "isis", "ISIS" },
    { 132, "sctp", "SCTP" },
    { 136, "udplite", "UDPLite" },
    { 137, "mpls-in-ip", "MPLS-in-IP" },
    { 139, "hip", "HIP" },
    { 140, "shim6", "Shim6" },
    { 262, "mptcp", "MPTCP" },
};

#define PROTOCOLS (sizeof protocols / sizeof protocols[0])

static size_t next_protocol;

/* The result's strings are the program's to read only, but POSIX does not call them const; so they are copies. */
static struct protoent *
tell(const protocol *found)
{
    static struct protoent last;
    static protocol copy;
    static char *aliases[2];
    copy = *found;
    aliases[0] = copy.alias;
    last.p_name = copy.name;
    last.p_aliases = aliases;
    last.p_proto = copy.number;
    return &last;
}

struct protoent *
getprotobyname(const char *name)
{
    for (size_t i = 0; i < PROTOCOLS; i++) {
        if (strcmp(name, protocols[i].name) == 0 || strcmp(name, protocols[i].alias) == 0)
            return tell(&protocols[i]);
    }
    return NULL;
}

struct protoent *
getprotobynumber(int number)
{
    for (size_t i = 0; i < PROTOCOLS; i++) {
        if (protocols[i].number == number)
            return tell(&protocols[i]);
    }
    return NULL;
}

void
setprotoent(int stay_open)
{
    (void)stay_open;
    next_protocol = 0;
}

struct protoent *
getprotoent(void)
{
    return next_protocol < PROTOCOLS ? tell(&protocols[next_protocol++]) : NULL;
}

void
endprotoent(void)
{
    next_protocol = 0;
}
