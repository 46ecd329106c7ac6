import type { Host } from '../host/host.ts'
import { ThreadExit } from '../host/pthread.ts'
import { endOf, Trap } from '../host/trap.ts'
import { LoadError } from './errors.ts'
import type { ModuleShape, Signature } from './inspect.ts'
import { link } from './link.ts'
import { PthreadRun, type SharedPthread } from './pthread.ts'

/** A module as it is to be instantiated. */
export interface InstanceOptions {
  readonly module: WebAssembly.Module
  readonly shape: ModuleShape
  /** The memory that it imports, where the threads of a program have it in common; else it is made here. */
  readonly memory: WebAssembly.Memory | undefined
  /** For a program of lib-pthread. */
  readonly pthread: SharedPthread | undefined
  /** Is told of each function that nothing provides. */
  readonly warn: (message: string) => void
}

/** In the order in which the original looks for them. */
const ENTRY_POINTS = ['_start', 'main', '__main_argc_argv', '_main'] as const

/** The instance of a program's main thread: linked, and run from its entry point or function by function. */
export class Instance {
  readonly shape: ModuleShape
  readonly #host: Host
  readonly #instance: WebAssembly.Instance
  readonly #pthread: PthreadRun | undefined

  /**
   * Links and instantiates: a start function runs here.
   * @throws LoadError if an import that must be there is not, or what the module lays out does not fit
   */
  constructor(host: Host, { module, shape, memory, pthread, warn }: InstanceOptions) {
    this.shape = shape
    this.#host = host
    this.#pthread = pthread && memory && new PthreadRun(pthread, shape, host, memory)
    const { imports, importedMemory } = link(shape, host, warn, memory)
    if (importedMemory !== undefined) host.memory.attach(importedMemory)
    this.#instance = instantiate(module, imports)
    this.#pthread?.attach(this.#instance.exports)
    const exported = this.#instance.exports.memory
    if (exported instanceof WebAssembly.Memory) host.memory.attach(exported)
  }

  /** Runs the program from its entry point to its end. */
  run(): void {
    const name = ENTRY_POINTS.find((entry) => this.signatureOf(entry) !== undefined)
    if (name === undefined) {
      throw new Trap(`lookup the entry point symbol (like ${ENTRY_POINTS.join(', ')}) failed`)
    }
    if (name !== '_start') this.initialize()
    const signature = this.signatureOf(name)!
    if (signature.startsWith(':')) this.call(name, [])
    else if (signature.startsWith('ii:')) this.call(name, this.#passArguments())
    else throw new Trap(`the entry point ${name} takes neither no parameters nor (argc, argv)`)
  }

  /** Runs a reactor's `_initialize`, if there is one. */
  initialize(): void {
    if (this.signatureOf('_initialize') === ':') this.call('_initialize', [])
  }

  /** The type of an exported function, undefined where there is none of that name. */
  signatureOf(name: string): Signature | undefined {
    const found = this.shape.exports.find((entry) => entry.name === name)
    return found?.kind === 'function' ? found.signature : undefined
  }

  call(name: string, values: readonly unknown[]): unknown {
    try {
      return (this.#instance.exports[name] as (...values: readonly unknown[]) => unknown)(...values)
    } catch (error) {
      // `pthread_exit` of the main thread: the program ends with the last of the others.
      if (!(endOf(error) instanceof ThreadExit)) throw error
      this.#pthread?.leave()
      return undefined
    }
  }

  /** Copies the arguments into guest memory for a `main` that has no C library to fetch them. */
  #passArguments(): [argc: number, argv: number] {
    const { args, memory } = this.#host
    if (this.signatureOf('malloc') !== 'i:i') throw new Trap('allocate memory failed: the module exports no malloc')
    const pointerBytes = 4 * (args.length + 1)
    const size = pointerBytes + args.reduce((sum, arg) => sum + arg.length, 0)
    const argv = (this.call('malloc', [size]) as number) >>> 0
    if (argv === 0 || !memory.contains(argv, size)) throw new Trap('allocate memory failed')
    let at = argv + pointerBytes
    for (const [i, arg] of args.entries()) {
      memory.setU32(argv + 4 * i, at)
      memory.setBytes(at, arg)
      at += arg.length
    }
    memory.setU32(argv + 4 * args.length, 0)
    return [args.length, argv]
  }
}

function instantiate(
  module: WebAssembly.Module,
  imports: Record<string, Record<string, unknown>>,
): WebAssembly.Instance {
  try {
    return new WebAssembly.Instance(module, imports)
  } catch (error) {
    // A RuntimeError with these words is data or elements that do not fit; any other is the start function's.
    const isSegment = error instanceof WebAssembly.RuntimeError && error.message.startsWith('WebAssembly.Instance()')
    if (error instanceof WebAssembly.LinkError || isSegment)
      throw new LoadError(`WASM module instantiate failed: ${error.message}`)
    throw error
  }
}
