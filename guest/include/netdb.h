/* <netdb.h>, which WASI libc does not have: hosts, services and protocols by name. Linux's numbers. */
#ifndef BERTH_NETDB_H
#define BERTH_NETDB_H

#include <netinet/in.h>
#include <stdint.h>
#include <sys/socket.h>

#ifdef __cplusplus
extern "C" {
#endif

/* --- getaddrinfo and getnameinfo ------------------------------------------------------------------------------------ */

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
#define AI_IDN 0x40
#define AI_CANONIDN 0x80
#define AI_NUMERICSERV 0x400

#define NI_NUMERICHOST 0x01
#define NI_NUMERICSERV 0x02
#define NI_NOFQDN 0x04
#define NI_NAMEREQD 0x08
#define NI_DGRAM 0x10
#define NI_IDN 0x20

#define NI_MAXHOST 1025
#define NI_MAXSERV 32

#define EAI_BADFLAGS (-1)
#define EAI_NONAME (-2)
#define EAI_AGAIN (-3)
#define EAI_FAIL (-4)
#define EAI_NODATA (-5)
#define EAI_FAMILY (-6)
#define EAI_SOCKTYPE (-7)
#define EAI_SERVICE (-8)
#define EAI_ADDRFAMILY (-9)
#define EAI_MEMORY (-10)
#define EAI_SYSTEM (-11)
#define EAI_OVERFLOW (-12)

int getaddrinfo(const char *__restrict node, const char *__restrict service, const struct addrinfo *__restrict hints,
                struct addrinfo **__restrict result);
void freeaddrinfo(struct addrinfo *list);
const char *gai_strerror(int code);
int getnameinfo(const struct sockaddr *__restrict addr, socklen_t addrlen, char *__restrict host, socklen_t hostlen,
                char *__restrict service, socklen_t servicelen, int flags);

/* --- hosts ---------------------------------------------------------------------------------------------------------- */

struct hostent {
    char *h_name;
    char **h_aliases;
    int h_addrtype;
    int h_length;
    char **h_addr_list;
};
#define h_addr h_addr_list[0]

/* A program may also declare `extern int h_errno;` itself: with this macro that declares the function. */
int *berth_h_errno(void);
#define h_errno (*berth_h_errno())

#define NETDB_INTERNAL (-1)
#define NETDB_SUCCESS 0
#define HOST_NOT_FOUND 1
#define TRY_AGAIN 2
#define NO_RECOVERY 3
#define NO_DATA 4
#define NO_ADDRESS NO_DATA

struct hostent *gethostbyname(const char *name);
struct hostent *gethostbyname2(const char *name, int family);
struct hostent *gethostbyaddr(const void *addr, socklen_t addrlen, int family);
int gethostbyname_r(const char *__restrict name, struct hostent *__restrict host, char *__restrict room, size_t size,
                    struct hostent **__restrict result, int *__restrict error);
int gethostbyname2_r(const char *__restrict name, int family, struct hostent *__restrict host, char *__restrict room,
                     size_t size, struct hostent **__restrict result, int *__restrict error);
int gethostbyaddr_r(const void *__restrict addr, socklen_t addrlen, int family, struct hostent *__restrict host,
                    char *__restrict room, size_t size, struct hostent **__restrict result, int *__restrict error);
const char *hstrerror(int code);
void herror(const char *text);

/* --- services and protocols ----------------------------------------------------------------------------------------- */

struct servent {
    char *s_name;
    char **s_aliases;
    int s_port; /* network byte order */
    char *s_proto;
};

struct servent *getservbyname(const char *name, const char *protocol);
struct servent *getservbyport(int port, const char *protocol);

struct protoent {
    char *p_name;
    char **p_aliases;
    int p_proto;
};

struct protoent *getprotobyname(const char *name);
struct protoent *getprotobynumber(int number);
void setprotoent(int stay_open);
struct protoent *getprotoent(void);
void endprotoent(void);

#ifdef __cplusplus
}
#endif

#endif
