import { allowInterrupts, interrupt, threadId } from '../os/signals.ts'

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
/** A stack of places whose thread has ended; this is its element, and has nothing to do with the place it lies in. */
const FREED_ENTRY = 4
const PLACE_WORDS = 8

const State = { NONE: 0, PARKED: 1, GIVEN: 2 } as const

/** More than this many threads are not asked for by mistake. */
const MAX_THREADS = 4096

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
  readonly #maxThreads: number
  readonly #place: number
  readonly #startWorker: (place: number) => void

  /**
   * @param place which thread this is: 0 the main one, else that which `startWorker` was told
   * @param startWorker starts a Worker that makes a group with that place and takes its jobs
   */
  constructor(shared: SharedGroup, place: number, startWorker: (place: number) => void) {
    this.#words = new Int32Array(shared.control)
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
  spawn(argument: number): number {
    const words = this.#words
    const place = this.#locked(() => {
      if (words[RUNNING]! >= this.#maxThreads) return -1
      words[RUNNING]!++
      if (words[FREED]! > 0) return words[this.#at(--words[FREED]!) + FREED_ENTRY]!
      return ++words[STARTED]!
    })
    if (place < 0) return -1
    const at = this.#at(place)
    words[at + ARGUMENT] = argument
    const before = Atomics.exchange(words, at + STATE, State.GIVEN)
    if (before === State.NONE) this.#startWorker(place)
    else Atomics.notify(words, at + STATE)
    return place
  }

  /** Waits for the next job of this thread. @returns its argument */
  nextJob(): number {
    const at = this.#at(this.#place)
    while (Atomics.load(this.#words, at + STATE) !== State.GIVEN) Atomics.wait(this.#words, at + STATE, State.PARKED)
    return this.#words[at + ARGUMENT]!
  }

  /** Makes this thread's number free for another job. */
  jobDone(): void {
    const words = this.#words
    Atomics.store(words, this.#at(this.#place) + STATE, State.PARKED)
    this.#locked(() => {
      words[RUNNING]!--
      words[this.#at(words[FREED]!++) + FREED_ENTRY] = this.#place
    })
  }

  /** Marks the time that this thread spends in a call of the host's, where it may have to be interrupted. */
  enterCall(): void {
    Atomics.store(this.#words, this.#at(this.#place) + IN_CALL, 1)
  }

  leaveCall(): void {
    Atomics.store(this.#words, this.#at(this.#place) + IN_CALL, 0)
  }

  /** Interrupts the system calls of all other threads. */
  readonly wakeOthers = (): void => {
    const started = Atomics.load(this.#words, STARTED)
    for (let place = 0; place <= started; place++) {
      if (place === this.#place || Atomics.load(this.#words, this.#at(place) + IN_CALL) === 0) continue
      interrupt(Atomics.load(this.#words, this.#at(place) + THREAD))
    }
  }

  #at(place: number): number {
    return GROUP_WORDS + place * PLACE_WORDS
  }

  #locked<T>(work: () => T): T {
    while (Atomics.compareExchange(this.#words, LOCK, 0, 1) !== 0) Atomics.wait(this.#words, LOCK, 1)
    try {
      return work()
    } finally {
      Atomics.store(this.#words, LOCK, 0)
      Atomics.notify(this.#words, LOCK, 1)
    }
  }
}
