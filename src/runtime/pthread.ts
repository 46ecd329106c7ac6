import { PTHREAD_MODULE, PTHREAD_SIGNATURES } from '../abi/pthread.ts'
import type { SharedDescriptorTable } from '../fd/shared-table.ts'
import type { Host } from '../host/host.ts'
import { leaveMainThread, runThread } from '../host/pthread.ts'
import type { PthreadInstance, PthreadParts } from '../host/pthread-parts.ts'
import { GuestWords } from '../memory/guest-words.ts'
import type { Job } from '../threads/group.ts'
import { PthreadState } from '../threads/pthread-state.ts'
import { LoadError } from './errors.ts'
import type { ModuleShape, Signature } from './inspect.ts'
import type { PreparedModule } from './prepare.ts'

/** What the threads of a lib-pthread program have in common besides what all threads have. */
export interface SharedPthread {
  readonly state: SharedArrayBuffer
  /** Names of the exports by which instances are reached. */
  readonly table: string
  readonly stackPointer: string
  /** Where the stack of the main thread begins, and the bytes that each thread has of it. */
  readonly stackTop: number
  readonly stackBytes: number
}

type Exports = Readonly<Record<string, unknown>>
type Aligned = (alignment: number, sizeBytes: number) => number
type Table = { readonly length: number; get(index: number): ((argument: number) => number) | null }

/** Calls a function of the guest's table as the guest itself would: a wrong number or type is a trap. */
function callIndirect(table: Table, index: number, argument: number): number {
  const call = index >>> 0 < table.length ? table.get(index >>> 0) : null
  if (call === null) throw new WebAssembly.RuntimeError('undefined element')
  try {
    return call(argument)
  } catch (error) {
    if (error instanceof TypeError) throw new WebAssembly.RuntimeError('indirect call type mismatch')
    throw error
  }
}

const STACK_ALIGNMENT = 16
/** As in the original: with less, a module is not loaded. */
const LEAST_STACK_BYTES = 256

/**
 * What a module for lib-pthread needs besides shared memory: its table and stack pointer. The stack that the compiler has
 * laid out is cut into equal parts, the topmost for the main thread. Source: reference, section 7.1.
 * @returns undefined if the module asks for no threads of this kind; else why it cannot have them, or what it needs
 * @throws LoadError if the parts would be too small
 */
export function preparePthread(
  shape: ModuleShape,
  { table, stackPointer, heapBase, dataEnd }: PreparedModule,
  maxThreads: number,
): SharedPthread | string | undefined {
  if (!asksForPthread(shape)) return undefined
  if (heapBase === undefined || dataEnd === undefined) return 'exports no __heap_base and __data_end'
  if (stackPointer === undefined) return 'has no stack pointer that could be found'
  if (table === undefined) return 'has no function table'
  // The data lie below the stack, or the stack below the data.
  const { initial } = stackPointer
  const whole = dataEnd < initial ? initial - dataEnd : initial
  const part = Math.floor(whole / (maxThreads + 1))
  const stackBytes = part - (part % STACK_ALIGNMENT)
  if (stackBytes < LEAST_STACK_BYTES) {
    throw new LoadError(
      `WASM module instantiate failed: allocate memory failed: a stack of ${whole} bytes for ${maxThreads + 1} threads`,
    )
  }
  const state = PthreadState.createBuffer()
  return { state, table, stackPointer: stackPointer.name, stackTop: initial, stackBytes }
}

export function asksForPthread({ imports }: ModuleShape): boolean {
  return imports.some(
    (entry) =>
      entry.kind === 'function' &&
      entry.module === PTHREAD_MODULE &&
      entry.name === 'pthread_create' &&
      entry.signature === PTHREAD_SIGNATURES.pthread_create,
  )
}

/** The threads of such a program that run in one Worker, one at a time: gives the host functions what they need. */
export class PthreadRun {
  readonly #shared: SharedPthread
  readonly #shape: ModuleShape
  readonly #state: PthreadState
  readonly #instance: PthreadInstance
  readonly #parts: PthreadParts
  readonly #host: Host
  #exports: Exports = {}

  /** For the main thread, until {@link begin} says otherwise. */
  constructor(shared: SharedPthread, shape: ModuleShape, host: Host, memory: WebAssembly.Memory) {
    this.#shared = shared
    this.#shape = shape
    this.#host = host
    this.#state = new PthreadState(shared.state, 0)
    this.#instance = this.#reach()
    const threads = host.threads!
    this.#parts = {
      memory: host.memory,
      words: new GuestWords(memory),
      state: this.#state,
      group: {
        spawn: (other, routine, argument) => threads.spawn({ handle: other, routine, argument }) > 0,
        interrupt: (other) => threads.interrupt(other),
      },
      instance: this.#instance,
    }
    this.begin(0)
  }

  /** From now on it is this thread that calls the host. @param handle 0 for the main thread */
  begin(handle: number): void {
    this.#state.become(handle)
    this.#host.pthread = this.#parts
    ;(this.#host.table as SharedDescriptorTable).isCancelled = this.#isCancelled
  }

  readonly #isCancelled = (): boolean => this.#state.isCancelled

  /** The instance of this thread, once there is one. */
  attach(exports: Exports): void {
    this.#exports = exports
  }

  /** @param place of the thread, from 1 on; @param finish gives its place back */
  run({ routine, argument }: Job, place: number, finish: () => void): void {
    const { stackPointer, stackTop, stackBytes, table } = this.#shared
    const pointer = this.#exports[stackPointer] as WebAssembly.Global
    pointer.value = stackTop - stackBytes * place
    const result = runThread(this.#state, this.#instance, () =>
      callIndirect(this.#exports[table] as Table, routine, argument),
    )
    finish()
    this.#state.threads.end(result)
  }

  /** For a main thread that has ended itself: waits for the others. */
  leave(): void {
    leaveMainThread(this.#state, this.#instance)
  }

  #reach(): PthreadInstance {
    const exported = <F>(name: string, signature: Signature): F | undefined => {
      const found = this.#shape.exports.find((entry) => entry.name === name)
      const isIt = found?.kind === 'function' && found.signature === signature
      return isIt ? (this.#exports[name] as F | undefined) : undefined
    }
    return {
      get malloc() {
        return exported<(sizeBytes: number) => number>('malloc', 'i:i')
      },
      get free() {
        return exported<(block: number) => void>('free', 'i:')
      },
      get alignedAlloc() {
        return exported<Aligned>('aligned_alloc', 'ii:i') ?? exported<Aligned>('memalign', 'ii:i')
      },
      callDestructor: (index, value) => {
        callIndirect(this.#exports[this.#shared.table] as Table, index, value)
      },
    }
  }
}
