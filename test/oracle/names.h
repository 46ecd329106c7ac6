/* Printing what the functions for names and interfaces give, and all kinds of sockets in the results of getaddrinfo. */
#ifndef BERTH_ORACLE_NAMES_H
#define BERTH_ORACLE_NAMES_H

#include "check.h"

#include <netdb.h>

static inline const char *
eai_name(int code)
{
#define NAME(constant)    \
    if (code == constant) \
        return #constant;
    NAME(EAI_BADFLAGS) NAME(EAI_NONAME) NAME(EAI_AGAIN) NAME(EAI_FAIL) NAME(EAI_NODATA) NAME(EAI_FAMILY)
    NAME(EAI_SOCKTYPE) NAME(EAI_SERVICE) NAME(EAI_ADDRFAMILY) NAME(EAI_MEMORY) NAME(EAI_SYSTEM) NAME(EAI_OVERFLOW)
#undef NAME
    return code == 0 ? "found" : "another code";
}

static inline const char *
type_name(int type)
{
    return type == SOCK_STREAM   ? "stream"
           : type == SOCK_DGRAM  ? "datagram"
           : type == SOCK_RAW    ? "raw"
           : type == 0           ? "any"
                                 : "another type";
}

/* The text of an address of either family, with its scope. */
static inline const char *
address_text(const struct sockaddr *addr)
{
    static char text[96];
    char host[64] = "?";
    Address a;
    if (addr == NULL)
        return "none";
    memset(&a, 0, sizeof a);
    memcpy(a.bytes, addr, address_size(addr->sa_family));
    if (addr->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &a.v6.sin6_addr, host, sizeof host);
    else if (addr->sa_family == AF_INET)
        inet_ntop(AF_INET, &a.v4.sin_addr, host, sizeof host);
    snprintf(text, sizeof text, "%s%s", host, addr->sa_family == AF_INET6 && a.v6.sin6_scope_id ? " scoped" : "");
    return text;
}

static inline void
look_up(const char *node, const char *service, int family, int type, int protocol, int flags)
{
    struct addrinfo hints, *list = NULL;
    memset(&hints, 0, sizeof hints);
    hints.ai_family = family;
    hints.ai_socktype = type;
    hints.ai_protocol = protocol;
    hints.ai_flags = flags;
    int code = getaddrinfo(node, service, &hints, &list);
    printf("%s %s %s %s %d %x: %s\n", node ? node : "NULL", service ? service : "NULL", family_name(family),
           type_name(type), protocol, (unsigned)flags, eai_name(code));
    if (code != 0)
        return;
    for (struct addrinfo *entry = list; entry; entry = entry->ai_next) {
        Address a;
        memset(&a, 0, sizeof a);
        memcpy(a.bytes, entry->ai_addr, entry->ai_addrlen);
        printf("  %s %s port %d, %s %d, flags %x, %s length", family_name(entry->ai_family),
               address_text(entry->ai_addr), port_of(&a), type_name(entry->ai_socktype), entry->ai_protocol,
               (unsigned)entry->ai_flags,
               entry->ai_addrlen == address_size(entry->ai_family) && a.any.sa_family == entry->ai_family ? "whole"
                                                                                                           : "another");
        printf("%s%s\n", entry->ai_canonname ? ", canonical name " : "",
               entry->ai_canonname ? entry->ai_canonname : "");
    }
    freeaddrinfo(list);
}

#endif
