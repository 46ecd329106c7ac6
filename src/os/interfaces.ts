import { SocketAddress } from '../address/socket-address.ts'
import { AF_INET, AF_INET6, IFADDRS, SOCKADDR_IN, SOCKADDR_IN6 } from './constants.ts'
import { HostBuffer } from './ffi.ts'
import { freeifaddrs, getifaddrs, ifNametoindex, memcpy, strnlen } from './libc-further.ts'
import { decodeSockaddr } from './sockaddr.ts'

const IF_NAMESIZE = 16

/** One address of one network interface. */
export interface InterfaceAddress {
  readonly name: string
  readonly index: number
  /** `IFF_…` bits. */
  readonly flags: number
  readonly address: SocketAddress
  readonly netmask: SocketAddress | undefined
  /** The broadcast address, or the peer's of a point-to-point link. */
  readonly broadcast: SocketAddress | undefined
}

/** The internet addresses of this host, interface by interface. @returns a negative host errno where they cannot be had */
export function interfaceAddresses(): InterfaceAddress[] | number {
  const head = new HostBuffer(8)
  const failed = getifaddrs(head.address)
  if (failed < 0) return failed
  const found: InterfaceAddress[] = []
  const node = new HostBuffer(IFADDRS.size)
  const name = new HostBuffer(IF_NAMESIZE)
  for (let next = head.pointer(0); next !== 0; next = node.pointer(IFADDRS.next)) {
    memcpy(node.address, next, IFADDRS.size)
    const address = readAddress(node.pointer(IFADDRS.addr))
    if (address === undefined) continue
    const namePointer = node.pointer(IFADDRS.name)
    const length = strnlen(namePointer, IF_NAMESIZE - 1)
    memcpy(name.address, namePointer, length)
    found.push({
      name: new TextDecoder().decode(name.bytes.slice(0, length)),
      index: ifNametoindex(namePointer),
      flags: node.view.getUint32(IFADDRS.flags, true),
      address,
      netmask: readAddress(node.pointer(IFADDRS.netmask)),
      broadcast: readAddress(node.pointer(IFADDRS.ifu)),
    })
  }
  freeifaddrs(head.pointer(0))
  return found
}

/** A `sockaddr` of the C library's; undefined for none, or for another family. */
function readAddress(pointer: number): SocketAddress | undefined {
  if (pointer === 0) return undefined
  const buffer = new HostBuffer(SOCKADDR_IN6.size)
  // The family first: a structure of another may be shorter.
  memcpy(buffer.address, pointer, 2)
  const family = buffer.view.getUint16(0, true)
  if (family !== AF_INET && family !== AF_INET6) return undefined
  memcpy(buffer.address, pointer, family === AF_INET ? SOCKADDR_IN.size : SOCKADDR_IN6.size)
  const address = new SocketAddress()
  return decodeSockaddr(buffer.view, 0, address) ? address : undefined
}
