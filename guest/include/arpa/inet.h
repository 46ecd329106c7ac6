/* <arpa/inet.h> as on Linux: WASI libc of 2022 leaves out the older functions. */
#ifndef BERTH_ARPA_INET_H
#define BERTH_ARPA_INET_H

#pragma GCC system_header /* see <sys/socket.h> */

#include_next <arpa/inet.h>

#ifdef __cplusplus
extern "C" {
#endif

in_addr_t inet_addr(const char *text);
char *inet_ntoa(struct in_addr addr);
in_addr_t inet_network(const char *text);
struct in_addr inet_makeaddr(in_addr_t net, in_addr_t host);
in_addr_t inet_lnaof(struct in_addr addr);
in_addr_t inet_netof(struct in_addr addr);

#ifdef __cplusplus
}
#endif

#endif
