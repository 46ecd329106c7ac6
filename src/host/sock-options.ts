import { Errno } from '../abi/errno.ts'
import type { SOCK_OPTION_SIGNATURES } from '../abi/signatures.ts'
import { AddrIp } from '../abi/sock.ts'
import { SocketAddress } from '../address/socket-address.ts'
import { rightsMask } from '../fd/descriptor.ts'
import {
  getLinger,
  getOption,
  getTimeout,
  setLinger,
  setOption,
  setStructure,
  setTimeoutOption,
} from '../net/options.ts'
import {
  IP_ADD_MEMBERSHIP,
  IP_DROP_MEMBERSHIP,
  IP_MREQ,
  IP_MULTICAST_LOOP,
  IP_MULTICAST_TTL,
  IP_TTL,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPPROTO_TCP,
  IPV6_JOIN_GROUP,
  IPV6_LEAVE_GROUP,
  IPV6_MREQ,
  IPV6_MULTICAST_LOOP,
  IPV6_V6ONLY,
  SO_BROADCAST,
  SO_KEEPALIVE,
  SO_LINGER,
  SO_RCVBUF,
  SO_RCVTIMEO,
  SO_REUSEADDR,
  SO_REUSEPORT,
  SO_SNDBUF,
  SO_SNDTIMEO,
  SOL_SOCKET,
  TCP_FASTOPEN_CONNECT,
  TCP_KEEPIDLE,
  TCP_KEEPINTVL,
  TCP_NODELAY,
  TCP_QUICKACK,
} from '../os/constants.ts'
import { readAddrIp } from './address.ts'
import { errnoOf, type Host, type HostFunctions } from './host.ts'

const NO_RIGHTS = rightsMask(0n)

/** A pair of functions of one shape: `get(fd, valuePtr)` and `set(fd, value)`. */
interface Pair {
  get: (fd: number, valuePtr: number) => number
  set: (fd: number, value: number) => number
}

/**
 * The 38 option functions. A bool is an i32 on the way in, of which the low 8 bits count, and one byte on the way out; the
 * sizes of the others are those of the extension's header. No right is needed for any of them.
 */
export function sockOptionFunctions(host: Host): HostFunctions<keyof typeof SOCK_OPTION_SIGNATURES> {
  const { memory, network } = host
  const group = new SocketAddress()

  function socket(fd: number) {
    return host.socket(fd, NO_RIGHTS)
  }

  /** Runs `read` on the socket and stores a value of `bytes` bytes. */
  function get(fd: number, valuePtr: number, bytes: 1 | 4, level: number, option: number): number {
    valuePtr >>>= 0
    if (!memory.contains(valuePtr, bytes)) return Errno.FAULT
    const descriptor = socket(fd)
    if (typeof descriptor === 'number') return descriptor
    const value = getOption(descriptor.hostFd, level, option)
    if (value < 0) return errnoOf(value)
    if (bytes === 1) memory.setU8(valuePtr, value)
    else memory.setU32(valuePtr, value)
    return Errno.SUCCESS
  }

  function set(fd: number, value: number, level: number, option: number): number {
    const descriptor = socket(fd)
    if (typeof descriptor === 'number') return descriptor
    return errnoOf(descriptor.file.exclusively(() => setOption(descriptor.hostFd, level, option, value)))
  }

  function boolean(level: number, option: number): Pair {
    return {
      get: (fd, valuePtr) => get(fd, valuePtr, 1, level, option),
      set: (fd, value) => set(fd, (value & 0xff) === 0 ? 0 : 1, level, option),
    }
  }

  /** @param bytes the width of the value that the getter stores; the setter hands all 32 bits on for the kernel to judge */
  function integer(bytes: 1 | 4, level: number, option: number): Pair {
    return {
      get: (fd, valuePtr) => get(fd, valuePtr, bytes, level, option),
      set: (fd, value) => set(fd, value, level, option),
    }
  }

  /** Timeouts are u64 microseconds. */
  function timeout(option: number) {
    return {
      get(fd: number, valuePtr: number): number {
        valuePtr >>>= 0
        if (!memory.contains(valuePtr, 8)) return Errno.FAULT
        const descriptor = socket(fd)
        if (typeof descriptor === 'number') return descriptor
        const microseconds = getTimeout(descriptor.hostFd, SOL_SOCKET, option)
        if (typeof microseconds === 'number') return errnoOf(microseconds)
        memory.setU64(valuePtr, microseconds)
        return Errno.SUCCESS
      },
      set(fd: number, microseconds: bigint): number {
        const descriptor = socket(fd)
        if (typeof descriptor === 'number') return descriptor
        const unsigned = BigInt.asUintN(64, microseconds)
        return errnoOf(setTimeoutOption(descriptor.hostFd, SOL_SOCKET, option, unsigned))
      },
    }
  }

  /** Changes the membership in a multicast group; joining one is a use of its address. */
  function membership(fd: number, groupPtr: number, interfaceOrIndex: number, change: 'join' | 'leave'): number {
    groupPtr >>>= 0
    if (!memory.contains(groupPtr, AddrIp.size)) return Errno.FAULT
    const descriptor = socket(fd)
    if (typeof descriptor === 'number') return descriptor
    if (!readAddrIp(memory, groupPtr, group)) return Errno.PROTONOSUPPORT
    if (change === 'join' && !network.mayJoin(descriptor, group)) return Errno.ACCES
    if (group.family === 4) {
      const request = new DataView(new ArrayBuffer(IP_MREQ.size))
      request.setUint32(IP_MREQ.group, group.w3)
      // The guest passes its `s_addr` as it stands in memory: the bytes are in network order already.
      request.setUint32(IP_MREQ.interface, interfaceOrIndex >>> 0, true)
      const option = change === 'join' ? IP_ADD_MEMBERSHIP : IP_DROP_MEMBERSHIP
      return errnoOf(setStructure(descriptor.hostFd, IPPROTO_IP, option, new Uint8Array(request.buffer)))
    }
    const request = new DataView(new ArrayBuffer(IPV6_MREQ.size))
    for (const [i, word] of [group.w0, group.w1, group.w2, group.w3].entries()) request.setUint32(4 * i, word)
    request.setUint32(IPV6_MREQ.interface, interfaceOrIndex >>> 0, true)
    const option = change === 'join' ? IPV6_JOIN_GROUP : IPV6_LEAVE_GROUP
    return errnoOf(setStructure(descriptor.hostFd, IPPROTO_IPV6, option, new Uint8Array(request.buffer)))
  }

  const recvTimeout = timeout(SO_RCVTIMEO)
  const sendTimeout = timeout(SO_SNDTIMEO)
  const recvBufSize = integer(4, SOL_SOCKET, SO_RCVBUF)
  const sendBufSize = integer(4, SOL_SOCKET, SO_SNDBUF)
  const keepAlive = boolean(SOL_SOCKET, SO_KEEPALIVE)
  const reuseAddr = boolean(SOL_SOCKET, SO_REUSEADDR)
  const reusePort = boolean(SOL_SOCKET, SO_REUSEPORT)
  const broadcast = boolean(SOL_SOCKET, SO_BROADCAST)
  const tcpNoDelay = boolean(IPPROTO_TCP, TCP_NODELAY)
  const tcpQuickAck = boolean(IPPROTO_TCP, TCP_QUICKACK)
  const tcpKeepIdle = integer(4, IPPROTO_TCP, TCP_KEEPIDLE)
  const tcpKeepIntvl = integer(4, IPPROTO_TCP, TCP_KEEPINTVL)
  const tcpFastopenConnect = boolean(IPPROTO_TCP, TCP_FASTOPEN_CONNECT)
  const ipTtl = integer(1, IPPROTO_IP, IP_TTL)
  const ipMulticastTtl = integer(1, IPPROTO_IP, IP_MULTICAST_TTL)
  const ipv6Only = boolean(IPPROTO_IPV6, IPV6_V6ONLY)
  const ip4MulticastLoop = boolean(IPPROTO_IP, IP_MULTICAST_LOOP)
  const ip6MulticastLoop = boolean(IPPROTO_IPV6, IPV6_MULTICAST_LOOP)

  return {
    sock_get_recv_timeout: recvTimeout.get,
    sock_set_recv_timeout: recvTimeout.set,
    sock_get_send_timeout: sendTimeout.get,
    sock_set_send_timeout: sendTimeout.set,
    sock_get_recv_buf_size: recvBufSize.get,
    sock_set_recv_buf_size: recvBufSize.set,
    sock_get_send_buf_size: sendBufSize.get,
    sock_set_send_buf_size: sendBufSize.set,
    sock_get_keep_alive: keepAlive.get,
    sock_set_keep_alive: keepAlive.set,
    sock_get_reuse_addr: reuseAddr.get,
    sock_set_reuse_addr: reuseAddr.set,
    sock_get_reuse_port: reusePort.get,
    sock_set_reuse_port: reusePort.set,
    sock_get_broadcast: broadcast.get,
    sock_set_broadcast: broadcast.set,
    sock_get_tcp_no_delay: tcpNoDelay.get,
    sock_set_tcp_no_delay: tcpNoDelay.set,
    sock_get_tcp_quick_ack: tcpQuickAck.get,
    sock_set_tcp_quick_ack: tcpQuickAck.set,
    sock_get_tcp_keep_idle: tcpKeepIdle.get,
    sock_set_tcp_keep_idle: tcpKeepIdle.set,
    sock_get_tcp_keep_intvl: tcpKeepIntvl.get,
    sock_set_tcp_keep_intvl: tcpKeepIntvl.set,
    sock_get_tcp_fastopen_connect: tcpFastopenConnect.get,
    sock_set_tcp_fastopen_connect: tcpFastopenConnect.set,
    sock_get_ip_ttl: ipTtl.get,
    sock_set_ip_ttl: ipTtl.set,
    sock_get_ip_multicast_ttl: ipMulticastTtl.get,
    sock_set_ip_multicast_ttl: ipMulticastTtl.set,
    sock_get_ipv6_only: ipv6Only.get,
    sock_set_ipv6_only: ipv6Only.set,

    sock_get_ip_multicast_loop(fd, ipv6, valuePtr) {
      return ((ipv6 & 0xff) === 0 ? ip4MulticastLoop : ip6MulticastLoop).get(fd, valuePtr)
    },
    sock_set_ip_multicast_loop(fd, ipv6, value) {
      return ((ipv6 & 0xff) === 0 ? ip4MulticastLoop : ip6MulticastLoop).set(fd, value)
    },

    sock_get_linger(fd, enabledPtr, secondsPtr) {
      enabledPtr >>>= 0
      secondsPtr >>>= 0
      if (!memory.contains(enabledPtr, 1) || !memory.contains(secondsPtr, 4)) return Errno.FAULT
      const descriptor = socket(fd)
      if (typeof descriptor === 'number') return descriptor
      const linger = getLinger(descriptor.hostFd, SOL_SOCKET, SO_LINGER)
      if (typeof linger === 'number') return errnoOf(linger)
      memory.setU8(enabledPtr, linger.enabled ? 1 : 0)
      memory.setU32(secondsPtr, linger.seconds)
      return Errno.SUCCESS
    },
    sock_set_linger(fd, enabled, seconds) {
      const descriptor = socket(fd)
      if (typeof descriptor === 'number') return descriptor
      return errnoOf(setLinger(descriptor.hostFd, SOL_SOCKET, SO_LINGER, { enabled: (enabled & 0xff) !== 0, seconds }))
    },

    sock_set_ip_add_membership: (fd, groupPtr, interfaceOrIndex) => membership(fd, groupPtr, interfaceOrIndex, 'join'),
    sock_set_ip_drop_membership: (fd, groupPtr, interfaceOrIndex) =>
      membership(fd, groupPtr, interfaceOrIndex, 'leave'),
  }
}
