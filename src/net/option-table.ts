/**
 * The socket options that a program may reach by number, and what is special about some. An option that is not here is
 * ENOPROTOOPT: the kernel has options that hand a socket to another program, look at other sockets' traffic or load code.
 * Numbers are Linux's. Source: asm-generic/socket.h, linux/tcp.h, linux/in.h, linux/in6.h, linux/udp.h.
 */
import { IPPROTO_IP, IPPROTO_IPV6, IPPROTO_TCP, SO_ERROR, SOL_SOCKET } from '../os/constants.ts'

/** What must be done besides handing the value over. */
export type OptionKind =
  | 'plain'
  /** The value names a kind of socket or a family, with other numbers in the guest. */
  | 'socket type'
  | 'family'
  /** The value is an errno. */
  | 'errno'
  /** The value is the name of an interface, which needs permission. */
  | 'device'
  /** `ip_mreq`, `ip_mreqn`, `ip_mreq_source`: the group comes first. */
  | 'join IPv4 group'
  /** `ipv6_mreq`. */
  | 'join IPv6 group'
  /** `group_req` and `group_source_req`, which the guest lays out otherwise. */
  | 'join group'
  | 'other group request'
  | 'join group source'
  | 'other group source request'

export const SO_TYPE = 3
export const SO_BINDTODEVICE = 25
export const SO_DOMAIN = 39
const IPPROTO_UDP = 17

/** DEBUG and MARK need privileges, ATTACH_FILTER and its kin load code, PEERCRED and the like look at other processes. */
const SOCKET_OPTIONS = [2, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 18, 19, 20, 21, 29, 30, 35, 38, 46]
const TCP_OPTIONS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 18, 23, 24, 25, 30, 36]
const IP_OPTIONS = [1, 2, 8, 10, 11, 12, 13, 14, 24, 32, 33, 34, 36, 37, 38, 40, 49]
const IPV6_OPTIONS = [16, 17, 18, 19, 21, 23, 24, 25, 26, 29, 49, 51, 66, 67]
const UDP_OPTIONS = [1]

const kinds = new Map<string, OptionKind>()
const plain = (level: number, options: readonly number[]) => {
  for (const option of options) kinds.set(key(level, option), 'plain')
}
plain(SOL_SOCKET, SOCKET_OPTIONS)
plain(IPPROTO_TCP, TCP_OPTIONS)
plain(IPPROTO_IP, IP_OPTIONS)
plain(IPPROTO_IPV6, IPV6_OPTIONS)
plain(IPPROTO_UDP, UDP_OPTIONS)
kinds.set(key(SOL_SOCKET, SO_TYPE), 'socket type')
kinds.set(key(SOL_SOCKET, SO_DOMAIN), 'family')
kinds.set(key(SOL_SOCKET, SO_ERROR), 'errno')
kinds.set(key(SOL_SOCKET, SO_BINDTODEVICE), 'device')
for (const option of [35, 39]) kinds.set(key(IPPROTO_IP, option), 'join IPv4 group')
kinds.set(key(IPPROTO_IPV6, 20), 'join IPv6 group')
for (const level of [IPPROTO_IP, IPPROTO_IPV6]) {
  kinds.set(key(level, 42), 'join group')
  kinds.set(key(level, 45), 'other group request')
  kinds.set(key(level, 46), 'join group source')
  for (const option of [43, 44, 47]) kinds.set(key(level, option), 'other group source request')
}

const LEVELS = [SOL_SOCKET, IPPROTO_TCP, IPPROTO_IP, IPPROTO_IPV6, IPPROTO_UDP]

/** undefined for an option that cannot be reached. */
export function optionKind(level: number, option: number): OptionKind | undefined {
  return kinds.get(key(level, option))
}

export function isKnownLevel(level: number): boolean {
  return LEVELS.includes(level)
}

function key(level: number, option: number): string {
  return `${level}/${option}`
}
