import { GuestFamily, GuestSockaddr } from '../abi/berth-socket.ts'
import type { SocketAddress } from '../address/socket-address.ts'
import type { GuestMemory } from '../memory/guest-memory.ts'

/** What a `struct sockaddr` of a program turned out to be; an error is what Linux answers for it. */
export type ReadSockaddr = 'internet' | 'unspecified' | 'unix' | 'too short' | 'other family'

/**
 * Reads a `struct sockaddr` of the guest's C library, each byte once. The caller has checked the range.
 * @param length as the program gave it: at least what the family needs
 */
export function readSockaddr(memory: GuestMemory, ptr: number, length: number, into: SocketAddress): ReadSockaddr {
  if (length < 2) return 'too short'
  const family = memory.u16(ptr + GuestSockaddr.family)
  switch (family) {
    case GuestFamily.UNSPEC:
      return 'unspecified'
    case GuestFamily.UNIX:
      return 'unix'
    case GuestFamily.INET:
      if (length < GuestSockaddr.in.size) return 'too short'
      into.setIpv4(memory.u32BigEndian(ptr + GuestSockaddr.in.addr), bigEndianPort(memory, ptr))
      return 'internet'
    case GuestFamily.INET6: {
      // The kernel takes an address without its scope id, as RFC 2133 had it.
      if (length < GuestSockaddr.in6.scopeId) return 'too short'
      const at = ptr + GuestSockaddr.in6.addr
      const word = (i: number) => memory.u32BigEndian(at + 4 * i)
      into.setIpv6(word(0), word(1), word(2), word(3), bigEndianPort(memory, ptr))
      const hasScope = length >= GuestSockaddr.in6.size
      const scopeId = hasScope ? memory.u32(ptr + GuestSockaddr.in6.scopeId) : 0
      into.setScope(scopeId, memory.u32BigEndian(ptr + GuestSockaddr.in6.flowinfo))
      return 'internet'
    }
    default:
      return 'other family'
  }
}

function bigEndianPort(memory: GuestMemory, ptr: number): number {
  return memory.u8(ptr + GuestSockaddr.port) * 256 + memory.u8(ptr + GuestSockaddr.port + 1)
}

/** The bytes of an address as the guest's C library lays it out. */
export function sockaddrBytes(from: SocketAddress): Uint8Array {
  if (from.family === 4) {
    const view = new DataView(new ArrayBuffer(GuestSockaddr.in.size))
    view.setUint16(GuestSockaddr.family, GuestFamily.INET, true)
    view.setUint16(GuestSockaddr.port, from.port)
    view.setUint32(GuestSockaddr.in.addr, from.w3)
    return new Uint8Array(view.buffer)
  }
  const view = new DataView(new ArrayBuffer(GuestSockaddr.in6.size))
  view.setUint16(GuestSockaddr.family, GuestFamily.INET6, true)
  view.setUint16(GuestSockaddr.port, from.port)
  view.setUint32(GuestSockaddr.in6.flowinfo, from.flowInfo)
  for (const [i, word] of [from.w0, from.w1, from.w2, from.w3].entries()) {
    view.setUint32(GuestSockaddr.in6.addr + 4 * i, word)
  }
  view.setUint32(GuestSockaddr.in6.scopeId, from.scopeId, true)
  return new Uint8Array(view.buffer)
}

/** Writes as much of an internet address as fits. @returns its true length */
export function deliverInternet(memory: GuestMemory, ptr: number, room: number, from: SocketAddress): number {
  const isIpv4 = from.family === 4
  if (room < (isIpv4 ? GuestSockaddr.in.size : GuestSockaddr.in6.size)) {
    return deliverSockaddr(memory, ptr, room, sockaddrBytes(from))
  }
  // Each datagram brings one: nothing is made on the way.
  memory.setU16(ptr + GuestSockaddr.family, isIpv4 ? GuestFamily.INET : GuestFamily.INET6)
  memory.setU16BigEndian(ptr + GuestSockaddr.port, from.port)
  if (isIpv4) {
    const at = ptr + GuestSockaddr.in.addr
    memory.setU32BigEndian(at, from.w3)
    memory.setU32(at + 4, 0)
    memory.setU32(at + 8, 0)
    return GuestSockaddr.in.size
  }
  const at = ptr + GuestSockaddr.in6.addr
  memory.setU32BigEndian(ptr + GuestSockaddr.in6.flowinfo, from.flowInfo)
  memory.setU32BigEndian(at, from.w0)
  memory.setU32BigEndian(at + 4, from.w1)
  memory.setU32BigEndian(at + 8, from.w2)
  memory.setU32BigEndian(at + 12, from.w3)
  memory.setU32(ptr + GuestSockaddr.in6.scopeId, from.scopeId)
  return GuestSockaddr.in6.size
}

/** A Unix-domain address with a name as `UnixNames` has it; empty, or what could not be found out, is an unnamed one. */
export function unixSockaddr(name: Uint8Array | number): Uint8Array {
  return Uint8Array.of(GuestFamily.UNIX, 0, ...(typeof name === 'number' ? [] : name))
}

/** Writes as much of an address as fits. @returns its true length */
export function deliverSockaddr(memory: GuestMemory, ptr: number, room: number, bytes: Uint8Array): number {
  memory.setBytes(ptr, bytes.subarray(0, Math.min(room, bytes.length)))
  return bytes.length
}
