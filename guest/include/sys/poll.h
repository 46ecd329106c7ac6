/* Another name of <poll.h>; the one of WASI libc warns about it. */
#ifndef BERTH_SYS_POLL_H
#define BERTH_SYS_POLL_H

#include <poll.h>

#endif
