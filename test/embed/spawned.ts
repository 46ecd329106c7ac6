/** Programs run by `spawn`, and what they leave behind. */
import assert from 'node:assert/strict'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { compileGuest } from '../../scripts/guest-compiler.mjs'
import { spawn, type WasiProcess } from '../../src/embed/spawn.ts'
import type { SpawnOptions, WasiResult } from '../../src/embed/types.ts'
import { collect } from '../cli/harness.ts'

const SOURCE = fileURLToPath(new URL('guest/spawned.c', import.meta.url))

/** The program of guest/spawned.c. @returns its path */
export function compileSpawned(): Promise<string> {
  return compileGuest({ sources: [SOURCE], flags: ['-O1', '-Wall', '-Wextra'], warningsAreErrors: true })
}

/** Waits for the last event of a program, whatever became of it. @returns what the event tells */
export function untilClosed(program: WasiProcess): Promise<unknown[]> {
  return new Promise((resolve) => program.once('close', (...values) => resolve(values)))
}

export interface Finished extends WasiResult {
  readonly stdout: string
  readonly stderr: string
}

/** Waits for the end of a program and of its output. */
export async function finish(program: WasiProcess): Promise<Finished> {
  const texts = [program.stdout, program.stderr].map(collect)
  const closed = untilClosed(program)
  const result = await program.result
  await closed
  return { ...result, stdout: texts[0]!(), stderr: texts[1]!() }
}

export function run(module: string, args: readonly string[], options: SpawnOptions = {}): Promise<Finished> {
  return finish(spawn(module, { args: ['program', ...args], ...options }))
}

/** How a program ends that returns and has said nothing on standard error. */
export function said(stdout: string, exitCode = 0): Finished {
  return { exitCode, signal: null, trap: null, stdout, stderr: '' }
}

export function killed(stdout: string, signal: NodeJS.Signals = 'SIGTERM'): Finished {
  return { exitCode: null, signal, trap: null, stdout, stderr: '' }
}

const O_NONBLOCK = 0o4000

/** What this process has open, but for what the event loops of its threads use. */
export function openDescriptors(): string[] {
  const open: { readonly fd: string; readonly target: string; readonly isNonBlocking: boolean }[] = []
  for (const fd of readdirSync('/proc/self/fd')) {
    try {
      const target = readlinkSync(`/proc/self/fd/${fd}`)
      const [, flags] = /^flags:\s*(\d+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))!
      open.push({ fd, target, isNonBlocking: (Number.parseInt(flags!, 8) & O_NONBLOCK) !== 0 })
    } catch {
      // The descriptor by which the directory was read.
    }
  }
  // A loop has a pipe to itself that never blocks; of a program's, one end does.
  const isOfLoop = ({ target }: { target: string }): boolean =>
    target.startsWith('anon_inode:') ||
    (target.startsWith('pipe:') && open.filter((one) => one.target === target && one.isNonBlocking).length === 2)
  return open.filter((one) => !isOfLoop(one)).map(({ fd, target }) => `${fd} ${target}`)
}

/** Turns of the event loop in which what others have closed may still go. */
const MAX_TURNS = 2000

/** Fails if `work` leaves a descriptor open. */
export async function withoutLeak(work: () => Promise<void>): Promise<void> {
  const before = new Set(openDescriptors())
  await work()
  let left: string[] = []
  for (let turns = 0; turns < MAX_TURNS; turns++) {
    left = openDescriptors().filter((descriptor) => !before.has(descriptor))
    if (left.length === 0) return
    await new Promise(setImmediate)
  }
  assert.deepEqual(left, [])
}
