/*
 * Berkeley sockets for WASI preview 1: all the headers of a network program at once. A program that includes the usual ones
 * (<sys/socket.h>, <netdb.h>, ...) does not need this; one written for the original has
 *
 *     #ifdef __wasi__
 *     #include <wasi_socket_ext.h>
 *     #endif
 *
 * and is as right here. Both are linked with the library `socket_wasi_ext`. The functions behave as on Linux; where a host
 * cannot do what is asked for, the call fails with an errno that says so instead of doing something else.
 *
 * The original's imports and their types are in <wasi_socket_raw.h>. This header does not include that one: its enumerators
 * (IPv4, SOCKET_STREAM, ...) are names that ordinary programs use for themselves.
 */
#ifndef BERTH_WASI_SOCKET_EXT_H
#define BERTH_WASI_SOCKET_EXT_H

#ifndef __wasi__
#error "wasi_socket_ext.h is for WASI programs: put its #include between #ifdef __wasi__ and #endif"
#endif
#if defined(__wasip2__) || defined(__wasip3__)
#error "wasi_socket_ext.h is for WASI preview 1: from preview 2 on the C library has sockets of its own"
#endif

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/un.h>

#endif
