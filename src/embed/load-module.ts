import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { LoadError as RuntimeLoadError } from '../runtime/errors.ts'
import { inspectModule, type ModuleExport, type ModuleImport, type ModuleShape } from '../runtime/inspect.ts'
import { importMemory, providerOf } from '../runtime/link.ts'
import { checkShape, compileAside, prepareThreads } from '../runtime/load.ts'
import { prepareForLimit } from '../runtime/prepare.ts'
import type { SharedPthread } from '../runtime/pthread.ts'
import { invalidType, LinkError, LoadError } from './errors.ts'
import { unprovidedImports } from './missing-imports.ts'

/** A {@link import('./types.ts').ModuleSource} that is one. */
export type CheckedSource = string | URL | ArrayBuffer | ArrayBufferView | WebAssembly.Module

/** A module that was compiled and can be linked. */
export interface LoadedModule {
  readonly main: WebAssembly.Module
  /** For its threads, where it can have any. */
  readonly thread: WebAssembly.Module | undefined
  readonly shape: ModuleShape
  /** Made here where threads share it. */
  readonly memory: WebAssembly.Memory | undefined
  readonly pthread: SharedPthread | undefined
}

export interface LoadOptions {
  /** Besides the main one. */
  readonly maxThreads: number
  /** Of 64 KiB. */
  readonly memoryPages: number | undefined
  /** Something that the person should know and that does not stop the program. */
  readonly warn: (message: string) => void
}

/** @throws TypeError for what can be none of these */
export function checkSource(source: unknown): asserts source is CheckedSource {
  const isOne =
    typeof source === 'string' ||
    source instanceof URL ||
    source instanceof ArrayBuffer ||
    ArrayBuffer.isView(source) ||
    source instanceof WebAssembly.Module
  if (isOne) return
  throw invalidType(
    'module',
    'of type string or an instance of URL, ArrayBuffer, TypedArray or WebAssembly.Module',
    source,
  )
}

/** The name that a program from there has by default. */
export function nameOf(source: CheckedSource): string {
  if (typeof source === 'string') return basename(source)
  return source instanceof URL ? basename(source.pathname) : 'program'
}

/**
 * Reads and compiles aside; nothing here blocks for long.
 * @throws LoadError, LinkError
 */
export async function loadModule(source: CheckedSource, options: LoadOptions): Promise<LoadedModule> {
  try {
    if (source instanceof WebAssembly.Module) return takeCompiled(source, options)
    return await load(await readBytes(source), options)
  } catch (error) {
    throw error instanceof RuntimeLoadError ? asLoadError(error) : error
  }
}

/** The same error for the embedding program, without the words by which the command begins. */
export function asLoadError(error: Error): LoadError {
  return new LoadError(error.message.replace(/^WASM module (load|instantiate) failed: /, ''), { cause: error })
}

async function readBytes(source: Exclude<CheckedSource, WebAssembly.Module>): Promise<Uint8Array> {
  // Copies: the caller may change what was given before it is compiled.
  if (source instanceof ArrayBuffer) return new Uint8Array(source).slice()
  if (ArrayBuffer.isView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength).slice()
  try {
    return await readFile(source instanceof URL ? fileURLToPath(source) : source)
  } catch (error) {
    throw new LoadError(`the module cannot be read: ${(error as Error).message}`, { cause: error })
  }
}

async function load(bytes: Uint8Array, { maxThreads, memoryPages, warn }: LoadOptions): Promise<LoadedModule> {
  // First, since what follows reads a binary that the engine has accepted.
  const original = await compileAside(bytes)
  const originalShape = inspectModule(bytes)
  const threaded = prepareThreads(bytes, originalShape, maxThreads, warn)
  if (threaded !== undefined) {
    const { shape, pthread } = threaded
    checkLinks(shape, pthread !== undefined)
    const main = await compileAside(threaded.main)
    const thread = threaded.thread === threaded.main ? main : await compileAside(threaded.thread)
    return { main, thread, shape, memory: importMemory(shape, memoryPages), pthread }
  }
  const rest = { thread: undefined, pthread: undefined }
  checkLinks(originalShape, false)
  if (memoryPages === undefined) return { main: original, shape: originalShape, memory: undefined, ...rest }
  const limited = prepareForLimit(bytes)
  const shape = inspectModule(limited)
  const main = limited === bytes ? original : await compileAside(limited)
  return { main, shape, memory: undefined, ...rest }
}

/** A compiled module tells names and kinds only. */
function takeCompiled(module: WebAssembly.Module, { memoryPages }: LoadOptions): LoadedModule {
  if (memoryPages !== undefined) throw new LoadError('to limit the memory of a module, its bytes are needed')
  const imports = WebAssembly.Module.imports(module).map(({ module, name, kind }): ModuleImport => {
    if (kind === 'memory') throw new LoadError('to make the memory that a module imports, its bytes are needed')
    if (kind !== 'function') return { module, name, kind: kind as 'table' | 'global' | 'tag' }
    return { module, name, kind, signature: providerOf(module, name)?.signature ?? '?', isTypeUnknown: true }
  })
  const exports = WebAssembly.Module.exports(module).map(({ name, kind }): ModuleExport => {
    if (kind !== 'function') return { name, kind: kind as 'memory' | 'table' | 'global' | 'tag' }
    // What else can be an entry point may be of several types.
    return { name, kind, signature: name === '_start' || name === '_initialize' ? ':' : '?' }
  })
  const shape = { imports, exports }
  checkLinks(shape, false)
  return { main: module, thread: undefined, shape, memory: undefined, pthread: undefined }
}

function checkLinks(shape: ModuleShape, hasPthread: boolean): void {
  checkShape(shape)
  const missing = unprovidedImports(shape, hasPthread)
  if (missing.length > 0) throw new LinkError(missing)
}
