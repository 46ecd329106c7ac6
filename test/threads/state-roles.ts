/** What the threads of the tests do. Every role ends after a number of steps, or waits in one call only. */
import { Outcome } from '../../src/threads/outcome.ts'
import type { PthreadState } from '../../src/threads/pthread-state.ts'

export interface WorkerData {
  readonly buffer: SharedArrayBuffer
  readonly counters: SharedArrayBuffer
  readonly handle: number
  readonly role: RoleName
  readonly parameters: readonly number[]
}

type Role = (state: PthreadState, counters: Int32Array, ...parameters: number[]) => number

/** Words of the counters. */
export const Counter = { TOTAL: 0, READY: 1, QUEUED: 2, NEXT_ITEM: 3, SEEN: 16 } as const

/** A lock that must not fail. */
function mustLock(state: PthreadState, mutex: number): void {
  if (state.mutexes.lock(mutex) !== Outcome.OK) throw new Error('lock failed')
}

/** Who is cancelled may still be on its way to the wait, in the lock. */
function lockAndWait(state: PthreadState, mutex: number, condition: number, timeoutMs?: number): Outcome {
  const locked = state.mutexes.lock(mutex)
  return locked === Outcome.OK ? state.conditions.wait(condition, mutex, timeoutMs) : locked
}

/** As the host does it: a word that is 0 becomes the handle of the object that was made first. */
function staticHandle(words: Int32Array, at: number, locks: { create(): number; destroy(handle: number): unknown }) {
  const known = Atomics.load(words, at)
  if (known !== 0) return known
  const made = locks.create()
  const first = Atomics.compareExchange(words, at, 0, made)
  if (first === 0) return made
  locks.destroy(made)
  return first
}

export const ROLES = {
  /** Adds one, so many times, in three steps that only a lock keeps together. */
  increment(state, counters, mutex = 0, times = 0) {
    for (let i = 0; i < times; i++) {
      mustLock(state, mutex)
      const value = counters[Counter.TOTAL]!
      counters[Counter.SEEN] = value // something between
      counters[Counter.TOTAL] = value + 1
      state.mutexes.unlock(mutex)
    }
    return times
  },

  /** Puts items into a queue of one place. */
  produce(state, counters, mutex = 0, notFull = 0, notEmpty = 0, items = 0) {
    for (let i = 0; i < items; i++) {
      mustLock(state, mutex)
      while (counters[Counter.QUEUED] !== 0) {
        if (state.conditions.wait(notFull, mutex) !== Outcome.OK) throw new Error('wait failed')
      }
      counters[Counter.QUEUED] = ++counters[Counter.NEXT_ITEM]!
      state.conditions.signal(notEmpty)
      state.mutexes.unlock(mutex)
    }
    return 0
  },

  /** Takes items out of it, and counts each in a word of its own. */
  consume(state, counters, mutex = 0, notFull = 0, notEmpty = 0, items = 0) {
    for (let i = 0; i < items; i++) {
      mustLock(state, mutex)
      while (counters[Counter.QUEUED] === 0) {
        if (state.conditions.wait(notEmpty, mutex) !== Outcome.OK) throw new Error('wait failed')
      }
      const item = counters[Counter.QUEUED]!
      counters[Counter.QUEUED] = 0
      counters[Counter.SEEN + item]!++
      state.conditions.signal(notFull)
      state.mutexes.unlock(mutex)
    }
    return 0
  },

  /** Waits until TOTAL is no longer 0. */
  awaitTotal(state, counters, mutex = 0, condition = 0) {
    mustLock(state, mutex)
    counters[Counter.READY]!++
    while (counters[Counter.TOTAL] === 0) {
      const outcome = state.conditions.wait(condition, mutex)
      if (outcome !== Outcome.OK) return outcome
    }
    state.mutexes.unlock(mutex)
    return 7
  },

  /** The same with a mutex and a condition that nobody has made before. */
  incrementStatic(state, counters, times = 0, mutexAt = 0) {
    Atomics.add(counters, Counter.READY, 1)
    while (Atomics.load(counters, Counter.READY) < 4); // all at once: the race is what is tested
    for (let i = 0; i < times; i++) {
      const mutex = staticHandle(counters, mutexAt + i, state.mutexes)
      mustLock(state, mutex)
      counters[Counter.TOTAL]!++
      if (state.mutexes.unlock(mutex) !== Outcome.OK) throw new Error('unlock failed')
      const condition = staticHandle(counters, mutexAt + times + i, state.conditions)
      if (state.conditions.broadcast(condition) !== Outcome.OK) throw new Error('broadcast failed')
    }
    return 0
  },

  /** Blocks in one call; what it answers is what the thread leaves. */
  lock: (state, _counters, mutex = 0) => leave(state.mutexes.lock(mutex)),
  semaphoreWait: (state, _counters, semaphore = 0) => leave(state.semaphores.wait(semaphore)),
  join: (state, _counters, thread = 0) => leave(state.threads.join(thread).outcome),
  wait: (state, _counters, mutex = 0, condition = 0) => leave(lockAndWait(state, mutex, condition)),
  timedWait: (state, _counters, mutex = 0, condition = 0) => leave(lockAndWait(state, mutex, condition, 3_600_000)),

  takeSemaphore(state, counters, semaphore = 0, times = 0) {
    for (let i = 0; i < times; i++) {
      if (state.semaphores.wait(semaphore) !== Outcome.OK) throw new Error('wait failed')
      Atomics.add(counters, Counter.TOTAL, 1)
    }
    return 0
  },
  postSemaphore(state, _counters, semaphore = 0, times = 0) {
    for (let i = 0; i < times; i++) state.semaphores.post(semaphore)
    return 0
  },

  /** Opens and closes under a few names what others open, close and unlink. */
  churnNames(state, _counters, seed = 0, times = 0) {
    for (let i = 0; i < times; i++) {
      const name = new TextEncoder().encode(`/name${(seed + i) % 3}`)
      const handle = state.semaphores.open(name, { create: true, exclusive: false, mode: 0o600, value: 1 })
      if (handle === 0) throw new Error('open failed')
      if (state.semaphores.wait(handle) !== Outcome.OK) throw new Error('wait failed')
      if (state.semaphores.post(handle) !== Outcome.OK) throw new Error('post failed')
      if (i % 5 === 0) state.semaphores.unlink(name)
      if (state.semaphores.close(handle) !== Outcome.OK) throw new Error('close failed')
    }
    return 0
  },

  /** Makes and unmakes objects, and checks that no number comes twice: each is one word. */
  churnHandles(state, counters, times = 0) {
    for (let i = 0; i < times; i++) {
      const mutex = state.mutexes.create()
      if (Atomics.add(counters, Counter.SEEN + mutex, 1) !== 0) throw new Error(`handle ${mutex} was given twice`)
      if (state.mutexes.lock(mutex) !== Outcome.OK) throw new Error('lock failed')
      if (state.mutexes.unlock(mutex) !== Outcome.OK) throw new Error('unlock failed')
      if (state.mutexes.destroy(mutex) !== Outcome.OK) throw new Error('destroy failed')
    }
    return 0
  },

  answer: (_state, _counters, result = 0) => result,
} satisfies Record<string, Role>

export type RoleName = keyof typeof ROLES

/** Outcomes as results that cannot be taken for a handle or a default. */
function leave(outcome: Outcome): number {
  return 100 + outcome
}
export const CANCELLED_RESULT = 100 + Outcome.CANCELLED
