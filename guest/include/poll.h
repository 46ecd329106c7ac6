/*
 * <poll.h> as on Linux, over the one of WASI libc: `ppoll` and the events that one leaves out. POLLIN, POLLOUT, POLLERR,
 * POLLHUP and POLLNVAL keep WASI libc's numbers; the others have Berth's (docs/abi.md).
 */
#ifndef BERTH_POLL_H
#define BERTH_POLL_H

#pragma GCC system_header /* see <sys/socket.h> */

#include_next <poll.h>

#define __NEED_time_t
#define __NEED_struct_timespec
#define __NEED_sigset_t
#include <bits/alltypes.h>

/* Newer WASI libcs have a POLLPRI of their own, which their poll refuses. */
#undef POLLPRI
#define POLLPRI 0x4
#define POLLRDHUP 0x8
/* There is no priority band: these can be asked for and do not happen. */
#define POLLRDBAND 0x80
#define POLLWRBAND 0x100
#define POLLMSG 0x400

#ifdef __cplusplus
extern "C" {
#endif

int ppoll(struct pollfd *fds, nfds_t count, const struct timespec *timeout, const sigset_t *mask);

#ifdef __cplusplus
}
#endif

#endif
