import { Errno } from '../abi/errno.ts'
import { PTHREAD_CANCELED, type PTHREAD_SIGNATURES, type PthreadFunction, SemFlags } from '../abi/pthread.ts'
import { isWordAligned } from '../memory/guest-words.ts'
import { Outcome } from '../threads/outcome.ts'
import type { PthreadState } from '../threads/pthread-state.ts'
import { allocateAligned } from './aligned-allocation.ts'
import type { HostFunctionsOf } from './host.ts'
import type { PthreadInstance, PthreadParts } from './pthread-parts.ts'
import { endOf, endProgram } from './trap.ts'

/** Thrown, as a trap's cause, by a thread that ends itself or has been cancelled: the end of one thread, not of all. */
export class ThreadExit extends Error {
  override readonly name = 'ThreadExit'
  readonly result: number

  constructor(result: number) {
    super('the thread ends')
    this.result = result
  }
}

/** Ends the calling thread if it has been cancelled. */
export function endIfCancelled(state: PthreadState): void {
  if (state.isCancelled) endProgram(new ThreadExit(PTHREAD_CANCELED))
}

/**
 * Runs a thread but the main one, destructors included. What remains: give back the thread's place (its stack), then
 * `state.threads.end(result)`, in this order, since who joins it may start another at once.
 * @param start calls the start routine
 * @returns the thread's result. What `start` throws and is no {@link ThreadExit} goes on: it ends the program
 */
export function runThread(state: PthreadState, instance: PthreadInstance, start: () => number): number {
  const result = untilThreadExit(() => {
    endIfCancelled(state)
    return start()
  })
  state.beginEnd()
  runDestructors(state, instance)
  return result
}

/**
 * For a main thread that ended itself (its entry point threw a {@link ThreadExit}): waits for the others as POSIX says. The
 * program's exit code is then 0. In the original `pthread_exit` does nothing there.
 */
export function leaveMainThread(state: PthreadState, instance: PthreadInstance): void {
  runDestructors(state, instance)
  state.threads.waitForAll()
}

/** One pass, as in the original; a destructor that ends the thread ends itself only. */
function runDestructors(state: PthreadState, instance: PthreadInstance): void {
  for (const { destructor, value } of state.keys.takeAll()) {
    untilThreadExit(() => {
      instance.callDestructor(destructor, value)
      return 0
    })
  }
}

function untilThreadExit(run: () => number): number {
  try {
    return run()
  } catch (error) {
    const reason = endOf(error)
    if (reason instanceof ThreadExit) return reason.result
    throw error
  }
}

/** Longest name that is read, in bytes; those that are longer than a name can be fail later, like any other. */
const NAME_LIMIT = 4096

/** Any failure: there is no errno in lib-pthread. */
const FAILED = -1

/**
 * The functions of lib-pthread. Source: reference, section 7.1; they differ from the original in these points.
 *
 * - A mutex or condition of which the guest has only the zeroed memory (a static initialiser) is made at its first use.
 * - `pthread_exit` ends the main thread too, see {@link leaveMainThread}.
 * - `pthread_cond_timedwait` answers ETIMEDOUT as the guest's C library numbers it (73) when the time is over, where the
 *   original answers the host's (110 on Linux), which no guest's headers know.
 * - `posix_memalign` respects the alignment.
 * - Semaphores are the program's own, see `NamedSemaphores`.
 * - Bad pointers answer -1 and never trap. So do words that are not aligned, and the address 0: C's NULL.
 */
export function pthreadFunctions({
  memory,
  words,
  state,
  group,
  instance,
}: PthreadParts): HostFunctionsOf<typeof PTHREAD_SIGNATURES, PthreadFunction> {
  const { mutexes, conditions, threads, keys, semaphores } = state
  type Locks = typeof mutexes | typeof conditions

  const isOut = (ptr: number): boolean => ptr !== 0 && memory.contains(ptr, 4)

  /** Where the handle of a mutex or condition is; other threads may be writing it. */
  const isHandleWord = (ptr: number): boolean => isOut(ptr) && isWordAligned(ptr)

  /** What a function of the guest answers for an outcome; does not return if it is the thread's end. */
  function answer(outcome: Outcome): number {
    if (outcome === Outcome.CANCELLED) endProgram(new ThreadExit(PTHREAD_CANCELED))
    if (outcome === Outcome.EXPIRED) return Errno.TIMEDOUT
    return outcome
  }

  function init(ptr: number, locks: Locks): number {
    if (!isHandleWord(ptr)) return FAILED
    const handle = locks.create()
    if (handle === 0) return FAILED
    words.store(ptr, handle)
    return 0
  }

  /** The handle at `ptr`, made now if it is a static initialiser. @returns 0 if there is and can be none */
  function handleAt(ptr: number, locks: Locks): number {
    if (!isHandleWord(ptr)) return 0
    const known = words.load(ptr)
    if (known !== 0) return known
    const made = locks.create()
    if (made === 0) return 0
    const first = words.compareExchange(ptr, 0, made)
    if (first === 0) return made
    locks.destroy(made) // another thread was quicker, and may have locked its own already
    return first
  }

  function destroy(ptr: number, locks: Locks): number {
    if (!isHandleWord(ptr)) return FAILED
    const handle = words.load(ptr)
    // A static initialiser that was never used. What was destroyed keeps its handle, and is not made again by a use.
    return handle === 0 ? 0 : locks.destroy(handle)
  }

  function wait(condition: number, mutex: number, timeoutMs?: number): number {
    const conditionHandle = handleAt(condition >>> 0, conditions)
    const mutexHandle = handleAt(mutex >>> 0, mutexes)
    return answer(conditions.wait(conditionHandle, mutexHandle, timeoutMs))
  }

  const self = () => state.self

  return {
    pthread_self: self,
    __pthread_self: self,

    /** Attributes are ignored, here and in the other functions that take some, as in the original. */
    pthread_create(threadPtr, _attributes, startRoutine, argument) {
      threadPtr >>>= 0
      if (!isOut(threadPtr)) return FAILED
      const handle = threads.create()
      if (handle === 0) return FAILED
      // Before the thread runs: it may look for itself there.
      memory.setU32(threadPtr, handle)
      if (group.spawn(handle, startRoutine >>> 0, argument)) return 0
      threads.forget(handle)
      return FAILED
    },

    pthread_join(handle, resultPtr) {
      resultPtr >>>= 0
      if (resultPtr !== 0 && !memory.contains(resultPtr, 4)) return FAILED
      const { outcome, result } = threads.join(handle)
      if (result !== undefined && resultPtr !== 0 && memory.contains(resultPtr, 4)) memory.setU32(resultPtr, result)
      return answer(outcome)
    },

    pthread_detach(handle) {
      threads.detach(handle)
      return 0
    },

    /** A thread that computes ends at its next call to the host. Of itself, at its next call that can wait. */
    pthread_cancel(handle) {
      if (threads.cancel(handle)) group.interrupt(handle)
      return 0
    },

    pthread_exit(result) {
      endProgram(new ThreadExit(result))
    },

    pthread_mutex_init: (ptr, _attributes) => init(ptr >>> 0, mutexes),
    pthread_mutex_lock: (ptr) => answer(mutexes.lock(handleAt(ptr >>> 0, mutexes))),
    pthread_mutex_unlock: (ptr) => answer(mutexes.unlock(handleAt(ptr >>> 0, mutexes))),
    pthread_mutex_destroy: (ptr) => destroy(ptr >>> 0, mutexes),

    pthread_cond_init: (ptr, _attributes) => init(ptr >>> 0, conditions),
    pthread_cond_wait: (condition, mutex) => wait(condition, mutex),
    /** Relative, in microseconds, unsigned: -1 is as good as for ever, also in the original. */
    pthread_cond_timedwait: (condition, mutex, microseconds) =>
      wait(condition, mutex, Number(BigInt.asUintN(64, microseconds)) / 1000),
    pthread_cond_signal: (ptr) => answer(conditions.signal(handleAt(ptr >>> 0, conditions))),
    pthread_cond_broadcast: (ptr) => answer(conditions.broadcast(handleAt(ptr >>> 0, conditions))),
    pthread_cond_destroy: (ptr) => destroy(ptr >>> 0, conditions),

    pthread_key_create(keyPtr, destructor) {
      keyPtr >>>= 0
      if (!isOut(keyPtr)) return FAILED
      const key = keys.create(destructor >>> 0)
      if (key < 0) return FAILED
      memory.setU32(keyPtr, key)
      return 0
    },
    pthread_key_delete: (key) => (keys.delete(key) ? 0 : FAILED),
    pthread_setspecific: (key, value) => (keys.set(key, value) ? 0 : FAILED),
    pthread_getspecific: (key) => keys.get(key),

    posix_memalign(blockPtr, alignment, sizeBytes) {
      blockPtr >>>= 0
      if (!isOut(blockPtr)) return FAILED
      const block = allocateAligned(instance, alignment >>> 0, sizeBytes >>> 0)
      if (block === 0 || !memory.contains(blockPtr, 4)) return FAILED
      memory.setU32(blockPtr, block)
      return 0
    },

    sem_open(namePtr, flags, mode, value) {
      const name = memory.cString(namePtr >>> 0, NAME_LIMIT)
      if (name === undefined) return FAILED
      const create = (flags & (SemFlags.LINUX_CREAT | SemFlags.WASI_CREAT)) !== 0
      const exclusive = (flags & (SemFlags.LINUX_EXCL | SemFlags.WASI_EXCL)) !== 0
      return semaphores.open(name, { create, exclusive, mode, value }) || FAILED
    },
    sem_close: (handle) => answer(semaphores.close(handle)),
    sem_wait: (handle) => answer(semaphores.wait(handle)),
    sem_trywait: (handle) => answer(semaphores.tryWait(handle)),
    sem_post: (handle) => answer(semaphores.post(handle)),
    sem_getvalue(handle, valuePtr) {
      valuePtr >>>= 0
      if (!isOut(valuePtr)) return FAILED
      const value = semaphores.value(handle)
      if (value === undefined) return FAILED
      memory.setU32(valuePtr, value)
      return 0
    },
    sem_unlink(namePtr) {
      const name = memory.cString(namePtr >>> 0, NAME_LIMIT)
      return name === undefined ? FAILED : answer(semaphores.unlink(name))
    },
  }
}
