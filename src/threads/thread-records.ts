import { type HandleTable, Kind, Slot } from './handle-table.ts'
import { Outcome } from './outcome.ts'
import { cancel, isWaiting, ThreadSlot, type Waiting, wake } from './waiting.ts'

const Flags = { ENDED: 1, DETACHED: 2 } as const

/**
 * The threads of a program but the main one, which has handle 0 and no record: it cannot be joined, detached or cancelled,
 * and 0 is a handle like any other that is unknown.
 *
 * A record outlives its thread until the thread has been detached, or has been joined and the slot is needed.
 */
export class ThreadRecords {
  readonly #words: Int32Array
  readonly #table: HandleTable
  readonly #waiting: Waiting
  /** Index of the number of threads that have not ended. */
  readonly #running: number
  /** Index of the word that changes when one ends. */
  readonly #ends: number
  #self: number

  /** @param self handle of the calling thread */
  constructor(
    words: Int32Array,
    table: HandleTable,
    waiting: Waiting,
    indices: { readonly running: number; readonly ends: number },
    self: number,
  ) {
    this.#words = words
    this.#table = table
    this.#waiting = waiting
    this.#running = indices.running
    this.#ends = indices.ends
    this.#self = self
  }

  /** From now on it is another thread that calls. */
  become(self: number): void {
    this.#self = self
  }

  /** Makes the record of a thread that is to be started. @returns 0 if there are too many objects */
  create(): number {
    Atomics.add(this.#words, this.#running, 1)
    const handle = this.#table.create(Kind.THREAD)
    if (handle === 0) this.#countEnd()
    return handle
  }

  /** Takes back {@link create}, for a thread that could not be started. */
  forget(handle: number): void {
    const slot = this.#find(handle)
    if (slot >= 0 && this.#table.remove(slot, handle)) this.#countEnd()
  }

  /** Publishes the end of the calling thread: the last that it does with its state. Those who join it go on. */
  end(result: number): void {
    const words = this.#words
    const slot = this.#find(this.#self)
    if (slot < 0) return
    this.#waiting.ignoreCancel()
    Atomics.store(words, slot + ThreadSlot.result, result)
    this.#countEnd() // first: who has joined it may count on its place
    const before = Atomics.or(words, slot + ThreadSlot.flags, Flags.ENDED)
    if ((before & Flags.DETACHED) !== 0) this.#table.remove(slot, this.#self)
    else wake(words, slot + Slot.sequence, Number.POSITIVE_INFINITY)
  }

  /**
   * Waits for the end of a thread, as often as wanted and by as many as want to.
   * @returns FAILED for the calling thread itself and for one that is detached and running. OK without a `result` if the
   * handle is unknown, or becomes so.
   */
  join(handle: number): { readonly outcome: Outcome; readonly result?: number } {
    const words = this.#words
    const slot = this.#find(handle)
    if (slot < 0) return { outcome: Outcome.OK }
    if (handle === this.#self) return { outcome: Outcome.FAILED }
    let result: number | undefined
    const outcome = this.#waiting.until(slot + Slot.sequence, () => {
      const flags = Atomics.load(words, slot + ThreadSlot.flags)
      result = Atomics.load(words, slot + ThreadSlot.result)
      if (!this.#table.isAt(slot, handle)) {
        result = undefined
        return Outcome.OK
      }
      if ((flags & Flags.ENDED) !== 0) return Outcome.OK
      return (flags & Flags.DETACHED) !== 0 ? Outcome.FAILED : undefined
    })
    if (outcome !== Outcome.OK || result === undefined) return { outcome }
    Atomics.store(words, slot + Slot.expendable, 1)
    return { outcome, result }
  }

  detach(handle: number): void {
    const slot = this.#find(handle)
    if (slot < 0) return
    const before = Atomics.or(this.#words, slot + ThreadSlot.flags, Flags.DETACHED)
    if ((before & Flags.ENDED) !== 0) this.#table.remove(slot, handle)
    else wake(this.#words, slot + Slot.sequence, Number.POSITIVE_INFINITY) // joining it has become an error
  }

  /**
   * Asks a thread to end, and ends its wait if it waits in this room.
   * @returns whether it is news to a thread that runs
   */
  cancel(handle: number): boolean {
    const slot = this.#find(handle)
    return slot >= 0 && cancel(this.#words, slot)
  }

  /** Whether the thread waits in this room, or is about to. */
  isWaiting(handle: number): boolean {
    const slot = this.#find(handle)
    return slot >= 0 && isWaiting(this.#words, slot)
  }

  /** How many threads beside the main one have been created and have not ended. */
  get running(): number {
    return Atomics.load(this.#words, this.#running)
  }

  /** Waits, in the main thread, until no other is left. */
  waitForAll(): void {
    this.#waiting.until(this.#ends, () => (this.running === 0 ? Outcome.OK : undefined))
  }

  #find(handle: number): number {
    return this.#table.find(handle, Kind.THREAD)
  }

  #countEnd(): void {
    Atomics.sub(this.#words, this.#running, 1)
    wake(this.#words, this.#ends, Number.POSITIVE_INFINITY)
  }
}
