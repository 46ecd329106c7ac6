import { Errno } from '../abi/errno.ts'
import { DIALECTS, type Dialect, WASI_MODULES } from '../host/dialect.ts'
import type { Host } from '../host/host.ts'
import { endIfCancelled } from '../host/pthread.ts'
import { endProgram, Stopped, Trap } from '../host/trap.ts'
import type { ThreadGroup } from '../threads/group.ts'
import { LoadError } from './errors.ts'
import type { ModuleImport, ModuleShape, Signature } from './inspect.ts'

/** The modules from which a memory may be imported; it is then made from the limits that the module declares. */
const MEMORY_MODULES = ['env', '', ...WASI_MODULES]

export interface Linked {
  readonly imports: Record<string, Record<string, unknown>>
  readonly importedMemory: WebAssembly.Memory | undefined
}

/**
 * Finds what each import stands for. A function that nothing provides is reported now and traps if it is ever called.
 * @param memory what an imported memory is, if there is one already
 */
export function link(
  shape: ModuleShape,
  host: Host,
  warn: (message: string) => void,
  memory?: WebAssembly.Memory,
): Linked {
  const made = new Map<Dialect, Readonly<Record<string, unknown>>>()
  // Without prototypes: the names are the module's, and may be `__proto__`.
  const imports: Record<string, Record<string, unknown>> = Object.create(null)
  let importedMemory: WebAssembly.Memory | undefined
  const queues = new Map<string, unknown[]>()
  /** One name may be imported several times, with different types: the engine asks once for each import, in their order. */
  const supply = ({ module, name }: ModuleImport, value: unknown): void => {
    const key = JSON.stringify([module, name])
    const queue = queues.get(key)
    if (queue !== undefined) {
      queue.push(value)
      return
    }
    const values = [value]
    queues.set(key, values)
    imports[module] ??= Object.create(null) as Record<string, unknown>
    // In turn, so that the next instance is asked for as well.
    const next = (): unknown => {
      const [first] = values
      if (values.length > 1) values.push(values.shift())
      return first
    }
    Object.defineProperty(imports[module], name, { get: next })
  }
  for (const entry of shape.imports) {
    if (entry.kind === 'function') {
      supply(entry, provided(entry, host, made) ?? unlinked(entry, warn))
    } else if (entry.kind === 'memory' && MEMORY_MODULES.includes(entry.module)) {
      importedMemory = memory ?? createMemory(entry)
      supply(entry, importedMemory)
    } else {
      throw new LoadError(
        `WASM module instantiate failed: failed to link import ${entry.kind} (${entry.module}, ${entry.name})`,
      )
    }
  }
  return { imports, importedMemory }
}

/** What stands for an imported function: a function of that name, whose type may be another. */
export interface Provider {
  readonly dialect: Dialect
  readonly name: string
  /** Its type. */
  readonly signature: Signature
}

export function providerOf(module: string, name: string): Provider | undefined {
  const dialect = DIALECTS.find(({ modules }) => modules.includes(module))
  if (dialect === undefined) return undefined
  const { signatures } = dialect
  const names = dialect.ignoresUnderscore ? [name, name.replace(/^_/, '')] : [name]
  const known = names.find((candidate) => Object.hasOwn(signatures, candidate))
  return known === undefined ? undefined : { dialect, name: known, signature: signatures[known]! }
}

/**
 * The function that an import means: of a module that some dialect speaks for, of that name and of that very type.
 * @param made the functions of the dialects that were needed so far
 */
function provided(
  { module, name, signature, isTypeUnknown }: ModuleImport & { kind: 'function' },
  host: Host,
  made: Map<Dialect, Readonly<Record<string, unknown>>>,
): unknown {
  const provider = providerOf(module, name)
  if (provider === undefined || provider.signature !== signature) return undefined
  const { dialect } = provider
  if (dialect.isAvailable?.(host) === false) return undefined
  const functions = made.get(dialect) ?? dialect.functions(host)
  made.set(dialect, functions)
  let found = functions[provider.name] as (...parameters: unknown[]) => unknown
  if (isTypeUnknown) found = checkingTypes(found, signature)
  return host.threads === undefined ? found : amongThreads(found, host, host.threads, dialect.waitsInMemory === true)
}

/** A host function for a module that may have imported it with any type: others than its own are a trap. */
export function checkingTypes(
  call: (...parameters: unknown[]) => unknown,
  signature: Signature,
): (...parameters: unknown[]) => unknown {
  const [letters] = signature.split(':') as [string]
  const isRight = (value: unknown, letter: string): boolean =>
    letter === 'I' ? typeof value === 'bigint' : typeof value === 'number' && (value | 0) === value
  return (...parameters) => {
    for (let i = 0; i < letters.length; i++) {
      if (!isRight(parameters[i], letters[i]!)) endProgram(new Trap('incompatible import type'))
    }
    return call(...parameters)
  }
}

/** A host function that may run while other threads work on the same descriptors. */
function amongThreads(
  call: (...parameters: unknown[]) => unknown,
  { table, pthread }: Host,
  threads: ThreadGroup,
  waitsInMemory: boolean,
): (...parameters: unknown[]) => unknown {
  // Nine parameters, which the longest function has: an array for each call would be garbage. Those that a function does
  // not have it does not see.
  return (a, b, c, d, e, f, g, h, i) => {
    if (waitsInMemory) threads.enterMemoryCall()
    else threads.enterCall()
    let result: unknown
    try {
      if (threads.isStopping) endProgram(new Stopped())
      if (pthread !== undefined) endIfCancelled(pthread.state)
      result = call(a, b, c, d, e, f, g, h, i)
      if (result === Errno.INTR && pthread !== undefined) endIfCancelled(pthread.state)
      // Another thread has closed what this one was blocked on.
      if (result === Errno.INTR && table.isInterrupted) result = Errno.BADF
    } finally {
      table.endCall()
      threads.leaveCall()
    }
    if (threads.isStopping) endProgram(new Stopped())
    return result
  }
}

function unlinked({ module, name }: ModuleImport, warn: (message: string) => void): () => never {
  warn(`failed to link import function (${module}, ${name})`)
  return () => {
    endProgram(new Trap(`failed to call unlinked import function (${module}, ${name})`))
  }
}

/**
 * Makes the memory that a module imports, before it is linked.
 * @param mostPages it may never have more
 */
export function importMemory(
  { imports }: ModuleShape,
  mostPages = Number.POSITIVE_INFINITY,
): WebAssembly.Memory | undefined {
  const entry = imports.find((candidate) => candidate.kind === 'memory')
  return entry?.kind === 'memory' && MEMORY_MODULES.includes(entry.module) ? createMemory(entry, mostPages) : undefined
}

function createMemory(
  entry: ModuleImport & { kind: 'memory' },
  mostPages = Number.POSITIVE_INFINITY,
): WebAssembly.Memory {
  const { initial, shared } = entry.limits
  const maximum = Math.min(entry.limits.maximum ?? Number.POSITIVE_INFINITY, mostPages)
  if (initial > mostPages) {
    throw new LoadError(`WASM module instantiate failed: a memory of ${initial} pages, where ${mostPages} are the most`)
  }
  try {
    return new WebAssembly.Memory({ initial, ...(maximum === Number.POSITIVE_INFINITY ? {} : { maximum }), shared })
  } catch (error) {
    throw new LoadError(`WASM module instantiate failed: a memory of ${initial} pages: ${(error as Error).message}`)
  }
}
