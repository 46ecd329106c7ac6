import type { SocketDescriptor } from '../fd/descriptor.ts'
import { AF_UNIX } from '../os/constants.ts'
import { HostErrno } from '../os/errno.ts'
import { HostBuffer } from '../os/ffi.ts'
import { bind, connect, getpeername, getsockname } from '../os/libc.ts'
import type { Policy } from '../policy/policy.ts'

/** `struct sockaddr_un`: a family and at most 108 bytes. */
const FAMILY_BYTES = 2
const MAX_NAME_BYTES = 108
const LENGTH_OFFSET = 112

/**
 * The names of Unix-domain sockets, as the bytes behind the family. An abstract name begins with a NUL, is shared by all
 * processes of a network namespace and needs a permission of its own. A path needs a directory, and there are none yet.
 */
export class UnixNames {
  readonly #policy: Policy
  readonly #buffer = new HostBuffer(LENGTH_OFFSET + 8)

  constructor(policy: Policy) {
    this.#policy = policy
  }

  bind(socket: SocketDescriptor, name: Uint8Array): number {
    const length = this.#encode('bind', name)
    return length < 0 ? length : bind(socket.hostFd, this.#buffer.address, length)
  }

  connect(socket: SocketDescriptor, name: Uint8Array): number {
    const length = this.#encode('connect', name)
    if (length < 0) return length
    for (;;) {
      const result = connect(socket.hostFd, this.#buffer.address, length)
      if (result !== -HostErrno.EINTR) return result
    }
  }

  /** Lays out a name at `offset` of `view`, if it may be sent to. @returns its length, or a negative host errno */
  destination(name: Uint8Array, view: DataView, offset: number): number {
    const length = this.#encode('send to', name)
    if (length < 0) return length
    new Uint8Array(view.buffer, view.byteOffset + offset, length).set(this.#buffer.bytes.subarray(0, length))
    return length
  }

  local(socket: SocketDescriptor): Uint8Array | number {
    this.#buffer.view.setUint32(LENGTH_OFFSET, LENGTH_OFFSET, true)
    const result = getsockname(socket.hostFd, this.#buffer.address, this.#buffer.address + LENGTH_OFFSET)
    return result < 0 ? result : this.#decode()
  }

  remote(socket: SocketDescriptor): Uint8Array | number {
    this.#buffer.view.setUint32(LENGTH_OFFSET, LENGTH_OFFSET, true)
    const result = getpeername(socket.hostFd, this.#buffer.address, this.#buffer.address + LENGTH_OFFSET)
    return result < 0 ? result : this.#decode()
  }

  #decode(): Uint8Array {
    const length = Math.min(this.#buffer.view.getUint32(LENGTH_OFFSET, true), LENGTH_OFFSET)
    return visibleName(this.#buffer.bytes.slice(FAMILY_BYTES, Math.max(length, FAMILY_BYTES)))
  }

  /** @returns the address's length, or a negative host errno: what may not be named is not named */
  #encode(operation: 'bind' | 'connect' | 'send to', name: Uint8Array): number {
    if (name.length > MAX_NAME_BYTES) return -HostErrno.EINVAL
    // No name at all: to bind it asks for an abstract one that the kernel picks; otherwise it is nothing.
    if (name.length === 0 && operation !== 'bind') return -HostErrno.EINVAL
    if (!this.#policy.allowsUnixName(operation, name)) return -HostErrno.EACCES
    this.#buffer.view.setUint16(0, AF_UNIX, true)
    this.#buffer.bytes.set(name, FAMILY_BYTES)
    return FAMILY_BYTES + name.length
  }
}

/** What a program may know of a name: a path of the host is none of its business. */
export function visibleName(name: Uint8Array): Uint8Array {
  return name[0] === 0 ? name : new Uint8Array(0)
}
