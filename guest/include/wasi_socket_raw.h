/*
 * The socket functions of the WAMR socket extension as a module imports them, with their types: module
 * `wasi_snapshot_preview1`, names `sock_open`, `sock_bind`, ... `sock_accept`, `sock_recv`, `sock_send` and `sock_shutdown`
 * are declared by the C library itself (<wasi/api.h>).
 *
 * For programs that want the imports themselves; programs that want sockets include <wasi_socket_ext.h>.
 *
 * Every function returns a WASI errno, 0 for success. Byte order in these structures: ports and the eight groups of an IPv6
 * address are numbers in memory order (little-endian), an IPv4 address is its four bytes as they are read.
 */
#ifndef BERTH_WASI_SOCKET_RAW_H
#define BERTH_WASI_SOCKET_RAW_H

#include <stddef.h>
#include <stdint.h>
#include <wasi/api.h>
#ifndef __cplusplus
#include <stdbool.h>
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* --- types ---------------------------------------------------------------------------------------------------------- */

typedef uint16_t __wasi_ip_port_t; /* host byte order */

typedef enum { IPv4 = 0, IPv6 = 1 } __wasi_addr_type_t;

typedef struct {
    uint8_t n0, n1, n2, n3; /* 127.0.0.1 is 127, 0, 0, 1 */
} __wasi_addr_ip4_t;

typedef struct {
    __wasi_addr_ip4_t addr;
    __wasi_ip_port_t port;
} __wasi_addr_ip4_port_t;

typedef struct {
    uint16_t n0, n1, n2, n3, h0, h1, h2, h3; /* 2001:db8:... is 0x2001, 0xdb8, ... */
} __wasi_addr_ip6_t;

typedef struct {
    __wasi_addr_ip6_t addr;
    __wasi_ip_port_t port;
} __wasi_addr_ip6_port_t;

/* An address without a port. */
typedef struct {
    __wasi_addr_type_t kind;
    union {
        __wasi_addr_ip4_t ip4;
        __wasi_addr_ip6_t ip6;
    } addr;
} __wasi_addr_ip_t;

/* An address with a port. The port's place depends on the kind. */
typedef struct {
    __wasi_addr_type_t kind;
    union {
        __wasi_addr_ip4_port_t ip4;
        __wasi_addr_ip6_port_t ip6;
    } addr;
} __wasi_addr_t;

typedef enum { INET4 = 0, INET6 = 1, INET_UNSPEC = 2 } __wasi_address_family_t;

/* SOCKET_ANY only in hints. */
typedef enum { SOCKET_ANY = -1, SOCKET_DGRAM = 0, SOCKET_STREAM = 1 } __wasi_sock_type_t;

typedef struct {
    __wasi_addr_t addr;
    __wasi_sock_type_t type;
} __wasi_addr_info_t;

typedef struct {
    __wasi_sock_type_t type;
    __wasi_address_family_t family;
    uint8_t hints_enabled; /* 0: the other fields do not count */
} __wasi_addr_info_hints_t;

/* --- layouts: what hosts read and write ------------------------------------------------------------------------------ */

#ifdef __cplusplus
#define BERTH_LAYOUT(condition) static_assert(condition, "layout of the socket imports")
#else
#define BERTH_LAYOUT(condition) __extension__ _Static_assert(condition, "layout of the socket imports")
#endif

BERTH_LAYOUT(sizeof(__wasi_addr_type_t) == 4);
BERTH_LAYOUT(sizeof(__wasi_address_family_t) == 4);
BERTH_LAYOUT(sizeof(__wasi_sock_type_t) == 4);
BERTH_LAYOUT(sizeof(__wasi_addr_ip4_t) == 4);
BERTH_LAYOUT(sizeof(__wasi_addr_ip4_port_t) == 6 && offsetof(__wasi_addr_ip4_port_t, port) == 4);
BERTH_LAYOUT(sizeof(__wasi_addr_ip6_t) == 16);
BERTH_LAYOUT(sizeof(__wasi_addr_ip6_port_t) == 18 && offsetof(__wasi_addr_ip6_port_t, port) == 16);
BERTH_LAYOUT(sizeof(__wasi_addr_ip_t) == 20 && offsetof(__wasi_addr_ip_t, addr) == 4);
BERTH_LAYOUT(sizeof(__wasi_addr_t) == 24 && offsetof(__wasi_addr_t, addr) == 4);
BERTH_LAYOUT(sizeof(__wasi_addr_info_t) == 28 && offsetof(__wasi_addr_info_t, type) == 24);
BERTH_LAYOUT(sizeof(__wasi_addr_info_hints_t) == 12 && offsetof(__wasi_addr_info_hints_t, hints_enabled) == 8);

#undef BERTH_LAYOUT

/* --- functions ------------------------------------------------------------------------------------------------------ */

#define BERTH_IMPORT(name)                                                                    \
    __attribute__((__import_module__("wasi_snapshot_preview1"), __import_name__(#name), \
                   __warn_unused_result__))

/* `poolfd` is not looked at: -1. */
__wasi_errno_t __wasi_sock_open(__wasi_fd_t poolfd, __wasi_address_family_t family, __wasi_sock_type_t type,
                                __wasi_fd_t *fd) BERTH_IMPORT(sock_open);
__wasi_errno_t __wasi_sock_bind(__wasi_fd_t fd, const __wasi_addr_t *addr) BERTH_IMPORT(sock_bind);
__wasi_errno_t __wasi_sock_connect(__wasi_fd_t fd, const __wasi_addr_t *addr) BERTH_IMPORT(sock_connect);
__wasi_errno_t __wasi_sock_listen(__wasi_fd_t fd, __wasi_size_t backlog) BERTH_IMPORT(sock_listen);
__wasi_errno_t __wasi_sock_addr_local(__wasi_fd_t fd, __wasi_addr_t *addr) BERTH_IMPORT(sock_addr_local);
__wasi_errno_t __wasi_sock_addr_remote(__wasi_fd_t fd, __wasi_addr_t *addr) BERTH_IMPORT(sock_addr_remote);

/*
 * Stores at most `capacity` entries and in `count` how many there are, which may be more. `service` may be "". The type in
 * an entry is SOCKET_STREAM or SOCKET_DGRAM.
 */
__wasi_errno_t __wasi_sock_addr_resolve(const char *host, const char *service, const __wasi_addr_info_hints_t *hints,
                                        __wasi_addr_info_t *entries, __wasi_size_t capacity, __wasi_size_t *count)
    BERTH_IMPORT(sock_addr_resolve);

__wasi_errno_t __wasi_sock_recv_from(__wasi_fd_t fd, const __wasi_iovec_t *ri_data, __wasi_size_t ri_data_len,
                                     __wasi_riflags_t ri_flags, __wasi_addr_t *source, __wasi_size_t *received)
    BERTH_IMPORT(sock_recv_from);
__wasi_errno_t __wasi_sock_send_to(__wasi_fd_t fd, const __wasi_ciovec_t *si_data, __wasi_size_t si_data_len,
                                   __wasi_siflags_t si_flags, const __wasi_addr_t *destination, __wasi_size_t *sent)
    BERTH_IMPORT(sock_send_to);

/* Answers ENOSYS in the original, which closes sockets with fd_close; no library calls it. */
__wasi_errno_t __wasi_sock_close(__wasi_fd_t fd) BERTH_IMPORT(sock_close);

/* Timeouts in microseconds, 0 for none. */
__wasi_errno_t __wasi_sock_get_recv_timeout(__wasi_fd_t fd, uint64_t *us) BERTH_IMPORT(sock_get_recv_timeout);
__wasi_errno_t __wasi_sock_set_recv_timeout(__wasi_fd_t fd, uint64_t us) BERTH_IMPORT(sock_set_recv_timeout);
__wasi_errno_t __wasi_sock_get_send_timeout(__wasi_fd_t fd, uint64_t *us) BERTH_IMPORT(sock_get_send_timeout);
__wasi_errno_t __wasi_sock_set_send_timeout(__wasi_fd_t fd, uint64_t us) BERTH_IMPORT(sock_set_send_timeout);

/* The original stores eight bytes where these two say four: give them room. */
__wasi_errno_t __wasi_sock_get_recv_buf_size(__wasi_fd_t fd, __wasi_size_t *bytes) BERTH_IMPORT(sock_get_recv_buf_size);
__wasi_errno_t __wasi_sock_get_send_buf_size(__wasi_fd_t fd, __wasi_size_t *bytes) BERTH_IMPORT(sock_get_send_buf_size);
__wasi_errno_t __wasi_sock_set_recv_buf_size(__wasi_fd_t fd, __wasi_size_t bytes) BERTH_IMPORT(sock_set_recv_buf_size);
__wasi_errno_t __wasi_sock_set_send_buf_size(__wasi_fd_t fd, __wasi_size_t bytes) BERTH_IMPORT(sock_set_send_buf_size);

__wasi_errno_t __wasi_sock_get_keep_alive(__wasi_fd_t fd, bool *on) BERTH_IMPORT(sock_get_keep_alive);
__wasi_errno_t __wasi_sock_set_keep_alive(__wasi_fd_t fd, bool on) BERTH_IMPORT(sock_set_keep_alive);
__wasi_errno_t __wasi_sock_get_reuse_addr(__wasi_fd_t fd, bool *on) BERTH_IMPORT(sock_get_reuse_addr);
__wasi_errno_t __wasi_sock_set_reuse_addr(__wasi_fd_t fd, bool on) BERTH_IMPORT(sock_set_reuse_addr);
__wasi_errno_t __wasi_sock_get_reuse_port(__wasi_fd_t fd, bool *on) BERTH_IMPORT(sock_get_reuse_port);
__wasi_errno_t __wasi_sock_set_reuse_port(__wasi_fd_t fd, bool on) BERTH_IMPORT(sock_set_reuse_port);
__wasi_errno_t __wasi_sock_get_linger(__wasi_fd_t fd, bool *on, int *seconds) BERTH_IMPORT(sock_get_linger);
__wasi_errno_t __wasi_sock_set_linger(__wasi_fd_t fd, bool on, int seconds) BERTH_IMPORT(sock_set_linger);
__wasi_errno_t __wasi_sock_get_broadcast(__wasi_fd_t fd, bool *on) BERTH_IMPORT(sock_get_broadcast);
__wasi_errno_t __wasi_sock_set_broadcast(__wasi_fd_t fd, bool on) BERTH_IMPORT(sock_set_broadcast);

__wasi_errno_t __wasi_sock_get_tcp_no_delay(__wasi_fd_t fd, bool *on) BERTH_IMPORT(sock_get_tcp_no_delay);
__wasi_errno_t __wasi_sock_set_tcp_no_delay(__wasi_fd_t fd, bool on) BERTH_IMPORT(sock_set_tcp_no_delay);
__wasi_errno_t __wasi_sock_get_tcp_quick_ack(__wasi_fd_t fd, bool *on) BERTH_IMPORT(sock_get_tcp_quick_ack);
__wasi_errno_t __wasi_sock_set_tcp_quick_ack(__wasi_fd_t fd, bool on) BERTH_IMPORT(sock_set_tcp_quick_ack);
__wasi_errno_t __wasi_sock_get_tcp_keep_idle(__wasi_fd_t fd, uint32_t *s) BERTH_IMPORT(sock_get_tcp_keep_idle);
__wasi_errno_t __wasi_sock_set_tcp_keep_idle(__wasi_fd_t fd, uint32_t s) BERTH_IMPORT(sock_set_tcp_keep_idle);
__wasi_errno_t __wasi_sock_get_tcp_keep_intvl(__wasi_fd_t fd, uint32_t *s) BERTH_IMPORT(sock_get_tcp_keep_intvl);
__wasi_errno_t __wasi_sock_set_tcp_keep_intvl(__wasi_fd_t fd, uint32_t s) BERTH_IMPORT(sock_set_tcp_keep_intvl);
__wasi_errno_t __wasi_sock_get_tcp_fastopen_connect(__wasi_fd_t fd, bool *on)
    BERTH_IMPORT(sock_get_tcp_fastopen_connect);
__wasi_errno_t __wasi_sock_set_tcp_fastopen_connect(__wasi_fd_t fd, bool on)
    BERTH_IMPORT(sock_set_tcp_fastopen_connect);

__wasi_errno_t __wasi_sock_get_ip_ttl(__wasi_fd_t fd, uint8_t *hops) BERTH_IMPORT(sock_get_ip_ttl);
__wasi_errno_t __wasi_sock_set_ip_ttl(__wasi_fd_t fd, uint8_t hops) BERTH_IMPORT(sock_set_ip_ttl);
__wasi_errno_t __wasi_sock_get_ip_multicast_ttl(__wasi_fd_t fd, uint8_t *hops) BERTH_IMPORT(sock_get_ip_multicast_ttl);
__wasi_errno_t __wasi_sock_set_ip_multicast_ttl(__wasi_fd_t fd, uint8_t hops) BERTH_IMPORT(sock_set_ip_multicast_ttl);
__wasi_errno_t __wasi_sock_get_ip_multicast_loop(__wasi_fd_t fd, bool ipv6, bool *on)
    BERTH_IMPORT(sock_get_ip_multicast_loop);
__wasi_errno_t __wasi_sock_set_ip_multicast_loop(__wasi_fd_t fd, bool ipv6, bool on)
    BERTH_IMPORT(sock_set_ip_multicast_loop);

/* `interface`: for IPv4 the `s_addr` of one of its addresses (network byte order), for IPv6 its index; 0 is the default. */
__wasi_errno_t __wasi_sock_set_ip_add_membership(__wasi_fd_t fd, const __wasi_addr_ip_t *group, uint32_t interface)
    BERTH_IMPORT(sock_set_ip_add_membership);
__wasi_errno_t __wasi_sock_set_ip_drop_membership(__wasi_fd_t fd, const __wasi_addr_ip_t *group, uint32_t interface)
    BERTH_IMPORT(sock_set_ip_drop_membership);

__wasi_errno_t __wasi_sock_get_ipv6_only(__wasi_fd_t fd, bool *on) BERTH_IMPORT(sock_get_ipv6_only);
__wasi_errno_t __wasi_sock_set_ipv6_only(__wasi_fd_t fd, bool on) BERTH_IMPORT(sock_set_ipv6_only);

#undef BERTH_IMPORT

#ifdef __cplusplus
}
#endif

#endif
