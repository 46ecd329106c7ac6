import type { FileType } from '../abi/preview1.ts'
import { DIRENT64 } from '../os/constants.ts'
import { HostErrno } from '../os/errno.ts'
import { HostBuffer } from '../os/ffi.ts'
import { fileTypeOfEntry } from '../os/file-status.ts'
import { lseek } from '../os/libc.ts'
import { getdents64 } from '../os/libc-files.ts'
import type { OpenFile } from './open-file.ts'

/** As much as the C library reads at once. */
const ROOM_BYTES = 32_768
const SEEK_SET = 0
/** With more cookies than this, starting afresh forgets those given out before. */
const MAX_COOKIES = 1 << 20

/** What entries are read from: a directory that others may read at the same time, by the same open file. */
export interface OpenDirectory {
  readonly hostFd: number
  readonly file: Pick<OpenFile, 'exclusively'>
}

/** One entry. `name` is good until the next entry is asked for. */
export interface DirectoryEntry {
  /** The cookie with which reading goes on behind this entry. */
  readonly next: bigint
  readonly ino: bigint
  readonly type: FileType
  readonly name: Uint8Array
}

/**
 * The entries of one open directory, by cookies. 0 is the beginning, and asking for it looks afresh. What was read in one piece is given out in pieces as small as the program wants.
 */
export class DirectoryEntries {
  readonly #buffer = new HostBuffer(ROOM_BYTES)
  /** Where the bytes in the buffer end, and the cookie with which they begin. */
  #end = 0
  #firstPosition = 0n
  /**
   * The kernel's position behind each cookie given out. Its positions have 63 bits on some file systems, and the `long` in
   * which a 32-bit program keeps a place has 31: cookies are numbers in this list.
   */
  #positions = [0n]
  readonly #numbers = new Map<bigint, number>()

  /**
   * @param take is given each entry from `cookie` on, until it answers false
   * @returns 0 or a negative host errno
   */
  read(directory: OpenDirectory, cookie: bigint, take: (entry: DirectoryEntry) => boolean): number {
    let number = Number(BigInt.asUintN(64, cookie))
    // A directory that keeps changing under a program that keeps reading it must not fill the memory.
    if (number === 0 && this.#positions.length > MAX_COOKIES) {
      this.#positions = [0n]
      this.#numbers.clear()
    }
    if (this.#positions.length > 2 * MAX_COOKIES) return -HostErrno.ENOMEM
    let position = this.#positions[number]
    if (position === undefined) return this.#readFromStart(directory, cookie, take)
    let at = number === 0 ? -1 : this.#find(position)
    for (;;) {
      if (at < 0 || at === this.#end) {
        const bytes = this.#fill(directory, position)
        if (bytes <= 0) return bytes
        at = 0
      }
      position = this.#buffer.view.getBigInt64(at + DIRENT64.off, true)
      number = this.#numberAfter(number, position)
      if (!take(this.#entry(at, BigInt(number)))) return 0
      at += this.#buffer.view.getUint16(at + DIRENT64.reclen, true)
    }
  }

  /**
   * A cookie that was not given out here: by another thread perhaps, as the number of an entry from the beginning. Behind
   * what nobody was told of comes nothing.
   */
  #readFromStart(directory: OpenDirectory, cookie: bigint, take: (entry: DirectoryEntry) => boolean): number {
    let passed = 0n
    return this.read(directory, 0n, (entry) => {
      if (passed === BigInt.asUintN(64, cookie)) return take(entry)
      passed++
      return true
    })
  }

  /** Where in the buffer the entry behind `cookie` begins; -1 if it is not known. */
  #find(position: bigint): number {
    if (this.#end > 0 && position === this.#firstPosition) return 0
    const { view } = this.#buffer
    for (let at = 0; at < this.#end; ) {
      const next = view.getBigInt64(at + DIRENT64.off, true)
      at += view.getUint16(at + DIRENT64.reclen, true)
      if (next === position) return at
    }
    return -1
  }

  /** The number of the position of the entry behind number `before`: as when it was read the last time, or a new one. */
  #numberAfter(before: number, position: bigint): number {
    if (this.#positions[before + 1] === position) return before + 1
    const known = this.#numbers.get(position)
    if (known !== undefined) return known
    this.#numbers.set(position, this.#positions.length)
    return this.#positions.push(position) - 1
  }

  #fill({ hostFd, file }: OpenDirectory, position: bigint): number {
    this.#end = 0
    // The position is the open file's: another thread that reads must not move it in between.
    const bytes = file.exclusively(() => {
      const moved = lseek(hostFd, position, SEEK_SET)
      return moved < 0n ? Number(moved) : getdents64(hostFd, this.#buffer.address, ROOM_BYTES)
    })
    // A directory that has been removed has no entries any more.
    if (bytes === -HostErrno.ENOENT) return 0
    if (bytes > 0) {
      this.#end = bytes
      this.#firstPosition = position
    }
    return bytes
  }

  #entry(at: number, next: bigint): DirectoryEntry {
    const { bytes, view } = this.#buffer
    const name = bytes.subarray(at + DIRENT64.name, at + view.getUint16(at + DIRENT64.reclen, true))
    return {
      next,
      ino: view.getBigUint64(at + DIRENT64.ino, true),
      type: fileTypeOfEntry(view.getUint8(at + DIRENT64.type)),
      name: name.subarray(0, name.indexOf(0)),
    }
  }
}
