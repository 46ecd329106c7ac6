import type { KeptAddress } from '../address/socket-address.ts'
import { close } from '../os/libc.ts'

/**
 * What POSIX calls the open file description: what the duplicates of a descriptor have in common. Each duplicate has a host
 * descriptor of its own, and the kernel sees to the rest.
 */
export interface OpenFile {
  /** The guest's O_NONBLOCK. */
  nonBlocking: boolean
  /**
   * The peer as it was when the connection was accepted, until it is asked for the first time: a C library's `accept` asks
   * at once, and must get an answer even if the peer has reset the connection since.
   */
  acceptedPeer: KeptAddress | undefined
  /**
   * A host errno that `poll_oneoff` took from the kernel to report it, 0 if none. The kernel hands an error out once, so
   * the next operation on the socket must still fail with it.
   */
  pendingError: number
  /** The paths of a Unix-domain socket and its peer as the program gave them, with the NUL that the kernel adds. */
  localPath: Uint8Array | undefined
  peerPath: Uint8Array | undefined
  /** The host descriptor of the directory in which the socket's path was made, by which others find it. */
  directoryFd: number | undefined
  /**
   * The status flags of a file that was opened by its path, as `F_GETFL` said; undefined where the kernel is to be asked. No
   * other process has such a file, so they are what the program has set.
   */
  statusFlags: number | undefined
  /** Whether the program has bound the socket itself, by permission; the kernel binds those that connect as well. */
  isBound: boolean
  /** Runs what must not be mixed with the same of other threads on this open file; it does not wait and not nest. */
  exclusively<T>(work: () => T): T
  /** One more descriptor stands for it. */
  addUser(): void
  /** @returns how many descriptors still do */
  removeUser(): number
}

/** One descriptor for it is closed. @returns whether none is left */
export function leaveFile(file: OpenFile): boolean {
  const isLast = file.removeUser() === 0
  if (isLast && file.directoryFd !== undefined) close(file.directoryFd)
  return isLast
}

/** What only Unix-domain sockets with paths have. */
type Paths = Pick<OpenFile, 'localPath' | 'peerPath' | 'directoryFd'>

/** For one thread. A program may have very many that do nothing: what few of them need is apart. */
export class LocalOpenFile implements OpenFile {
  nonBlocking = false
  acceptedPeer: KeptAddress | undefined
  pendingError = 0
  statusFlags: number | undefined
  isBound = false
  #paths: Paths | undefined
  #users = 1

  get localPath(): Uint8Array | undefined {
    return this.#paths?.localPath
  }
  set localPath(value: Uint8Array | undefined) {
    this.#setPath('localPath', value)
  }

  get peerPath(): Uint8Array | undefined {
    return this.#paths?.peerPath
  }
  set peerPath(value: Uint8Array | undefined) {
    this.#setPath('peerPath', value)
  }

  get directoryFd(): number | undefined {
    return this.#paths?.directoryFd
  }
  set directoryFd(value: number | undefined) {
    this.#setPath('directoryFd', value)
  }

  #setPath<Name extends keyof Paths>(name: Name, value: Paths[Name]): void {
    if (this.#paths === undefined && value === undefined) return
    this.#paths ??= { localPath: undefined, peerPath: undefined, directoryFd: undefined }
    this.#paths[name] = value
  }

  exclusively<T>(work: () => T): T {
    return work()
  }

  addUser(): void {
    this.#users++
  }

  removeUser(): number {
    return --this.#users
  }
}
