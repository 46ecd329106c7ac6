/*
 * Between the POSIX functions and the imports (<wasi_socket_raw.h>): conversions and the order of checks.
 *
 * Linux looks at the descriptor first, then at addresses, lengths and flags. The imports look at the descriptor too, but
 * are not reached when an argument is refused here; `berth_refuse` then asks for the descriptor on its own. The way
 * without a mistake pays nothing for that.
 */
#ifndef BERTH_SOCKET_INTERNAL_H
#define BERTH_SOCKET_INTERNAL_H

#include <wasi_socket_ext.h>
#include <wasi_socket_raw.h>

#include <errno.h>
#include <stdbool.h>

#define BERTH_ASSERT(condition, text) __extension__ _Static_assert(condition, text)

/* Linux's bound for the number of iovecs in a message; <limits.h> has it as IOV_MAX, but not in every C dialect. */
#define BERTH_IOV_MAX 1024

/* The guest's socket address, either family. sin6_family is at the place of sin_family. */
typedef union {
    struct sockaddr_in ip4;
    struct sockaddr_in6 ip6;
} berth_sockaddr;

/* POSIX result of an import: 0, or -1 with errno. Guest errno numbers are WASI's. */
static inline int
berth_result(int error)
{
    if (error == 0)
        return 0;
    errno = error;
    return -1;
}

/* Sets errno for a call refused for its arguments: EBADF or ENOTSOCK when `fd` is at fault, else `error`. Returns -1. */
int berth_refuse(int fd, int error);

/* 0 and whether `fd` is a stream socket (else a datagram socket), or EBADF, ENOTSOCK. */
int berth_is_stream(int fd, bool *stream);

/*
 * Reads an address a program passes in. EINVAL: shorter than its family needs, or longer than any address; EFAULT: NULL;
 * EAFNOSUPPORT: neither IPv4, IPv6 nor unspecified. AF_UNSPEC is read as IPv4, the caller decides what it means.
 */
int berth_read_sockaddr(const struct sockaddr *addr, socklen_t len, __wasi_addr_t *out, sa_family_t *family);

/* The guest's form of an address the host gave. Returns its length. */
socklen_t berth_make_sockaddr(const __wasi_addr_t *addr, berth_sockaddr *out);

/* Whether an address could be delivered there: 0, EFAULT or EINVAL. */
int berth_check_room(const struct sockaddr *to, const socklen_t *len);

/* Hands an address to the program: as much as fits, and in `*len` its true length. 0, EFAULT or EINVAL. */
int berth_deliver_sockaddr(const __wasi_addr_t *addr, struct sockaddr *to, socklen_t *len);

/* IPv6 address bytes (network order) to the eight numbers of the imports. */
__wasi_addr_ip6_t berth_ip6_groups(const uint8_t bytes[16]);

#endif
