import type { SocketAddress } from '../address/socket-address.ts'
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
  acceptedPeer: SocketAddress | undefined
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

/** For one thread. */
export class LocalOpenFile implements OpenFile {
  nonBlocking = false
  acceptedPeer: SocketAddress | undefined
  pendingError = 0
  localPath: Uint8Array | undefined
  peerPath: Uint8Array | undefined
  directoryFd: number | undefined
  statusFlags: number | undefined
  isBound = false
  #users = 1

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
