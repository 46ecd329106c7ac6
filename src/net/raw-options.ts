/** Options by number, as a program that knows Linux names them. Which there are is in option-table.ts. */

import { GuestFamily, GuestGroupRequest, GuestType } from '../abi/berth-socket.ts'
import { SocketAddress } from '../address/socket-address.ts'
import type { SocketDescriptor } from '../fd/descriptor.ts'
import { AF_INET, AF_INET6, GROUP_REQ, SOCK_DGRAM, SOCK_STREAM } from '../os/constants.ts'
import { HostErrno, wasiErrno } from '../os/errno.ts'
import { HostBuffer } from '../os/ffi.ts'
import { getsockopt, setsockopt } from '../os/libc.ts'
import { encodeSockaddr } from '../os/sockaddr.ts'
import type { Policy } from '../policy/policy.ts'
import { isKnownLevel, optionKind } from './option-table.ts'

/** The longest value that is looked at; the kernel's longest is that of TCP_INFO. */
export const MAX_OPTION_BYTES = 512

const LENGTH_OFFSET = MAX_OPTION_BYTES

export class RawOptions {
  readonly #policy: Policy
  readonly #buffer = new HostBuffer(MAX_OPTION_BYTES + 8)
  readonly #address = new SocketAddress()

  constructor(policy: Policy) {
    this.#policy = policy
  }

  /** The value of the last {@link get}: so many bytes of it as that answered. */
  get value(): Uint8Array {
    return this.#buffer.bytes
  }

  /** @param room bytes the program has for the value. @returns the value's length, or a negative host errno */
  get(socket: SocketDescriptor, level: number, option: number, room: number): number {
    const kind = optionKind(level, option)
    if (kind === undefined) {
      // The kernel's answers differ by family where the level itself is unknown.
      return isKnownLevel(level) || socket.family === 6 ? -HostErrno.ENOPROTOOPT : -HostErrno.EOPNOTSUPP
    }
    const { address, view } = this.#buffer
    view.setUint32(LENGTH_OFFSET, Math.min(room, MAX_OPTION_BYTES), true)
    const result = getsockopt(socket.hostFd, level, option, address, address + LENGTH_OFFSET)
    if (result < 0) return result
    const length = view.getUint32(LENGTH_OFFSET, true)
    if (length < 4) return length
    const value = view.getInt32(0, true)
    if (kind === 'socket type') view.setInt32(0, guestType(value), true)
    if (kind === 'family') view.setInt32(0, guestFamily(value), true)
    if (kind === 'errno') {
      const pending = socket.file.pendingError
      socket.file.pendingError = 0
      view.setInt32(0, wasiErrno(pending === 0 ? value : pending), true)
    }
    return length
  }

  /** @param value a copy. @param length what the program said, which may be more than was copied */
  set(socket: SocketDescriptor, level: number, option: number, value: Uint8Array): number {
    const refused = this.#prepare(socket, level, option, value)
    if (refused < 0) return refused
    return socket.file.exclusively(() => setsockopt(socket.hostFd, level, option, this.#buffer.address, refused))
  }

  /** Lays out a value for the kernel and asks policy where it is a use of something. @returns its length, or an errno */
  #prepare(socket: SocketDescriptor, level: number, option: number, value: Uint8Array): number {
    const kind = optionKind(level, option)
    if (kind === undefined) return -HostErrno.ENOPROTOOPT
    this.#buffer.bytes.set(value)
    switch (kind) {
      case 'device':
        return this.#policy.allowsDevice(deviceName(value)) ? value.length : -HostErrno.EPERM
      case 'join IPv4 group':
        if (value.length < 8) return -HostErrno.EINVAL
        this.#address.setIpv4(this.#buffer.view.getUint32(0), 0)
        return this.#mayJoin(socket) ? value.length : -HostErrno.EACCES
      case 'join IPv6 group': {
        if (value.length < 20) return -HostErrno.EINVAL
        const { view } = this.#buffer
        this.#address.setIpv6(view.getUint32(0), view.getUint32(4), view.getUint32(8), view.getUint32(12), 0)
        return this.#mayJoin(socket) ? value.length : -HostErrno.EACCES
      }
      case 'join group':
      case 'join group source':
        if (value.length < GuestGroupRequest.source) return -HostErrno.EINVAL
        if (!this.#readAddress(value, GuestGroupRequest.group)) return -HostErrno.EINVAL
        if (!this.#mayJoin(socket)) return -HostErrno.EACCES
        return this.#layOutGroup(value, kind === 'join group source')
      case 'other group request':
      case 'other group source request':
        return this.#layOutGroup(value, kind === 'other group source request')
      default:
        return value.length
    }
  }

  #mayJoin(socket: SocketDescriptor): boolean {
    return this.#policy.allows('join group', socket.protocol, this.#address)
  }

  /** The program's 72 bytes to the kernel's structure. */
  #layOutGroup(value: Uint8Array, hasSource: boolean): number {
    if (value.length < (hasSource ? GuestGroupRequest.size : GuestGroupRequest.source)) return -HostErrno.EINVAL
    const { bytes, view } = this.#buffer
    const index = new DataView(value.buffer, value.byteOffset).getUint32(GuestGroupRequest.index, true)
    bytes.fill(0, 0, GROUP_REQ.sourceSize)
    view.setUint32(GROUP_REQ.index, index, true)
    if (!this.#readAddress(value, GuestGroupRequest.group)) return -HostErrno.EINVAL
    encodeSockaddr(view, GROUP_REQ.group, this.#address)
    if (!hasSource) return GROUP_REQ.size
    if (!this.#readAddress(value, GuestGroupRequest.source)) return -HostErrno.EINVAL
    encodeSockaddr(view, GROUP_REQ.source, this.#address)
    return GROUP_REQ.sourceSize
  }

  #readAddress(value: Uint8Array, offset: number): boolean {
    const view = new DataView(value.buffer, value.byteOffset + offset)
    switch (view.getUint16(0, true)) {
      case GuestFamily.INET:
        this.#address.setIpv4(view.getUint32(4), 0)
        return true
      case GuestFamily.INET6:
        this.#address.setIpv6(view.getUint32(8), view.getUint32(12), view.getUint32(16), view.getUint32(20), 0)
        return true
      default:
        return false
    }
  }
}

function deviceName(value: Uint8Array): string {
  const end = value.indexOf(0)
  return new TextDecoder().decode(end < 0 ? value : value.subarray(0, end))
}

function guestType(type: number): number {
  return type === SOCK_STREAM ? GuestType.STREAM : type === SOCK_DGRAM ? GuestType.DGRAM : GuestType.SEQPACKET
}

function guestFamily(family: number): number {
  return family === AF_INET ? GuestFamily.INET : family === AF_INET6 ? GuestFamily.INET6 : GuestFamily.UNIX
}
