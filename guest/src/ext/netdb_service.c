/*
 * getservbyname and getservbyport, for TCP and UDP. They stand on getaddrinfo and getnameinfo with numeric hosts, so that
 * nothing but the host's list of services is asked.
 */
#include "internal.h"

#include <netdb.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *name;
    int type;
    int name_flags;
} transport;

/* In the order in which they are tried when any will do: most services are in the list for TCP first. */
static const transport transports[] = { { "tcp", SOCK_STREAM, 0 }, { "udp", SOCK_DGRAM, NI_DGRAM } };

#define TRANSPORTS (sizeof transports / sizeof transports[0])

/* One result for both functions, which the next call overwrites, as POSIX has it. */
static struct servent last;
static char last_name[NI_MAXSERV], last_alias[NI_MAXHOST], last_protocol[4];
static char *last_aliases[2];

/* getaddrinfo takes a port for a service, this is only for names. */
static bool
is_number(const char *text)
{
    char *end;
    (void)strtoul(text, &end, 10);
    return *end == '\0';
}

static struct sockaddr_in
any_host(uint16_t port_be)
{
    struct sockaddr_in addr;
    memset(&addr, 0, sizeof addr);
    addr.sin_family = AF_INET;
    addr.sin_port = port_be;
    return addr;
}

/* The name of a port, in `last_name`. */
static bool
name_port(uint16_t port_be, const transport *by)
{
    struct sockaddr_in addr = any_host(port_be);
    return getnameinfo((const struct sockaddr *)(const void *)&addr, sizeof addr, NULL, 0, last_name, sizeof last_name,
                       NI_NUMERICHOST | by->name_flags)
               == 0
           && !is_number(last_name);
}

static struct servent *
tell(uint16_t port_be, const char *alias, const transport *by)
{
    last_aliases[0] = NULL;
    if (alias != NULL && strcmp(alias, last_name) != 0)
        last_aliases[0] = strcpy(last_alias, alias);
    last.s_name = last_name;
    last.s_aliases = last_aliases;
    last.s_port = port_be;
    last.s_proto = strcpy(last_protocol, by->name);
    return &last;
}

struct servent *
getservbyname(const char *name, const char *protocol)
{
    if (strlen(name) >= sizeof last_alias || is_number(name))
        return NULL;
    for (size_t i = 0; i < TRANSPORTS; i++) {
        struct addrinfo hints, *list;
        if (protocol != NULL && strcmp(protocol, transports[i].name) != 0)
            continue;
        memset(&hints, 0, sizeof hints);
        hints.ai_family = AF_INET;
        hints.ai_socktype = transports[i].type;
        if (getaddrinfo(NULL, name, &hints, &list) != 0)
            continue;
        struct sockaddr_in addr;
        memcpy(&addr, list->ai_addr, sizeof addr);
        freeaddrinfo(list);
        /* What was asked for may be an alias; the port has the name. */
        if (!name_port(addr.sin_port, &transports[i])) {
            if (strlen(name) >= sizeof last_name)
                return NULL;
            strcpy(last_name, name);
        }
        return tell(addr.sin_port, name, &transports[i]);
    }
    return NULL;
}

struct servent *
getservbyport(int port, const char *protocol)
{
    if (port < 0 || port > UINT16_MAX)
        return NULL;
    for (size_t i = 0; i < TRANSPORTS; i++) {
        if (protocol != NULL && strcmp(protocol, transports[i].name) != 0)
            continue;
        if (name_port((uint16_t)port, &transports[i]))
            return tell((uint16_t)port, NULL, &transports[i]);
    }
    return NULL;
}
