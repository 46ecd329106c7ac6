import { PTHREAD_MODULE } from '../abi/pthread.ts'
import type { ModuleShape, Signature } from '../runtime/inspect.ts'
import { providerOf } from '../runtime/link.ts'
import type { MissingImport } from './errors.ts'

/** Function names by which the origin of a module shows, and what to do about it. */
const ORIGINS: readonly (readonly [module: RegExp, name: RegExp, remedy: string])[] = [
  [/^wasi:|@\d/, /./, 'a component of WASI 0.2; compile for WASI preview 1 (wasm32-wasip1)'],
  [/^wasi_/, /./, 'no function of WASI preview 1 or of the socket extension has this name'],
  [/^wasi_ephemeral_nn|^wasi_nn/, /./, 'WASI-NN is not provided'],
  [
    /^(env|a)$/,
    /^(_?emscripten_|__syscall_|invoke_|_?embind_|__cxa_|asm_)/,
    'made for Emscripten; compile with berth cc',
  ],
  [/^(go|gojs)$/, /./, 'made for the browser by Go; compile with GOOS=wasip1'],
  [/^(\.\/.*|wbg|__wbindgen.*)$/, /./, 'made by wasm-bindgen; compile for the target wasm32-wasip1'],
  [/^env$/, /./, 'a function that was declared and not linked; berth cc links the C library with sockets'],
]

/** The imports of a module that are not among those `given`, where the module runs in the thread of the embedding program. */
export function missingImports(
  compiled: WebAssembly.Module,
  given: Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>,
): MissingImport[] {
  return WebAssembly.Module.imports(compiled)
    .filter(({ module, name }) => given[module]?.[name] === undefined)
    .map(({ module, name, kind }) => ({ module, name, remedy: remedyHere(module, name, kind) }))
}

function remedyHere(module: string, name: string, kind: string): string | undefined {
  if (kind === 'memory') return `a WebAssembly.Memory, as imports['${module}']['${name}']`
  if (kind !== 'function' || providerOf(module, name) === undefined) return originOf(module, name)
  if (module === 'wasi_unstable') return "new WASI({ version: 'unstable' }) provides it"
  return module === 'wasi_snapshot_preview1' ? "new WASI({ version: 'preview1' }) provides it" : 'spawn() provides it'
}

/**
 * The imports that nothing provides, where the module runs in Workers.
 * @param hasThreads whether the module has what the functions of lib-pthread need
 */
export function unprovidedImports({ imports }: ModuleShape, hasThreads: boolean): MissingImport[] {
  const missing: MissingImport[] = []
  for (const entry of imports) {
    const { module, name, kind } = entry
    // Memories are made.
    if (kind === 'memory') continue
    let remedy: string | undefined = `a ${kind} cannot be imported`
    if (kind === 'function') {
      const provider = providerOf(module, name)
      const isForThreads = module === PTHREAD_MODULE && provider !== undefined
      if (provider?.signature === entry.signature && (hasThreads || !isForThreads)) continue
      remedy = provider === undefined ? originOf(module, name) : mismatch(entry.signature, provider.signature)
    }
    missing.push({ module, name, remedy })
  }
  return missing
}

function originOf(module: string, name: string): string | undefined {
  return ORIGINS.find(([modules, names]) => modules.test(module) && names.test(name))?.[2]
}

function mismatch(wanted: Signature, provided: Signature): string {
  if (provided !== wanted) return `is provided with the type ${typeText(provided)}, not ${typeText(wanted)}`
  return 'is for modules with a shared memory, pthread_create, __heap_base and __data_end; link with --shared-memory'
}

const VALUE_TYPES: Readonly<Record<string, string>> = { i: 'i32', I: 'i64', f: 'f32', F: 'f64', e: 'externref' }

/** `(i32, i64) -> (i32)`. */
function typeText(signature: Signature): string {
  const [parameters, results] = signature
    .split(':')
    .map((letters) => [...letters].map((letter) => VALUE_TYPES[letter] ?? '?').join(', '))
  return `(${parameters}) -> (${results ?? ''})`
}
