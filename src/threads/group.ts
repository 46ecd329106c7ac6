import { allowInterrupts, interrupt, threadId } from '../os/signals.ts'
import { SharedLock } from '../wait/shared-lock.ts'

/** The control words of a group, and behind them those of each place for a thread. Place 0 is the main thread. */
const LOCK = 0
const RUNNING = 1
const STARTED = 2
const FREED = 3
const GROUP_WORDS = 8

const STATE = 0
const THREAD = 1
const IN_CALL = 2
const ARGUMENT = 3
const ROUTINE = 4
const HANDLE = 5
/** A stack of places whose thread has ended; this is its element, and has nothing to do with the place it lies in. */
const FREED_ENTRY = 6
/** What its call works on: 0 nothing, one more than the descriptor's number, or SEVERAL. */
const HELD = 7
const SEVERAL = -1
const PLACE_WORDS = 8

const State = { NONE: 0, PARKED: 1, GIVEN: 2 } as const

/** More than this many threads are not asked for by mistake. */
const MAX_THREADS = 4096

/** What a thread is started to do. */
export interface Job {
  readonly argument: number
  /** A thread of lib-pthread: its handle, 1 or more, and the number of its function in the table. Else 0 both. */
  readonly handle: number
  readonly routine: number
}

/** What the threads of a group have in common. */
export interface SharedGroup {
  readonly control: SharedArrayBuffer
  /** Threads besides the main one. */
  readonly maxThreads: number
}

export function allocateGroup(maxThreads: number): SharedGroup {
  const places = Math.min(maxThreads, MAX_THREADS) + 1
  return {
    control: new SharedArrayBuffer(4 * (GROUP_WORDS + places * PLACE_WORDS)),
    maxThreads: places - 1,
  }
}

/**
 * The threads of one program, as one of them sees them. A thread runs in a Worker that never returns to its event loop: it
 * waits for its next job in a word of shared memory. A Worker is started when a job finds none waiting, and kept.
 */
export class ThreadGroup {
  readonly #words: Int32Array
  readonly #lock: SharedLock
  readonly #maxThreads: number
  readonly #place: number
  readonly #startWorker: (place: number) => void

  /**
   * @param place which thread this is: 0 the main one, else that which `startWorker` was told
   * @param startWorker starts a Worker that makes a group with that place and takes its jobs
   */
  constructor(shared: SharedGroup, place: number, startWorker: (place: number) => void) {
    this.#words = new Int32Array(shared.control)
    this.#lock = new SharedLock(this.#words, LOCK)
    this.#maxThreads = shared.maxThreads
    this.#place = place
    this.#startWorker = startWorker
    if (place === 0 && allowInterrupts() < 0) throw new Error('no handler for the signal that interrupts threads')
    Atomics.store(this.#words, this.#at(place) + THREAD, threadId())
  }

  /** The number of this thread: 0 in the main one. */
  get self(): number {
    return this.#place
  }

  /**
   * Gives a thread a job. A thread that has ended gives its number to the next, the last one first.
   * @returns its number, 1 or more; -1 if there are as many as there may be
   */
  spawn({ argument, routine, handle }: Job): number {
    const words = this.#words
    const place = this.#lock.during(() => {
      if (words[RUNNING]! >= this.#maxThreads) return -1
      words[RUNNING]!++
      if (words[FREED]! > 0) return words[this.#at(--words[FREED]!) + FREED_ENTRY]!
      return ++words[STARTED]!
    })
    if (place < 0) return -1
    const at = this.#at(place)
    words[at + ARGUMENT] = argument
    words[at + ROUTINE] = routine
    Atomics.store(words, at + HANDLE, handle)
    const before = Atomics.exchange(words, at + STATE, State.GIVEN)
    if (before === State.NONE) this.#startWorker(place)
    else Atomics.notify(words, at + STATE)
    return place
  }

  /** Waits for the next job of this thread. */
  nextJob(): Job {
    const at = this.#at(this.#place)
    while (Atomics.load(this.#words, at + STATE) !== State.GIVEN) Atomics.wait(this.#words, at + STATE, State.PARKED)
    const words = this.#words
    return { argument: words[at + ARGUMENT]!, routine: words[at + ROUTINE]!, handle: words[at + HANDLE]! }
  }

  /** Makes this thread's number free for another job. */
  jobDone(): void {
    const words = this.#words
    Atomics.store(words, this.#at(this.#place) + HANDLE, 0)
    Atomics.store(words, this.#at(this.#place) + STATE, State.PARKED)
    this.#lock.during(() => {
      words[RUNNING]!--
      words[this.#at(words[FREED]!++) + FREED_ENTRY] = this.#place
    })
  }

  /** Marks the time that this thread spends in a call of the host's, where it may have to be interrupted. */
  enterCall(): void {
    Atomics.store(this.#words, this.#at(this.#place) + HELD, 0)
    Atomics.store(this.#words, this.#at(this.#place) + IN_CALL, 1)
  }

  leaveCall(): void {
    Atomics.store(this.#words, this.#at(this.#place) + IN_CALL, 0)
  }

  /** Notes that the call of this thread works on a descriptor, before it does. */
  readonly hold = (fd: number): void => {
    const at = this.#at(this.#place) + HELD
    const before = this.#words[at]!
    Atomics.store(this.#words, at, before === 0 || before === fd + 1 ? fd + 1 : SEVERAL)
  }

  /** Interrupts the system calls of the other threads that may work on a descriptor. */
  readonly wakeUsers = (fd: number): void => {
    const started = Atomics.load(this.#words, STARTED)
    for (let place = 0; place <= started; place++) {
      if (place === this.#place || Atomics.load(this.#words, this.#at(place) + IN_CALL) === 0) continue
      const held = Atomics.load(this.#words, this.#at(place) + HELD)
      if (held !== SEVERAL && held !== fd + 1) continue
      interrupt(Atomics.load(this.#words, this.#at(place) + THREAD))
    }
  }

  /** Interrupts the call that a thread of lib-pthread is in, until it has left it. */
  interrupt(handle: number): void {
    const words = this.#words
    // Waiting here is no system call: who wants to interrupt this thread meanwhile need not wait for it.
    this.leaveCall()
    const started = Atomics.load(words, STARTED)
    for (let place = 1; place <= started; place++) {
      const at = this.#at(place)
      if (place === this.#place) continue
      // A signal that comes just before the call goes by unheard, so it is sent until it is heard.
      while (Atomics.load(words, at + HANDLE) === handle && Atomics.load(words, at + IN_CALL) === 1) {
        interrupt(Atomics.load(words, at + THREAD))
        Atomics.wait(words, at + IN_CALL, 1, 1)
      }
    }
    this.enterCall()
  }

  #at(place: number): number {
    return GROUP_WORDS + place * PLACE_WORDS
  }
}
