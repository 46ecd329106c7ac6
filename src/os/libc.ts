/**
 * The system calls, as functions that answer a result (0 or more) or a negative host errno. Pointers are process
 * addresses as numbers; nothing here checks them. Parameters are those of POSIX, in its order.
 */
import { F_DUPFD_CLOEXEC, F_GETFL, F_SETFL, O_NONBLOCK } from './constants.ts'
import { type CType, declare, errno } from './ffi.ts'

// Linux transfers at most 2^31 - 4096 bytes in one call (`MAX_RW_COUNT`), so an `int`, which costs less to pass on, holds every
// `ssize_t` of a transfer.
// errno is good only as the very next statement after a call: each function asks for it itself.

type Native = ReturnType<typeof declare>

// Each is declared at its first call: declaring costs start-up, and no program needs them all.

function lazily(name: string, result: CType, parameters: readonly CType[]): () => Native {
  let declared: Native | undefined
  return () => {
    declared ??= declare(name, result, parameters)
    return declared
  }
}

function call1(name: string, a: CType) {
  const native = lazily(name, 'int', [a])
  return (x: number): number => {
    const result = native()(x)
    return result < 0 ? -errno() : result
  }
}

function call2(name: string, a: CType, b: CType) {
  const native = lazily(name, 'int', [a, b])
  return (x: number, y: number): number => {
    const result = native()(x, y)
    return result < 0 ? -errno() : result
  }
}

function call3(name: string, returns: 'int' | 'long', a: CType, b: CType, c: CType) {
  const native = lazily(name, returns, [a, b, c])
  return (x: number, y: number, z: number): number => {
    const result = native()(x, y, z)
    return result < 0 ? -errno() : result
  }
}

export const socket = call3('socket', 'int', 'int', 'int', 'int')
export const bind = call3('bind', 'int', 'int', 'uintptr_t', 'uint')
export const listen = call2('listen', 'int', 'int')
export const connect = call3('connect', 'int', 'int', 'uintptr_t', 'uint')
export const getsockname = call3('getsockname', 'int', 'int', 'uintptr_t', 'uintptr_t')
export const getpeername = call3('getpeername', 'int', 'int', 'uintptr_t', 'uintptr_t')
export const shutdown = call2('shutdown', 'int', 'int')
export const close = call1('close', 'int')
export const recvmsg = call3('recvmsg', 'int', 'int', 'uintptr_t', 'int')
export const sendmsg = call3('sendmsg', 'int', 'int', 'uintptr_t', 'int')
export const read = call3('read', 'int', 'int', 'uintptr_t', 'size_t')
export const readv = call3('readv', 'int', 'int', 'uintptr_t', 'int')
export const write = call3('write', 'int', 'int', 'uintptr_t', 'size_t')
export const writev = call3('writev', 'int', 'int', 'uintptr_t', 'int')
export const fcntl = call3('fcntl', 'int', 'int', 'int', 'long')
export const ioctl = call3('ioctl', 'int', 'int', 'size_t', 'uintptr_t')
export const poll = call3('poll', 'int', 'uintptr_t', 'size_t', 'int')
export const clockGettime = call2('clock_gettime', 'int', 'uintptr_t')
export const clockGetres = call2('clock_getres', 'int', 'uintptr_t')
export const getrandom = call3('getrandom', 'long', 'uintptr_t', 'size_t', 'uint')

// The rest have more parameters, each function its own number.
const native = {
  accept4: lazily('accept4', 'int', ['int', 'uintptr_t', 'uintptr_t', 'int']),
  recv: lazily('recv', 'int', ['int', 'uintptr_t', 'size_t', 'int']),
  recvfrom: lazily('recvfrom', 'int', ['int', 'uintptr_t', 'size_t', 'int', 'uintptr_t', 'uintptr_t']),
  send: lazily('send', 'int', ['int', 'uintptr_t', 'size_t', 'int']),
  sendto: lazily('sendto', 'int', ['int', 'uintptr_t', 'size_t', 'int', 'uintptr_t', 'uint']),
  lseek: lazily('lseek', 'long', ['int', 'long', 'int']),
  getsockopt: lazily('getsockopt', 'int', ['int', 'int', 'int', 'uintptr_t', 'uintptr_t']),
  setsockopt: lazily('setsockopt', 'int', ['int', 'int', 'int', 'uintptr_t', 'uint']),
  ppoll: lazily('ppoll', 'int', ['uintptr_t', 'size_t', 'uintptr_t', 'uintptr_t']),
  _exit: lazily('_exit', 'void', ['int']),
  sched_yield: lazily('sched_yield', 'int', []),
}

export function accept4(fd: number, address: number, addressLengthPtr: number, flags: number): number {
  const result = native.accept4()(fd, address, addressLengthPtr, flags)
  return result < 0 ? -errno() : result
}

export function recv(fd: number, buffer: number, length: number, flags: number): number {
  const result = native.recv()(fd, buffer, length, flags)
  return result < 0 ? -errno() : result
}

export function recvfrom(
  fd: number,
  buffer: number,
  length: number,
  flags: number,
  address: number,
  addressLengthPtr: number,
): number {
  const result = native.recvfrom()(fd, buffer, length, flags, address, addressLengthPtr)
  return result < 0 ? -errno() : result
}

export function send(fd: number, buffer: number, length: number, flags: number): number {
  const result = native.send()(fd, buffer, length, flags)
  return result < 0 ? -errno() : result
}

export function sendto(
  fd: number,
  buffer: number,
  length: number,
  flags: number,
  address: number,
  addressLength: number,
): number {
  const result = native.sendto()(fd, buffer, length, flags, address, addressLength)
  return result < 0 ? -errno() : result
}

export function getsockopt(fd: number, level: number, option: number, value: number, lengthPtr: number): number {
  const result = native.getsockopt()(fd, level, option, value, lengthPtr)
  return result < 0 ? -errno() : result
}

export function setsockopt(fd: number, level: number, option: number, value: number, length: number): number {
  const result = native.setsockopt()(fd, level, option, value, length)
  return result < 0 ? -errno() : result
}

export function ppoll(pollfds: number, count: number, timespec: number, sigmask: number): number {
  const result = native.ppoll()(pollfds, count, timespec, sigmask)
  return result < 0 ? -errno() : result
}

/** @returns the position in bytes, or a negative host errno; exact whatever its size */
export function lseek(fd: number, offset: bigint, whence: number): bigint {
  const result = native.lseek()(fd, offset, whence)
  return result < 0 ? BigInt(-errno()) : BigInt(result)
}

/** Sets or clears O_NONBLOCK of what a descriptor stands for. @returns 0, or a negative host errno */
export function setNonBlockingMode(fd: number, nonBlocking: boolean): number {
  const flags = fcntl(fd, F_GETFL, 0)
  if (flags < 0) return flags
  return fcntl(fd, F_SETFL, nonBlocking ? flags | O_NONBLOCK : flags & ~O_NONBLOCK)
}

/** A duplicate that is none of the numbers 0 to 2. @returns its number, or a negative host errno */
export function duplicateFd(fd: number): number {
  return fcntl(fd, F_DUPFD_CLOEXEC, 3)
}

/** Gives up the processor; cannot fail. */
export function schedYield(): void {
  native.sched_yield()()
}

/** Ends the process at once, also while other threads are inside system calls, without running any handler. */
export function exitNow(code: number): never {
  native._exit()(code)
  throw new Error('unreachable: _exit returned')
}
