/*
 * Between the POSIX functions and the original's imports (<wasi_socket_raw.h>): conversions and the order of checks.
 *
 * Linux looks at the descriptor first, then at addresses, lengths and flags. The imports look at the descriptor too, but
 * are not reached when an argument is refused here; `berth_refuse` then asks for the descriptor on its own. The way
 * without a mistake pays nothing for that.
 *
 * There are two libraries. The files of this folder alone are the one that runs on the original's host; in the other, the
 * usual one, each file in ext/ replaces the one of its name here or is added, and asks Berth's additional module for what
 * the original's imports cannot express.
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

/* --- descriptor.c --------------------------------------------------------------------------------------------------- */

/* Sets errno for a call refused for its arguments: EBADF or ENOTSOCK when `fd` is at fault, else `error`. Returns -1. */
int berth_refuse(int fd, int error);

/* 0 and whether `fd` is a stream socket (else a datagram socket), or EBADF, ENOTSOCK. */
int berth_is_stream(int fd, bool *stream);

/* --- address.c ------------------------------------------------------------------------------------------------------ */

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

/* --- inet_socket.c -------------------------------------------------------------------------------------------------- */

/* Flags in the type of a socket, and the rest of it. */
#define BERTH_TYPE_BITS 0xf
#define BERTH_TYPE_FLAGS (SOCK_NONBLOCK | SOCK_CLOEXEC)

/* Whether there is an IPv4 or IPv6 socket of this sort: 0, or Linux's errno. */
int berth_check_inet_socket(int domain, int type, int protocol);

/* socket() for IPv4 and IPv6. */
int berth_inet_socket(int domain, int type, int protocol);

/* --- inet_bind.c, inet_connect.c ------------------------------------------------------------------------------------ */

/* bind() and connect() for addresses that the original's record can hold; others are refused. */
int berth_bind_inet(int fd, const struct sockaddr *addr, socklen_t addrlen);
int berth_connect_inet(int fd, const struct sockaddr *addr, socklen_t addrlen);

/* --- connection.c --------------------------------------------------------------------------------------------------- */

/* Stores who has connected: `fd` is the connection, `listening_fd` where it came from. There is room. */
typedef void berth_report_peer(int listening_fd, int fd, struct sockaddr *addr, socklen_t *addrlen);

/* accept4() by the original's import. */
int berth_accept(int fd, struct sockaddr *addr, socklen_t *addrlen, int flags, berth_report_peer *report);

/* The peer as the original tells it. A host that does not know it any more: the unspecified address. */
void berth_report_inet_peer(int listening_fd, int fd, struct sockaddr *addr, socklen_t *addrlen);

/* --- message.c ------------------------------------------------------------------------------------------------------ */

/* What Linux refuses a message for whatever else is in it: 0, EFAULT, EINVAL, EMSGSIZE. */
int berth_check_message(const struct msghdr *message);

/* --- plain_send.c --------------------------------------------------------------------------------------------------- */

/* MSG_NOSIGNAL is the rule here. No other flag has a place in the original's imports. */
#define BERTH_PLAIN_SEND_FLAGS MSG_NOSIGNAL

ssize_t berth_send_to_peer(int fd, const __wasi_ciovec_t *data, size_t count);
ssize_t berth_send_to_address(int fd, const __wasi_ciovec_t *data, size_t count, const struct sockaddr *to, socklen_t tolen);

/* sendmsg() of a message that has been checked, control data and flags aside. */
ssize_t berth_send_plain_message(int fd, const struct msghdr *message);

/* --- plain_recv.c --------------------------------------------------------------------------------------------------- */

/* MSG_NOSIGNAL, which Linux does not mind here, means nothing. */
#define BERTH_PLAIN_RECEIVE_FLAGS (MSG_PEEK | MSG_WAITALL | MSG_NOSIGNAL)

ssize_t berth_receive(int fd, void *room, size_t size, int flags);

/* recvfrom() with an address, the room for which has been checked. */
ssize_t berth_receive_from(int fd, void *room, size_t size, int flags, struct sockaddr *from, socklen_t *fromlen);

/* recvmsg() of a message that has been checked, without control data. */
ssize_t berth_receive_plain_message(int fd, struct msghdr *message, int flags);

/* --- plain_resolve.c ------------------------------------------------------------------------------------------------ */

/* getaddrinfo() as far as the original's import goes: without canonical names, scope ids and the host's families. */
int berth_get_plain_addresses(const char *host, const char *service, const struct addrinfo *hints,
                              struct addrinfo **result);

/* --- plain_option.c ------------------------------------------------------------------------------------------------- */

/* Whether the original has an import for this option. */
bool berth_is_plain_option(int level, int option);

/* getsockopt() and setsockopt() for these options, ENOPROTOOPT for all others. */
int berth_get_plain_option(int fd, int level, int option, void *value, socklen_t *size);
int berth_set_plain_option(int fd, int level, int option, const void *value, socklen_t size);

/* Sets errno for an option refused for its value. Returns -1. */
int berth_refuse_option(int fd, int level, int error);

#endif
