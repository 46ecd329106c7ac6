/*
 * if_nametoindex, if_indextoname, if_nameindex and getifaddrs. Those interfaces and addresses are there which the pool of
 * addresses allows the program to use.
 */
#include "interfaces.h"
#include "internal.h"
#include "raw.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

/* How many entries there is room for at first, and how often a list that grew is asked for again. */
#define FIRST_ROOM 16
#define MAX_ATTEMPTS 4

BERTH_ASSERT(sizeof(berth_interface) == 120, "the layout of the import");
BERTH_ASSERT(BERTH_INTERFACE_NAME == IF_NAMESIZE, "names of one length");

int
berth_read_interfaces(berth_interface **entries, uint32_t *count)
{
    uint32_t room = FIRST_ROOM * sizeof **entries, used = 0;
    for (int attempt = 1;; attempt++) {
        *entries = malloc(room);
        if (*entries == NULL)
            return ENOMEM;
        int error = berth_v1_interfaces(*entries, room, &used);
        if (error == 0)
            break;
        free(*entries);
        if (error != ERANGE || attempt == MAX_ATTEMPTS)
            return error;
        room = used;
    }
    *count = (used < room ? used : room) / sizeof **entries;
    for (uint32_t i = 0; i < *count; i++)
        (*entries)[i].name[BERTH_INTERFACE_NAME - 1] = '\0';
    return 0;
}

/* --- names and numbers ---------------------------------------------------------------------------------------------- */

unsigned int
if_nametoindex(const char *name)
{
    berth_interface *entries;
    uint32_t count;
    unsigned int index = 0;
    int error = berth_read_interfaces(&entries, &count);
    if (error != 0) {
        errno = error;
        return 0;
    }
    for (uint32_t i = 0; i < count && index == 0; i++)
        index = strcmp(entries[i].name, name) == 0 ? entries[i].index : 0;
    free(entries);
    if (index == 0)
        errno = ENODEV;
    return index;
}

char *
if_indextoname(unsigned int index, char *name)
{
    berth_interface *entries;
    uint32_t count;
    char *found = NULL;
    int error = berth_read_interfaces(&entries, &count);
    if (error != 0) {
        errno = error;
        return NULL;
    }
    for (uint32_t i = 0; i < count && found == NULL; i++) {
        if (entries[i].index == index)
            found = strcpy(name, entries[i].name);
    }
    free(entries);
    if (found == NULL)
        errno = ENXIO;
    return found;
}

/* One allocation: the list, then the names. */
struct if_nameindex *
if_nameindex(void)
{
    berth_interface *entries;
    uint32_t count;
    int error = berth_read_interfaces(&entries, &count);
    if (error != 0) {
        errno = error;
        return NULL;
    }
    struct if_nameindex *list = calloc(count + 1, sizeof *list + IF_NAMESIZE);
    size_t next = 0;
    for (uint32_t i = 0; list != NULL && i < count; i++) {
        bool known = false;
        for (size_t j = 0; j < next && !known; j++)
            known = list[j].if_index == entries[i].index;
        if (known)
            continue;
        char *name = (char *)(list + count + 1) + next * IF_NAMESIZE;
        list[next].if_index = entries[i].index;
        list[next++].if_name = memcpy(name, entries[i].name, IF_NAMESIZE);
    }
    free(entries);
    return list;
}

void
if_freenameindex(struct if_nameindex *list)
{
    free(list);
}

/* --- addresses ------------------------------------------------------------------------------------------------------ */

/* Linux has a socket address as long as its family asks for; here each has room for the longest. */
typedef union {
    struct sockaddr any;
    struct sockaddr_in6 ip6;
    unsigned char bytes[BERTH_INTERFACE_ADDRESS];
} address;

/* An element of the list with all it points to. The first is the beginning of the allocation. */
typedef struct {
    struct ifaddrs info;
    address own, netmask, other;
    char name[IF_NAMESIZE];
} element;

static struct sockaddr *
take(address *to, const unsigned char *from)
{
    memcpy(to->bytes, from, sizeof to->bytes);
    return to->any.sa_family != AF_UNSPEC ? &to->any : NULL;
}

int
getifaddrs(struct ifaddrs **result)
{
    berth_interface *entries;
    uint32_t count;
    int error = berth_read_interfaces(&entries, &count);
    if (error != 0)
        return berth_result(error);
    element *list = calloc(count > 0 ? count : 1, sizeof *list);
    if (list == NULL) {
        free(entries);
        return berth_result(ENOMEM);
    }
    for (uint32_t i = 0; i < count; i++) {
        memcpy(list[i].name, entries[i].name, sizeof list[i].name);
        list[i].info.ifa_next = i + 1 < count ? &list[i + 1].info : NULL;
        list[i].info.ifa_name = list[i].name;
        list[i].info.ifa_flags = entries[i].flags;
        list[i].info.ifa_addr = take(&list[i].own, entries[i].address);
        list[i].info.ifa_netmask = take(&list[i].netmask, entries[i].netmask);
        list[i].info.ifa_broadaddr = take(&list[i].other, entries[i].other);
    }
    free(entries);
    if (count == 0)
        free(list);
    *result = count > 0 ? &list->info : NULL;
    return 0;
}

void
freeifaddrs(struct ifaddrs *list)
{
    free(list);
}
