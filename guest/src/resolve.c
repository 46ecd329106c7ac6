/* getaddrinfo */
#include "internal.h"

int
getaddrinfo(const char *restrict host, const char *restrict service, const struct addrinfo *restrict hints,
            struct addrinfo **restrict result)
{
    return berth_get_plain_addresses(host, service, hints, result);
}
