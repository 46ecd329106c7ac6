import type { SocketDescriptor } from '../fd/descriptor.ts'
import { AF_UNIX } from '../os/constants.ts'
import { HostErrno } from '../os/errno.ts'
import { HostBuffer } from '../os/ffi.ts'
import { bind, close, connect, getpeername, getsockname } from '../os/libc.ts'
import type { Policy, UnixOperation } from '../policy/policy.ts'

/** `struct sockaddr_un`: a family and at most 108 bytes. */
const FAMILY_BYTES = 2
const MAX_NAME_BYTES = 108
const LENGTH_OFFSET = 112

/** Where paths lead, in the directories that the program was given; see `fs/socket-paths.ts`. */
export interface UnixPaths {
  openParent(path: Uint8Array): { fd: number; name: Uint8Array } | number | undefined
  openTarget(path: Uint8Array): number | undefined
  visible(hostPath: Uint8Array): Uint8Array | undefined
}

/**
 * The names of Unix-domain sockets, as the bytes behind the family. An abstract name begins with a NUL, is shared by all
 * processes of a network namespace and needs a permission of its own. A path is a file in a directory of the program's.
 *
 * The kernel takes a path only as text, which somebody could make mean something else by renaming a directory. So the
 * directory of a new socket, and the file of an existing one, are opened first, and the text goes through the descriptor:
 * `/proc/PID/fd/N/NAME`. That is then also the name which peers see, and while the socket is open it leads them to it.
 */
export class UnixNames {
  readonly #policy: Policy
  readonly #paths: UnixPaths
  readonly #buffer = new HostBuffer(LENGTH_OFFSET + 8)
  /** The files of destinations, open until what is on the way to them has been sent. */
  readonly #targets: number[] = []

  constructor(policy: Policy, paths: UnixPaths) {
    this.#policy = policy
    this.#paths = paths
  }

  bind(socket: SocketDescriptor, name: Uint8Array): number {
    if (name.length > MAX_NAME_BYTES) return -HostErrno.EINVAL
    if (!isPath(name)) {
      const length = this.#encodeAbstract('bind', name)
      return length < 0 ? length : bind(socket.hostFd, this.#buffer.address, length)
    }
    const path = pathOf(name)
    const parent = this.#paths.openParent(path)
    if (parent === undefined) return this.#refuse('bind', path)
    if (typeof parent === 'number') return parent
    const length = this.#encode(Buffer.concat([Buffer.from(`/proc/${process.pid}/fd/${parent.fd}/`), parent.name]))
    const result = length < 0 ? length : bind(socket.hostFd, this.#buffer.address, length)
    if (result < 0) close(parent.fd)
    else {
      socket.file.localPath = withNul(path)
      socket.file.directoryFd = parent.fd
    }
    return result
  }

  connect(socket: SocketDescriptor, name: Uint8Array): number {
    const length = this.#encodeDestination('connect', name)
    let result = length
    if (length >= 0) {
      do result = connect(socket.hostFd, this.#buffer.address, length)
      while (result === -HostErrno.EINTR && !socket.isClosing())
    }
    this.release()
    if (result === 0) socket.file.peerPath = isPath(name) ? withNul(pathOf(name)) : undefined
    return result
  }

  /**
   * Lays out a name at `offset` of `view`, if it may be sent to. It is good until {@link release}.
   * @returns its length, or a negative host errno
   */
  destination(name: Uint8Array, view: DataView, offset: number): number {
    const length = this.#encodeDestination('send to', name)
    if (length < 0) return length
    new Uint8Array(view.buffer, view.byteOffset + offset, length).set(this.#buffer.bytes.subarray(0, length))
    return length
  }

  /** Closes what {@link destination} has opened. */
  release(): void {
    for (const fd of this.#targets) close(fd)
    this.#targets.length = 0
  }

  local(socket: SocketDescriptor): Uint8Array | number {
    this.#expect()
    const result = getsockname(socket.hostFd, this.#buffer.address, this.#buffer.address + LENGTH_OFFSET)
    return result < 0 ? result : (socket.file.localPath ?? this.#decode())
  }

  remote(socket: SocketDescriptor): Uint8Array | number {
    this.#expect()
    const result = getpeername(socket.hostFd, this.#buffer.address, this.#buffer.address + LENGTH_OFFSET)
    return result < 0 ? result : (socket.file.peerPath ?? this.#decode())
  }

  /** What a program may know of a name that the kernel gives: where a path of the host is, is none of its business. */
  visible(name: Uint8Array): Uint8Array {
    if (!isPath(name)) return name
    const path = this.#paths.visible(pathOf(name))
    return path === undefined ? new Uint8Array(0) : withNul(path)
  }

  #expect(): void {
    this.#buffer.view.setUint32(LENGTH_OFFSET, LENGTH_OFFSET, true)
  }

  #decode(): Uint8Array {
    const length = Math.min(this.#buffer.view.getUint32(LENGTH_OFFSET, true), LENGTH_OFFSET)
    return this.visible(this.#buffer.bytes.slice(FAMILY_BYTES, Math.max(length, FAMILY_BYTES)))
  }

  /** @returns the address's length, or a negative host errno: what may not be named is not named */
  #encodeDestination(operation: UnixOperation, name: Uint8Array): number {
    if (name.length > MAX_NAME_BYTES || name.length === 0) return -HostErrno.EINVAL
    if (!isPath(name)) return this.#encodeAbstract(operation, name)
    const path = pathOf(name)
    const fd = this.#paths.openTarget(path)
    if (fd === undefined) return this.#refuse(operation, path)
    if (fd < 0) return fd
    this.#targets.push(fd)
    return this.#encode(Buffer.from(`/proc/self/fd/${fd}`))
  }

  /** @param name with its leading NUL; nothing at all asks the kernel to pick one */
  #encodeAbstract(operation: UnixOperation, name: Uint8Array): number {
    return this.#policy.allowsAbstractName(operation, name.subarray(1)) ? this.#encode(name) : -HostErrno.EACCES
  }

  #encode(name: Uint8Array): number {
    if (name.length > MAX_NAME_BYTES) return -HostErrno.ENAMETOOLONG
    this.#buffer.view.setUint16(0, AF_UNIX, true)
    this.#buffer.bytes.fill(0, FAMILY_BYTES, LENGTH_OFFSET)
    this.#buffer.bytes.set(name, FAMILY_BYTES)
    return FAMILY_BYTES + name.length
  }

  #refuse(operation: UnixOperation, path: Uint8Array): number {
    this.#policy.refusePath(operation, path)
    return -HostErrno.EACCES
  }
}

function isPath(name: Uint8Array): boolean {
  return name.length > 0 && name[0] !== 0
}

/** A path ends at its NUL, or where the address ends. */
function pathOf(name: Uint8Array): Uint8Array {
  const end = name.indexOf(0)
  return end < 0 ? name : name.subarray(0, end)
}

function withNul(path: Uint8Array): Uint8Array {
  return Uint8Array.of(...path, 0)
}
