/* Socket addresses: the guest's `struct sockaddr` and the `__wasi_addr_t` of the imports. */
#include "internal.h"

#include <limits.h>
#include <string.h>

/* Linux's bounds: the longest address of any family, and sockaddr_in6 as it was before the scope id was added (RFC 2133). */
#define LONGEST_SOCKADDR 128
#define SHORTEST_SOCKADDR_IN6 24

BERTH_ASSERT(sizeof(struct sockaddr_in) == 16, "hosts and guests agree on 16 bytes");
BERTH_ASSERT(sizeof(struct sockaddr_in6) == 28, "not the C library's, which is aligned to 16 bytes");
BERTH_ASSERT(offsetof(struct sockaddr_in, sin_port) == offsetof(struct sockaddr_in6, sin6_port), "same beginning");
BERTH_ASSERT(offsetof(struct sockaddr_in6, sin6_scope_id) == SHORTEST_SOCKADDR_IN6, "all but the scope id");

__wasi_addr_ip6_t
berth_ip6_groups(const uint8_t bytes[16])
{
    uint16_t groups[8]; /* host byte order */
    __wasi_addr_ip6_t ip6;
    for (int i = 0; i < 8; i++)
        groups[i] = (uint16_t)(bytes[2 * i] << 8 | bytes[2 * i + 1]);
    memcpy(&ip6, groups, sizeof ip6);
    return ip6;
}

int
berth_read_sockaddr(const struct sockaddr *addr, socklen_t len, __wasi_addr_t *out, sa_family_t *family)
{
    berth_sockaddr from;
    if (len > LONGEST_SOCKADDR) /* negative lengths too: socklen_t has no sign here */
        return EINVAL;
    if (addr == NULL && len > 0)
        return EFAULT;
    if (len < sizeof *family)
        return EINVAL;
    memset(&from, 0, sizeof from);
    memcpy(&from, addr, len < sizeof from ? len : sizeof from);
    *family = from.ip4.sin_family;
    memset(out, 0, sizeof *out);
    if (*family == AF_INET6) {
        if (len < SHORTEST_SOCKADDR_IN6)
            return EINVAL;
        /* Flow information and scope id have no place in the original's imports. Hosts refuse link-local addresses without one. */
        out->kind = IPv6;
        out->addr.ip6.addr = berth_ip6_groups(from.ip6.sin6_addr.s6_addr);
        out->addr.ip6.port = ntohs(from.ip6.sin6_port);
        return 0;
    }
    if (len < sizeof from.ip4)
        return EINVAL;
    if (*family != AF_INET && *family != AF_UNSPEC)
        return EAFNOSUPPORT;
    out->kind = IPv4;
    memcpy(&out->addr.ip4.addr, &from.ip4.sin_addr, sizeof out->addr.ip4.addr);
    out->addr.ip4.port = ntohs(from.ip4.sin_port);
    return 0;
}

socklen_t
berth_make_sockaddr(const __wasi_addr_t *addr, berth_sockaddr *out)
{
    memset(out, 0, sizeof *out);
    if (addr->kind == IPv6) {
        uint16_t groups[8];
        memcpy(groups, &addr->addr.ip6.addr, sizeof groups);
        out->ip6.sin6_family = AF_INET6;
        out->ip6.sin6_port = htons(addr->addr.ip6.port);
        for (int i = 0; i < 8; i++) {
            out->ip6.sin6_addr.s6_addr[2 * i] = (uint8_t)(groups[i] >> 8);
            out->ip6.sin6_addr.s6_addr[2 * i + 1] = (uint8_t)groups[i];
        }
        return sizeof out->ip6;
    }
    out->ip4.sin_family = AF_INET;
    out->ip4.sin_port = htons(addr->addr.ip4.port);
    memcpy(&out->ip4.sin_addr, &addr->addr.ip4.addr, sizeof out->ip4.sin_addr);
    return sizeof out->ip4;
}

int
berth_check_room(const struct sockaddr *to, const socklen_t *len)
{
    if (len == NULL)
        return EFAULT;
    if (*len > INT_MAX)
        return EINVAL;
    return to == NULL && *len > 0 ? EFAULT : 0;
}

int
berth_deliver_sockaddr(const __wasi_addr_t *addr, struct sockaddr *to, socklen_t *len)
{
    berth_sockaddr full;
    socklen_t size = berth_make_sockaddr(addr, &full);
    int error = berth_check_room(to, len);
    if (error != 0)
        return error;
    if (*len > 0)
        memcpy(to, &full, *len < size ? *len : size);
    *len = size;
    return 0;
}
