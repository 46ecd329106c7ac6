import { FileType, Rights, SOCKET_RIGHTS, SOCKET_RIGHTS_INHERITING } from '../abi/preview1.ts'
import type { Family, SocketAddress } from '../address/socket-address.ts'

/** A set of `rights` bits as two unsigned halves, so that testing it creates no bigint. */
export interface RightsMask {
  readonly low: number
  readonly high: number
}

export function rightsMask(bits: bigint): RightsMask {
  return { low: Number(bits & 0xffff_ffffn), high: Number(bits >> 32n) }
}

/**
 * What POSIX calls the open file description: what the duplicates of a descriptor have in common. Each duplicate has a host
 * descriptor of its own, and the kernel sees to the rest.
 */
class OpenFile {
  /** The guest's O_NONBLOCK. */
  nonBlocking = false
  /**
   * The peer as it was when the connection was accepted, until it is asked for the first time: a C library's `accept` asks
   * at once, and must get an answer even if the peer has reset the connection since.
   */
  acceptedPeer: SocketAddress | undefined
  /**
   * A host errno that `poll_oneoff` took from the kernel to report it, 0 if none. The kernel hands an error out once, so
   * the next operation on the socket must still fail with it.
   */
  pendingError = 0
}

export type Protocol = 'tcp' | 'udp' | 'unix'

/** What an open descriptor number stands for. */
abstract class OpenDescriptor {
  abstract readonly fileType: FileType
  /** The process's own descriptor. */
  readonly hostFd: number
  readonly file: OpenFile
  #rights: RightsMask
  #rightsBase: bigint
  #rightsInheriting: bigint

  constructor(hostFd: number, rights: bigint, rightsInheriting: bigint, file = new OpenFile()) {
    this.hostFd = hostFd
    this.file = file
    this.#rightsBase = rights
    this.#rightsInheriting = rightsInheriting
    this.#rights = rightsMask(rights)
  }

  get rightsBase(): bigint {
    return this.#rightsBase
  }

  get rightsInheriting(): bigint {
    return this.#rightsInheriting
  }

  may(needed: RightsMask): boolean {
    return (this.#rights.low & needed.low) >>> 0 === needed.low && (this.#rights.high & needed.high) === needed.high
  }

  /** A duplicate may do what the original may. */
  protected passRightsTo<T extends OpenDescriptor>(duplicate: T): T {
    duplicate.limitRights(this.#rightsBase, this.#rightsInheriting)
    return duplicate
  }

  /** Rights can be given up and not regained. @returns false, with nothing changed, where the new ones exceed the old */
  limitRights(base: bigint, inheriting: bigint): boolean {
    if ((base & ~this.#rightsBase) !== 0n || (inheriting & ~this.#rightsInheriting) !== 0n) return false
    this.#rightsBase = base
    this.#rightsInheriting = inheriting
    this.#rights = rightsMask(base)
    return true
  }
}

/** A socket. Its operations are in the `net` room. */
export class SocketDescriptor extends OpenDescriptor {
  readonly kind = 'socket'
  readonly family: Family | 'unix'
  readonly protocol: Protocol
  /** Whether it carries a stream of bytes; else single messages. */
  readonly isStream: boolean

  constructor(hostFd: number, family: Family | 'unix', protocol: Protocol, isStream: boolean, file?: OpenFile) {
    super(hostFd, SOCKET_RIGHTS, SOCKET_RIGHTS_INHERITING, file)
    this.family = family
    this.protocol = protocol
    this.isStream = isStream
  }

  get fileType(): FileType {
    return this.isStream ? FileType.SOCKET_STREAM : FileType.SOCKET_DGRAM
  }

  duplicate(hostFd: number): SocketDescriptor {
    return this.passRightsTo(new SocketDescriptor(hostFd, this.family, this.protocol, this.isStream, this.file))
  }
}

const STREAM_RIGHTS =
  Rights.FD_READ | Rights.FD_WRITE | Rights.FD_FDSTAT_SET_FLAGS | Rights.FD_FILESTAT_GET | Rights.POLL_FD_READWRITE

/** Seeking is no right of a terminal: a C library's `isatty` looks for its absence. */
const SEEKABLE_STREAM_RIGHTS = STREAM_RIGHTS | Rights.FD_SEEK | Rights.FD_TELL

/** A standard stream: whatever the process was given as descriptor 0, 1 or 2. */
export class StreamDescriptor extends OpenDescriptor {
  readonly kind = 'stream'
  readonly fileType: FileType

  constructor(hostFd: number, fileType: FileType, file?: OpenFile) {
    const rights = fileType === FileType.REGULAR_FILE ? SEEKABLE_STREAM_RIGHTS : STREAM_RIGHTS
    super(hostFd, rights, rights, file)
    this.fileType = fileType
  }

  duplicate(hostFd: number): StreamDescriptor {
    return this.passRightsTo(new StreamDescriptor(hostFd, this.fileType, this.file))
  }
}

/** An epoll set. Read and written like a stream, it answers what the kernel answers. */
export class EpollDescriptor extends StreamDescriptor {
  constructor(hostFd: number) {
    super(hostFd, FileType.UNKNOWN)
  }

  override duplicate(hostFd: number): EpollDescriptor {
    return this.passRightsTo(new EpollDescriptor(hostFd))
  }
}

export type Descriptor = SocketDescriptor | StreamDescriptor
