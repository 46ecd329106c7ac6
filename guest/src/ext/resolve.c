/*
 * getaddrinfo: what the original's import can answer, it answers. All else is the host's affair, numbers too, so that order,
 * flags, scope ids and codes are those of its resolver.
 */
#include "internal.h"
#include "raw.h"

#include <netdb.h>
#include <stdlib.h>
#include <string.h>

/* Bytes of room at first, and how often a result that grew is asked for again. */
#define FIRST_ROOM 2048
#define MAX_ATTEMPTS 4

/* What Linux's C library takes for no hints. */
#define FLAGS_WITHOUT_HINTS (AI_V4MAPPED | AI_ADDRCONFIG)

typedef struct {
    uint32_t entries;
    uint32_t canonname_bytes;
} header;

typedef struct {
    int32_t family;
    int32_t type;
    int32_t protocol;
    uint32_t len;
    unsigned char addr[32];
} entry;

BERTH_ASSERT(sizeof(header) == 8 && sizeof(entry) == 48, "the layout of the import");

/* One result is one allocation, so that `freeaddrinfo` can be given any rest of a list. */
typedef struct {
    struct addrinfo info; /* first: `freeaddrinfo` gets its address */
    berth_sockaddr addr;
    char canonname[];
} node;

/* Asks the host. The caller frees `*room`. */
static int
ask(const char *host, const char *service, const int32_t *hints, unsigned char **room, uint32_t *used)
{
    uint32_t bytes = FIRST_ROOM;
    for (int attempt = 1;; attempt++) {
        uint32_t error = 0;
        *room = malloc(bytes);
        if (*room == NULL)
            return EAI_MEMORY;
        int code = berth_v1_address_info(host, service, hints, *room, bytes, used, &error);
        if (code == 0) {
            *used = *used < bytes ? *used : bytes;
            return 0;
        }
        free(*room);
        if (code != EAI_OVERFLOW || attempt == MAX_ATTEMPTS) {
            if (code == EAI_SYSTEM)
                errno = (int)error;
            return code;
        }
        bytes = *used;
    }
}

static struct addrinfo *
make_result(const entry *from, int flags, const char *canonname, size_t canonname_bytes)
{
    node *made = calloc(1, sizeof *made + canonname_bytes + 1);
    if (made == NULL)
        return NULL;
    memcpy(&made->addr, from->addr, sizeof made->addr < sizeof from->addr ? sizeof made->addr : sizeof from->addr);
    made->info.ai_flags = flags;
    made->info.ai_family = from->family;
    made->info.ai_socktype = from->type;
    made->info.ai_protocol = from->protocol;
    made->info.ai_addrlen = from->family == AF_INET6 ? sizeof made->addr.ip6 : sizeof made->addr.ip4;
    made->info.ai_addr = (struct sockaddr *)(void *)&made->addr;
    if (canonname_bytes > 0) {
        memcpy(made->canonname, canonname, canonname_bytes);
        made->info.ai_canonname = made->canonname;
    }
    return &made->info;
}

/* The ordinary question of a client: where is this host for this type of socket? */
static bool
is_plain(const char *host, const struct addrinfo *hints)
{
    return host != NULL && strchr(host, '%') == NULL && hints != NULL && hints->ai_flags == 0 && hints->ai_protocol == 0
           && (hints->ai_socktype == SOCK_STREAM || hints->ai_socktype == SOCK_DGRAM);
}

int
getaddrinfo(const char *restrict host, const char *restrict service, const struct addrinfo *restrict hints,
            struct addrinfo **restrict result)
{
    struct addrinfo *first = NULL, **end = &first;
    int flags = hints != NULL ? hints->ai_flags : FLAGS_WITHOUT_HINTS;
    if (is_plain(host, hints))
        return berth_get_plain_addresses(host, service, hints, result);
    int32_t asked[4] = { flags, AF_UNSPEC, 0, 0 };
    unsigned char *room;
    uint32_t used = 0;
    header head = { 0, 0 };
    if (hints != NULL) {
        asked[1] = hints->ai_family;
        asked[2] = hints->ai_socktype;
        asked[3] = hints->ai_protocol;
    }
    int code = ask(host, service, hints != NULL ? asked : NULL, &room, &used);
    if (code != 0)
        return code;
    if (used >= sizeof head)
        memcpy(&head, room, sizeof head);
    const char *canonname = (const char *)room + sizeof head + head.entries * sizeof(entry);
    size_t canonname_bytes = head.canonname_bytes;
    for (uint32_t i = 0; i < head.entries; i++) {
        entry next;
        memcpy(&next, room + sizeof head + i * sizeof next, sizeof next);
        *end = make_result(&next, flags, canonname, canonname_bytes);
        if (*end == NULL) {
            freeaddrinfo(first);
            free(room);
            return EAI_MEMORY;
        }
        end = &(*end)->ai_next;
        canonname_bytes = 0; /* only the first has it */
    }
    free(room);
    if (first == NULL)
        return EAI_NONAME;
    *result = first;
    return 0;
}
