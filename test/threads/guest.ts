/** Compiles the freestanding C program with threads in guest/. */
import { fileURLToPath } from 'node:url'
import { compileGuest } from '../../scripts/guest-compiler.mjs'

const HERE = fileURLToPath(new URL('guest/', import.meta.url))

/** Where the memory comes from: outside, as wasi-sdk makes it, or the module, which others do. */
export type MemoryOrigin = 'imported' | 'defined'

const LINKING = ['--shared-memory', '--max-memory=67108864', '--entry=_start', '--export=wasi_thread_start']
const FLAGS = ['--target=wasm32-unknown-unknown', '-O2', '-Wall', '-Wextra', '-pthread', '-matomics', '-mbulk-memory']

export function compileThreaded(memory: MemoryOrigin = 'imported'): Promise<string> {
  const linking = memory === 'imported' ? [...LINKING, '--import-memory', '--export-memory'] : LINKING
  return compileGuest({
    sources: [`${HERE}program.c`],
    includeDirs: [HERE],
    withGuestLibrary: false,
    flags: [...FLAGS, '-nostdlib', ...linking.map((flag) => `-Wl,${flag}`)],
    warningsAreErrors: true,
  })
}
