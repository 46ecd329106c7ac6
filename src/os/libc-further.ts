/**
 * System calls that most programs never make, declared at the first use: declaring costs start-up. Otherwise as libc.ts.
 */
import { declare, errno, inBackground } from './ffi.ts'

let declared: ReturnType<typeof declareFunctions> | undefined

function declareFunctions() {
  return {
    dup2: declare('dup2', 'int', ['int', 'int']),
    epoll_create1: declare('epoll_create1', 'int', ['int']),
    epoll_ctl: declare('epoll_ctl', 'int', ['int', 'int', 'int', 'uintptr_t']),
    epoll_wait: declare('epoll_wait', 'int', ['int', 'uintptr_t', 'int', 'int']),
    freeifaddrs: declare('freeifaddrs', 'void', ['uintptr_t']),
    getifaddrs: declare('getifaddrs', 'int', ['uintptr_t']),
    getnameinfo: declare('getnameinfo', 'int', ['uintptr_t', 'uint', 'uintptr_t', 'uint', 'uintptr_t', 'uint', 'int']),
    if_nametoindex: declare('if_nametoindex', 'uint', ['uintptr_t']),
    pipe2: declare('pipe2', 'int', ['uintptr_t', 'int']),
    memcpy: declare('memcpy', 'uintptr_t', ['uintptr_t', 'uintptr_t', 'size_t']),
    recvmmsg: declare('recvmmsg', 'int', ['int', 'uintptr_t', 'uint', 'int', 'uintptr_t']),
    sendmmsg: declare('sendmmsg', 'int', ['int', 'uintptr_t', 'uint', 'int']),
    socketpair: declare('socketpair', 'int', ['int', 'int', 'int', 'uintptr_t']),
    strnlen: declare('strnlen', 'size_t', ['uintptr_t', 'size_t']),
  }
}

function native() {
  declared ??= declareFunctions()
  return declared
}

export function dup2(fd: number, target: number): number {
  const result = native().dup2(fd, target)
  return result < 0 ? -errno() : result
}

export function epollCreate1(flags: number): number {
  const result = native().epoll_create1(flags)
  return result < 0 ? -errno() : result
}

export function epollCtl(epollFd: number, operation: number, fd: number, event: number): number {
  const result = native().epoll_ctl(epollFd, operation, fd, event)
  return result < 0 ? -errno() : result
}

export function epollWait(epollFd: number, events: number, max: number, timeoutMs: number): number {
  const result = native().epoll_wait(epollFd, events, max, timeoutMs)
  return result < 0 ? -errno() : result
}

export function getifaddrs(result: number): number {
  const failed = native().getifaddrs(result)
  return failed < 0 ? -errno() : 0
}

export function freeifaddrs(list: number): void {
  native().freeifaddrs(list)
}

/** @returns an `EAI_…` number of the host, 0 for success */
export function getnameinfo(
  address: number,
  addressLength: number,
  host: number,
  hostRoom: number,
  service: number,
  serviceRoom: number,
  flags: number,
): number {
  return native().getnameinfo(address, addressLength, host, hostRoom, service, serviceRoom, flags)
}

/** The same on a thread of the runtime's pool; of EAI_SYSTEM it is not known which errno. */
export function getnameinfoInBackground(...parameters: Parameters<typeof getnameinfo>): Promise<number> {
  return inBackground(native().getnameinfo, ...parameters)
}

/** @returns 0 where there is no such interface */
export function ifNametoindex(name: number): number {
  return native().if_nametoindex(name)
}

/** Copies memory of the C library's, at an address that it gave. */
export function memcpy(to: number, from: number, bytes: number): void {
  native().memcpy(to, from, bytes)
}

/** @param fds where the two descriptors go, the one to read from first */
export function pipe2(fds: number, flags: number): number {
  const result = native().pipe2(fds, flags)
  return result < 0 ? -errno() : result
}

export function recvmmsg(fd: number, messages: number, count: number, flags: number, timespec: number): number {
  const result = native().recvmmsg(fd, messages, count, flags, timespec)
  return result < 0 ? -errno() : result
}

export function sendmmsg(fd: number, messages: number, count: number, flags: number): number {
  const result = native().sendmmsg(fd, messages, count, flags)
  return result < 0 ? -errno() : result
}

export function socketpair(domain: number, type: number, protocol: number, fds: number): number {
  const result = native().socketpair(domain, type, protocol, fds)
  return result < 0 ? -errno() : result
}

/** The length of a C string of the C library's, at most `limit`. */
export function strnlen(text: number, limit: number): number {
  return native().strnlen(text, limit)
}
