import { type KeptAddress, SocketAddress } from '../address/socket-address.ts'
import { SharedLock } from '../wait/shared-lock.ts'
import type { OpenFile } from './open-file.ts'

/** Words of a record; see the offsets. */
export const OPEN_FILE_WORDS = 80

const USERS = 0
const NON_BLOCKING = 1
const PENDING_ERROR = 2
/** One more than the descriptor; 0 is none. */
const DIRECTORY_FD = 3
/** 1 where there is one, then family, four words of the address, port, scope id, flow info. */
const PEER = 4
const PEER_WORDS = 9
/** One more than the length in bytes, 0 for none; then the bytes. */
const LOCAL_PATH = PEER + PEER_WORDS
const PATH_WORDS = 1 + 28
const PEER_PATH = LOCAL_PATH + PATH_WORDS
const LOCK = PEER_PATH + PATH_WORDS
const IS_BOUND = LOCK + 1

/** For all threads of a program: a record in shared memory. Each word is read and written whole. */
export class SharedOpenFile implements OpenFile {
  readonly index: number
  readonly #words: Int32Array
  readonly #bytes: Uint8Array
  readonly #at: number
  readonly #lock: SharedLock

  /** @param words all records; @param index the number of this one */
  constructor(words: Int32Array, index: number) {
    this.index = index
    this.#words = words
    this.#bytes = new Uint8Array(words.buffer)
    this.#at = index * OPEN_FILE_WORDS
    this.#lock = new SharedLock(words, this.#at + LOCK)
  }

  /** Takes over what a thread has noted for itself so far, for one user. */
  copyFrom(file: OpenFile): void {
    this.#words.fill(0, this.#at, this.#at + OPEN_FILE_WORDS)
    this.#words[this.#at + USERS] = 1
    this.nonBlocking = file.nonBlocking
    this.isBound = file.isBound
    this.pendingError = file.pendingError
    this.directoryFd = file.directoryFd
    this.acceptedPeer = file.acceptedPeer
    this.localPath = file.localPath
    this.peerPath = file.peerPath
  }

  get nonBlocking(): boolean {
    return this.#load(NON_BLOCKING) !== 0
  }
  set nonBlocking(value: boolean) {
    this.#store(NON_BLOCKING, value ? 1 : 0)
  }

  /** Another thread may have set them since: the kernel is asked each time. */
  get statusFlags(): undefined {
    return undefined
  }
  set statusFlags(_: number | undefined) {}

  get isBound(): boolean {
    return this.#load(IS_BOUND) !== 0
  }
  set isBound(value: boolean) {
    this.#store(IS_BOUND, value ? 1 : 0)
  }

  exclusively<T>(work: () => T): T {
    return this.#lock.during(work)
  }

  /** A plain read: each send and receive begins with it, and no thread counts on the error that another meets meanwhile. */
  get pendingError(): number {
    return this.#words[this.#at + PENDING_ERROR]!
  }
  set pendingError(value: number) {
    this.#store(PENDING_ERROR, value)
  }

  get directoryFd(): number | undefined {
    const stored = this.#load(DIRECTORY_FD)
    return stored === 0 ? undefined : stored - 1
  }
  set directoryFd(value: number | undefined) {
    this.#store(DIRECTORY_FD, value === undefined ? 0 : value + 1)
  }

  get acceptedPeer(): KeptAddress | undefined {
    if (this.#load(PEER) === 0) return undefined
    const [family, w0, w1, w2, w3, port, scopeId, flowInfo] = this.#words
      .subarray(this.#at + PEER + 1, this.#at + PEER + PEER_WORDS)
      .map((word) => word) as unknown as [number, number, number, number, number, number, number, number]
    return family === 4
      ? SocketAddress.ipv4(w3 >>> 0, port)
      : SocketAddress.ipv6(w0 >>> 0, w1 >>> 0, w2 >>> 0, w3 >>> 0, port).setScope(scopeId >>> 0, flowInfo >>> 0)
  }
  set acceptedPeer(value: KeptAddress | undefined) {
    if (value !== undefined) {
      const { family, w0, w1, w2, w3, port, scopeId, flowInfo } = new SocketAddress().restore(value)
      this.#words.set([family, w0, w1, w2, w3, port, scopeId, flowInfo], this.#at + PEER + 1)
    }
    this.#store(PEER, value === undefined ? 0 : 1)
  }

  get localPath(): Uint8Array | undefined {
    return this.#path(LOCAL_PATH)
  }
  set localPath(value: Uint8Array | undefined) {
    this.#setPath(LOCAL_PATH, value)
  }

  get peerPath(): Uint8Array | undefined {
    return this.#path(PEER_PATH)
  }
  set peerPath(value: Uint8Array | undefined) {
    this.#setPath(PEER_PATH, value)
  }

  addUser(): void {
    Atomics.add(this.#words, this.#at + USERS, 1)
  }

  removeUser(): number {
    return Atomics.sub(this.#words, this.#at + USERS, 1) - 1
  }

  #load(word: number): number {
    return Atomics.load(this.#words, this.#at + word)
  }

  #store(word: number, value: number): void {
    Atomics.store(this.#words, this.#at + word, value)
  }

  #path(word: number): Uint8Array | undefined {
    const stored = this.#load(word)
    const start = 4 * (this.#at + word + 1)
    return stored === 0 ? undefined : this.#bytes.slice(start, start + stored - 1)
  }

  #setPath(word: number, value: Uint8Array | undefined): void {
    if (value !== undefined) this.#bytes.set(value, 4 * (this.#at + word + 1))
    this.#store(word, value === undefined ? 0 : value.length + 1)
  }
}
