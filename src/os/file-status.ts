import { FileType } from '../abi/preview1.ts'
import {
  AT_EMPTY_PATH,
  S_IFBLK,
  S_IFCHR,
  S_IFDIR,
  S_IFLNK,
  S_IFMT,
  S_IFREG,
  S_IFSOCK,
  STATX,
  STATX_BASIC_STATS,
  TCGETS,
} from './constants.ts'
import { HostBuffer } from './ffi.ts'
import { ioctl } from './libc.ts'
import { statx } from './libc-files.ts'

const NO_PATH = new HostBuffer(1)

/** What the kernel knows of a file: a buffer that is reused from call to call. */
export class FileStatus {
  readonly #buffer = new HostBuffer(STATX.size)

  /** @param path the address of a C string; @returns 0 or a negative host errno */
  of(dirFd: number, path: number, flags: number): number {
    return statx(dirFd, path, flags, STATX_BASIC_STATS, this.#buffer.address)
  }

  ofDescriptor(fd: number): number {
    return this.of(fd, NO_PATH.address, AT_EMPTY_PATH)
  }

  get fileType(): FileType {
    return fileTypeOf(this.#buffer.view.getUint16(STATX.mode, true))
  }

  get isSymbolicLink(): boolean {
    return this.fileType === FileType.SYMBOLIC_LINK
  }

  /** `st_dev` as the C library puts it together. */
  get dev(): bigint {
    const { view } = this.#buffer
    const major = view.getUint32(STATX.devMajor, true)
    const minor = view.getUint32(STATX.devMinor, true)
    const low = (minor & 0xff) | ((major & 0xfff) << 8)
    return (BigInt((major >>> 12) & 0xfffff) << 44n) | (BigInt(minor >>> 8) << 20n) | BigInt(low)
  }

  get ino(): bigint {
    return this.#buffer.view.getBigUint64(STATX.ino, true)
  }

  get nlink(): number {
    return this.#buffer.view.getUint32(STATX.nlink, true)
  }

  /** Bytes. */
  get fileSize(): bigint {
    return this.#buffer.view.getBigUint64(STATX.fileSize, true)
  }

  /** Nanoseconds since the epoch. */
  get atim(): bigint {
    return this.#time(STATX.atim)
  }

  get mtim(): bigint {
    return this.#time(STATX.mtim)
  }

  get ctim(): bigint {
    return this.#time(STATX.ctim)
  }

  #time(offset: number): bigint {
    const { view } = this.#buffer
    return view.getBigInt64(offset, true) * 1_000_000_000n + BigInt(view.getUint32(offset + 8, true))
  }
}

const TYPES = new Map<number, FileType>([
  [S_IFREG, FileType.REGULAR_FILE],
  [S_IFDIR, FileType.DIRECTORY],
  [S_IFLNK, FileType.SYMBOLIC_LINK],
  [S_IFCHR, FileType.CHARACTER_DEVICE],
  [S_IFBLK, FileType.BLOCK_DEVICE],
  // Whether it carries a stream or datagrams its file does not say.
  [S_IFSOCK, FileType.SOCKET_STREAM],
])

/** The kind of file by its `st_mode`. Preview 1 has no kind for pipes. */
export function fileTypeOf(mode: number): FileType {
  return TYPES.get(mode & S_IFMT) ?? FileType.UNKNOWN
}

/** The kind of file by the `d_type` of a directory's entry, which is the type in its mode without the zeros behind. */
export function fileTypeOfEntry(type: number): FileType {
  return fileTypeOf(type << 12)
}

/** Room for a `struct termios` of any kernel. */
const termios = new HostBuffer(64)

/** As `isatty`. (That of `node:tty` loads all of Node.js's networking.) */
export function isTerminal(fd: number): boolean {
  return ioctl(fd, TCGETS, termios.address) === 0
}
