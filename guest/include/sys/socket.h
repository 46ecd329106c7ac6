/*
 * <sys/socket.h> as on Linux, over the one of WASI libc: the prototypes, options, flags and structures that one leaves out.
 *
 * Families, socket types, SHUT_ and SOL_SOCKET keep WASI libc's numbers; MSG_ flags have Berth's (docs/abi.md); all else is
 * Linux's. The address structures have Linux's layout: WASI libc's are aligned to 16 bytes, `sockaddr_storage` has no room
 * for a Unix path, and `sa_data` and `sin_zero` have no room or are missing.
 */
#ifndef BERTH_SYS_SOCKET_H
#define BERTH_SYS_SOCKET_H

/* #include_next and names that are defined twice are what such a header is made of: no reason to warn its users. */
#pragma GCC system_header

#ifndef __wasi__
#error "this <sys/socket.h> is for WASI programs: leave its folder out of the include path elsewhere"
#endif
#if defined(__wasip2__) || defined(__wasip3__)
#error "this <sys/socket.h> is for WASI preview 1: from preview 2 on the C library has sockets of its own"
#endif

#include <__typedef_sa_family_t.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

/* The guards of WASI libc's own definitions, which are skipped thereby. */
#define __wasilibc___struct_sockaddr_h
#define __wasilibc___struct_sockaddr_storage_h

struct sockaddr {
    sa_family_t sa_family;
    char sa_data[14];
};

struct sockaddr_storage {
    sa_family_t ss_family;
    char __ss_padding[128 - sizeof(uint32_t) - sizeof(sa_family_t)];
    uint32_t __ss_align;
};

#include_next <sys/socket.h>

/* --- families and types --------------------------------------------------------------------------------------------- */

/* In newer versions of WASI libc AF_INET is PF_INET, in older ones there is no PF_INET. */
#ifndef PF_UNSPEC
#define PF_UNSPEC AF_UNSPEC
#endif
#ifndef PF_INET
#define PF_INET AF_INET
#endif
#ifndef PF_INET6
#define PF_INET6 AF_INET6
#endif
#define PF_UNIX AF_UNIX
#define AF_LOCAL AF_UNIX
#define PF_LOCAL AF_LOCAL

#define SOCK_SEQPACKET 7
/* Free numbers: WASI has none for them, since no program gets such a socket. */
#define SOCK_RAW 3
#define SOCK_RDM 4

#define SOMAXCONN 4096

/* --- levels --------------------------------------------------------------------------------------------------------- */

#define SOL_IP 0
#define SOL_TCP 6
#define SOL_UDP 17
#define SOL_IPV6 41

/* --- options -------------------------------------------------------------------------------------------------------- */

#define SO_DEBUG 1
#define SO_REUSEADDR 2
#define SO_TYPE 3
#define SO_ERROR 4
#define SO_DONTROUTE 5
#define SO_BROADCAST 6
#define SO_SNDBUF 7
#define SO_RCVBUF 8
#define SO_KEEPALIVE 9
#define SO_OOBINLINE 10
#define SO_PRIORITY 12
#define SO_LINGER 13
#define SO_REUSEPORT 15
#define SO_PASSCRED 16
#define SO_PEERCRED 17
#define SO_RCVLOWAT 18
#define SO_SNDLOWAT 19
#define SO_RCVTIMEO 20
#define SO_SNDTIMEO 21
#define SO_BINDTODEVICE 25
#define SO_TIMESTAMP 29
#define SO_ACCEPTCONN 30
#define SO_TIMESTAMPNS 35
#define SO_MARK 36
#define SO_PROTOCOL 38
#define SO_DOMAIN 39
#define SO_RXQ_OVFL 40
#define SO_PEEK_OFF 42
#define SO_BUSY_POLL 46
#define SO_INCOMING_CPU 49
#define SO_BINDTOIFINDEX 62

/* --- flags of messages ---------------------------------------------------------------------------------------------- */

/* In WASI libc MSG_TRUNC is a name that does not exist (2022), or the number of MSG_PEEK. */
#define MSG_TRUNC 0x20

#define MSG_OOB 0x4
#define MSG_CTRUNC 0x8
#define MSG_DONTROUTE 0x10
#define MSG_DONTWAIT 0x40
#define MSG_EOR 0x80
#define MSG_ERRQUEUE 0x2000
/* Always in force, since WASI has no signals: sending to a closed connection is the errno EPIPE and nothing else. */
#define MSG_NOSIGNAL 0x4000
#define MSG_MORE 0x8000
#define MSG_WAITFORONE 0x10000
#define MSG_CMSG_CLOEXEC 0x40000000

/* --- control data --------------------------------------------------------------------------------------------------- */

struct cmsghdr {
    socklen_t cmsg_len;
    int cmsg_level;
    int cmsg_type;
};

#define SCM_RIGHTS 1
#define SCM_CREDENTIALS 2
#define SCM_TIMESTAMP SO_TIMESTAMP
#define SCM_TIMESTAMPNS SO_TIMESTAMPNS

#define CMSG_ALIGN(length) (((length) + sizeof(size_t) - 1) & ~(sizeof(size_t) - 1))
#define CMSG_LEN(length) (CMSG_ALIGN(sizeof(struct cmsghdr)) + (length))
#define CMSG_SPACE(length) (CMSG_ALIGN(sizeof(struct cmsghdr)) + CMSG_ALIGN(length))
#define CMSG_DATA(cmsg) ((unsigned char *)((cmsg) + 1))
#define CMSG_FIRSTHDR(message)                                    \
    ((message)->msg_controllen >= sizeof(struct cmsghdr)          \
         ? (struct cmsghdr *)((message)->msg_control)             \
         : (struct cmsghdr *)0)

/* The next header lies whole inside the control data, or there is none. Lengths come from the peer of the macro's user. */
static __inline struct cmsghdr *
__berth_cmsg_next(const struct msghdr *__message, const struct cmsghdr *__cmsg)
{
    size_t __at = (size_t)((const char *)__cmsg - (const char *)__message->msg_control);
    size_t __room = __message->msg_controllen - __at;
    if (__cmsg->cmsg_len < sizeof(struct cmsghdr) || __cmsg->cmsg_len > __room
        || CMSG_ALIGN((size_t)__cmsg->cmsg_len) + sizeof(struct cmsghdr) > __room)
        return (struct cmsghdr *)0;
    return (struct cmsghdr *)(void *)((char *)__message->msg_control + __at + CMSG_ALIGN((size_t)__cmsg->cmsg_len));
}
#define CMSG_NXTHDR(message, cmsg) __berth_cmsg_next(message, cmsg)

/* WASI libc shows these two for _GNU_SOURCE. */
#ifndef _GNU_SOURCE
struct mmsghdr {
    struct msghdr msg_hdr;
    unsigned int msg_len;
};
struct ucred {
    pid_t pid;
    uid_t uid;
    gid_t gid;
};
#endif

/* --- functions ------------------------------------------------------------------------------------------------------ */

#ifdef __cplusplus
extern "C" {
#endif

struct timespec;

int socket(int domain, int type, int protocol);
int socketpair(int domain, int type, int protocol, int fds[2]);
int bind(int fd, const struct sockaddr *addr, socklen_t addrlen);
int connect(int fd, const struct sockaddr *addr, socklen_t addrlen);
int listen(int fd, int backlog);
int accept(int fd, struct sockaddr *__restrict addr, socklen_t *__restrict addrlen);
int accept4(int fd, struct sockaddr *__restrict addr, socklen_t *__restrict addrlen, int flags);
int shutdown(int fd, int how);
int sockatmark(int fd);

int getsockname(int fd, struct sockaddr *__restrict addr, socklen_t *__restrict addrlen);
int getpeername(int fd, struct sockaddr *__restrict addr, socklen_t *__restrict addrlen);

ssize_t send(int fd, const void *data, size_t size, int flags);
ssize_t sendto(int fd, const void *data, size_t size, int flags, const struct sockaddr *to, socklen_t tolen);
ssize_t sendmsg(int fd, const struct msghdr *message, int flags);
int sendmmsg(int fd, struct mmsghdr *messages, unsigned int count, unsigned int flags);
ssize_t recv(int fd, void *room, size_t size, int flags);
ssize_t recvfrom(int fd, void *__restrict room, size_t size, int flags, struct sockaddr *__restrict from,
                 socklen_t *__restrict fromlen);
ssize_t recvmsg(int fd, struct msghdr *message, int flags);
int recvmmsg(int fd, struct mmsghdr *messages, unsigned int count, unsigned int flags, struct timespec *timeout);

int getsockopt(int fd, int level, int option, void *__restrict value, socklen_t *__restrict size);
int setsockopt(int fd, int level, int option, const void *value, socklen_t size);

#ifdef __cplusplus
}
#endif

#endif
