/*
 * getaddrinfo by the original's import, and freeaddrinfo.
 *
 * Numeric addresses and port numbers are understood here and need no permission from the host; names of hosts and services
 * are its affair (`sock_addr_resolve`). Order of checks and of results is that of Linux's C library, without its entries for
 * raw sockets.
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

#define KNOWN_FLAGS                                                                                              \
    (AI_PASSIVE | AI_CANONNAME | AI_NUMERICHOST | AI_V4MAPPED | AI_ALL | AI_ADDRCONFIG | AI_NUMERICSERV)

/* How many results are asked for at first, how many are taken at most, and how often a list that grew is asked for again. */
#define FIRST_CAPACITY 16
#define MAX_ENTRIES 4096
#define MAX_ATTEMPTS 4

BERTH_ASSERT(sizeof(struct addrinfo) == 32, "eight fields of four bytes");

/* What the caller wants to do with the addresses. */
typedef struct {
    bool stream, datagram;
} types;

/* What was asked of the port: a number, or a name of which host and socket type make a number. */
typedef struct {
    const char *name; /* NULL: the numbers are known */
    uint16_t stream_port, datagram_port;
} service;

/* An address that was given in numbers. */
typedef struct {
    __wasi_addr_t addr;
    uint32_t scope;
} literal;

/* One result is one allocation, so that `freeaddrinfo` can be given any rest of a list. */
typedef struct {
    struct addrinfo info; /* first: `freeaddrinfo` gets its address */
    berth_sockaddr addr;
    char canonname[];
} node;

typedef struct {
    const struct addrinfo *hints;
    const char *canonname; /* for the first result, then NULL */
    struct addrinfo *first;
    struct addrinfo **end;
} list;

void
freeaddrinfo(struct addrinfo *info)
{
    while (info != NULL) {
        struct addrinfo *next = info->ai_next;
        free(info);
        info = next;
    }
}

static int
append(list *results, const __wasi_addr_t *addr, uint32_t scope, bool stream, uint16_t port)
{
    size_t name_size = results->canonname != NULL ? strlen(results->canonname) + 1 : 0;
    node *added = malloc(sizeof *added + name_size);
    if (added == NULL)
        return EAI_MEMORY;
    memset(added, 0, sizeof *added);
    added->info.ai_flags = results->hints->ai_flags;
    added->info.ai_addrlen = berth_make_sockaddr(addr, &added->addr);
    added->info.ai_family = added->addr.ip4.sin_family;
    added->info.ai_socktype = stream ? SOCK_STREAM : SOCK_DGRAM;
    added->info.ai_protocol = stream ? IPPROTO_TCP : IPPROTO_UDP;
    added->info.ai_addr = (struct sockaddr *)(void *)&added->addr;
    if (added->info.ai_family == AF_INET6) {
        added->addr.ip6.sin6_port = htons(port);
        added->addr.ip6.sin6_scope_id = scope;
    }
    else
        added->addr.ip4.sin_port = htons(port);
    if (name_size > 0) {
        memcpy(added->canonname, results->canonname, name_size);
        added->info.ai_canonname = added->canonname;
        results->canonname = NULL;
    }
    *results->end = &added->info;
    results->end = &added->info.ai_next;
    return 0;
}

/* --- arguments ------------------------------------------------------------------------------------------------------ */

static int
read_types(const struct addrinfo *hints, types *wanted)
{
    int type = hints->ai_socktype, protocol = hints->ai_protocol;
    if (type != 0 && type != SOCK_STREAM && type != SOCK_DGRAM)
        return EAI_SOCKTYPE;
    wanted->stream = type != SOCK_DGRAM && (protocol == 0 || protocol == IPPROTO_TCP);
    wanted->datagram = type != SOCK_STREAM && (protocol == 0 || protocol == IPPROTO_UDP);
    if (wanted->stream || wanted->datagram)
        return 0;
    return type != 0 ? EAI_SOCKTYPE : EAI_SERVICE;
}

/* A port is written in digits. One above 65535 is cut to 16 bits, as Linux's C library does. */
static int
read_service(const char *text, int flags, service *out)
{
    memset(out, 0, sizeof *out);
    if (text == NULL)
        return 0;
    uint32_t port = 0;
    const char *next = text;
    for (; *next >= '0' && *next <= '9'; next++)
        port = port * 10 + (uint32_t)(*next - '0'); /* may wrap: the lower 16 bits are right all the same */
    if (*next != '\0') {
        out->name = text;
        return (flags & AI_NUMERICSERV) != 0 ? EAI_NONAME : 0;
    }
    out->stream_port = out->datagram_port = (uint16_t)port;
    return 0;
}

/* --- numeric addresses ---------------------------------------------------------------------------------------------- */

static __wasi_addr_t
make_ip4(struct in_addr addr)
{
    __wasi_addr_t made;
    memset(&made, 0, sizeof made);
    made.kind = IPv4;
    memcpy(&made.addr.ip4.addr, &addr, sizeof made.addr.ip4.addr);
    return made;
}

static __wasi_addr_t
make_ip6(const uint8_t bytes[16])
{
    __wasi_addr_t made;
    memset(&made, 0, sizeof made);
    made.kind = IPv6;
    made.addr.ip6.addr = berth_ip6_groups(bytes);
    return made;
}

/* ::ffff:a.b.c.d */
static __wasi_addr_t
map_to_ip6(const __wasi_addr_t *ip4)
{
    uint8_t bytes[16] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
    memcpy(bytes + 12, &ip4->addr.ip4.addr, 4);
    __wasi_addr_t mapped = make_ip6(bytes);
    mapped.addr.ip6.port = ip4->addr.ip4.port;
    return mapped;
}

/* No host: this machine, or for a server all its addresses. */
static int
no_host(const struct addrinfo *hints, literal *out, size_t *count)
{
    static const uint8_t any6[16] = { 0 };
    static const uint8_t loopback6[16] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 };
    bool passive = (hints->ai_flags & AI_PASSIVE) != 0;
    struct in_addr ip4 = { htonl(passive ? INADDR_ANY : INADDR_LOOPBACK) };
    literal v4 = { make_ip4(ip4), 0 };
    literal v6 = { make_ip6(passive ? any6 : loopback6), 0 };
    *count = 0;
    /* 0.0.0.0 before ::, but ::1 before 127.0.0.1 */
    if (hints->ai_family != AF_INET && !passive)
        out[(*count)++] = v6;
    if (hints->ai_family != AF_INET6)
        out[(*count)++] = v4;
    if (hints->ai_family != AF_INET && passive)
        out[(*count)++] = v6;
    return 0;
}

/* An IPv6 address, with %N for the interface number N. (Names of interfaces are unknown to a guest.) */
static bool
parse_ip6(const char *text, uint8_t bytes[16], uint32_t *scope)
{
    char addr[INET6_ADDRSTRLEN];
    size_t len = strcspn(text, "%");
    *scope = 0;
    if (len >= sizeof addr)
        return false;
    memcpy(addr, text, len);
    addr[len] = '\0';
    if (inet_pton(AF_INET6, addr, bytes) != 1)
        return false;
    if (text[len] == '\0')
        return true;
    uint64_t number = 0;
    const char *digits = text + len + 1, *next = digits;
    for (; *next >= '0' && *next <= '9' && number <= UINT32_MAX; next++)
        number = number * 10 + (uint64_t)(*next - '0');
    *scope = (uint32_t)number;
    return next != digits && *next == '\0' && number <= UINT32_MAX;
}

/* 0 with one address or none (`host` is a name), or EAI_ADDRFAMILY. */
static int
parse_host(const char *host, const struct addrinfo *hints, literal *out, size_t *count)
{
    static const uint8_t mapped_prefix[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
    struct in_addr ip4;
    uint8_t ip6[16];
    *count = 1;
    out->scope = 0;
    if (inet_aton(host, &ip4) != 0) { /* 127.0.0.1 and also 127.1, 0x7f.1, ... */
        out->addr = make_ip4(ip4);
        if (hints->ai_family != AF_INET6)
            return 0;
        out->addr = map_to_ip6(&out->addr);
        return (hints->ai_flags & AI_V4MAPPED) != 0 ? 0 : EAI_ADDRFAMILY;
    }
    if (parse_ip6(host, ip6, &out->scope)) {
        out->addr = make_ip6(ip6);
        if (hints->ai_family != AF_INET)
            return 0;
        memcpy(&ip4, ip6 + 12, sizeof ip4);
        out->addr = make_ip4(ip4);
        return memcmp(ip6, mapped_prefix, sizeof mapped_prefix) == 0 ? 0 : EAI_ADDRFAMILY;
    }
    *count = 0;
    return 0;
}

/* --- the host's resolver -------------------------------------------------------------------------------------------- */

/* The original answers EINVAL for a name that does not exist. */
static int
eai_of(__wasi_errno_t error)
{
    switch (error) {
        case EINVAL:
        case ENOENT:
            return EAI_NONAME;
        case EPROTONOSUPPORT:
            return EAI_SERVICE;
        case EAFNOSUPPORT:
            return EAI_FAMILY;
        case EAGAIN:
            return EAI_AGAIN;
        case EFAULT:
        case EIO:
            return EAI_FAIL;
        case ENOMEM:
            return EAI_MEMORY;
        default: /* EACCES, above all: not on the list of names the module may ask for */
            errno = error;
            return EAI_SYSTEM;
    }
}

/* Asks the host. The caller frees `*entries`. */
static int
resolve(const char *host, const char *service_name, __wasi_address_family_t family, types wanted,
        __wasi_addr_info_t **entries, size_t *count)
{
    __wasi_addr_info_hints_t hints;
    __wasi_size_t capacity = FIRST_CAPACITY, found;
    memset(&hints, 0, sizeof hints);
    hints.type = wanted.stream && wanted.datagram ? SOCKET_ANY : wanted.stream ? SOCKET_STREAM : SOCKET_DGRAM;
    hints.family = family;
    hints.hints_enabled = 1;
    for (int attempt = 1;; attempt++) {
        found = 0;
        *entries = calloc(capacity, sizeof **entries);
        if (*entries == NULL)
            return EAI_MEMORY;
        __wasi_errno_t error = __wasi_sock_addr_resolve(host, service_name != NULL ? service_name : "", &hints, *entries,
                                                        capacity, &found);
        if (error != 0) {
            free(*entries);
            return eai_of(error);
        }
        if (found <= capacity || capacity == MAX_ENTRIES || attempt == MAX_ATTEMPTS) {
            *count = found < capacity ? found : capacity;
            return 0;
        }
        free(*entries);
        capacity = found < MAX_ENTRIES ? found : MAX_ENTRIES;
    }
}

/* The ports of a named service, for addresses that are known already. A type that does not have the service is dropped. */
static int
resolve_service(const char *host, service *port, types *wanted)
{
    types has = { false, false };
    __wasi_addr_info_t *entries;
    size_t count;
    int error = resolve(host, port->name, INET_UNSPEC, *wanted, &entries, &count);
    if (error != 0)
        return error == EAI_NONAME ? EAI_SERVICE : error; /* the address is one; so it is the service */
    for (size_t i = 0; i < count; i++) {
        uint16_t number = entries[i].addr.kind == IPv6 ? entries[i].addr.addr.ip6.port : entries[i].addr.addr.ip4.port;
        if (entries[i].type == SOCKET_STREAM) {
            has.stream = true;
            port->stream_port = number;
        }
        else if (entries[i].type == SOCKET_DGRAM) {
            has.datagram = true;
            port->datagram_port = number;
        }
    }
    free(entries);
    wanted->stream = wanted->stream && has.stream;
    wanted->datagram = wanted->datagram && has.datagram;
    return wanted->stream || wanted->datagram ? 0 : EAI_SERVICE;
}

static int
resolve_name(const char *host, service port, types wanted, list *results)
{
    int family = results->hints->ai_family, flags = results->hints->ai_flags;
    bool map = family == AF_INET6 && (flags & AI_V4MAPPED) != 0;
    __wasi_address_family_t asked = family == AF_UNSPEC || map ? INET_UNSPEC : family == AF_INET ? INET4 : INET6;
    __wasi_addr_info_t *entries;
    bool has_ip6 = false;
    size_t count;
    int error = resolve(host, port.name, asked, wanted, &entries, &count);
    if (error != 0)
        return error;
    for (size_t i = 0; i < count; i++)
        has_ip6 = has_ip6 || entries[i].addr.kind == IPv6;
    /* Mapped addresses stand in for missing IPv6 ones, or with AI_ALL beside them. */
    bool take_ip4 = family != AF_INET6 || (map && (!has_ip6 || (flags & AI_ALL) != 0));
    for (size_t i = 0; i < count && error == 0; i++) {
        __wasi_addr_t addr = entries[i].addr;
        bool stream = entries[i].type == SOCKET_STREAM;
        uint16_t number = addr.kind == IPv6 ? addr.addr.ip6.port : addr.addr.ip4.port;
        if (port.name == NULL)
            number = stream ? port.stream_port : port.datagram_port;
        if (!(stream ? wanted.stream : wanted.datagram && entries[i].type == SOCKET_DGRAM))
            continue;
        if (addr.kind == IPv6 ? family == AF_INET : !take_ip4)
            continue;
        if (addr.kind == IPv4 && map)
            addr = map_to_ip6(&addr);
        error = append(results, &addr, 0, stream, number);
    }
    free(entries);
    return error;
}

/* --- getaddrinfo ---------------------------------------------------------------------------------------------------- */

static int
append_literals(const literal *literals, size_t count, const service *port, types wanted, list *results)
{
    int error = 0;
    for (size_t i = 0; i < count && error == 0; i++) {
        if (wanted.stream)
            error = append(results, &literals[i].addr, literals[i].scope, true, port->stream_port);
        if (wanted.datagram && error == 0)
            error = append(results, &literals[i].addr, literals[i].scope, false, port->datagram_port);
    }
    return error;
}

/* AI_ADDRCONFIG is taken and changes nothing: which families the host has configured cannot be asked. */
int
berth_get_plain_addresses(const char *host, const char *service_text, const struct addrinfo *hints,
                          struct addrinfo **result)
{
    static const struct addrinfo no_hints = { .ai_family = AF_UNSPEC };
    literal literals[2];
    size_t count;
    service port;
    types wanted;
    int error;
    if (hints == NULL)
        hints = &no_hints;
    if (host == NULL && service_text == NULL)
        return EAI_NONAME;
    if ((hints->ai_flags & ~KNOWN_FLAGS) != 0 || ((hints->ai_flags & AI_CANONNAME) != 0 && host == NULL))
        return EAI_BADFLAGS;
    if (hints->ai_family != AF_UNSPEC && hints->ai_family != AF_INET && hints->ai_family != AF_INET6)
        return EAI_FAMILY;
    if ((error = read_service(service_text, hints->ai_flags, &port)) != 0
        || (error = read_types(hints, &wanted)) != 0)
        return error;
    error = host == NULL ? no_host(hints, literals, &count) : parse_host(host, hints, literals, &count);
    if (error != 0)
        return error;
    if (count == 0 && (*host == '\0' || (hints->ai_flags & AI_NUMERICHOST) != 0))
        return EAI_NONAME;

    /* Nobody knows a better canonical name than the one that was asked for; POSIX is content with it. */
    list results = { .hints = hints, .canonname = (hints->ai_flags & AI_CANONNAME) != 0 ? host : NULL };
    results.end = &results.first;
    if (count == 0)
        error = resolve_name(host, port, wanted, &results);
    else {
        if (port.name != NULL)
            error = resolve_service(host != NULL ? host : "127.0.0.1", &port, &wanted);
        if (error == 0)
            error = append_literals(literals, count, &port, wanted, &results);
    }
    if (error == 0 && results.first == NULL)
        error = EAI_NONAME;
    if (error != 0) {
        freeaddrinfo(results.first);
        return error;
    }
    *result = results.first;
    return 0;
}
