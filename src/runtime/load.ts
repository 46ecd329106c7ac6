import { THREADS_MODULE, THREADS_SIGNATURES } from '../abi/threads.ts'
import { keepCompiledCodeOnce } from '../boot/keep-code.ts'
import { WASI_MODULES } from '../host/dialect.ts'
import { LoadError } from './errors.ts'
import { inspectModule, type ModuleShape } from './inspect.ts'
import { prepareForThreads } from './prepare.ts'
import { asksForPthread, preparePthread, type SharedPthread } from './pthread.ts'

/** @throws LoadError if the engine does not take the bytes for a module */
export function compile(bytes: Uint8Array): WebAssembly.Module {
  checkMagic(bytes)
  try {
    return new WebAssembly.Module(bytes)
  } catch (error) {
    throw loadErrorOf(error)
  }
}

/** The same, in other threads. */
export async function compileAside(bytes: Uint8Array): Promise<WebAssembly.Module> {
  checkMagic(bytes)
  try {
    return await WebAssembly.compile(bytes)
  } catch (error) {
    throw loadErrorOf(error)
  }
}

function checkMagic(bytes: Uint8Array): void {
  const magic = String.fromCharCode(...bytes.subarray(0, 4))
  if (magic === '\0aot') {
    throw new LoadError(
      'WASM module load failed: this is an ahead-of-time compiled (.aot) file; Berth runs .wasm modules',
    )
  }
  if (bytes.length < 8 && '\0asm'.startsWith(magic)) throw new LoadError('WASM module load failed: unexpected end')
  if (magic !== '\0asm') throw new LoadError('WASM module load failed: magic header not detected')
}

function loadErrorOf(error: unknown): unknown {
  if (!(error instanceof WebAssembly.CompileError)) return error
  return new LoadError(`WASM module load failed: ${error.message.replace(/^WebAssembly\.(Module|compile)\(\): /, '')}`)
}

/** The binaries of a program with threads. */
export interface ThreadedBinaries {
  readonly main: Uint8Array
  /** The same array as `main` where that will do. */
  readonly thread: Uint8Array
  readonly shape: ModuleShape
  readonly pthread: SharedPthread | undefined
}

/**
 * Makes of a module's binary those for its threads, which are to be compiled after this.
 * @param maxThreads besides the main one; @param warn is told why a module that asks for threads gets none
 * @returns undefined if the module asks for no threads, or cannot have any
 */
export function prepareThreads(
  bytes: Uint8Array,
  original: ModuleShape,
  maxThreads: number,
  warn: (message: string) => void,
): ThreadedBinaries | undefined {
  const asksForWasiThreads = importsSpawn(original)
  if (!asksForWasiThreads && !asksForPthread(original)) return undefined
  const prepared = prepareForThreads(bytes)
  const pthread = preparePthread(original, prepared, maxThreads)
  const start = original.exports.find((entry) => entry.name === 'wasi_thread_start')
  let missing: string | undefined
  if (prepared.memory?.shared !== true) missing = 'has no shared memory'
  else if (asksForWasiThreads && (start?.kind !== 'function' || start.signature !== 'ii:')) {
    missing = 'exports no wasi_thread_start'
  } else if (typeof pthread === 'string') missing = pthread
  if (missing !== undefined || typeof pthread === 'string') {
    warn(`the module asks for threads and ${missing}: it will get none`)
    return undefined
  }
  keepCompiledCodeOnce()
  if (Number.parseInt(process.versions.v8, 10) < FIRST_GOOD_V8) {
    const { setFlagsFromString } = process.getBuiltinModule('node:v8')
    setFlagsFromString('--no-liftoff')
  }
  return { main: prepared.main, thread: prepared.thread, shape: inspectModule(prepared.main), pthread }
}

function importsSpawn({ imports }: ModuleShape): boolean {
  const known: Readonly<Record<string, string>> = THREADS_SIGNATURES
  return imports.some(
    (entry) => entry.kind === 'function' && entry.module === THREADS_MODULE && known[entry.name] === entry.signature,
  )
}

/**
 * The baseline compiler of Node.js 20 gives a function that waits on memory (`memory.atomic.wait32` on a constant address)
 * wrong values of its local variables afterwards. Seen in 11.3, not in 12.4.
 */
const FIRST_GOOD_V8 = 12

/** @throws LoadError if it is no module that can be run as a program or called as a library */
export function checkShape({ imports, exports }: ModuleShape): void {
  const exported = (name: string) => exports.find((entry) => entry.name === name)
  const start = exported('_start')
  if (start !== undefined && (start.kind !== 'function' || start.signature !== ':')) {
    throw new LoadError('WASM module load failed: _start must be a function without parameters and results')
  }
  const usesWasi = imports.some((entry) => entry.kind === 'function' && WASI_MODULES.includes(entry.module))
  const hasMemory = exported('memory')?.kind === 'memory' || imports.some((entry) => entry.kind === 'memory')
  if ((usesWasi || start !== undefined) && !hasMemory) {
    throw new LoadError('WASM module load failed: a module with WASI apis must export memory by default')
  }
}
