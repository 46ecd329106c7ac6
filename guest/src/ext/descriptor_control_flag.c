/* FD_CLOEXEC: see descriptor_control.h */
#include "descriptor_control.h"

#include <limits.h>

/* Of numbers beyond these nothing is remembered. */
#define REMEMBERED 16384

static unsigned char flags[REMEMBERED / CHAR_BIT];

bool
berth_close_on_exec(int fd)
{
    return fd >= 0 && fd < REMEMBERED && (flags[fd / CHAR_BIT] >> fd % CHAR_BIT & 1) != 0;
}

void
berth_set_close_on_exec(int fd, bool on)
{
    if (fd < 0 || fd >= REMEMBERED)
        return;
    unsigned bit = 1U << fd % CHAR_BIT;
    flags[fd / CHAR_BIT] = (unsigned char)(on ? flags[fd / CHAR_BIT] | bit : flags[fd / CHAR_BIT] & ~bit);
}
