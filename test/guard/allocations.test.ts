/**
 * Garbage of a guest's call: bytes of the engine's heap that one operation of calls.c uses once everything is compiled. They are
 * the same in each run, to the byte, so that an object more in each call fails. Nothing is timed.
 */
import assert from 'node:assert/strict'
import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { collect, directory, finish, scriptOf, startProcess } from '../cli/harness.ts'
import { AUTHORITY, askForThreads, compileModule, HANG_MS, ONE_THREAD } from './calls.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const LIBRARY = fileURLToPath(new URL('../../dist/index.cjs', import.meta.url))

const WARM_UP = 1000
const COUNT = 500
/** The engine compiles for the last time in the second or third; the best one counts. */
const ROUNDS = 5

/**
 * Bytes of one operation. 16 are a number beyond 2^31, as each address given to the C library is. Some operations are several
 * calls.
 */
const BYTES: Readonly<Record<string, number>> = {
  nothing: 0,
  send: 16,
  recv: 16,
  sendto: 16,
  recvfrom: 16,
  tcp: 32,
  udp: 32,
  // The guest's 64-bit timeout.
  poll_one: 24,
  poll_many: 24,
  epoll_wait: 24,
  epoll_read: 56,
  read: 16,
  write: 16,
  // Seconds, nanoseconds, their product and sum, each an object.
  clock: 112,
  message: 16,
  pieces: 0,
  file_pieces: 32,
  lseek: 48,
  getsockopt: 0,
  setsockopt: 120,
  getsockname: 0,
  poll_deadline: 128,
  fstat: 312,
  // Sixteen messages each way, so that an object for each is at least 512 more. 220 to 440 from one run to the next: of the
  // functions that are made for each batch the engine compiles some and not others.
  batch: 560,
  // Opened, accepted and closed.
  connection: 336,
}
const NAMES = Object.keys(BYTES)

/**
 * What differs in a program that asks for threads. Descriptors and open files are records then, and each has its objects: 4,020
 * to 4,470 bytes from one run to the next, as the engine has compiled the functions that make them for the last time or not.
 */
const BYTES_WITH_THREADS = { ...BYTES, connection: 4600 }

/** Whose figures are those of the worst run. */
const VARYING = ['batch']

/** Less than the smallest object. */
const SLACK_BYTES = 8

const isFigured = process.versions.node.startsWith('20.')
const skip = !isFigured && `the figures are those of Node.js 20, this is ${process.version}`

const FLAGS = [
  '--expose-gc',
  ONE_THREAD,
  // So much room that nothing is collected between two marks.
  '--min-semi-space-size=64',
  '--max-semi-space-size=64',
  '--require',
  join(HERE, 'watch-allocations.cjs'),
]

async function measure(program: readonly string[]): Promise<Record<string, number>> {
  const cases = Array.from({ length: ROUNDS }, () => NAMES).flat()
  const args = [...FLAGS, ...program, String(WARM_UP), String(COUNT), ...cases]
  const child = startProcess(process.execPath, args, {
    cwd: mkdtempSync(join(directory, 'run-')),
    hangMs: HANG_MS,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
  })
  const report = collect(child.stdio[3] as Readable)
  const { exit, stderr } = await finish(child)
  assert.deepEqual({ exit, stderr }, { exit: 0, stderr: '' })
  const windows = report()
    .trim()
    .split('\n')
    .map((line) => line.split(' ').map(Number) as [bytes: number, collections: number])
  assert.equal(windows.length, cases.length)
  assert.ok(
    windows.every(([, collections]) => collections === 0),
    'nothing was collected',
  )
  const least = (name: string) => Math.min(...windows.filter((_, i) => cases[i] === name).map(([bytes]) => bytes))
  // What it costs to look.
  const nothing = least('nothing')
  return Object.fromEntries(NAMES.map((name) => [name, (least(name) - nothing) / COUNT]))
}

function check(t: TestContext, measured: Record<string, number>, most: Readonly<Record<string, number>>): void {
  const excess: string[] = []
  for (const [name, bytes] of Object.entries(measured)) {
    const allowed = most[name]!
    if (bytes > allowed + SLACK_BYTES) excess.push(`${name}: ${bytes.toFixed(1)} bytes an operation, not ${allowed}`)
    if (bytes < allowed - SLACK_BYTES && !VARYING.includes(name))
      t.diagnostic(`${name} is better than its figure: ${bytes.toFixed(1)}, not ${allowed}`)
  }
  assert.deepEqual(excess, [])
}

const module = skip ? '' : await compileModule()

test('garbage of a call in `new WASI`', { skip }, async (t) => {
  check(t, await measure([join(HERE, 'embedding.cjs'), LIBRARY, module]), BYTES)
})

test('garbage of a call in iwasm, in a program that asks for threads', { skip }, async (t) => {
  check(t, await measure([scriptOf('iwasm'), ...AUTHORITY, await askForThreads(module)]), BYTES_WITH_THREADS)
})
