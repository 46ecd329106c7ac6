/** Compiles the freestanding C program with threads in guest/. */
import { fileURLToPath } from 'node:url'
import { compileGuest } from '../../scripts/guest-compiler.mjs'

const HERE = fileURLToPath(new URL('guest/', import.meta.url))

/** Where the memory comes from: outside, as wasi-sdk makes it, or the module, which others do. */
export type MemoryOrigin = 'imported' | 'defined'

const LINKING = ['--shared-memory', '--max-memory=67108864', '--entry=_start']
const FLAGS = ['--target=wasm32-unknown-unknown', '-O2', '-Wall', '-Wextra', '-pthread', '-matomics', '-mbulk-memory']

export function compileThreaded(memory: MemoryOrigin = 'imported'): Promise<string> {
  const linking = [...LINKING, '--export=wasi_thread_start']
  return compile('program', memory === 'imported' ? [...linking, '--import-memory', '--export-memory'] : linking)
}

/** As for lib-pthread of the original, by its documentation. */
export function compilePthreads(): Promise<string> {
  return compile('pthreads', [...LINKING, '--export=__heap_base', '--export=__data_end', '--allow-undefined'])
}

function compile(name: string, linking: readonly string[]): Promise<string> {
  return compileGuest({
    sources: [`${HERE}${name}.c`],
    includeDirs: [HERE],
    withGuestLibrary: false,
    flags: [...FLAGS, '-nostdlib', ...linking.map((flag) => `-Wl,${flag}`)],
    warningsAreErrors: true,
  })
}
