import { allowInterrupts, interrupt, threadId } from '../os/signals.ts'
import { SharedLock } from '../wait/shared-lock.ts'

/** The control words of a group, and behind them those of each place for a thread. Place 0 is the main thread. */
const LOCK = 0
const RUNNING = 1
const STARTED = 2
const FREED = 3
/** 1 when the program is to end: no thread begins a call any more. */
const STOP = 4
const GROUP_WORDS = 8

const STATE = 0
const THREAD = 1
/** Whether it is in a call of the host's, and on what: {@link NO_CALL}, SEVERAL, or one more than the descriptor's number. */
const CALL = 2
const ARGUMENT = 3
const ROUTINE = 4
const HANDLE = 5
/** A stack of places whose thread has ended; this is its element, and has nothing to do with the place it lies in. */
const FREED_ENTRY = 6
const PLACE_WORDS = 8

const NO_CALL = 0
const SEVERAL = -1
const NOTHING_YET = -2
/** In a call that waits in shared memory and opens nothing: it need not be left before its thread is ended. */
const IN_MEMORY = -3

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
  /** The index of its word {@link CALL}. */
  readonly #call: number
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
    this.#call = this.#at(place) + CALL
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
    // Not a plain write: this thread looks next whether it is cancelled, the canceller whether it is in a call.
    Atomics.store(this.#words, this.#call, NOTHING_YET)
  }

  /** The same for a call that makes no system calls and waits in shared memory only. */
  enterMemoryCall(): void {
    Atomics.store(this.#words, this.#call, IN_MEMORY)
  }

  /** Whether the program is to end. Asked after a call was entered, and after it was left. */
  get isStopping(): boolean {
    return Atomics.load(this.#words, STOP) !== 0
  }

  // The writes below may be seen late: who interrupts does so until it is heard, and an interrupt too many does no harm.

  leaveCall(): void {
    this.#words[this.#call] = NO_CALL
  }

  /** Notes that the call of this thread works on a descriptor, before it does. */
  readonly hold = (fd: number): void => {
    const before = this.#words[this.#call]!
    this.#words[this.#call] = before === NOTHING_YET || before === fd + 1 ? fd + 1 : SEVERAL
  }

  /** Interrupts the system calls of the other threads that may work on a descriptor. */
  readonly wakeUsers = (fd: number): void => {
    const started = Atomics.load(this.#words, STARTED)
    for (let place = 0; place <= started; place++) {
      const held = Atomics.load(this.#words, this.#at(place) + CALL)
      if (place === this.#place || (held !== SEVERAL && held !== fd + 1)) continue
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
      while (Atomics.load(words, at + HANDLE) === handle) {
        const call = Atomics.load(words, at + CALL)
        if (call === NO_CALL) break
        interrupt(Atomics.load(words, at + THREAD))
        Atomics.wait(words, at + CALL, call, 1)
      }
    }
    this.enterCall()
  }

  /** Leaves the call that this thread is in for what waits in shared memory and opens nothing. */
  outsideCall<T>(wait: () => T): T {
    this.leaveCall()
    try {
      return wait()
    } finally {
      this.enterCall()
    }
  }

  #at(place: number): number {
    return placeAt(place)
  }
}

function placeAt(place: number): number {
  return GROUP_WORDS + place * PLACE_WORDS
}

/**
 * Stops the threads of a group from outside. A Worker must not be ended inside a system call: a descriptor that it is just
 * opening would be lost, and the call could last for ever.
 */
export class GroupStopper {
  readonly #words: Int32Array
  readonly #places: number

  constructor({ control, maxThreads }: SharedGroup) {
    this.#words = new Int32Array(control)
    this.#places = maxThreads + 1
  }

  /** From now on no thread begins a call. */
  stop(): void {
    Atomics.store(this.#words, STOP, 1)
  }

  /** Interrupts the system call that a thread is in. @returns false when it is in none, and after {@link stop} will be in none */
  interrupt(place: number): boolean {
    if (place >= this.#places) return false
    const at = placeAt(place)
    const call = Atomics.load(this.#words, at + CALL)
    if (call === NO_CALL || call === IN_MEMORY) return false
    interrupt(Atomics.load(this.#words, at + THREAD))
    return true
  }
}
