import { Addr, AddrIp, AddrKind } from '../abi/sock.ts'
import type { SocketAddress } from '../address/socket-address.ts'
import type { GuestMemory } from '../memory/guest-memory.ts'

/**
 * Reads an `__wasi_addr_t`, each byte once: what is judged is what is used, whatever another thread writes meanwhile.
 * The caller has checked the range. @returns false if the kind is neither IPv4 nor IPv6
 */
export function readAddr(memory: GuestMemory, ptr: number, into: SocketAddress): boolean {
  switch (memory.u32(ptr + Addr.kind)) {
    case AddrKind.IPV4:
      into.setIpv4(memory.u32BigEndian(ptr + Addr.ip4), memory.u16(ptr + Addr.ip4Port))
      return true
    case AddrKind.IPV6:
      readIpv6(memory, ptr + Addr.ip6, memory.u16(ptr + Addr.ip6Port), into)
      return true
    default:
      return false
  }
}

/** Reads an `__wasi_addr_ip_t`; as {@link readAddr}, with port 0. */
export function readAddrIp(memory: GuestMemory, ptr: number, into: SocketAddress): boolean {
  switch (memory.u32(ptr + AddrIp.kind)) {
    case AddrKind.IPV4:
      into.setIpv4(memory.u32BigEndian(ptr + AddrIp.ip4), 0)
      return true
    case AddrKind.IPV6:
      readIpv6(memory, ptr + AddrIp.ip6, 0, into)
      return true
    default:
      return false
  }
}

function readIpv6(memory: GuestMemory, ptr: number, port: number, into: SocketAddress): void {
  const word = (i: number) => ((memory.u16(ptr + 4 * i) << 16) | memory.u16(ptr + 4 * i + 2)) >>> 0
  into.setIpv6(word(0), word(1), word(2), word(3), port)
}

/** Writes an `__wasi_addr_t`; bytes that its kind does not use stay as they are. */
export function writeAddr(memory: GuestMemory, ptr: number, from: SocketAddress): void {
  if (from.family === 4) {
    memory.setU32(ptr + Addr.kind, AddrKind.IPV4)
    memory.setU32BigEndian(ptr + Addr.ip4, from.w3)
    memory.setU16(ptr + Addr.ip4Port, from.port)
    return
  }
  memory.setU32(ptr + Addr.kind, AddrKind.IPV6)
  writeGroups(memory, ptr + Addr.ip6, from.w0)
  writeGroups(memory, ptr + Addr.ip6 + 4, from.w1)
  writeGroups(memory, ptr + Addr.ip6 + 8, from.w2)
  writeGroups(memory, ptr + Addr.ip6 + 12, from.w3)
  memory.setU16(ptr + Addr.ip6Port, from.port)
}

function writeGroups(memory: GuestMemory, ptr: number, word: number): void {
  memory.setU16(ptr, word >>> 16)
  memory.setU16(ptr + 2, word & 0xffff)
}
