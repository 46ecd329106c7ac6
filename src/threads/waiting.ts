import { Slot } from './handle-table.ts'
import { Outcome } from './outcome.ts'

/** The words of a thread's slot, see {@link Slot.own}. */
export const ThreadSlot = {
  flags: Slot.own,
  result: Slot.own + 1,
  cancel: Slot.own + 2,
  waitsOn: Slot.own + 3,
} as const

const Cancel = { NONE: 0, REQUESTED: 1, /** Too late: the thread is ending. */ IGNORED: 2 } as const

/** `waitsOn` while the thread waits for nothing. Word 0 is the counter of handles, on which nobody waits. */
const NOTHING = 0

/**
 * How one thread waits for others, and how they wake it.
 *
 * What is waited for has a sequence word of its own. A waiter reads the word, then looks whether it has to wait, then
 * sleeps for as long as the word is what it read; who changes anything changes the word and then wakes. A change between
 * look and sleep thus lets the sleep end at once. Cancelling works by the same word: the waiter says which one it is
 * before it looks whether it is cancelled, the canceller says so before it looks for the word.
 */
export class Waiting {
  readonly #words: Int32Array
  /** The own slot; -1 in the main thread, which cannot be cancelled. */
  #slot: number

  constructor(words: Int32Array, slot: number) {
    this.#words = words
    this.#slot = slot
  }

  /** From now on it is another thread that waits here. */
  become(slot: number): void {
    this.#slot = slot
  }

  /** Whether this thread has been cancelled and should end. */
  get isCancelled(): boolean {
    return this.#slot >= 0 && Atomics.load(this.#words, this.#slot + ThreadSlot.cancel) === Cancel.REQUESTED
  }

  /** From now on this thread ends, and waits undisturbed. */
  ignoreCancel(): void {
    if (this.#slot >= 0) Atomics.store(this.#words, this.#slot + ThreadSlot.cancel, Cancel.IGNORED)
  }

  /**
   * Waits until `attempt` answers something.
   * @param sequence index of the word that changes when `attempt` should be made again
   * @param deadlineMs by `performance.now()`
   * @returns what `attempt` answered, CANCELLED, or EXPIRED
   */
  until(sequence: number, attempt: () => Outcome | undefined, deadlineMs = Number.POSITIVE_INFINITY): Outcome {
    this.#setWaitsOn(sequence)
    try {
      for (;;) {
        const seen = Atomics.load(this.#words, sequence)
        if (this.isCancelled) return Outcome.CANCELLED
        const outcome = attempt()
        if (outcome !== undefined) return outcome
        const leftMs = deadlineMs - performance.now()
        if (leftMs <= 0) return Outcome.EXPIRED
        Atomics.wait(this.#words, sequence, seen, leftMs)
      }
    } finally {
      this.#setWaitsOn(NOTHING)
    }
  }

  #setWaitsOn(sequence: number): void {
    if (this.#slot >= 0) Atomics.store(this.#words, this.#slot + ThreadSlot.waitsOn, sequence)
  }
}

/** Says that something has changed, and wakes `count` of those who wait for it, the longest waiting first. */
export function wake(words: Int32Array, sequence: number, count: number): void {
  Atomics.add(words, sequence, 1)
  Atomics.notify(words, sequence, count)
}

/**
 * Cancels a thread and ends its wait.
 * @param slot the thread's
 * @returns false if it was cancelled before, or is ending anyway
 */
export function cancel(words: Int32Array, slot: number): boolean {
  const before = Atomics.compareExchange(words, slot + ThreadSlot.cancel, Cancel.NONE, Cancel.REQUESTED)
  if (before !== Cancel.NONE) return false
  const sequence = Atomics.load(words, slot + ThreadSlot.waitsOn)
  // All who wait there, not that thread alone: an unlock or a post may have woken just it, in place of one of them. Who
  // has nothing to get goes on waiting; a condition's waiters return early, as they always may.
  if (sequence !== NOTHING) wake(words, sequence, Number.POSITIVE_INFINITY)
  return true
}

/** Whether the thread of that slot waits. */
export function isWaiting(words: Int32Array, slot: number): boolean {
  return Atomics.load(words, slot + ThreadSlot.waitsOn) !== NOTHING
}
