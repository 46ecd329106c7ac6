/**
 * The system calls, as functions that answer a result (0 or more) or a negative host errno. Pointers are process
 * addresses as numbers; nothing here checks them.
 */
import { declare, errno } from './ffi.ts'

const c = {
  accept4: declare('accept4', 'int', ['int', 'uintptr_t', 'uintptr_t', 'int']),
  bind: declare('bind', 'int', ['int', 'uintptr_t', 'uint']),
  clock_getres: declare('clock_getres', 'int', ['int', 'uintptr_t']),
  clock_gettime: declare('clock_gettime', 'int', ['int', 'uintptr_t']),
  close: declare('close', 'int', ['int']),
  connect: declare('connect', 'int', ['int', 'uintptr_t', 'uint']),
  exit: declare('_exit', 'void', ['int']),
  fcntl: declare('fcntl', 'int', ['int', 'int', 'long']),
  getpeername: declare('getpeername', 'int', ['int', 'uintptr_t', 'uintptr_t']),
  getrandom: declare('getrandom', 'long', ['uintptr_t', 'size_t', 'uint']),
  getsockname: declare('getsockname', 'int', ['int', 'uintptr_t', 'uintptr_t']),
  getsockopt: declare('getsockopt', 'int', ['int', 'int', 'int', 'uintptr_t', 'uintptr_t']),
  ioctl: declare('ioctl', 'int', ['int', 'size_t', 'uintptr_t']),
  listen: declare('listen', 'int', ['int', 'int']),
  lseek: declare('lseek', 'long', ['int', 'long', 'int']),
  poll: declare('poll', 'int', ['uintptr_t', 'size_t', 'int']),
  ppoll: declare('ppoll', 'int', ['uintptr_t', 'size_t', 'uintptr_t', 'uintptr_t']),
  readv: declare('readv', 'long', ['int', 'uintptr_t', 'int']),
  recv: declare('recv', 'long', ['int', 'uintptr_t', 'size_t', 'int']),
  recvfrom: declare('recvfrom', 'long', ['int', 'uintptr_t', 'size_t', 'int', 'uintptr_t', 'uintptr_t']),
  recvmsg: declare('recvmsg', 'long', ['int', 'uintptr_t', 'int']),
  sched_yield: declare('sched_yield', 'int', []),
  send: declare('send', 'long', ['int', 'uintptr_t', 'size_t', 'int']),
  sendmsg: declare('sendmsg', 'long', ['int', 'uintptr_t', 'int']),
  sendto: declare('sendto', 'long', ['int', 'uintptr_t', 'size_t', 'int', 'uintptr_t', 'uint']),
  setsockopt: declare('setsockopt', 'int', ['int', 'int', 'int', 'uintptr_t', 'uint']),
  shutdown: declare('shutdown', 'int', ['int', 'int']),
  socket: declare('socket', 'int', ['int', 'int', 'int']),
  writev: declare('writev', 'long', ['int', 'uintptr_t', 'int']),
}

export function socket(domain: number, type: number, protocol: number): number {
  const result = c.socket(domain, type, protocol)
  return result < 0 ? -errno() : result
}

export function bind(fd: number, address: number, addressLength: number): number {
  const result = c.bind(fd, address, addressLength)
  return result < 0 ? -errno() : result
}

export function listen(fd: number, backlog: number): number {
  const result = c.listen(fd, backlog)
  return result < 0 ? -errno() : result
}

export function connect(fd: number, address: number, addressLength: number): number {
  const result = c.connect(fd, address, addressLength)
  return result < 0 ? -errno() : result
}

export function accept4(fd: number, address: number, addressLengthPtr: number, flags: number): number {
  const result = c.accept4(fd, address, addressLengthPtr, flags)
  return result < 0 ? -errno() : result
}

export function getsockname(fd: number, address: number, addressLengthPtr: number): number {
  const result = c.getsockname(fd, address, addressLengthPtr)
  return result < 0 ? -errno() : result
}

export function getpeername(fd: number, address: number, addressLengthPtr: number): number {
  const result = c.getpeername(fd, address, addressLengthPtr)
  return result < 0 ? -errno() : result
}

export function shutdown(fd: number, how: number): number {
  const result = c.shutdown(fd, how)
  return result < 0 ? -errno() : result
}

export function close(fd: number): number {
  const result = c.close(fd)
  return result < 0 ? -errno() : result
}

export function recv(fd: number, buffer: number, length: number, flags: number): number {
  const result = c.recv(fd, buffer, length, flags)
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
  const result = c.recvfrom(fd, buffer, length, flags, address, addressLengthPtr)
  return result < 0 ? -errno() : result
}

export function recvmsg(fd: number, msghdr: number, flags: number): number {
  const result = c.recvmsg(fd, msghdr, flags)
  return result < 0 ? -errno() : result
}

export function send(fd: number, buffer: number, length: number, flags: number): number {
  const result = c.send(fd, buffer, length, flags)
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
  const result = c.sendto(fd, buffer, length, flags, address, addressLength)
  return result < 0 ? -errno() : result
}

export function sendmsg(fd: number, msghdr: number, flags: number): number {
  const result = c.sendmsg(fd, msghdr, flags)
  return result < 0 ? -errno() : result
}

export function readv(fd: number, iovecs: number, count: number): number {
  const result = c.readv(fd, iovecs, count)
  return result < 0 ? -errno() : result
}

export function writev(fd: number, iovecs: number, count: number): number {
  const result = c.writev(fd, iovecs, count)
  return result < 0 ? -errno() : result
}

export function lseek(fd: number, offset: number, whence: number): number {
  const result = c.lseek(fd, offset, whence)
  return result < 0 ? -errno() : result
}

export function fcntl(fd: number, command: number, argument: number): number {
  const result = c.fcntl(fd, command, argument)
  return result < 0 ? -errno() : result
}

export function ioctl(fd: number, request: number, argument: number): number {
  const result = c.ioctl(fd, request, argument)
  return result < 0 ? -errno() : result
}

export function getsockopt(fd: number, level: number, option: number, value: number, lengthPtr: number): number {
  const result = c.getsockopt(fd, level, option, value, lengthPtr)
  return result < 0 ? -errno() : result
}

export function setsockopt(fd: number, level: number, option: number, value: number, length: number): number {
  const result = c.setsockopt(fd, level, option, value, length)
  return result < 0 ? -errno() : result
}

export function poll(pollfds: number, count: number, timeoutMs: number): number {
  const result = c.poll(pollfds, count, timeoutMs)
  return result < 0 ? -errno() : result
}

export function ppoll(pollfds: number, count: number, timespec: number, sigmask: number): number {
  const result = c.ppoll(pollfds, count, timespec, sigmask)
  return result < 0 ? -errno() : result
}

export function clockGettime(clock: number, timespec: number): number {
  const result = c.clock_gettime(clock, timespec)
  return result < 0 ? -errno() : result
}

export function clockGetres(clock: number, timespec: number): number {
  const result = c.clock_getres(clock, timespec)
  return result < 0 ? -errno() : result
}

export function getrandom(buffer: number, length: number, flags: number): number {
  const result = c.getrandom(buffer, length, flags)
  return result < 0 ? -errno() : result
}

/** Gives up the processor; cannot fail. */
export function schedYield(): void {
  c.sched_yield()
}

/** Ends the process at once, also while other threads are inside system calls, without running any handler. */
export function exitNow(code: number): never {
  c.exit(code)
  throw new Error('unreachable: _exit returned')
}
