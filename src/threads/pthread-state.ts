/**
 * Threads, mutexes, conditions, keys and named semaphores of one program, in memory that all its threads share. Knows
 * nothing of guests: handles and numbers go in, outcomes come out.
 *
 * Limits: {@link MAX_OBJECTS} objects at once (threads that have ended and were neither joined nor detached count),
 * {@link MAX_KEYS} keys, {@link MAX_NAMES} names of semaphores. What goes beyond answers that it failed. The buffer takes
 * 2.1 MB of address space; pages that were never used take no memory.
 */
import { HandleTable, Kind, MAX_OBJECTS, Slot } from './handle-table.ts'
import { Conditions, Mutexes } from './locks.ts'
import { NAMES_WORDS, NamedSemaphores } from './named-semaphores.ts'
import { KEYS_WORDS, ThreadKeys } from './thread-keys.ts'
import { ThreadRecords } from './thread-records.ts'
import { Waiting } from './waiting.ts'

const KEYS = 16
const SLOTS = KEYS + KEYS_WORDS
const NAMES = SLOTS + MAX_OBJECTS * Slot.size
/** Where what lies in the buffer, as indices of 32-bit words. */
const Layout = { counter: 0, running: 1, ends: 2, namesLock: 3, keys: KEYS, slots: SLOTS, names: NAMES } as const
const BYTES = 4 * (NAMES + NAMES_WORDS)

/**
 * The view of one thread: each has its own, over the same buffer, and calls it from nowhere else. When a thread has ended,
 * its view may serve another.
 */
export class PthreadState {
  readonly mutexes: Mutexes
  readonly conditions: Conditions
  readonly threads: ThreadRecords
  readonly keys: ThreadKeys
  readonly semaphores: NamedSemaphores
  readonly #waiting: Waiting
  readonly #table: HandleTable
  #self: number

  /** The memory for one program. */
  static createBuffer(): SharedArrayBuffer {
    const buffer = new SharedArrayBuffer(BYTES)
    new Int32Array(buffer)[Layout.counter] = 1
    return buffer
  }

  /** @param self the thread's handle, of {@link ThreadRecords.create}; 0 in the main thread */
  constructor(buffer: SharedArrayBuffer, self: number) {
    const words = new Int32Array(buffer)
    const table = new HandleTable(words, Layout.counter, Layout.slots)
    this.#self = self
    this.#table = table
    this.#waiting = new Waiting(words, table.find(self, Kind.THREAD))
    this.mutexes = new Mutexes(words, table, this.#waiting)
    this.conditions = new Conditions(words, table, this.#waiting, this.mutexes)
    this.threads = new ThreadRecords(words, table, this.#waiting, Layout, self)
    this.keys = new ThreadKeys(words, Layout.keys)
    this.semaphores = new NamedSemaphores(words, table, this.#waiting, {
      lock: Layout.namesLock,
      names: Layout.names,
    })
  }

  /** Handle of the thread; 0 is the main one. */
  get self(): number {
    return this.#self
  }

  /** From now on this is the view of another thread, which has not run yet. The one before has ended. */
  become(self: number): void {
    this.#self = self
    this.#waiting.become(this.#table.find(self, Kind.THREAD))
    this.threads.become(self)
    this.keys.clear()
  }

  /** Whether this thread has been cancelled and should end. One load: cheap enough for every host function. */
  get isCancelled(): boolean {
    return this.#waiting.isCancelled
  }

  /** The thread has begun to end: what it still calls (destructors) is not cut short any more. */
  beginEnd(): void {
    this.#waiting.ignoreCancel()
  }
}
