/** Compiles the freestanding C program with threads in guest/. */
import { fileURLToPath } from 'node:url'
import { compileGuest } from '../../scripts/guest-compiler.mjs'

const HERE = fileURLToPath(new URL('guest/', import.meta.url))

/** Where the memory comes from: outside, as wasi-sdk makes it, or the module, which others do. */
export type MemoryOrigin = 'imported' | 'defined'

const LINKING = ['--shared-memory', '--max-memory=67108864', '--entry=_start']
const THREAD_LINKING = [...LINKING, '--export=wasi_thread_start', '--import-memory', '--export-memory']
const PTHREAD_LINKING = [...LINKING, '--export=__heap_base', '--export=__data_end', '--allow-undefined']
const FLAGS = [
  '--target=wasm32-unknown-unknown',
  '-ffreestanding',
  '-O2',
  '-Wall',
  '-Wextra',
  '-pthread',
  '-matomics',
  '-mbulk-memory',
]

export function compileThreaded(memory: MemoryOrigin = 'imported'): Promise<string> {
  return compile('program', memory === 'imported' ? THREAD_LINKING : [...LINKING, '--export=wasi_thread_start'])
}

/** As for lib-pthread of the original, by its documentation. */
export function compilePthreads(): Promise<string> {
  return compile('pthreads', PTHREAD_LINKING)
}

export function compilePthreadEnds(): Promise<string> {
  return compile('pthread_ends', PTHREAD_LINKING)
}

export function compileStress(): Promise<string> {
  return compile('stress', THREAD_LINKING)
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
