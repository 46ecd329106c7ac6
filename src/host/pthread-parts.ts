import type { GuestMemory } from '../memory/guest-memory.ts'
import type { GuestWords } from '../memory/guest-words.ts'
import type { PthreadState } from '../threads/pthread-state.ts'
import type { Allocator } from './aligned-allocation.ts'

/** The threads of a program, as one of them sees them. */
export interface PthreadGroup {
  /**
   * Starts a thread: in it, a new instance and a `PthreadState(buffer, handle)`, and with these `runThread`. Does not
   * wait until it runs.
   * @param startRoutine index of a function (i32) -> i32 in the guest's table; traps in the new thread if there is none
   * @returns false if there may be no more threads, or the module has no stack for one
   */
  spawn(handle: number, startRoutine: number, argument: number): boolean
  /**
   * A thread has been cancelled, perhaps the calling one; if it waited in {@link PthreadState} it has been woken. Whatever
   * else it may be blocked in is to return, and host functions outside this file are to call `endIfCancelled`.
   */
  interrupt(handle: number): void
}

/** What is called in the instance of the calling thread; asked for when needed, since functions are made before it. */
export interface PthreadInstance extends Allocator {
  /**
   * Calls a function (i32) -> nothing of the guest's table.
   * @param tableIndex not 0
   */
  callDestructor(tableIndex: number, value: number): void
}

export interface PthreadParts {
  readonly memory: GuestMemory
  /** Over the same memory. */
  readonly words: GuestWords
  /** Of the calling thread. */
  readonly state: PthreadState
  readonly group: PthreadGroup
  readonly instance: PthreadInstance
}
