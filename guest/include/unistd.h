/* <unistd.h> as on Linux, over the one of WASI libc: the functions that duplicate a descriptor. */
#ifndef BERTH_UNISTD_H
#define BERTH_UNISTD_H

#pragma GCC system_header /* see <sys/socket.h> */

#include_next <unistd.h>

#ifdef __cplusplus
extern "C" {
#endif

int dup(int fd);
int dup2(int fd, int number);
int dup3(int fd, int number, int flags);

#ifdef __cplusplus
}
#endif

#endif
