/* getnameinfo: everything is the host's affair, but for NULLs, which it cannot tell from the address 0. */
#include "internal.h"
#include "raw.h"

#include <netdb.h>

#define KNOWN_FLAGS (NI_NUMERICHOST | NI_NUMERICSERV | NI_NOFQDN | NI_NAMEREQD | NI_DGRAM | NI_IDN)

int
getnameinfo(const struct sockaddr *restrict addr, socklen_t addrlen, char *restrict host, socklen_t hostlen,
            char *restrict service, socklen_t servicelen, int flags)
{
    if ((flags & ~KNOWN_FLAGS) != 0)
        return EAI_BADFLAGS;
    /* Unlike other functions, this one does not take the IPv6 address that ends before its scope id. */
    if (addr == NULL || addrlen < sizeof addr->sa_family
        || (addr->sa_family == AF_INET6 && addrlen < sizeof(struct sockaddr_in6)))
        return EAI_FAMILY;
    if ((flags & NI_NAMEREQD) != 0 && host == NULL && service == NULL)
        return EAI_NONAME;
    return berth_v1_name_info(addr, addrlen, host, host != NULL ? hostlen : 0, service, service != NULL ? servicelen : 0,
                              flags);
}
