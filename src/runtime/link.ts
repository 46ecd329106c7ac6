import { DIALECTS, type Dialect, WASI_MODULES } from '../host/dialect.ts'
import type { Host } from '../host/host.ts'
import { endProgram, Trap } from '../host/trap.ts'
import { LoadError } from './errors.ts'
import type { ModuleImport, ModuleShape } from './inspect.ts'

/** The modules from which a memory may be imported; it is then made from the limits that the module declares. */
const MEMORY_MODULES = ['env', '', ...WASI_MODULES]

export interface Linked {
  readonly imports: Record<string, Record<string, unknown>>
  readonly importedMemory: WebAssembly.Memory | undefined
}

/** Finds what each import stands for. A function that nothing provides is reported now and traps if it is ever called. */
export function link(shape: ModuleShape, host: Host, warn: (message: string) => void): Linked {
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
    Object.defineProperty(imports[module], name, { get: () => values.shift() })
  }
  for (const entry of shape.imports) {
    if (entry.kind === 'function') {
      supply(entry, provided(entry, host, made) ?? unlinked(entry, warn))
    } else if (entry.kind === 'memory' && MEMORY_MODULES.includes(entry.module)) {
      importedMemory = createMemory(entry)
      supply(entry, importedMemory)
    } else {
      throw new LoadError(
        `WASM module instantiate failed: failed to link import ${entry.kind} (${entry.module}, ${entry.name})`,
      )
    }
  }
  return { imports, importedMemory }
}

/**
 * The function that an import means: of a module that some dialect speaks for, of that name and of that very type.
 * @param made the functions of the dialects that were needed so far
 */
function provided(
  { module, name, signature }: ModuleImport & { kind: 'function' },
  host: Host,
  made: Map<Dialect, Readonly<Record<string, unknown>>>,
): unknown {
  const dialect = DIALECTS.find(({ modules }) => modules.includes(module))
  if (dialect === undefined) return undefined
  const { signatures } = dialect
  const names = dialect.ignoresUnderscore ? [name, name.replace(/^_/, '')] : [name]
  const known = names.find((candidate) => Object.hasOwn(signatures, candidate))
  if (known === undefined || signatures[known] !== signature) return undefined
  const functions = made.get(dialect) ?? dialect.functions(host)
  made.set(dialect, functions)
  return functions[known]
}

function unlinked({ module, name }: ModuleImport, warn: (message: string) => void): () => never {
  warn(`failed to link import function (${module}, ${name})`)
  return () => {
    endProgram(new Trap(`failed to call unlinked import function (${module}, ${name})`))
  }
}

function createMemory(entry: ModuleImport & { kind: 'memory' }): WebAssembly.Memory {
  const { initial, maximum, shared } = entry.limits
  try {
    return new WebAssembly.Memory({ initial, ...(maximum === undefined ? {} : { maximum }), shared })
  } catch (error) {
    throw new LoadError(`WASM module instantiate failed: a memory of ${initial} pages: ${(error as Error).message}`)
  }
}
