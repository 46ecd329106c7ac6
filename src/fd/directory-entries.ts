import type { FileType } from '../abi/preview1.ts'
import { DIRENT64 } from '../os/constants.ts'
import { HostBuffer } from '../os/ffi.ts'
import { fileTypeOfEntry } from '../os/file-status.ts'
import { lseek } from '../os/libc.ts'
import { getdents64 } from '../os/libc-files.ts'

/** As much as the C library reads at once. */
const ROOM_BYTES = 32_768
const SEEK_SET = 0

/** One entry. `name` is good until the next entry is asked for. */
export interface DirectoryEntry {
  /** The cookie with which reading goes on behind this entry. */
  readonly next: bigint
  readonly ino: bigint
  readonly type: FileType
  readonly name: Uint8Array
}

/**
 * The entries of one open directory, by cookies. A cookie is the kernel's own position; 0 is the beginning, and asking
 * for it looks afresh. What was read in one piece is given out in pieces as small as the program wants.
 */
export class DirectoryEntries {
  readonly #buffer = new HostBuffer(ROOM_BYTES)
  /** Where the bytes in the buffer end, and the cookie with which they begin. */
  #end = 0
  #firstCookie = 0n

  /**
   * @param take is given each entry from `cookie` on, until it answers false
   * @returns 0 or a negative host errno
   */
  read(hostFd: number, cookie: bigint, take: (entry: DirectoryEntry) => boolean): number {
    let at = cookie === 0n ? -1 : this.#find(cookie)
    for (;;) {
      if (at < 0 || at === this.#end) {
        const bytes = this.#fill(hostFd, cookie)
        if (bytes <= 0) return bytes
        at = 0
      }
      const entry = this.#entry(at)
      if (!take(entry)) return 0
      cookie = entry.next
      at += this.#buffer.view.getUint16(at + DIRENT64.reclen, true)
    }
  }

  /** Where in the buffer the entry behind `cookie` begins; -1 if it is not known. */
  #find(cookie: bigint): number {
    if (this.#end > 0 && cookie === this.#firstCookie) return 0
    const { view } = this.#buffer
    for (let at = 0; at < this.#end; ) {
      const next = view.getBigUint64(at + DIRENT64.off, true)
      at += view.getUint16(at + DIRENT64.reclen, true)
      if (next === cookie) return at
    }
    return -1
  }

  #fill(hostFd: number, cookie: bigint): number {
    this.#end = 0
    const position = lseek(hostFd, BigInt.asIntN(64, cookie), SEEK_SET)
    if (position < 0n) return Number(position)
    const bytes = getdents64(hostFd, this.#buffer.address, ROOM_BYTES)
    if (bytes > 0) {
      this.#end = bytes
      this.#firstCookie = cookie
    }
    return bytes
  }

  #entry(at: number): DirectoryEntry {
    const { bytes, view } = this.#buffer
    const name = bytes.subarray(at + DIRENT64.name, at + view.getUint16(at + DIRENT64.reclen, true))
    return {
      next: view.getBigUint64(at + DIRENT64.off, true),
      ino: view.getBigUint64(at + DIRENT64.ino, true),
      type: fileTypeOfEntry(view.getUint8(at + DIRENT64.type)),
      name: name.subarray(0, name.indexOf(0)),
    }
  }
}
