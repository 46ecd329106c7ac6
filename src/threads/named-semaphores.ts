import { SharedLock } from '../wait/shared-lock.ts'
import { type HandleTable, Kind, Slot } from './handle-table.ts'
import { Outcome } from './outcome.ts'
import { type Waiting, wake } from './waiting.ts'

/** The words of a semaphore, see {@link Slot.own}. `opens` counts sem_open less sem_close; `linked` is 0 once unlinked. */
const Semaphore = { value: Slot.own, opens: Slot.own + 1, mode: Slot.own + 2, linked: Slot.own + 3 } as const

/** How many names there can be at once. */
export const MAX_NAMES = 256
/** Longest name in bytes without the leading slashes: Linux's NAME_MAX less the four that it puts before it. */
const MAX_NAME = 251

/** One name: its semaphore's handle, 0 if the place is free; its length u8, its bytes. */
const Name = { sizeWords: 64, size: 256, handle: 0, length: 4, bytes: 5 } as const
export const NAMES_WORDS = MAX_NAMES * Name.sizeWords

/** The greatest value, Linux's SEM_VALUE_MAX. */
const MAX_VALUE = 0x7fff_ffff
const OWNER_READ_WRITE = 0o600
const SLASH = 0x2f

export interface SemaphoreOpening {
  /** Makes the semaphore if there is none of that name. */
  readonly create: boolean
  /** With `create`: fails if there is one. */
  readonly exclusive: boolean
  /** Permissions of a new one; without read and write for its owner it cannot be opened again. */
  readonly mode: number
  /** Initial value of a new one. */
  readonly value: number
}

/**
 * POSIX's named semaphores, between the threads of one program only: no other process sees them, and they end with the
 * program. The original opens the host's; a confined program has no business in that name space, which nothing guards.
 *
 * All opens of one name give one handle, as on Linux they give one address. A semaphore lives while it has its name or is
 * open; `sem_close` of the last open leaves the name and the value.
 */
export class NamedSemaphores {
  readonly #words: Int32Array
  readonly #bytes: Uint8Array
  readonly #table: HandleTable
  readonly #waiting: Waiting
  readonly #lock: SharedLock
  readonly #names: number

  /** @param indices of the word that guards the names, and of the first of {@link NAMES_WORDS} */
  constructor(
    words: Int32Array,
    table: HandleTable,
    waiting: Waiting,
    indices: { readonly lock: number; readonly names: number },
  ) {
    this.#words = words
    this.#bytes = new Uint8Array(words.buffer)
    this.#table = table
    this.#waiting = waiting
    this.#lock = new SharedLock(words, indices.lock)
    this.#names = indices.names
  }

  /** @returns a handle, or 0: no such name, one too many, a name that cannot be, a mode that forbids */
  open(givenName: Uint8Array, { create, exclusive, mode, value }: SemaphoreOpening): number {
    const name = withoutSlashes(givenName)
    if (name === undefined) return 0
    return this.#lock.during(() => {
      const known = this.#findName(name)
      if (known < 0) return create ? this.#add(name, mode, value) : 0
      const handle = Atomics.load(this.#words, known)
      const slot = this.#table.find(handle, Kind.SEMAPHORE)
      if (slot < 0 || (create && exclusive)) return 0
      if ((Atomics.load(this.#words, slot + Semaphore.mode) & OWNER_READ_WRITE) !== OWNER_READ_WRITE) return 0
      Atomics.add(this.#words, slot + Semaphore.opens, 1)
      return handle
    })
  }

  close(handle: number): Outcome {
    return this.#lock.during(() => {
      const slot = this.#find(handle)
      if (slot < 0) return Outcome.FAILED
      if (Atomics.sub(this.#words, slot + Semaphore.opens, 1) > 1) return Outcome.OK
      if (Atomics.load(this.#words, slot + Semaphore.linked) === 0) this.#table.remove(slot, handle)
      else wake(this.#words, slot + Slot.sequence, Number.POSITIVE_INFINITY)
      return Outcome.OK
    })
  }

  /** Takes the name away; the semaphore stays for those who have it open. */
  unlink(givenName: Uint8Array): Outcome {
    const name = withoutSlashes(givenName)
    if (name === undefined) return Outcome.FAILED
    return this.#lock.during(() => {
      const known = this.#findName(name)
      if (known < 0) return Outcome.FAILED
      const handle = Atomics.exchange(this.#words, known, 0)
      const slot = this.#table.find(handle, Kind.SEMAPHORE)
      if (slot < 0) return Outcome.OK
      Atomics.store(this.#words, slot + Semaphore.linked, 0)
      if (Atomics.load(this.#words, slot + Semaphore.opens) === 0) this.#table.remove(slot, handle)
      return Outcome.OK
    })
  }

  wait(handle: number): Outcome {
    const slot = this.#find(handle)
    if (slot < 0) return Outcome.FAILED
    return this.#waiting.until(slot + Slot.sequence, () => {
      if (this.#find(handle) < 0) return Outcome.FAILED
      return this.#take(slot) ? Outcome.OK : undefined
    })
  }

  /** @returns FAILED if the value is 0 */
  tryWait(handle: number): Outcome {
    const slot = this.#find(handle)
    return slot >= 0 && this.#take(slot) ? Outcome.OK : Outcome.FAILED
  }

  /** @returns FAILED if the value cannot be greater */
  post(handle: number): Outcome {
    const slot = this.#find(handle)
    if (slot < 0) return Outcome.FAILED
    const at = slot + Semaphore.value
    for (;;) {
      const value = Atomics.load(this.#words, at)
      if (value === MAX_VALUE) return Outcome.FAILED
      if (Atomics.compareExchange(this.#words, at, value, value + 1) !== value) continue
      wake(this.#words, slot + Slot.sequence, 1)
      return Outcome.OK
    }
  }

  /** @returns undefined for what is no open semaphore */
  value(handle: number): number | undefined {
    const slot = this.#find(handle)
    return slot < 0 ? undefined : Atomics.load(this.#words, slot + Semaphore.value)
  }

  /** @returns the slot of an open semaphore, or -1 */
  #find(handle: number): number {
    const slot = this.#table.find(handle, Kind.SEMAPHORE)
    return slot >= 0 && Atomics.load(this.#words, slot + Semaphore.opens) > 0 ? slot : -1
  }

  #take(slot: number): boolean {
    const at = slot + Semaphore.value
    for (;;) {
      const value = Atomics.load(this.#words, at)
      if (value === 0) return false
      if (Atomics.compareExchange(this.#words, at, value, value - 1) === value) return true
    }
  }

  #add(name: Uint8Array, mode: number, value: number): number {
    if (value < 0 || value > MAX_VALUE) return 0
    const free = this.#findPlace((at) => Atomics.load(this.#words, at) === 0)
    if (free < 0) return 0
    const handle = this.#table.create(Kind.SEMAPHORE)
    if (handle === 0) return 0
    const slot = this.#table.find(handle, Kind.SEMAPHORE)
    Atomics.store(this.#words, slot + Semaphore.value, value)
    Atomics.store(this.#words, slot + Semaphore.opens, 1)
    Atomics.store(this.#words, slot + Semaphore.mode, mode)
    Atomics.store(this.#words, slot + Semaphore.linked, 1)
    this.#bytes[free * 4 + Name.length] = name.length
    this.#bytes.set(name, free * 4 + Name.bytes)
    Atomics.store(this.#words, free, handle)
    return handle
  }

  #findName(name: Uint8Array): number {
    return this.#findPlace((at) => {
      if (Atomics.load(this.#words, at) === 0 || this.#bytes[at * 4 + Name.length] !== name.length) return false
      return name.every((byte, i) => this.#bytes[at * 4 + Name.bytes + i] === byte)
    })
  }

  /** @returns the index of the first place's word that `isIt` says yes to, or -1 */
  #findPlace(isIt: (at: number) => boolean): number {
    for (let at = this.#names; at < this.#names + NAMES_WORDS; at += Name.sizeWords) if (isIt(at)) return at
    return -1
  }
}

/** @returns undefined for what Linux does not take as a name: empty, too long, or with a slash inside */
function withoutSlashes(name: Uint8Array): Uint8Array | undefined {
  const start = name.findIndex((byte) => byte !== SLASH)
  if (start < 0) return undefined
  const rest = name.subarray(start)
  return rest.length > MAX_NAME || rest.includes(SLASH) ? undefined : rest
}
