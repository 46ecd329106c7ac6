import { FileType, Rights, SOCKET_RIGHTS, SOCKET_RIGHTS_INHERITING } from '../abi/preview1.ts'
import type { Family } from '../address/socket-address.ts'
import { O_RDWR } from '../os/constants.ts'
import { FileStatus, isTerminal } from '../os/file-status.ts'
import type { DirectoryEntries } from './directory-entries.ts'
import { LocalOpenFile, type OpenFile } from './open-file.ts'

/**
 * A set of `rights` bits as two signed halves: testing it creates no bigint, and the engine keeps numbers of 32 signed bits in
 * their places, without an object for each.
 */
export interface RightsMask {
  readonly low: number
  readonly high: number
}

export function rightsMask(bits: bigint): RightsMask {
  return { low: Number(BigInt.asIntN(32, bits)), high: Number(BigInt.asIntN(32, bits >> 32n)) }
}

/**
 * What a descriptor may do (`base`), and what those opened through it may. Immutable: a program with ten thousand connections
 * has one for them all.
 */
class DescriptorRights implements RightsMask {
  readonly base: bigint
  readonly inheriting: bigint
  /** Those of `base`. */
  readonly low: number
  readonly high: number

  constructor(base: bigint, inheriting: bigint) {
    this.base = base
    this.inheriting = inheriting
    const { low, high } = rightsMask(base)
    this.low = low
    this.high = high
  }
}

const RIGHTS_OF_SOCKETS = new DescriptorRights(SOCKET_RIGHTS, SOCKET_RIGHTS_INHERITING)

export type Protocol = 'tcp' | 'udp' | 'unix'

/** What an open descriptor number stands for. */
abstract class OpenDescriptor {
  abstract readonly fileType: FileType
  /** The process's own descriptor. */
  readonly hostFd: number
  file: OpenFile
  #rights: DescriptorRights

  constructor(hostFd: number, rights: DescriptorRights, file: OpenFile = new LocalOpenFile()) {
    this.hostFd = hostFd
    this.file = file
    this.#rights = rights
  }

  /**
   * Whether another thread is closing it: then a call that was interrupted is not made again. Replaced where there are other
   * threads.
   */
  isClosing(): boolean {
    return false
  }

  get rightsBase(): bigint {
    return this.#rights.base
  }

  get rightsInheriting(): bigint {
    return this.#rights.inheriting
  }

  /** The rights as they were asked for, whatever of them means something. */
  get grantedRights(): { base: bigint; inheriting: bigint } {
    const { base, inheriting } = this.#rights
    return { base, inheriting }
  }

  /** Sets the rights to what they are elsewhere. */
  restoreRights(base: bigint, inheriting: bigint): void {
    if (base === this.#rights.base && inheriting === this.#rights.inheriting) return
    this.#rights = new DescriptorRights(base, inheriting)
  }

  may(needed: RightsMask): boolean {
    const { low, high } = this.#rights
    return (low & needed.low) === needed.low && (high & needed.high) === needed.high
  }

  /** A duplicate may do what the original may, and shares the rest with it. */
  protected passRightsTo<T extends OpenDescriptor>(duplicate: T): T {
    if (duplicate.file === this.file) this.file.addUser()
    duplicate.limitRights(this.rightsBase, this.rightsInheriting)
    return duplicate
  }

  /** Rights can be given up and not regained. @returns false, with nothing changed, where the new ones exceed the old */
  limitRights(base: bigint, inheriting: bigint): boolean {
    if ((base & ~this.rightsBase) !== 0n || (inheriting & ~this.rightsInheriting) !== 0n) return false
    this.restoreRights(base, inheriting)
    return true
  }
}

/** A socket. Its operations are in the `net` room. */
export class SocketDescriptor extends OpenDescriptor {
  readonly family: Family | 'unix'
  readonly protocol: Protocol
  /** Whether it carries a stream of bytes; else single messages. */
  readonly isStream: boolean

  constructor(hostFd: number, family: Family | 'unix', protocol: Protocol, isStream: boolean, file?: OpenFile) {
    super(hostFd, RIGHTS_OF_SOCKETS, file)
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

/**
 * Seeking is no right of a terminal: a C library's `isatty` looks for its absence. Of what files can be asked, those rights
 * are left out by which a program could undo what others have written to the same file.
 */
const SEEKABLE_STREAM_RIGHTS =
  STREAM_RIGHTS | Rights.FD_SEEK | Rights.FD_TELL | Rights.FD_SYNC | Rights.FD_DATASYNC | Rights.FD_ADVISE

function isOtherDevice(fileType: FileType, hostFd: number): boolean {
  return fileType === FileType.CHARACTER_DEVICE && !isTerminal(hostFd)
}

/** For which directions a stream was opened; O_RDONLY, O_WRONLY, O_RDWR. */
const ACCESS_RIGHTS = [~Rights.FD_WRITE, ~Rights.FD_READ, ~0n]

/** A standard stream: whatever the process was given as descriptor 0, 1 or 2. */
export class StreamDescriptor extends OpenDescriptor {
  readonly fileType: FileType
  readonly isReadOnly = false
  /** Whether it is a file, or a device that can be treated like one. */
  readonly isSeekable: boolean

  /** @param accessMode how the process has it: O_RDONLY, O_WRONLY or O_RDWR */
  constructor(hostFd: number, fileType: FileType, accessMode: number = O_RDWR, file?: OpenFile) {
    const isSeekable = fileType === FileType.REGULAR_FILE || isOtherDevice(fileType, hostFd)
    const rights = isSeekable ? SEEKABLE_STREAM_RIGHTS : STREAM_RIGHTS
    const possible = rights & (ACCESS_RIGHTS[accessMode] ?? ~0n)
    super(hostFd, new DescriptorRights(possible, possible), file)
    this.fileType = fileType
    this.isSeekable = isSeekable
  }

  duplicate(hostFd: number): StreamDescriptor {
    return this.passRightsTo(new StreamDescriptor(hostFd, this.fileType, O_RDWR, this.file))
  }
}

/** An epoll set. Read and written like a stream, it answers what the kernel answers. */
export class EpollDescriptor extends StreamDescriptor {
  constructor(hostFd: number, file?: OpenFile) {
    super(hostFd, FileType.UNKNOWN, undefined, file)
  }

  override duplicate(hostFd: number): EpollDescriptor {
    return this.passRightsTo(new EpollDescriptor(hostFd))
  }
}

/** What a regular file, or anything else in a file system that is no directory, can be asked to do. */
const FILE_RIGHTS =
  Rights.FD_DATASYNC |
  Rights.FD_READ |
  Rights.FD_SEEK |
  Rights.FD_FDSTAT_SET_FLAGS |
  Rights.FD_SYNC |
  Rights.FD_TELL |
  Rights.FD_WRITE |
  Rights.FD_ADVISE |
  Rights.FD_ALLOCATE |
  Rights.FD_FILESTAT_GET |
  Rights.FD_FILESTAT_SET_SIZE |
  Rights.FD_FILESTAT_SET_TIMES |
  Rights.POLL_FD_READWRITE

/** What a directory can be asked to do. */
const DIRECTORY_RIGHTS =
  Rights.FD_FDSTAT_SET_FLAGS |
  Rights.FD_SYNC |
  Rights.FD_DATASYNC |
  Rights.PATH_CREATE_DIRECTORY |
  Rights.PATH_CREATE_FILE |
  Rights.PATH_LINK_SOURCE |
  Rights.PATH_LINK_TARGET |
  Rights.PATH_OPEN |
  Rights.FD_READDIR |
  Rights.PATH_READLINK |
  Rights.PATH_RENAME_SOURCE |
  Rights.PATH_RENAME_TARGET |
  Rights.PATH_FILESTAT_GET |
  Rights.PATH_FILESTAT_SET_SIZE |
  Rights.PATH_FILESTAT_SET_TIMES |
  Rights.FD_FILESTAT_GET |
  Rights.FD_FILESTAT_SET_TIMES |
  Rights.PATH_SYMLINK |
  Rights.PATH_REMOVE_DIRECTORY |
  Rights.PATH_UNLINK_FILE |
  Rights.POLL_FD_READWRITE

/** All that can be asked of what a path leads to. */
export const PATH_RIGHTS = DIRECTORY_RIGHTS | FILE_RIGHTS

const status = new FileStatus()

/** Something in a file system that was opened by its path: a file, a directory, a device. */
export class FileDescriptor extends OpenDescriptor {
  /** Reached through a directory that was given for reading only. */
  readonly isReadOnly: boolean
  /** What is known of a directory's entries, once they have been asked for. */
  entries: DirectoryEntries | undefined
  #fileType: FileType | undefined

  constructor(hostFd: number, rights: bigint, rightsInheriting: bigint, isReadOnly: boolean, file?: OpenFile) {
    super(hostFd, new DescriptorRights(rights, rightsInheriting), file)
    this.isReadOnly = isReadOnly
  }

  /** Asked of the kernel at the first use: most programs know what they open. */
  get fileType(): FileType {
    this.#fileType ??= status.ofDescriptor(this.hostFd) < 0 ? FileType.UNKNOWN : status.fileType
    return this.#fileType
  }

  get isDirectory(): boolean {
    return this.fileType === FileType.DIRECTORY
  }

  /** Of the rights that were asked for, those that mean something for what was opened. */
  override get rightsBase(): bigint {
    if (this.isDirectory) return super.rightsBase & DIRECTORY_RIGHTS
    const isTty = this.fileType === FileType.CHARACTER_DEVICE && isTerminal(this.hostFd)
    return super.rightsBase & (isTty ? FILE_RIGHTS & ~(Rights.FD_SEEK | Rights.FD_TELL) : FILE_RIGHTS)
  }

  override get rightsInheriting(): bigint {
    return this.isDirectory ? super.rightsInheriting : super.rightsInheriting & FILE_RIGHTS
  }

  duplicate(hostFd: number): FileDescriptor {
    const { isReadOnly, file } = this
    return this.passRightsTo(new FileDescriptor(hostFd, PATH_RIGHTS, PATH_RIGHTS, isReadOnly, file))
  }
}

/** A directory that the program was given at its start. */
export class PreopenedDirectory extends FileDescriptor {
  /** The name by which the program knows it. */
  readonly name: Uint8Array

  constructor(hostFd: number, name: Uint8Array, isReadOnly: boolean, file?: OpenFile) {
    super(hostFd, DIRECTORY_RIGHTS, PATH_RIGHTS, isReadOnly, file)
    this.name = name
  }
}

export type Descriptor = SocketDescriptor | StreamDescriptor | FileDescriptor
