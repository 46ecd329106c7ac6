/** The program of calls.c, compiled in three ways, and its cases run under a watch. */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import wabt from 'wabt'
import { compileGuest } from '../../scripts/guest-compiler.mjs'
import { assemble, directory, file } from '../cli/harness.ts'

const SOURCE = fileURLToPath(new URL('calls.c', import.meta.url))

/** What a case needs of a program that runs it. */
export const AUTHORITY = ['--addr-pool=127.0.0.1/32', '--dir=.'] as const

/** With nothing but the main thread, the engine's own work happens at places that do not depend on the machine's load. */
export const ONE_THREAD = '--single-threaded'

/** Runs take a second or two, and many times that on a busy machine. */
export const HANG_MS = 60_000

export const hasCompiler = spawnSync('cc', ['--version']).status === 0

export function compileNative(): string {
  const path = join(directory, 'calls')
  const { status, stderr } = spawnSync('cc', ['-std=gnu11', '-O1', SOURCE, '-o', path], { encoding: 'utf8' })
  if (status !== 0) throw new Error(stderr)
  return path
}

/** With the flags of the oracle's programs, for which the guest library has been compiled already. */
export function compileModule(): Promise<string> {
  const flags = ['-std=gnu11', '-O1', '-Wall', '-Wextra']
  return compileGuest({ sources: [SOURCE], flags, warningsAreErrors: true })
}

/**
 * The same program as one that asks for threads, though it starts none: its descriptors are then records in shared memory.
 * There is no C library with threads to compile one with, so the finished module is changed: a shared memory, the import and
 * the export.
 */
export async function askForThreads(path: string): Promise<string> {
  const { readWasm } = await wabt()
  const module = readWasm(readFileSync(path), { bulk_memory: true })
  module.generateNames()
  module.applyNames()
  const text = module
    .toText({})
    .replace(/(\(memory \S+ \d+)\)/, '$1 256 shared)')
    .replace('(import', '(import "wasi" "thread-spawn" (func $spawn (param i32) (result i32))) (import')
    .replace(/\)\s*$/, '(func (export "wasi_thread_start") (param i32 i32)))')
  module.destroy()
  return file(assemble(text))
}
