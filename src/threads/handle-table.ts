/** What a handle stands for. */
export const Kind = { THREAD: 1, MUTEX: 2, CONDITION: 3, SEMAPHORE: 4 } as const
export type Kind = (typeof Kind)[keyof typeof Kind]

/**
 * One slot of the table, in 32-bit words.
 *
 * - `handle`: {@link FREE}, {@link CLAIMED}, or whose slot it is.
 * - `kind`: a {@link Kind}.
 * - `sequence`: what waiters wait on, by `waiting.ts`. Never reset: who still waits for a former owner is woken, not lost.
 * - `expendable`: not 0 if the object may be dropped as soon as the slot is needed.
 * - `own`: the first of four words that each kind uses as it likes; 0 in a new object.
 */
export const Slot = { size: 8, handle: 0, kind: 1, sequence: 2, expendable: 3, own: 4, ownCount: 4 } as const

/** How many objects there can be at once. A power of two. */
export const MAX_OBJECTS = 1 << 16

/** Counts up to here; guests take a handle with the highest bit set for an error. */
const MAX_HANDLE = 0x7fff_ffff

const FREE = 0
const CLAIMED = -1

/**
 * The objects of a program by handle, in shared memory. One counter numbers all kinds, from 1, and gives no number twice
 * (as the original's); an object lies in the slot that its handle's low bits say, and a number whose slot is taken is
 * skipped. So a handle is found with one look, and one that is out of date is known as such.
 *
 * Between finding a slot and using it the object may go, if the guest destroys what it uses. The slot is not given to
 * another before the counter has gone round once, and no mistake reaches beyond the program's own objects.
 */
export class HandleTable {
  readonly #words: Int32Array
  readonly #counter: number
  readonly #slots: number

  /**
   * @param counter index of the word that counts; holds the next handle
   * @param slots index of the first slot, of {@link MAX_OBJECTS}
   */
  constructor(words: Int32Array, counter: number, slots: number) {
    this.#words = words
    this.#counter = counter
    this.#slots = slots
  }

  /** @returns the handle of a new object, or 0 if there are too many */
  create(kind: Kind): number {
    const words = this.#words
    for (;;) {
      const first = Atomics.load(words, this.#counter)
      const end = Math.min(first + MAX_OBJECTS - 1, MAX_HANDLE)
      let handle = first
      while (handle <= end && !this.#claim(this.#slotOf(handle))) handle++
      if (handle > end) return 0
      const slot = this.#slotOf(handle)
      // Without this test a thread that was asleep since it read the counter could give a number a second time.
      if (Atomics.compareExchange(words, this.#counter, first, handle + 1) !== first) {
        Atomics.store(words, slot, FREE)
        continue
      }
      Atomics.store(words, slot + Slot.kind, kind)
      Atomics.store(words, slot + Slot.expendable, 0)
      for (let i = 0; i < Slot.ownCount; i++) Atomics.store(words, slot + Slot.own + i, 0)
      Atomics.store(words, slot, handle)
      return handle
    }
  }

  /** @returns the index of the object's slot, or -1 */
  find(handle: number, kind: Kind): number {
    if (handle <= 0) return -1
    const slot = this.#slotOf(handle)
    return this.isAt(slot, handle) && Atomics.load(this.#words, slot + Slot.kind) === kind ? slot : -1
  }

  /** Whether the slot is still that of the object. */
  isAt(slot: number, handle: number): boolean {
    return Atomics.load(this.#words, slot) === handle
  }

  /** Frees the slot and wakes all who wait there. @returns false if somebody else was first */
  remove(slot: number, handle: number): boolean {
    if (Atomics.compareExchange(this.#words, slot, handle, FREE) !== handle) return false
    Atomics.add(this.#words, slot + Slot.sequence, 1)
    Atomics.notify(this.#words, slot + Slot.sequence)
    return true
  }

  #slotOf(handle: number): number {
    return this.#slots + (handle & (MAX_OBJECTS - 1)) * Slot.size
  }

  #claim(slot: number): boolean {
    const owner = Atomics.load(this.#words, slot)
    if (owner === CLAIMED) return false
    if (owner !== FREE && Atomics.load(this.#words, slot + Slot.expendable) === 0) return false
    return Atomics.compareExchange(this.#words, slot, owner, CLAIMED) === owner
  }
}
