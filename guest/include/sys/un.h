/* <sys/un.h> as on Linux: WASI libc's `struct sockaddr_un` has no path. */
#ifndef BERTH_SYS_UN_H
#define BERTH_SYS_UN_H

#pragma GCC system_header /* see <sys/socket.h> */

#include <__typedef_sa_family_t.h>

/* The guard of WASI libc's own definition, which is skipped thereby. */
#define __wasilibc___struct_sockaddr_un_h

struct sockaddr_un {
    sa_family_t sun_family;
    char sun_path[108];
};

#include_next <sys/un.h>

#endif
