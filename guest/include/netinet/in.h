/*
 * <netinet/in.h> as on Linux, over the one of WASI libc. Address structures have Linux's layout (see <sys/socket.h>): an IPv6
 * address takes 28 bytes, not 32. What WASI libc shows for _GNU_SOURCE or _BSD_SOURCE only is always there.
 */
#ifndef BERTH_NETINET_IN_H
#define BERTH_NETINET_IN_H

#pragma GCC system_header /* see <sys/socket.h> */

#include <__struct_in_addr.h>
#include <__typedef_in_port_t.h>
#include <features.h>
#include <inttypes.h>
#include <sys/socket.h>

/* The guards of WASI libc's own definitions, which are skipped thereby. */
#define __wasilibc___struct_in6_addr_h
#define __wasilibc___struct_sockaddr_in_h
#define __wasilibc___struct_sockaddr_in6_h

struct in6_addr {
    union {
        uint8_t __s6_addr[16];
        uint16_t __s6_addr16[8];
        uint32_t __s6_addr32[4];
    } __in6_union;
};
#define s6_addr __in6_union.__s6_addr
#define s6_addr16 __in6_union.__s6_addr16
#define s6_addr32 __in6_union.__s6_addr32

struct sockaddr_in {
    sa_family_t sin_family;
    in_port_t sin_port; /* network byte order */
    struct in_addr sin_addr;
    uint8_t sin_zero[8];
};

struct sockaddr_in6 {
    sa_family_t sin6_family;
    in_port_t sin6_port; /* network byte order */
    uint32_t sin6_flowinfo;
    struct in6_addr sin6_addr;
    uint32_t sin6_scope_id; /* the index of an interface */
};

/* All that WASI libc has. The headers it includes have been included above, without this. */
#if !defined(_GNU_SOURCE) && !defined(_BSD_SOURCE)
#define _BSD_SOURCE
#include_next <netinet/in.h>
#undef _BSD_SOURCE
#else
#include_next <netinet/in.h>
#endif

#undef IN6ADDR_ANY_INIT
#undef IN6ADDR_LOOPBACK_INIT
#define IN6ADDR_ANY_INIT { { { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 } } }
#define IN6ADDR_LOOPBACK_INIT { { { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 } } }

#define IPPROTO_HOPOPTS 0
#define IPPROTO_IGMP 2
#define IPPROTO_IPIP 4
#define IPPROTO_ROUTING 43
#define IPPROTO_FRAGMENT 44
#define IPPROTO_ESP 50
#define IPPROTO_AH 51
#define IPPROTO_ICMPV6 58
#define IPPROTO_NONE 59
#define IPPROTO_DSTOPTS 60
#define IPPROTO_SCTP 132
#define IPPROTO_UDPLITE 136
#define IPPROTO_MPTCP 262

#endif
