/* Printing what getaddrinfo gives. Error codes by name: glibc has more of them than other C libraries. */
#ifndef BERTH_ORACLE_RESOLVE_H
#define BERTH_ORACLE_RESOLVE_H

#include "check.h"

static inline const char *
resolve_error_name(int code)
{
#define NAME(constant)    \
    if (code == constant) \
        return #constant;
    NAME(EAI_BADFLAGS) NAME(EAI_NONAME) NAME(EAI_AGAIN) NAME(EAI_FAIL) NAME(EAI_FAMILY) NAME(EAI_SOCKTYPE)
    NAME(EAI_SERVICE) NAME(EAI_MEMORY) NAME(EAI_SYSTEM) NAME(EAI_OVERFLOW)
#ifdef EAI_ADDRFAMILY
    NAME(EAI_ADDRFAMILY)
#endif
#undef NAME
    return code == 0 ? "found" : "another code";
}

static inline struct addrinfo
hints_of(int family, int type, int protocol, int flags)
{
    struct addrinfo hints;
    memset(&hints, 0, sizeof hints);
    hints.ai_family = family;
    hints.ai_socktype = type;
    hints.ai_protocol = protocol;
    hints.ai_flags = flags;
    return hints;
}

/* Looks up and prints every result but the raw ones, which WASI cannot express. */
static inline void
resolve(const char *node, const char *service, const struct addrinfo *hints)
{
    struct addrinfo *list = NULL;
    int code = getaddrinfo(node, service, hints, &list);
    printf("%s %s: %s\n", node ? node : "NULL", service ? service : "NULL", resolve_error_name(code));
    if (code != 0)
        return;
    for (struct addrinfo *entry = list; entry; entry = entry->ai_next) {
        char text[64] = "?";
        Address a;
        if (entry->ai_socktype != SOCK_STREAM && entry->ai_socktype != SOCK_DGRAM)
            continue;
        if (entry->ai_addrlen > sizeof a.bytes) {
            printf("  an impossible length\n");
            continue;
        }
        memcpy(a.bytes, entry->ai_addr, entry->ai_addrlen);
        if (entry->ai_family == AF_INET6)
            inet_ntop(AF_INET6, &a.v6.sin6_addr, text, sizeof text);
        else
            inet_ntop(AF_INET, &a.v4.sin_addr, text, sizeof text);
        printf("  %s %s port %d, %s, protocol %d, %s length%s%s\n", family_name(entry->ai_family), text, port_of(&a),
               entry->ai_socktype == SOCK_STREAM ? "stream" : "datagram", entry->ai_protocol,
               entry->ai_addrlen == address_size(entry->ai_family) && a.any.sa_family == entry->ai_family ? "whole"
                                                                                                           : "another",
               entry->ai_canonname ? ", canonical name " : "", entry->ai_canonname ? entry->ai_canonname : "");
    }
    freeaddrinfo(list);
}

#endif
