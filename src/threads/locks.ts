import { type HandleTable, Kind, Slot } from './handle-table.ts'
import { Outcome } from './outcome.ts'
import { type Waiting, wake } from './waiting.ts'

/** The word of a mutex, see {@link Slot.own}: whether somebody has it, and whether others may be waiting. */
const STATE = Slot.own
const State = { UNLOCKED: 0, LOCKED: 1, CONTENDED: 2 } as const

/**
 * Mutexes of POSIX's normal kind: not recursive (who locks twice waits for ever), and without an owner (any thread may
 * unlock, and to unlock what is not locked does nothing), as glibc's are, which the original uses.
 */
export class Mutexes {
  readonly #words: Int32Array
  readonly #table: HandleTable
  readonly #waiting: Waiting

  constructor(words: Int32Array, table: HandleTable, waiting: Waiting) {
    this.#words = words
    this.#table = table
    this.#waiting = waiting
  }

  /** @returns 0 if there are too many objects */
  create(): number {
    return this.#table.create(Kind.MUTEX)
  }

  lock(handle: number): Outcome {
    const words = this.#words
    const slot = this.#table.find(handle, Kind.MUTEX)
    if (slot < 0) return Outcome.FAILED
    if (Atomics.compareExchange(words, slot + STATE, State.UNLOCKED, State.LOCKED) === State.UNLOCKED) return Outcome.OK
    return this.#waiting.until(slot + Slot.sequence, () => {
      if (!this.#table.isAt(slot, handle)) return Outcome.FAILED
      // Who has waited cannot know that nobody else does, and says so to the one who unlocks.
      return Atomics.exchange(words, slot + STATE, State.CONTENDED) === State.UNLOCKED ? Outcome.OK : undefined
    })
  }

  unlock(handle: number): Outcome {
    const slot = this.#table.find(handle, Kind.MUTEX)
    if (slot < 0) return Outcome.FAILED
    if (Atomics.exchange(this.#words, slot + STATE, State.UNLOCKED) === State.CONTENDED) {
      wake(this.#words, slot + Slot.sequence, 1)
    }
    return Outcome.OK
  }

  /** @returns FAILED also for one that is locked */
  destroy(handle: number): Outcome {
    const slot = this.#table.find(handle, Kind.MUTEX)
    if (slot < 0) return Outcome.FAILED
    const before = Atomics.compareExchange(this.#words, slot + STATE, State.UNLOCKED, State.LOCKED)
    return before === State.UNLOCKED && this.#table.remove(slot, handle) ? Outcome.OK : Outcome.FAILED
  }
}

/** Condition variables. A condition is its slot's sequence word: a signal changes it. */
export class Conditions {
  readonly #words: Int32Array
  readonly #table: HandleTable
  readonly #waiting: Waiting
  readonly #mutexes: Mutexes

  constructor(words: Int32Array, table: HandleTable, waiting: Waiting, mutexes: Mutexes) {
    this.#words = words
    this.#table = table
    this.#waiting = waiting
    this.#mutexes = mutexes
  }

  /** @returns 0 if there are too many objects */
  create(): number {
    return this.#table.create(Kind.CONDITION)
  }

  /**
   * Unlocks the mutex, waits for a signal and locks the mutex again. May return OK without a signal, as POSIX allows.
   *
   * Who is cancelled here does not get the mutex back. POSIX gives it back for the cleanup handlers to unlock; lib-pthread
   * has none, so that all others would wait for ever.
   * @param timeoutMs relative
   */
  wait(handle: number, mutex: number, timeoutMs = Number.POSITIVE_INFINITY): Outcome {
    const deadlineMs = performance.now() + timeoutMs
    const slot = this.#table.find(handle, Kind.CONDITION)
    if (slot < 0) return Outcome.FAILED
    const sequence = slot + Slot.sequence
    // Before the mutex is free, so that every signal given under the mutex changes what was seen.
    const seen = Atomics.load(this.#words, sequence)
    if (this.#mutexes.unlock(mutex) !== Outcome.OK) return Outcome.FAILED
    const outcome = this.#waiting.until(
      sequence,
      () => {
        if (!this.#table.isAt(slot, handle)) return Outcome.FAILED
        if (Atomics.load(this.#words, sequence) === seen) return undefined
        return this.#waiting.isCancelled ? Outcome.CANCELLED : Outcome.OK // what changed it may have been the canceller
      },
      deadlineMs,
    )
    const locked = outcome === Outcome.CANCELLED ? outcome : this.#mutexes.lock(mutex)
    // The canceller has woken those who wait for the mutex; the signal that came to this thread is the next waiter's.
    if (locked === Outcome.CANCELLED) wake(this.#words, sequence, 1)
    return locked === Outcome.OK ? outcome : locked
  }

  signal(handle: number): Outcome {
    return this.#wake(handle, 1)
  }

  broadcast(handle: number): Outcome {
    return this.#wake(handle, Number.POSITIVE_INFINITY)
  }

  /** Who still waits there is woken, and told FAILED. */
  destroy(handle: number): Outcome {
    const slot = this.#table.find(handle, Kind.CONDITION)
    return slot >= 0 && this.#table.remove(slot, handle) ? Outcome.OK : Outcome.FAILED
  }

  #wake(handle: number, count: number): Outcome {
    const slot = this.#table.find(handle, Kind.CONDITION)
    if (slot < 0) return Outcome.FAILED
    wake(this.#words, slot + Slot.sequence, count)
    return Outcome.OK
  }
}
