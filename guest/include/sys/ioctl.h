/* <sys/ioctl.h> as on Linux, over the one of WASI libc: the requests for sockets and interfaces, with Linux's numbers. */
#ifndef BERTH_SYS_IOCTL_H
#define BERTH_SYS_IOCTL_H

#pragma GCC system_header /* see <sys/socket.h> */

#include_next <sys/ioctl.h>

#define FIONCLEX 0x5450
#define FIOCLEX 0x5451

/* WASI libc numbers these two 1 and 2; `ioctl` takes both numbers. */
#undef FIONREAD
#define FIONREAD 0x541b
#undef FIONBIO
#define FIONBIO 0x5421

#define SIOCINQ FIONREAD
#define TIOCOUTQ 0x5411
#define SIOCOUTQ TIOCOUTQ
#define SIOCATMARK 0x8905
#define SIOCGIFNAME 0x8910
#define SIOCGIFCONF 0x8912
#define SIOCGIFFLAGS 0x8913
#define SIOCGIFADDR 0x8915
#define SIOCGIFDSTADDR 0x8917
#define SIOCGIFBRDADDR 0x8919
#define SIOCGIFNETMASK 0x891b
#define SIOCGIFMTU 0x8921
#define SIOCGIFINDEX 0x8933

#endif
