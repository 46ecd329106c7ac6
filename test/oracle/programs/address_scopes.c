/* iwasm: --addr-pool=fe80::/10 */
/* Scope ids and lengths of IPv6 addresses: which are looked at, and what comes back. */
#include "check.h"

static void
try_bind(const char *text, uint32_t scope, socklen_t len)
{
    Address a = address(AF_INET6, text, 0), own = empty_address();
    int fd = new_socket(AF_INET6, SOCK_DGRAM);
    a.v6.sin6_scope_id = scope;
    printf("%s%%%u, %u bytes\n", text, (unsigned)scope, (unsigned)len);
    if (show("  bind", bind(fd, &a.any, len)) == 0) {
        must("getsockname", getsockname(fd, &own.any, &own.len));
        printf("  scope %u, flow %u, %u bytes\n", (unsigned)own.v6.sin6_scope_id, (unsigned)own.v6.sin6_flowinfo,
               (unsigned)own.len);
    }
    close(fd);
}

int
main(void)
{
    check_start();
    printf("%zu %zu %zu %zu\n", sizeof(struct sockaddr), sizeof(struct sockaddr_in), sizeof(struct sockaddr_in6),
           sizeof(struct sockaddr_storage));
    try_bind("::1", 0, 28);
    try_bind("::1", 1, 28);
    try_bind("::1", 0, 24);
    try_bind("::", 7, 28);
    try_bind("fe80::1234:5678", 0, 28);
    try_bind("fe80::1234:5678", 1, 28);
    try_bind("fe80::1234:5678", 9999, 28);
    Pair pair = udp_pair(AF_INET6);
    Address to = local_address(pair.server), from = empty_address();
    int free_socket = bound_udp(AF_INET6);
    connect(pair.server, &(struct sockaddr){ .sa_family = AF_UNSPEC }, sizeof(struct sockaddr));
    to.v6.sin6_scope_id = 1;
    to.v6.sin6_flowinfo = htonl(5);
    show("sendto", sendto(free_socket, "x", 1, 0, &to.any, to.len));
    show("recvfrom", recvfrom(pair.server, (char[1]){ 0 }, 1, 0, &from.any, &from.len));
    printf("scope %u, flow %u, %u bytes\n", (unsigned)from.v6.sin6_scope_id, (unsigned)from.v6.sin6_flowinfo,
           (unsigned)from.len);
    return 0;
}
