/*
 * gethostbyname, gethostbyname2, gethostbyaddr and the forms of them that are given the room. They stand on getaddrinfo and
 * getnameinfo, so there are no aliases.
 */
#include "internal.h"

#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM 1024

/* What a result is made of. */
typedef struct {
    const char *name;
    int family;
    const struct addrinfo *list; /* the addresses, or */
    const void *addr;            /* the only one */
} answer;

static int
length_of(int family)
{
    return family == AF_INET ? (int)sizeof(struct in_addr) : (int)sizeof(struct in6_addr);
}

static const void *
address_of(const struct addrinfo *info)
{
    const berth_sockaddr *addr = (const void *)info->ai_addr;
    return info->ai_family == AF_INET ? (const void *)&addr->ip4.sin_addr : (const void *)&addr->ip6.sin6_addr;
}

/*
 * Lays a result out in `room`: | the list of addresses, with its NULL | the empty list of aliases | addresses | name |.
 * 0 or ERANGE.
 */
static int
lay_out(const answer *from, struct hostent *host, char *room, size_t size)
{
    size_t count = from->list == NULL, length = (size_t)length_of(from->family), name_size = strlen(from->name) + 1;
    for (const struct addrinfo *info = from->list; info != NULL; info = info->ai_next)
        count++;
    size_t padding = (sizeof(char *) - (uintptr_t)room % sizeof(char *)) % sizeof(char *);
    if (size < padding + (count + 2) * sizeof(char *) + count * length + name_size)
        return ERANGE;
    char **pointers = (char **)(void *)(room + padding);
    char *bytes = (char *)(pointers + count + 2);
    const struct addrinfo *info = from->list;
    for (size_t i = 0; i < count; i++) {
        pointers[i] = memcpy(bytes, info != NULL ? address_of(info) : from->addr, length);
        bytes += length;
        info = info != NULL ? info->ai_next : NULL;
    }
    pointers[count] = pointers[count + 1] = NULL;
    host->h_name = memcpy(bytes, from->name, name_size);
    host->h_aliases = pointers + count + 1;
    host->h_addrtype = from->family;
    host->h_length = (int)length;
    host->h_addr_list = pointers;
    return 0;
}

/* The errno beside an h_errno: what a program is told that asks for the return value only. */
static int
fail(int code, int error, int *h_error)
{
    *h_error = code;
    if (code == NETDB_INTERNAL)
        return error;
    return code == TRY_AGAIN ? EAGAIN : 0;
}

static int
fail_as(int code, int *h_error)
{
    switch (code) {
        case EAI_NONAME:
            return fail(HOST_NOT_FOUND, 0, h_error);
        case EAI_AGAIN:
            return fail(TRY_AGAIN, 0, h_error);
        case EAI_NODATA:
        case EAI_ADDRFAMILY:
            return fail(NO_DATA, 0, h_error);
        case EAI_MEMORY:
            return fail(NETDB_INTERNAL, ENOMEM, h_error);
        case EAI_SYSTEM: /* not on the list of names the program may ask for, above all */
            return fail(NETDB_INTERNAL, errno, h_error);
        default:
            return fail(NO_RECOVERY, 0, h_error);
    }
}

/* 0, ERANGE or another errno. A name that is not found is 0 without a result. */
static int
find_name(const char *name, int family, struct hostent *host, char *room, size_t size, struct hostent **result,
          int *h_error)
{
    struct addrinfo hints, *list;
    struct in_addr number;
    *result = NULL;
    if (family != AF_INET && family != AF_INET6)
        return fail(NETDB_INTERNAL, EAFNOSUPPORT, h_error);
    /* Of numbers Linux takes here digits and dots for IPv4, and those of IPv6 for IPv6. */
    bool is_ip4 = inet_aton(name, &number) != 0;
    if (family == AF_INET ? strchr(name, ':') != NULL || (is_ip4 && name[strspn(name, "0123456789.")] != '\0') : is_ip4)
        return fail(HOST_NOT_FOUND, 0, h_error);
    memset(&hints, 0, sizeof hints);
    hints.ai_family = family;
    hints.ai_socktype = SOCK_STREAM; /* one entry for each address */
    hints.ai_flags = AI_CANONNAME;
    int code = getaddrinfo(name, NULL, &hints, &list);
    if (code != 0)
        return fail_as(code, h_error);
    answer found = { list->ai_canonname != NULL ? list->ai_canonname : name, family, list, NULL };
    int error = lay_out(&found, host, room, size);
    freeaddrinfo(list);
    if (error != 0)
        return fail(NETDB_INTERNAL, error, h_error);
    *result = host;
    *h_error = NETDB_SUCCESS;
    return 0;
}

static int
find_address(const void *addr, socklen_t addrlen, int family, struct hostent *host, char *room, size_t size,
             struct hostent **result, int *h_error)
{
    static const unsigned char unspecified[sizeof(struct in6_addr)];
    char name[NI_MAXHOST];
    berth_sockaddr asked;
    *result = NULL;
    if (family == AF_INET6 && addrlen == sizeof(struct in6_addr) && memcmp(addr, unspecified, sizeof unspecified) == 0)
        return fail(HOST_NOT_FOUND, 0, h_error);
    if ((family != AF_INET && family != AF_INET6) || addrlen != (socklen_t)length_of(family))
        return fail(NETDB_INTERNAL, EAFNOSUPPORT, h_error);
    memset(&asked, 0, sizeof asked);
    asked.ip4.sin_family = (sa_family_t)family; /* of both */
    memcpy(family == AF_INET ? (void *)&asked.ip4.sin_addr : (void *)&asked.ip6.sin6_addr, addr, addrlen);
    int code = getnameinfo((const struct sockaddr *)(const void *)&asked,
                           family == AF_INET ? sizeof asked.ip4 : sizeof asked.ip6, name, sizeof name, NULL, 0, NI_NAMEREQD);
    if (code != 0)
        return fail_as(code, h_error);
    answer found = { name, family, NULL, addr };
    int error = lay_out(&found, host, room, size);
    if (error != 0)
        return fail(NETDB_INTERNAL, error, h_error);
    *result = host;
    *h_error = NETDB_SUCCESS;
    return 0;
}

/* --- with the caller's room ----------------------------------------------------------------------------------------- */

int
gethostbyname2_r(const char *restrict name, int family, struct hostent *restrict host, char *restrict room, size_t size,
                 struct hostent **restrict result, int *restrict error)
{
    return find_name(name, family, host, room, size, result, error);
}

int
gethostbyname_r(const char *restrict name, struct hostent *restrict host, char *restrict room, size_t size,
                struct hostent **restrict result, int *restrict error)
{
    return find_name(name, AF_INET, host, room, size, result, error);
}

int
gethostbyaddr_r(const void *restrict addr, socklen_t addrlen, int family, struct hostent *restrict host,
                char *restrict room, size_t size, struct hostent **restrict result, int *restrict error)
{
    return find_address(addr, addrlen, family, host, room, size, result, error);
}

/* --- with room of their own ------------------------------------------------------------------------------------------ */

/* One result for all of them, which the next call overwrites, as POSIX has it. */
static struct hostent last;
static char *last_room;
static size_t last_size;

/* Makes more room after ERANGE; false when there is none or something else is wrong. Sets errno and h_errno. */
static bool
try_again(int error, int h_error)
{
    h_errno = h_error;
    if (h_error != NETDB_INTERNAL)
        return false;
    if (error == ERANGE) {
        size_t size = last_size > 0 ? 2 * last_size : FIRST_ROOM;
        char *room = realloc(last_room, size);
        if (room != NULL) {
            last_room = room;
            last_size = size;
            return true;
        }
        error = ENOMEM;
    }
    errno = error;
    return false;
}

struct hostent *
gethostbyname2(const char *name, int family)
{
    struct hostent *result;
    int error, h_error;
    do
        error = find_name(name, family, &last, last_room, last_size, &result, &h_error);
    while (try_again(error, h_error));
    return result;
}

struct hostent *
gethostbyname(const char *name)
{
    return gethostbyname2(name, AF_INET);
}

struct hostent *
gethostbyaddr(const void *addr, socklen_t addrlen, int family)
{
    struct hostent *result;
    int error, h_error;
    do
        error = find_address(addr, addrlen, family, &last, last_room, last_size, &result, &h_error);
    while (try_again(error, h_error));
    return result;
}
