/* What fcntl, dup and ioctl share. */
#ifndef BERTH_SOCKET_EXT_DESCRIPTOR_CONTROL_H
#define BERTH_SOCKET_EXT_DESCRIPTOR_CONTROL_H

#include <stdbool.h>

/*
 * FD_CLOEXEC. Nothing ever acts on it, since WASI has no exec, and no import carries it; so a program is told what it said
 * last with fcntl, dup3 or ioctl. `close` is WASI libc's and does not take it back.
 */
bool berth_close_on_exec(int fd);
void berth_set_close_on_exec(int fd, bool on);

/* A new number for `fd`, how: BERTH_V1_LOWEST_FROM or BERTH_V1_EXACTLY. -1 with errno. */
int berth_duplicate(int fd, int number, int how, bool close_on_exec);

#endif
