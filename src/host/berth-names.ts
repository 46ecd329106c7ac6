import {
  type BERTH_SIGNATURES,
  GuestAddressEntry,
  GuestAddressHints,
  GuestAddressList,
  GuestFamily,
  GuestIfreq,
  GuestInterface,
  GuestType,
} from '../abi/berth-socket.ts'
import { Errno } from '../abi/errno.ts'
import { SocketAddress } from '../address/socket-address.ts'
import { SocketDescriptor } from '../fd/descriptor.ts'
import {
  AF_INET,
  AF_INET6,
  AF_UNSPEC,
  EAI_FAMILY,
  EAI_NONAME,
  EAI_OVERFLOW,
  EAI_SYSTEM,
  FIONBIO,
  FIONREAD,
  IFREQ,
  NI_NAMEREQD,
  NI_NUMERICHOST,
  SIOCATMARK,
  SIOCOUTQ,
  SOCK_DGRAM,
  SOCK_SEQPACKET,
  SOCK_STREAM,
} from '../os/constants.ts'
import { wasiErrno } from '../os/errno.ts'
import { HostBuffer } from '../os/ffi.ts'
import { type InterfaceAddress, interfaceAddresses } from '../os/interfaces.ts'
import { ioctl } from '../os/libc.ts'
import type { HostHints } from '../os/resolver.ts'
import { decodeSockaddr } from '../os/sockaddr.ts'
import { errnoOf, type Host, type HostFunctionsOf } from './host.ts'
import { readSockaddr, sockaddrBytes } from './sockaddr.ts'

const MAX_NAME_BYTES = 1024
/** NI_MAXHOST: more room than this is never used. */
const MAX_ROOM = 1025

/** Requests about an interface that answer a number, and those that answer an address. Source: linux/sockios.h. */
const SIOCGIFNAME = 0x8910
const NUMBER_REQUESTS = { flags: 0x8913, mtu: 0x8921, index: 0x8933 } as const
const ADDRESS_REQUESTS = { address: 0x8915, peer: 0x8917, broadcast: 0x8919, netmask: 0x891b } as const

type NameFunction = 'io_control' | 'address_info' | 'name_info' | 'interfaces'

/** Names, services and network interfaces. Source: docs/abi.md; glibc for what the resolver answers. */
export function berthNameFunctions(host: Host): HostFunctionsOf<typeof BERTH_SIGNATURES, NameFunction> {
  const { memory, network, table } = host
  const address = new SocketAddress()
  const request = new HostBuffer(IFREQ.size)

  /** The addresses that a program may see: those it may bind. */
  function visibleInterfaces(): InterfaceAddress[] | number {
    const all = interfaceAddresses()
    if (typeof all === 'number') return all
    return all.filter((one) => network.policy.wouldAllow('bind', one.address))
  }

  /** @returns a C string, undefined for none (pointer 0), or false for one that has no end */
  function optionalString(ptr: number): Uint8Array | undefined | false {
    return ptr === 0 ? undefined : (memory.cString(ptr, MAX_NAME_BYTES) ?? false)
  }

  function readHints(ptr: number): HostHints | undefined {
    if (ptr === 0) return undefined
    const family = memory.i32(ptr + GuestAddressHints.family)
    return {
      flags: memory.i32(ptr + GuestAddressHints.flags),
      // One that no host has: which of several mistakes is told is the resolver's choice.
      family: HOST_FAMILIES[family] ?? -1,
      socktype: hostType(memory.i32(ptr + GuestAddressHints.type)),
      protocol: memory.i32(ptr + GuestAddressHints.protocol),
    }
  }

  function interfaceRequest(descriptor: SocketDescriptor, code: number, ptr: number): Errno {
    if (!memory.contains(ptr, GuestIfreq.size)) return Errno.FAULT
    request.bytes.fill(0)
    request.bytes.set(memory.copyBytes(ptr, GuestIfreq.nameSize))
    if (code === SIOCGIFNAME) request.view.setInt32(IFREQ.value, memory.i32(ptr + GuestIfreq.value), true)
    const result = ioctl(descriptor.hostFd, code, request.address)
    if (result < 0) return errnoOf(result)
    const visible = visibleInterfaces()
    if (typeof visible === 'number') return errnoOf(visible)
    const nameBytes = request.bytes.slice(0, GuestIfreq.nameSize)
    const name = new TextDecoder().decode(nameBytes.subarray(0, nameBytes.indexOf(0)))
    if (!visible.some((one) => one.name === name)) return Errno.NODEV
    if (code === SIOCGIFNAME) memory.setBytes(ptr, nameBytes)
    else if (Object.values(NUMBER_REQUESTS).includes(code as never)) {
      memory.setU32(ptr + GuestIfreq.value, request.view.getUint32(IFREQ.value, true))
    } else {
      if (!decodeSockaddr(request.view, IFREQ.value, address)) return Errno.ADDRNOTAVAIL
      if (code === ADDRESS_REQUESTS.address && !network.policy.wouldAllow('bind', address)) return Errno.ADDRNOTAVAIL
      memory.setBytes(ptr + GuestIfreq.value, sockaddrBytes(address))
    }
    return Errno.SUCCESS
  }

  return {
    io_control(fd, code, argumentPtr) {
      argumentPtr >>>= 0
      code >>>= 0
      const found = table.get(fd)
      if (found === undefined) return Errno.BADF
      if (code === FIONBIO) {
        if (!memory.contains(argumentPtr, 4)) return Errno.FAULT
        const nonBlocking = memory.u32(argumentPtr) !== 0
        return errnoOf(host.setNonBlocking(found, nonBlocking))
      }
      if (code === FIONREAD || code === SIOCATMARK || code === SIOCOUTQ) {
        if (!memory.contains(argumentPtr, 4)) return Errno.FAULT
        const result = ioctl(found.hostFd, code, request.address)
        if (result === 0) memory.setU32(argumentPtr, request.view.getUint32(0, true))
        return errnoOf(result)
      }
      const codes: readonly number[] = [
        SIOCGIFNAME,
        ...Object.values(NUMBER_REQUESTS),
        ...Object.values(ADDRESS_REQUESTS),
      ]
      if (!codes.includes(code) || !(found instanceof SocketDescriptor)) return Errno.NOTTY
      return interfaceRequest(found, code, argumentPtr)
    },

    address_info(nodePtr, servicePtr, hintsPtr, outPtr, room, usedPtr, errnoPtr) {
      hintsPtr >>>= 0
      outPtr >>>= 0
      room >>>= 0
      usedPtr >>>= 0
      errnoPtr >>>= 0
      if (!memory.contains(errnoPtr, 4)) return EAI_SYSTEM
      const fail = (errno: Errno): number => {
        memory.setU32(errnoPtr, errno)
        return EAI_SYSTEM
      }
      const node = optionalString(nodePtr >>> 0)
      const service = optionalString(servicePtr >>> 0)
      if (node === false || service === false) return fail(Errno.FAULT)
      if (hintsPtr !== 0 && !memory.contains(hintsPtr, GuestAddressHints.size)) return fail(Errno.FAULT)
      if (!memory.contains(outPtr, room) || !memory.contains(usedPtr, 4)) return fail(Errno.FAULT)
      const hints = readHints(hintsPtr)
      if (node !== undefined && node.length > 0 && !network.mayLookUp(node)) return fail(Errno.ACCES)
      const found = network.resolver.addressInfo(node, service, hints)
      if ('status' in found) {
        if (found.status === EAI_SYSTEM) return fail(wasiErrno(found.hostErrno))
        return found.status
      }
      const { entries, canonicalName } = found
      const nameAt = GuestAddressList.size + entries.length * GuestAddressEntry.size
      memory.setU32(usedPtr, nameAt + canonicalName.length)
      if (room < nameAt + canonicalName.length) return EAI_OVERFLOW
      memory.clear(outPtr, nameAt)
      memory.setU32(outPtr + GuestAddressList.count, entries.length)
      memory.setU32(outPtr + GuestAddressList.canonicalNameBytes, canonicalName.length)
      for (const [i, entry] of entries.entries()) {
        const at = outPtr + GuestAddressList.size + i * GuestAddressEntry.size
        const bytes = sockaddrBytes(entry.address)
        const family = entry.address.family === 4 ? GuestFamily.INET : GuestFamily.INET6
        memory.setU32(at + GuestAddressEntry.family, family)
        memory.setU32(at + GuestAddressEntry.type, guestType(entry.socktype))
        memory.setU32(at + GuestAddressEntry.protocol, entry.protocol)
        memory.setU32(at + GuestAddressEntry.addrlen, bytes.length)
        memory.setBytes(at + GuestAddressEntry.addr, bytes)
      }
      memory.setBytes(outPtr + nameAt, canonicalName)
      return 0
    },

    name_info(addrPtr, length, hostPtr, hostRoom, servicePtr, serviceRoom, flags) {
      addrPtr >>>= 0
      hostPtr >>>= 0
      servicePtr >>>= 0
      length >>>= 0
      const rooms = [hostRoom >>> 0, serviceRoom >>> 0].map((one) => Math.min(one, MAX_ROOM)) as [number, number]
      if (length > 128 || !memory.contains(addrPtr, length)) return EAI_FAMILY
      if (!memory.contains(hostPtr, rooms[0]) || !memory.contains(servicePtr, rooms[1])) return EAI_SYSTEM
      if (readSockaddr(memory, addrPtr, length, address) !== 'internet') return EAI_FAMILY
      if (rooms[0] > 0 && (flags & NI_NUMERICHOST) === 0 && !network.policy.allowsName(reverseName(address))) {
        // Looking an address up is looking up the name that DNS keeps for it.
        if ((flags & NI_NAMEREQD) !== 0) return EAI_NONAME
        flags |= NI_NUMERICHOST
      }
      const found = network.resolver.nameInfo(address, rooms[0], rooms[1], flags)
      if ('status' in found) return found.status
      const store = (ptr: number, room: number, bytes: Uint8Array) => {
        if (room === 0) return
        memory.setBytes(ptr, bytes)
        memory.setU8(ptr + bytes.length, 0)
      }
      store(hostPtr, rooms[0], found.host)
      store(servicePtr, rooms[1], found.service)
      return 0
    },

    interfaces(outPtr, room, usedPtr) {
      outPtr >>>= 0
      room >>>= 0
      usedPtr >>>= 0
      if (!memory.contains(outPtr, room) || !memory.contains(usedPtr, 4)) return Errno.FAULT
      const visible = visibleInterfaces()
      if (typeof visible === 'number') return errnoOf(visible)
      const needed = visible.length * GuestInterface.size
      memory.setU32(usedPtr, needed)
      if (room < needed) return Errno.RANGE
      memory.clear(outPtr, needed)
      for (const [i, one] of visible.entries()) {
        const at = outPtr + i * GuestInterface.size
        memory.setU32(at + GuestInterface.index, one.index)
        memory.setU32(at + GuestInterface.flags, one.flags)
        memory.setBytes(at + GuestInterface.name, Buffer.from(one.name).subarray(0, GuestInterface.nameSize - 1))
        memory.setBytes(at + GuestInterface.address, sockaddrBytes(one.address))
        if (one.netmask !== undefined) memory.setBytes(at + GuestInterface.netmask, sockaddrBytes(one.netmask))
        if (one.broadcast !== undefined) memory.setBytes(at + GuestInterface.broadcast, sockaddrBytes(one.broadcast))
      }
      return Errno.SUCCESS
    },
  }
}

const HOST_FAMILIES: Readonly<Record<number, number>> = {
  [GuestFamily.UNSPEC]: AF_UNSPEC,
  [GuestFamily.INET]: AF_INET,
  [GuestFamily.INET6]: AF_INET6,
}

const TYPES: readonly (readonly [guest: number, host: number])[] = [
  [GuestType.STREAM, SOCK_STREAM],
  [GuestType.DGRAM, SOCK_DGRAM],
  [GuestType.SEQPACKET, SOCK_SEQPACKET],
]

/** Raw sockets have one number on both sides; an unknown type stays unknown. */
function hostType(guest: number): number {
  return TYPES.find(([one]) => one === guest)?.[1] ?? (guest === 0 || guest === 3 ? guest : 99)
}

function guestType(host: number): number {
  return TYPES.find(([, one]) => one === host)?.[0] ?? host
}

/** The name under which DNS keeps the names of an address. */
function reverseName(address: SocketAddress): string {
  const canonical = address.clone().canonicalize()
  if (canonical.family === 4) {
    const { w3 } = canonical
    return `${w3 & 255}.${(w3 >>> 8) & 255}.${(w3 >>> 16) & 255}.${w3 >>> 24}.in-addr.arpa`
  }
  const words = [canonical.w0, canonical.w1, canonical.w2, canonical.w3]
  const digits = words.map((word) => word.toString(16).padStart(8, '0')).join('')
  return `${[...digits].reverse().join('.')}.ip6.arpa`
}
