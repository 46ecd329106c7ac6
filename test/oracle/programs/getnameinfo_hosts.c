/* iwasm: --allow-resolve=* */
/* getnameinfo and gethostbyaddr: hosts by their addresses. */
#include "names.h"

static void
name(const char *what, const Address *a, int flags)
{
    char host[NI_MAXHOST] = "untouched";
    int code = getnameinfo(&a->any, a->len, host, sizeof host, NULL, 0, flags);
    printf("%s: %s %s\n", what, eai_name(code), code == 0 ? host : "");
}

static void
by_address(const char *what, const void *bytes, socklen_t len, int family)
{
    errno = 0;
    struct hostent *host = gethostbyaddr(bytes, len, family);
    if (host == NULL) {
        printf("%s: h_errno %d %s\n", what, h_errno, h_errno == NETDB_INTERNAL ? error_name(errno) : "");
        return;
    }
    printf("%s: %s, %s, %d bytes, %s\n", what, host->h_name, family_name(host->h_addrtype), host->h_length,
           memcmp(host->h_addr, bytes, len) == 0 && host->h_addr_list[1] == NULL ? "the address" : "another address");
}

int
main(void)
{
    check_start();
    Address local = loopback(AF_INET, 80);
    struct in6_addr any6 = IN6ADDR_ANY_INIT;
    name("loopback", &local, 0);
    name("loopback, name required", &local, NI_NAMEREQD);
    name("loopback, short", &local, NI_NOFQDN);
    by_address("loopback", &local.v4.sin_addr, 4, AF_INET);
    by_address("a wrong length", &local.v4.sin_addr, 3, AF_INET);
    by_address("a wrong family", &local.v4.sin_addr, 4, 99);
    by_address("the unspecified address", &any6, 16, AF_INET6);
    return 0;
}
