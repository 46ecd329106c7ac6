/* <netinet/tcp.h> as on Linux: all of WASI libc's, also what that one shows for _GNU_SOURCE only (`struct tcp_info`). */
#ifndef BERTH_NETINET_TCP_H
#define BERTH_NETINET_TCP_H

#pragma GCC system_header /* see <sys/socket.h> */

/* What WASI libc's header includes itself must not see _GNU_SOURCE. */
#include <features.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#include_next <netinet/tcp.h>
#undef _GNU_SOURCE
#else
#include_next <netinet/tcp.h>
#endif

#endif
