import type { SocketAddress } from '../address/socket-address.ts'
import { AF_INET, AF_INET6, SOCKADDR_IN, SOCKADDR_IN6 } from './constants.ts'
import { HostBuffer } from './ffi.ts'

/** Where in a {@link SockaddrBuffer} the `socklen_t` stands; the address comes first. */
const LENGTH_OFFSET = 32

/** A `struct sockaddr_in6` (or `_in`) and its `socklen_t` in host memory, reused from call to call. */
export class SockaddrBuffer {
  readonly #buffer = new HostBuffer(40)
  readonly address = this.#buffer.address
  readonly lengthAddress = this.#buffer.address + LENGTH_OFFSET
  /** The room for a received address, in bytes. */
  readonly receiveLength = SOCKADDR_IN6.size

  /** Writes `from` for the kernel to read. @returns the structure's length */
  encode(from: SocketAddress): number {
    return encodeSockaddr(this.#buffer.view, 0, from)
  }

  /** Writes an address of no family. @returns its length */
  encodeUnspecified(): number {
    this.#buffer.bytes.fill(0, 0, SOCKADDR_IN.size)
    return SOCKADDR_IN.size
  }

  /** Readies the buffer for the kernel to write an address. */
  expect(): void {
    this.#buffer.view.setUint32(LENGTH_OFFSET, SOCKADDR_IN6.size, true)
  }

  /** Reads what the kernel wrote. @returns false if it wrote no internet address (a stream has none per message) */
  decode(into: SocketAddress): boolean {
    if (this.#buffer.view.getUint32(LENGTH_OFFSET, true) === 0) return false
    return decodeSockaddr(this.#buffer.view, 0, into)
  }
}

/** Writes a `struct sockaddr_in` or `_in6` at `offset`. @returns its length */
export function encodeSockaddr(view: DataView, offset: number, from: SocketAddress): number {
  if (from.family === 4) {
    view.setUint16(offset + SOCKADDR_IN.family, AF_INET, true)
    view.setUint16(offset + SOCKADDR_IN.port, from.port)
    view.setUint32(offset + SOCKADDR_IN.addr, from.w3)
    view.setUint32(offset + SOCKADDR_IN.zero, 0)
    view.setUint32(offset + SOCKADDR_IN.zero + 4, 0)
    return SOCKADDR_IN.size
  }
  const at = offset + SOCKADDR_IN6.addr
  view.setUint16(offset + SOCKADDR_IN6.family, AF_INET6, true)
  view.setUint16(offset + SOCKADDR_IN6.port, from.port)
  view.setUint32(offset + SOCKADDR_IN6.flowinfo, from.flowInfo)
  view.setUint32(at, from.w0)
  view.setUint32(at + 4, from.w1)
  view.setUint32(at + 8, from.w2)
  view.setUint32(at + 12, from.w3)
  view.setUint32(offset + SOCKADDR_IN6.scopeId, from.scopeId, true)
  return SOCKADDR_IN6.size
}

/** Reads a `struct sockaddr_in` or `_in6` at `offset`. @returns false for any other family */
export function decodeSockaddr(view: DataView, offset: number, into: SocketAddress): boolean {
  const family = view.getUint16(offset + SOCKADDR_IN.family, true)
  const port = view.getUint16(offset + SOCKADDR_IN.port)
  if (family === AF_INET) {
    into.setIpv4(view.getUint32(offset + SOCKADDR_IN.addr), port)
    return true
  }
  if (family !== AF_INET6) return false
  const at = offset + SOCKADDR_IN6.addr
  into.setIpv6(view.getUint32(at), view.getUint32(at + 4), view.getUint32(at + 8), view.getUint32(at + 12), port)
  into.setScope(view.getUint32(offset + SOCKADDR_IN6.scopeId, true), view.getUint32(offset + SOCKADDR_IN6.flowinfo))
  return true
}
