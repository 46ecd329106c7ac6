import type { FileType } from '../abi/preview1.ts'
import type { Family } from '../address/socket-address.ts'
import { SharedLock } from '../wait/shared-lock.ts'
import {
  type Descriptor,
  EpollDescriptor,
  FileDescriptor,
  PreopenedDirectory,
  type Protocol,
  SocketDescriptor,
  StreamDescriptor,
} from './descriptor.ts'
import type { OpenFile } from './open-file.ts'
import { OPEN_FILE_WORDS, SharedOpenFile } from './shared-open-file.ts'
import { DescriptorTable } from './table.ts'

/** As many descriptors as a program with threads may have. Their records take memory only once they are used. */
const MAX_SHARED = 1 << 16

/** Kept free, since each thread may open something between asking whether there is room and taking it. */
const SPARE = 8192

/** Words of a descriptor's record. */
const RECORD_WORDS = 16
/** How many calls are at work on it, with the two flags below; 0 where the number is free. */
const USE = 0
/** Grows with each change: what a thread has read before is then out of date. */
const GENERATION = 1
const KIND = 2
const HOST_FD = 3
/** Three words that only the kind understands. */
const INFO = 4
/** The rights, each in two words, low and high. */
const RIGHTS = 8
const FILE = 12

const OPEN = 1 << 30
const CLOSING = 1 << 29
const COUNT = CLOSING - 1

const Kind = { SOCKET: 1, STREAM: 2, EPOLL: 3, FILE: 4, PREOPENED: 5 } as const
const FAMILIES: readonly (Family | 'unix')[] = [4, 6, 'unix']
const PROTOCOLS: readonly Protocol[] = ['tcp', 'udp', 'unix']

/** The shared memory of one program's descriptors. */
export interface SharedDescriptors {
  readonly records: SharedArrayBuffer
  readonly files: SharedArrayBuffer
  /** A lock, then a bit for each number that is taken and for each open file. */
  readonly taken: SharedArrayBuffer
  /** The names of the preopened directories. */
  readonly names: readonly Uint8Array[]
}

const BITMAP_WORDS = MAX_SHARED / 32
/** An open file is given back a moment later than its last number. */
const MAX_FILES = MAX_SHARED + SPARE
const LOCK = 0
const TAKEN_NUMBERS = 1
const TAKEN_FILES = TAKEN_NUMBERS + BITMAP_WORDS

export function allocateSharedDescriptors(names: readonly Uint8Array[]): SharedDescriptors {
  return {
    records: new SharedArrayBuffer(4 * RECORD_WORDS * MAX_SHARED),
    files: new SharedArrayBuffer(4 * OPEN_FILE_WORDS * MAX_FILES),
    taken: new SharedArrayBuffer(4 * (TAKEN_FILES + MAX_FILES / 32)),
    names,
  }
}

/** How the table knows of the threads that work on it. */
export interface ThreadsAtWork {
  /** This thread is about to work on a descriptor. */
  readonly hold: (fd: number) => void
  /** Interrupts the system calls of the other threads that may work on it. */
  readonly wakeUsers: (fd: number) => void
  /** Whether the program is to end. */
  readonly isStopping?: boolean
}

interface Cached {
  readonly descriptor: Descriptor
  readonly generation: number
}

/**
 * The descriptor numbers of all threads of a program: records in shared memory, from which each thread makes the objects
 * that it works with.
 *
 * A number that a call works on stays what it is until the call has ended: `get` counts the call in, `endCall` out. Whoever
 * closes marks the number, wakes those who are blocked on it, and waits until they are out; so the host's number is never
 * given to something else while a call still uses it.
 */
export class SharedDescriptorTable extends DescriptorTable {
  readonly #records: Int32Array
  readonly #files: Int32Array
  readonly #taken: Int32Array
  readonly #lock: SharedLock
  readonly #names: readonly Uint8Array[]
  readonly #threads: ThreadsAtWork
  /** Whether this thread is to end, and with it the call that it is in. */
  isCancelled: () => boolean = () => false
  readonly #cache: (Cached | undefined)[] = []
  /** What the call at work has looked up: the first `#heldCount` elements. Making an array shorter makes garbage. */
  readonly #held: number[] = []
  #heldCount = 0

  constructor(shared: SharedDescriptors, threads: ThreadsAtWork) {
    super()
    this.#records = new Int32Array(shared.records)
    this.#files = new Int32Array(shared.files)
    this.#taken = new Int32Array(shared.taken)
    this.#lock = new SharedLock(this.#taken, LOCK)
    this.#names = shared.names
    this.#threads = threads
  }

  override get(fd: number): Descriptor | undefined {
    if (!(fd >= 0 && fd < MAX_SHARED)) return undefined
    this.#threads.hold(fd)
    const at = fd * RECORD_WORDS
    let use = this.#records[at + USE]!
    for (;;) {
      if ((use & (OPEN | CLOSING)) !== OPEN) return undefined
      const seen = Atomics.compareExchange(this.#records, at + USE, use, use + 1)
      if (seen === use) break
      use = seen
    }
    this.#held[this.#heldCount++] = fd
    return this.#object(fd)
  }

  override endCall(): void {
    while (this.#heldCount > 0) this.#letGo(this.#held[--this.#heldCount]!)
  }

  override briefly<T>(work: () => T): T {
    const before = this.#heldCount
    try {
      return work()
    } finally {
      while (this.#heldCount > before) this.#letGo(this.#held[--this.#heldCount]!)
    }
  }

  override get isInterrupted(): boolean {
    if (this.#isEnding) return true
    for (let i = 0; i < this.#heldCount; i++) if (this.#isClosing(this.#held[i]!)) return true
    return false
  }

  get #isEnding(): boolean {
    return this.#threads.isStopping === true || this.isCancelled()
  }

  override get hasRoom(): boolean {
    return this.#lowestFree(TAKEN_NUMBERS, 0) < MAX_SHARED - SPARE
  }

  override add(descriptor: Descriptor): number {
    const fd = this.addFrom(0, descriptor)
    if (fd === false) throw new RangeError('more descriptors than a program may have')
    return fd
  }

  override addFrom(least: number, descriptor: Descriptor): number | false {
    if (least < 0) return false
    const fd = this.#lock.during(() => {
      const free = this.#lowestFree(TAKEN_NUMBERS, least)
      if (free < MAX_SHARED) this.#setTaken(TAKEN_NUMBERS, free, true)
      return free
    })
    if (fd >= MAX_SHARED) return false
    this.#store(fd, descriptor)
    return fd
  }

  override replace(fd: number, descriptor: Descriptor): Descriptor | 'none' | false {
    if (!(fd >= 0 && fd < MAX_SHARED)) return false
    this.endCall()
    const replaced = this.#takeOut(fd)
    this.#store(fd, descriptor)
    return replaced ?? 'none'
  }

  override remove(fd: number): Descriptor | undefined {
    if (!(fd >= 0 && fd < MAX_SHARED)) return undefined
    this.endCall()
    const removed = this.#close(fd)
    if (removed !== undefined) this.#free(fd)
    return removed
  }

  override renumber(from: number, to: number): Descriptor | 'none' | false {
    if (!(to >= 0 && to < MAX_SHARED)) return false
    if (from === to) {
      const isOpen = this.get(from) !== undefined
      return isOpen ? 'none' : false
    }
    const moved = this.remove(from)
    return moved === undefined ? false : this.replace(to, moved)
  }

  override changed(fd: number): void {
    const cached = this.#cache[fd]
    if (cached === undefined) return
    this.#storeRights(fd, cached.descriptor)
    const generation = Atomics.add(this.#records, fd * RECORD_WORDS + GENERATION, 1) + 1
    this.#cache[fd] = { descriptor: cached.descriptor, generation }
  }

  override forget(file: OpenFile): void {
    if (file instanceof SharedOpenFile) this.#lock.during(() => this.#setTaken(TAKEN_FILES, file.index, false))
  }

  override *all(): Generator<Descriptor> {
    for (let fd = 0; fd < MAX_SHARED; fd++) {
      if (this.#taken[TAKEN_NUMBERS + (fd >>> 5)] === 0) fd |= 31
      else {
        const descriptor = this.get(fd)
        if (descriptor !== undefined) yield descriptor
      }
    }
  }

  override removeAll(): Descriptor[] {
    const removed: Descriptor[] = []
    for (let fd = 0; fd < MAX_SHARED; fd++) {
      if (this.#taken[TAKEN_NUMBERS + (fd >>> 5)] === 0) {
        fd |= 31
        continue
      }
      const descriptor = this.remove(fd)
      if (descriptor !== undefined) removed.push(descriptor)
    }
    return removed
  }

  /**
   * Every descriptor, when no thread is left that could work on one. Threads may have ended in the middle of what they did:
   * neither locks nor counts are looked at. What one was just closing is left out.
   */
  *abandoned(): Generator<Descriptor> {
    for (let fd = 0; fd < MAX_SHARED; fd++) {
      if (this.#taken[TAKEN_NUMBERS + (fd >>> 5)] === 0) fd |= 31
      else if ((this.#records[fd * RECORD_WORDS + USE]! & (OPEN | CLOSING)) === OPEN) yield this.#object(fd)
    }
  }

  /** Closes what `fd` stands for, if anything, and keeps the number for the caller. */
  #takeOut(fd: number): Descriptor | undefined {
    for (;;) {
      const removed = this.#close(fd)
      if (removed !== undefined) return removed
      const isMine = this.#lock.during(() => {
        const isFree = !this.#isTaken(TAKEN_NUMBERS, fd)
        if (isFree) this.#setTaken(TAKEN_NUMBERS, fd, true)
        return isFree
      })
      if (isMine) return undefined
      // Somebody is just opening or closing it.
      Atomics.wait(this.#records, fd * RECORD_WORDS + USE, 0, 1)
    }
  }

  /** Keeps new calls out and waits until those at work are out. @returns undefined if it is not open, or being closed */
  #close(fd: number): Descriptor | undefined {
    const at = fd * RECORD_WORDS + USE
    let use = Atomics.load(this.#records, at)
    for (;;) {
      if ((use & (OPEN | CLOSING)) !== OPEN) return undefined
      const seen = Atomics.compareExchange(this.#records, at, use, use | CLOSING)
      if (seen === use) break
      use = seen
    }
    use |= CLOSING
    while ((use & COUNT) !== 0) {
      // A signal that comes just before the call goes by unheard, so it is sent until it is heard.
      this.#threads.wakeUsers(fd)
      Atomics.wait(this.#records, at, use, 1)
      use = Atomics.load(this.#records, at)
    }
    return this.#object(fd)
  }

  #free(fd: number): void {
    this.#cache[fd] = undefined
    Atomics.store(this.#records, fd * RECORD_WORDS + USE, 0)
    this.#lock.during(() => this.#setTaken(TAKEN_NUMBERS, fd, false))
  }

  #letGo(fd: number): void {
    const at = fd * RECORD_WORDS + USE
    const use = Atomics.sub(this.#records, at, 1) - 1
    if ((use & CLOSING) !== 0 && (use & COUNT) === 0) Atomics.notify(this.#records, at)
  }

  #isClosing(fd: number): boolean {
    return (Atomics.load(this.#records, fd * RECORD_WORDS + USE) & CLOSING) !== 0
  }

  /** This thread's object for a number that is held. */
  #object(fd: number): Descriptor {
    // Counting in has made what was stored before visible.
    const generation = this.#records[fd * RECORD_WORDS + GENERATION]!
    const cached = this.#cache[fd]
    if (cached !== undefined && cached.generation === generation) return cached.descriptor
    const descriptor = this.#load(fd)
    this.#cache[fd] = { descriptor, generation }
    return descriptor
  }

  /** Gives a number that nobody else may use to `descriptor`. */
  #store(fd: number, descriptor: Descriptor): void {
    if (!(descriptor.file instanceof SharedOpenFile)) descriptor.file = this.#shareFile(descriptor.file)
    const at = fd * RECORD_WORDS
    const records = this.#records
    const [kind, ...info] = this.#describe(descriptor)
    records[at + KIND] = kind
    records[at + HOST_FD] = descriptor.hostFd
    for (const [i, word] of info.entries()) records[at + INFO + i] = word
    records[at + FILE] = (descriptor.file as SharedOpenFile).index
    this.#storeRights(fd, descriptor)
    const generation = Atomics.add(records, at + GENERATION, 1) + 1
    descriptor.isClosing = () => this.#isClosing(fd) || this.#isEnding
    this.#cache[fd] = { descriptor, generation }
    Atomics.store(records, at + USE, OPEN)
  }

  #describe(descriptor: Descriptor): [kind: number, ...info: number[]] {
    if (descriptor instanceof SocketDescriptor) {
      const { family, protocol, isStream } = descriptor
      return [Kind.SOCKET, FAMILIES.indexOf(family), PROTOCOLS.indexOf(protocol), isStream ? 1 : 0]
    }
    if (descriptor instanceof PreopenedDirectory) {
      return [Kind.PREOPENED, this.#names.indexOf(descriptor.name), descriptor.isReadOnly ? 1 : 0]
    }
    if (descriptor instanceof FileDescriptor) return [Kind.FILE, descriptor.isReadOnly ? 1 : 0]
    if (descriptor instanceof EpollDescriptor) return [Kind.EPOLL]
    return [Kind.STREAM, descriptor.fileType]
  }

  #storeRights(fd: number, descriptor: Descriptor): void {
    const at = fd * RECORD_WORDS + RIGHTS
    const { base, inheriting } = descriptor.grantedRights
    for (const [i, bits] of [base, inheriting].entries()) {
      this.#records[at + 2 * i] = Number(BigInt.asIntN(32, bits))
      this.#records[at + 2 * i + 1] = Number(BigInt.asIntN(32, bits >> 32n))
    }
  }

  #load(fd: number): Descriptor {
    const at = fd * RECORD_WORDS
    const records = this.#records
    const rights = (offset: number) =>
      BigInt(records[at + offset]! >>> 0) | (BigInt(records[at + offset + 1]! >>> 0) << 32n)
    const [base, inheriting] = [rights(RIGHTS), rights(RIGHTS + 2)]
    const file = new SharedOpenFile(this.#files, records[at + FILE]!)
    const descriptor = this.#create(at, base, inheriting, file)
    descriptor.restoreRights(base, inheriting)
    descriptor.isClosing = () => this.#isClosing(fd) || this.#isEnding
    return descriptor
  }

  #create(at: number, base: bigint, inheriting: bigint, file: OpenFile): Descriptor {
    const [kind, hostFd, first, second, third] = [KIND, HOST_FD, INFO, INFO + 1, INFO + 2].map(
      (word) => this.#records[at + word]!,
    ) as [number, number, number, number, number]
    switch (kind) {
      case Kind.SOCKET:
        return new SocketDescriptor(hostFd, FAMILIES[first]!, PROTOCOLS[second]!, third !== 0, file)
      case Kind.STREAM:
        return new StreamDescriptor(hostFd, first as FileType, undefined, file)
      case Kind.EPOLL:
        return new EpollDescriptor(hostFd, file)
      case Kind.FILE:
        return new FileDescriptor(hostFd, base, inheriting, first !== 0, file)
      default:
        return new PreopenedDirectory(hostFd, this.#names[first]!, second !== 0, file)
    }
  }

  #shareFile(file: OpenFile): SharedOpenFile {
    const index = this.#lock.during(() => {
      const free = this.#lowestFree(TAKEN_FILES, 0)
      this.#setTaken(TAKEN_FILES, free, true)
      return free
    })
    const shared = new SharedOpenFile(this.#files, index)
    shared.copyFrom(file)
    return shared
  }

  /** Under the lock, or as a hint. */
  #lowestFree(bitmap: number, least: number): number {
    const end = bitmap === TAKEN_FILES ? MAX_FILES : MAX_SHARED
    for (let number = least; number < end; ) {
      const word = ~this.#taken[bitmap + (number >>> 5)]! >>> (number & 31)
      if (word !== 0) return number + 31 - Math.clz32(word & -word)
      number = (number | 31) + 1
    }
    return end
  }

  #isTaken(bitmap: number, number: number): boolean {
    return (this.#taken[bitmap + (number >>> 5)]! & (1 << (number & 31))) !== 0
  }

  #setTaken(bitmap: number, number: number, isTaken: boolean): void {
    const bit = 1 << (number & 31)
    if (isTaken) this.#taken[bitmap + (number >>> 5)]! |= bit
    else this.#taken[bitmap + (number >>> 5)]! &= ~bit
  }
}
