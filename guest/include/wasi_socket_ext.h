/*
 * Berkeley sockets for WASI preview 1: what POSIX declares and the WASI C library leaves out.
 *
 *     #ifdef __wasi__
 *     #include <wasi_socket_ext.h>
 *     #endif
 *
 * and the program is linked with the library `socket_wasi_ext`. The functions behave as on Linux; where the imports cannot
 * say what is asked for, the call fails with ENOTSUP (an option: ENOPROTOOPT) instead of doing something else.
 *
 * The imports themselves and their types are in <wasi_socket_raw.h>. This header does not include that one: its enumerators
 * (IPv4, SOCKET_STREAM, ...) are names that ordinary programs use for themselves.
 */
#ifndef BERTH_WASI_SOCKET_EXT_H
#define BERTH_WASI_SOCKET_EXT_H

#ifndef __wasi__
#error "wasi_socket_ext.h is for WASI programs: put its #include between #ifdef __wasi__ and #endif"
#endif
#if defined(__wasip2__) || defined(__wasip3__)
#error "wasi_socket_ext.h is for WASI preview 1: from preview 2 on the C library has sockets of its own"
#endif

/*
 * WASI libc of 2022 aligns socket addresses with max_align_t, which <stddef.h> does not define in C99: with that libc its
 * own <sys/socket.h> compiles as C99 only after this. A C99 program for it includes this header first.
 */
#if !defined(__cplusplus) && (!defined(__STDC_VERSION__) || __STDC_VERSION__ < 201112L) && defined(__has_include)
#if __has_include(<__stddef_max_align_t.h>)
#include <__stddef_max_align_t.h>
#endif
#endif

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- socket options: Linux's numbers -------------------------------------------------------------------------------- */

#ifndef SO_REUSEADDR
#define SO_REUSEADDR 2
#endif
#ifndef SO_BROADCAST
#define SO_BROADCAST 6
#endif
#ifndef SO_SNDBUF
#define SO_SNDBUF 7
#endif
#ifndef SO_RCVBUF
#define SO_RCVBUF 8
#endif
#ifndef SO_KEEPALIVE
#define SO_KEEPALIVE 9
#endif
#ifndef SO_LINGER
#define SO_LINGER 13
#endif
#ifndef SO_REUSEPORT
#define SO_REUSEPORT 15
#endif
#ifndef SO_RCVTIMEO
#define SO_RCVTIMEO 20
#endif
#ifndef SO_SNDTIMEO
#define SO_SNDTIMEO 21
#endif

#ifndef TCP_NODELAY
#define TCP_NODELAY 1
#endif
#ifndef TCP_KEEPIDLE
#define TCP_KEEPIDLE 4
#endif
#ifndef TCP_KEEPINTVL
#define TCP_KEEPINTVL 5
#endif
#ifndef TCP_QUICKACK
#define TCP_QUICKACK 12
#endif
#ifndef TCP_FASTOPEN_CONNECT
#define TCP_FASTOPEN_CONNECT 30
#endif

#ifndef IP_TTL
#define IP_TTL 2
#endif
#ifndef IP_MULTICAST_TTL
#define IP_MULTICAST_TTL 33
#endif
#ifndef IP_MULTICAST_LOOP
#define IP_MULTICAST_LOOP 34
#endif
#ifndef IP_ADD_MEMBERSHIP
#define IP_ADD_MEMBERSHIP 35
#endif
#ifndef IP_DROP_MEMBERSHIP
#define IP_DROP_MEMBERSHIP 36
#endif

#ifndef IPV6_MULTICAST_LOOP
#define IPV6_MULTICAST_LOOP 19
#endif
#ifndef IPV6_JOIN_GROUP
#define IPV6_JOIN_GROUP 20
#endif
#ifndef IPV6_LEAVE_GROUP
#define IPV6_LEAVE_GROUP 21
#endif
#ifndef IPV6_V6ONLY
#define IPV6_V6ONLY 26
#endif

/*
 * WASI libc declares `struct ip_mreq` only for _GNU_SOURCE and _BSD_SOURCE, which -std=c99 and the like leave out.
 * MCAST_JOIN_GROUP is defined in the same place, so it tells whether the structure is there.
 */
#ifndef MCAST_JOIN_GROUP
struct ip_mreq {
    struct in_addr imr_multiaddr;
    struct in_addr imr_interface;
};
#endif

#ifndef SOMAXCONN
#define SOMAXCONN 128
#endif

/* --- message flags -------------------------------------------------------------------------------------------------- */

/* WASI libc of 2022 defines MSG_TRUNC as a name that does not exist; this is the value newer ones give it. */
#undef MSG_TRUNC
#define MSG_TRUNC __WASI_ROFLAGS_RECV_DATA_TRUNCATED

/* Always in force, since WASI has no signals: sending to a closed connection is the errno EPIPE and nothing else. */
#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0x4000
#endif

/* --- names and services --------------------------------------------------------------------------------------------- */

struct addrinfo {
    int ai_flags;
    int ai_family;
    int ai_socktype;
    int ai_protocol;
    socklen_t ai_addrlen;
    struct sockaddr *ai_addr;
    char *ai_canonname;
    struct addrinfo *ai_next;
};

#define AI_PASSIVE 0x01
#define AI_CANONNAME 0x02
#define AI_NUMERICHOST 0x04
#define AI_V4MAPPED 0x08
#define AI_ALL 0x10
#define AI_ADDRCONFIG 0x20
#define AI_NUMERICSERV 0x400

#define EAI_BADFLAGS (-1)
#define EAI_NONAME (-2)
#define EAI_AGAIN (-3)
#define EAI_FAIL (-4)
#define EAI_FAMILY (-6)
#define EAI_SOCKTYPE (-7)
#define EAI_SERVICE (-8)
#define EAI_ADDRFAMILY (-9)
#define EAI_MEMORY (-10)
#define EAI_SYSTEM (-11)
#define EAI_OVERFLOW (-12)

/* --- functions ------------------------------------------------------------------------------------------------------ */

int socket(int domain, int type, int protocol);
int bind(int fd, const struct sockaddr *addr, socklen_t addrlen);
int connect(int fd, const struct sockaddr *addr, socklen_t addrlen);
int listen(int fd, int backlog);
int accept(int fd, struct sockaddr *__restrict addr, socklen_t *__restrict addrlen);
int accept4(int fd, struct sockaddr *__restrict addr, socklen_t *__restrict addrlen, int flags);
int shutdown(int fd, int how);

int getsockname(int fd, struct sockaddr *__restrict addr, socklen_t *__restrict addrlen);
int getpeername(int fd, struct sockaddr *__restrict addr, socklen_t *__restrict addrlen);

ssize_t send(int fd, const void *data, size_t size, int flags);
ssize_t sendto(int fd, const void *data, size_t size, int flags, const struct sockaddr *to, socklen_t tolen);
ssize_t sendmsg(int fd, const struct msghdr *message, int flags);
ssize_t recv(int fd, void *room, size_t size, int flags);
ssize_t recvfrom(int fd, void *__restrict room, size_t size, int flags, struct sockaddr *__restrict from,
                 socklen_t *__restrict fromlen);
ssize_t recvmsg(int fd, struct msghdr *message, int flags);

int getsockopt(int fd, int level, int option, void *__restrict value, socklen_t *__restrict size);
int setsockopt(int fd, int level, int option, const void *value, socklen_t size);

int getaddrinfo(const char *__restrict node, const char *__restrict service, const struct addrinfo *__restrict hints,
                struct addrinfo **__restrict result);
void freeaddrinfo(struct addrinfo *list);
const char *gai_strerror(int code);

#ifdef __cplusplus
}
#endif

#endif
