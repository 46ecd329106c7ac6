/* What the files in this folder share: which addresses and transfers need Berth's module. */
#ifndef BERTH_SOCKET_EXTENDED_H
#define BERTH_SOCKET_EXTENDED_H

#include "internal.h"
#include "raw.h"

#include <string.h>

/*
 * Whether the address means something only together with the index of an interface, for which the original's record has no
 * place: fe80::/10, and groups of the interface and of the link (ff01::, ff02::). Linux does not look at it in others.
 */
static inline bool
berth_needs_scope(const uint8_t ip6[16])
{
    return (ip6[0] == 0xfe && (ip6[1] & 0xc0) == 0x80) || (ip6[0] == 0xff && ((ip6[1] & 0xf) == 1 || (ip6[1] & 0xf) == 2));
}

/* Whether an address from the original's imports is all there is to say. */
static inline bool
berth_is_whole(const __wasi_addr_t *addr)
{
    berth_sockaddr whole;
    if (addr->kind != IPv6)
        return true;
    berth_make_sockaddr(addr, &whole);
    return !berth_needs_scope(whole.ip6.sin6_addr.s6_addr);
}

/* Whether an address of the program's is one that the original's imports cannot carry. Wrong ones are left to them. */
static inline bool
berth_is_extended(const struct sockaddr *addr, socklen_t len)
{
    berth_sockaddr from;
    if (addr == NULL || len < sizeof from.ip4.sin_family || len > sizeof(struct sockaddr_storage))
        return false;
    memset(&from, 0, sizeof from);
    memcpy(&from, addr, len < sizeof from ? len : sizeof from);
    if (from.ip4.sin_family == AF_INET6)
        return from.ip6.sin6_scope_id != 0 && berth_needs_scope(from.ip6.sin6_addr.s6_addr);
    return from.ip4.sin_family == AF_UNIX;
}

/* --- unix.c --------------------------------------------------------------------------------------------------------- */

/* Whether there is a Unix-domain socket of this sort: 0, or Linux's errno. */
int berth_check_unix_socket(int type, int protocol);

/* Its type, with the flags, as the import wants it. */
int berth_unix_type(int type);

/* --- control.c ------------------------------------------------------------------------------------------------------ */

/*
 * Whether control data may come with what is received: it comes only to a socket for which the program has asked with an
 * option. Set for the whole process, never taken back. While it is not, a message without room for control data needs nothing
 * that the original's import does not tell.
 */
extern bool berth_control_wanted;

#endif
