/* iwasm: --addr-pool=0.0.0.0/0,::/0 */
/* if_nametoindex, if_indextoname, if_nameindex, getifaddrs: the loopback interface, and that all agree. */
#include "names.h"

#include <ifaddrs.h>
#include <net/if.h>

/* The addresses of an interface, sorted, without those of the link layer. */
static void
show_addresses(const struct ifaddrs *list, const char *name)
{
    char lines[16][160];
    size_t count = 0;
    for (; list; list = list->ifa_next) {
        if (strcmp(list->ifa_name, name) != 0 || !list->ifa_addr || count == COUNT(lines))
            continue;
        if (list->ifa_addr->sa_family != AF_INET && list->ifa_addr->sa_family != AF_INET6)
            continue;
        int at = snprintf(lines[count], sizeof lines[0], "%s %s", family_name(list->ifa_addr->sa_family),
                          address_text(list->ifa_addr));
        at += snprintf(lines[count] + at, sizeof lines[0] - (size_t)at, " mask %s", address_text(list->ifa_netmask));
        if (list->ifa_flags & IFF_BROADCAST)
            snprintf(lines[count] + at, sizeof lines[0] - (size_t)at, " broadcast %s", address_text(list->ifa_broadaddr));
        count++;
    }
    qsort(lines, count, sizeof lines[0], (int (*)(const void *, const void *))strcmp);
    for (size_t i = 0; i < count; i++)
        printf("  %s\n", lines[i]);
}

int
main(void)
{
    check_start();
    char name[IF_NAMESIZE];
    unsigned index = if_nametoindex("lo");
    print_yes("lo has a number", index != 0);
    printf("%s\n", if_indextoname(index, name) ? name : "no name");
    errno = 0;
    printf("unknown: %u", if_nametoindex("no-such-one"));
    printf(" %s\n", error_name(errno));
    errno = 0;
    printf("longer than any: %u", if_nametoindex("a-name-that-is-longer-than-any"));
    printf(" %s\n", error_name(errno));
    print_yes("index 0 has no name", !if_indextoname(0, name) && errno == ENXIO);
    print_yes("index 99999 has no name", !if_indextoname(99999, name) && errno == ENXIO);

    struct ifaddrs *list, *next;
    must("getifaddrs", getifaddrs(&list));
    struct if_nameindex *names = if_nameindex();
    for (struct if_nameindex *each = names; each && each->if_index; each++) {
        /* One without an address is there or not: a host that shows addresses only does not know it. */
        for (next = list; next; next = next->ifa_next)
            if (strcmp(next->ifa_name, each->if_name) == 0 && next->ifa_addr
                && (next->ifa_addr->sa_family == AF_INET || next->ifa_addr->sa_family == AF_INET6))
                break;
        if (!next)
            continue;
        print_yes("its number is its name's", if_nametoindex(each->if_name) == each->if_index);
        printf("%u %s: up %d, loopback %d, broadcast %d, multicast %d, running %d\n", each->if_index, each->if_name,
               !!(next->ifa_flags & IFF_UP), !!(next->ifa_flags & IFF_LOOPBACK), !!(next->ifa_flags & IFF_BROADCAST),
               !!(next->ifa_flags & IFF_MULTICAST), !!(next->ifa_flags & IFF_RUNNING));
        show_addresses(list, each->if_name);
    }
    if_freenameindex(names);
    freeifaddrs(list);
    return 0;
}
