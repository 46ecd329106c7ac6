import {
  AT_FDCWD,
  O_CLOEXEC,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_NOCTTY,
  O_NOFOLLOW,
  O_PATH,
  OPEN_HOW,
  PATH_MAX,
  RESOLVE_BENEATH,
  RESOLVE_NO_MAGICLINKS,
} from '../os/constants.ts'
import { HostErrno } from '../os/errno.ts'
import { HostBuffer } from '../os/ffi.ts'
import { close } from '../os/libc.ts'
import { openat, openat2, readlinkat } from '../os/libc-files.ts'
import { PathBuffer } from './path.ts'

/**
 * Opens a path beneath a directory: whatever the path and the links on its way say, and whoever renames things meanwhile,
 * what is opened lies in the directory.
 *
 * @param dirFd a host descriptor of the directory
 * @param path not empty, below PATH_MAX, without NUL
 * @param flags of `open`
 * @returns a host descriptor or a negative host errno; EPERM for a path that leads outside
 * @param isClosing asked when a signal has ended a wait (for the other end of a FIFO): whether it is not to go on
 */
export type OpenBeneath = (
  dirFd: number,
  path: Uint8Array,
  flags: number,
  mode: number,
  isClosing?: () => boolean,
) => number

/** How often the kernel may answer "somebody renamed something meanwhile" before we walk ourselves. */
const MAX_RACES = 64
/** As many links on a way as Linux follows. */
const MAX_LINKS = 40

const ALWAYS = O_CLOEXEC | O_NOCTTY

/** The kernel resolves: one system call. */
export function kernelOpener(): OpenBeneath {
  const how = new HostBuffer(OPEN_HOW.size)
  const buffer = new PathBuffer()
  how.view.setUint32(OPEN_HOW.resolve, RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS, true)
  return (dirFd, path, flags, mode, isClosing) => {
    // Other than `open`, this call refuses flags and a mode that mean nothing.
    how.view.setUint32(OPEN_HOW.flags, flags | ((flags & O_PATH) === 0 ? ALWAYS : O_CLOEXEC), true)
    how.view.setUint32(OPEN_HOW.mode, (flags & O_CREAT) === 0 ? 0 : mode, true)
    const address = buffer.set(path)
    for (let races = 0; races < MAX_RACES; ) {
      const fd = openat2(dirFd, address, how.address)
      if (fd === -HostErrno.EAGAIN) races++
      else if (fd === -HostErrno.EXDEV) return -HostErrno.EPERM
      else if (fd === -HostErrno.ELOOP) return isMagic(dirFd, address, flags) ? -HostErrno.EPERM : fd
      else if (fd !== -HostErrno.EINTR || isClosing?.()) return fd
    }
    return openByWalk(dirFd, path, flags, mode, isClosing)
  }

  /** "Too many links" is also the answer to a link that /proc makes up; asked for less, the kernel tells them apart. */
  function isMagic(dirFd: number, address: number, flags: number): boolean {
    how.view.setUint32(OPEN_HOW.flags, (flags & (O_NOFOLLOW | O_DIRECTORY)) | O_PATH | O_CLOEXEC, true)
    how.view.setUint32(OPEN_HOW.mode, 0, true)
    how.view.setUint32(OPEN_HOW.resolve, RESOLVE_BENEATH, true)
    const fd = openat2(dirFd, address, how.address)
    how.view.setUint32(OPEN_HOW.resolve, RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS, true)
    if (fd >= 0) close(fd)
    return fd === -HostErrno.EXDEV
  }
}

/** Whether the kernel has openat2 (5.6) and lets us call it: filters of old container runtimes answer EPERM. */
function kernelResolves(): boolean {
  const fd = kernelOpener()(AT_FDCWD, Uint8Array.of(0x2e), O_PATH | O_DIRECTORY, 0)
  if (fd < 0) return false
  close(fd)
  return true
}

/** The best way that this kernel has. */
export function bestOpener(): OpenBeneath {
  return kernelResolves() ? kernelOpener() : openByWalk
}

const walkPath = new PathBuffer()
const linkText = new HostBuffer(PATH_MAX)

/**
 * Resolves component by component, for kernels that cannot. Every directory on the way is held open, and `..` goes back to
 * the one it was entered from: a directory that is moved elsewhere meanwhile leads nowhere.
 */
export function openByWalk(
  dirFd: number,
  path: Uint8Array,
  flags: number,
  mode: number,
  isClosing: () => boolean = () => false,
): number {
  const walk = new Walk(dirFd, flags, isClosing)
  const result = walk.queue(path)
  if (result < 0) return result
  try {
    return walk.open(mode)
  } finally {
    walk.leave()
  }
}

class Walk {
  /** The directories from the one at the bottom, which is not ours, to the present one. */
  readonly #entered: number[]
  /** The components still to come, the next one last, as latin-1: a string per byte sequence. */
  #components: string[] = []
  #links = 0
  #flags: number
  #endsInSlash = false

  readonly #isClosing: () => boolean

  constructor(dirFd: number, flags: number, isClosing: () => boolean) {
    this.#entered = [dirFd]
    this.#isClosing = isClosing
    this.#flags = flags | ALWAYS
  }

  /** Puts the components of a path, or of a link's text, before those still to come. */
  queue(path: Uint8Array): number {
    const text = Buffer.from(path.buffer, path.byteOffset, path.length).toString('latin1')
    if (text.startsWith('/')) return -HostErrno.EPERM
    if (this.#components.length === 0 && text.endsWith('/')) this.#endsInSlash = true
    const names = text.split('/').filter((name) => name !== '')
    this.#components.push(...names.reverse())
    return 0
  }

  open(mode: number): number {
    for (;;) {
      const name = this.#components.pop()
      if (name === undefined) return this.#openAt('.', this.#flags, mode)
      // In the middle it changes nothing; at the end it asks for a directory, which what comes before it has to be.
      if (name === '.') continue
      if (name === '..') {
        if (this.#entered.length === 1) return -HostErrno.EPERM
        const wrong = this.#checkHere()
        if (wrong < 0) return wrong
        close(this.#entered.pop()!)
      } else if (this.#components.length > 0) {
        const result = this.#enter(name)
        if (result < 0) return result
      } else {
        const fd = this.#openLast(name, mode)
        if (fd !== undefined) return fd
      }
    }
  }

  leave(): void {
    while (this.#entered.length > 1) close(this.#entered.pop()!)
  }

  /** Goes into a directory on the way, or queues what the link of that name says. */
  #enter(name: string): number {
    const fd = this.#openAt(name, O_PATH | O_NOFOLLOW | O_CLOEXEC, 0)
    if (fd < 0) return fd
    const followed = this.#follow(fd, '')
    if (followed === undefined) {
      this.#entered.push(fd)
      return 0
    }
    close(fd)
    return followed
  }

  /** Opens the last component. @returns undefined where it was a link and there is more to walk */
  #openLast(name: string, mode: number): number | undefined {
    if (this.#endsInSlash) {
      if ((this.#flags & O_CREAT) !== 0) return this.#checkHere() || -HostErrno.EISDIR
      // `link/` is what the link leads to, also where links are not followed.
      this.#flags = (this.#flags | O_DIRECTORY) & ~O_NOFOLLOW
    }
    const fd = this.#openAt(name, this.#flags | O_NOFOLLOW, mode)
    if ((this.#flags & O_NOFOLLOW) !== 0) return fd
    if (fd >= 0) {
      // O_PATH opens a link itself.
      if ((this.#flags & O_PATH) === 0) return fd
      const followed = this.#follow(fd, '')
      if (followed === undefined) return fd
      close(fd)
      return followed < 0 ? followed : undefined
    }
    const mayBeLink = fd === -HostErrno.ELOOP || fd === -HostErrno.ENOTDIR
    if (!mayBeLink || (this.#flags & (O_CREAT | O_EXCL)) === (O_CREAT | O_EXCL)) return fd
    const followed = this.#follow(this.#top, name)
    if (followed === undefined) return fd
    return followed < 0 ? followed : undefined
  }

  /** Whether this is a directory and may be searched: `file/..` is an error. @returns 0 or a negative host errno */
  #checkHere(): number {
    const here = this.#openAt('.', O_PATH | O_DIRECTORY | O_CLOEXEC, 0)
    if (here < 0) return here
    close(here)
    return 0
  }

  /** Queues what a link says. @returns 0, undefined if it is no link, or a negative host errno */
  #follow(fd: number, name: string): number | undefined {
    const length = readlinkat(fd, walkPath.set(Buffer.from(name, 'latin1')), linkText.address, PATH_MAX)
    if (length < 0) return undefined
    this.#links++
    if (this.#links > MAX_LINKS) return -HostErrno.ELOOP
    // Longer than any that can be made: some of it is missing.
    if (length === PATH_MAX) return -HostErrno.ENAMETOOLONG
    return this.queue(linkText.bytes.slice(0, length))
  }

  get #top(): number {
    return this.#entered[this.#entered.length - 1]!
  }

  #openAt(name: string, flags: number, mode: number): number {
    for (;;) {
      const fd = openat(this.#top, walkPath.set(Buffer.from(name, 'latin1')), flags, mode)
      if (fd !== -HostErrno.EINTR || this.#isClosing()) return fd
    }
  }
}
