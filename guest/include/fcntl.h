/* <fcntl.h> as on Linux, over the one of WASI libc: the commands that duplicate a descriptor. */
#ifndef BERTH_FCNTL_H
#define BERTH_FCNTL_H

#pragma GCC system_header /* see <sys/socket.h> */

#include_next <fcntl.h>

#ifndef F_DUPFD
#define F_DUPFD 0
#endif
#ifndef F_DUPFD_CLOEXEC
#define F_DUPFD_CLOEXEC 1030
#endif
#ifndef O_NDELAY
#define O_NDELAY O_NONBLOCK
#endif

#endif
