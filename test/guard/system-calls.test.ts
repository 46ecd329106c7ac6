/**
 * System calls of a guest's call. A program does each thing many times between two marks that strace shows, so that what is
 * between them is counted by name and nothing is timed: one call more in one of the {@link COUNT} fails.
 */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { directory, finish, scriptOf, startProcess } from '../cli/harness.ts'
import { AUTHORITY, askForThreads, compileModule, compileNative, HANG_MS, hasCompiler, ONE_THREAD } from './calls.ts'

const COUNT = 300
/** For what is made at the first use. */
const WARM_UP = 10

type Calls = Readonly<Record<string, number>>

interface Row {
  /** What Berth makes of one operation. */
  readonly calls: Calls
  /** The same for a program that asks for threads, where that differs. */
  readonly threads?: Calls
}

/**
 * As many calls as the same C makes natively, which the tests see for themselves; by name, since some of a kind cost more than
 * others.
 */
const ROWS: Readonly<Record<string, Row>> = {
  nothing: { calls: {} },
  tcp: { calls: { sendto: 1, recvfrom: 1 } },
  udp: { calls: { sendto: 1, recvfrom: 1 } },
  // The guest library makes `sock_send_to` of one piece.
  message: { calls: { sendto: 1, recvmsg: 1 } },
  // Sixteen messages each way.
  batch: { calls: { sendmmsg: 1, recvmmsg: 1 } },
  poll_one: { calls: { poll: 1 } },
  // Fifty descriptors.
  poll_many: { calls: { poll: 1 } },
  // The clock is asked without a system call.
  poll_deadline: { calls: { poll: 1 } },
  epoll_read: { calls: { sendto: 1, epoll_wait: 1, recvfrom: 1 } },
  connection: { calls: { socket: 1, connect: 1, accept4: 1, setsockopt: 1, close: 2 } },
  getsockopt: { calls: { getsockopt: 1 } },
  setsockopt: { calls: { setsockopt: 1 } },
  getsockname: { calls: { getsockname: 1 } },
  // Three pieces each way.
  pieces: { calls: { sendmsg: 1, recvmsg: 1 } },
  file_pieces: { calls: { writev: 1, lseek: 1, readv: 1 } },
  read: { calls: { read: 1 } },
  write: { calls: { write: 1 } },
  pread: { calls: { pwritev: 1, preadv: 1 } },
  lseek: { calls: { lseek: 1 } },
  fstat: { calls: { statx: 1 } },
  stat: { calls: { statx: 1 } },
  open: { calls: { openat2: 1, close: 1 }, threads: { openat2: 1, close: 1, fcntl: 1 } },
  clock: { calls: {} },
}
const NAMES = Object.keys(ROWS)

/** The C library of some machines knows only the newer of two, and makes of both the same. */
const OTHER_NAMES: Readonly<Record<string, string>> = { ppoll: 'poll', epoll_pwait: 'epoll_wait' }

/** What the engine does for itself: its memory, its locks, its garbage. Now and then; never once an operation. */
const NOISE = ['brk', 'futex', 'getpid', 'madvise', 'mmap', 'mprotect', 'munmap', 'sched_yield']

/** How the engine and libuv wake an event loop: an eventfd is given a one. */
const WAKING = /^write\(\d+, "\\1\\0\\0\\0\\0\\0\\0\\0", 8\)/

const canTrace = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0
const skip = !canTrace && 'no strace on this machine, or it may not trace'

/** The calls of all operations of each case together. */
type Traced = Readonly<Record<string, Record<string, number>>>

let runs = 0

/** Runs a program's cases; only the thread that makes the marks counts. */
async function trace(command: readonly string[]): Promise<Traced> {
  const folder = join(directory, `run-${runs++}`)
  mkdirSync(folder)
  // A file for each thread, so that no line is cut in two.
  const args = ['-ff', '-o', 'trace', ...command, String(WARM_UP), String(COUNT), ...NAMES]
  const { exit, stderr } = await finish(startProcess('strace', args, { cwd: folder, hangMs: HANG_MS }))
  assert.deepEqual({ exit, stderr }, { exit: 0, stderr: '' })
  const traces = readdirSync(folder).filter((name) => name.startsWith('trace.'))
  const main = traces
    .map((name) => readFileSync(join(folder, name), 'latin1'))
    .find((text) => /"begin 0\\n"/.test(text))
  assert.ok(main, 'the marks are in the trace')
  return countBetweenMarks(main)
}

function countBetweenMarks(text: string): Traced {
  const traced: Record<string, Record<string, number>> = {}
  let counts: Record<string, number> | undefined
  for (const line of text.split('\n')) {
    const [, mark, index] = /"(begin|end) (\d+)\\n"/.exec(line) ?? []
    if (mark === 'end') counts = undefined
    else if (mark === 'begin') traced[NAMES[Number(index)]!] = counts = {}
    else if (counts !== undefined) {
      const name = WAKING.test(line) ? 'futex' : (/^\w+/.exec(line)?.[0] ?? line)
      const known = OTHER_NAMES[name] ?? name
      counts[known] = (counts[known] ?? 0) + 1
    }
  }
  return traced
}

/** Without noise, and without the clock, which machines have that must ask the kernel. */
function ofProgram(counts: Calls): Calls {
  return Object.fromEntries(
    Object.entries(counts).filter(([name]) => !NOISE.includes(name) && name !== 'clock_gettime'),
  )
}

function total(counts: Calls): number {
  return Object.values(ofProgram(counts)).reduce((sum, count) => sum + count, 0)
}

function check(traced: Traced, expected: (row: Row) => Calls): void {
  const wrong: string[] = []
  for (const [name, row] of Object.entries(ROWS)) {
    const counts = traced[name] ?? {}
    const seen = ofProgram(counts)
    const wanted = expected(row)
    for (const call of new Set([...Object.keys(seen), ...Object.keys(wanted)])) {
      const times = (wanted[call] ?? 0) * COUNT
      if (seen[call] !== times) wrong.push(`${name}: ${seen[call] ?? 0} ${call}, not ${times}`)
    }
    for (const call of [...NOISE, 'clock_gettime'])
      if ((counts[call] ?? 0) > mostOf(call)) wrong.push(`${name}: ${counts[call]} ${call}`)
  }
  assert.deepEqual(wrong, [], `in ${COUNT} operations`)
}

/** A wait with a deadline may ask the clock before and after. */
function mostOf(noise: string): number {
  return noise === 'clock_gettime' ? 2 * COUNT : COUNT / 2
}

function berth(module: string): Promise<Traced> {
  return trace([process.execPath, ONE_THREAD, scriptOf('iwasm'), ...AUTHORITY, module])
}

const module = skip ? '' : await compileModule()

test('a call of the guest is the system calls that it should be', { skip }, async () => {
  check(await berth(module), ({ calls }) => calls)
})

test('so it is in a program that asks for threads', { skip }, async () => {
  check(await berth(await askForThreads(module)), ({ calls, threads }) => threads ?? calls)
})

test('native C makes as many', {
  skip: skip || (!hasCompiler && 'no C compiler named cc on this machine'),
}, async () => {
  const native = await trace([compileNative()])
  for (const [name, { calls }] of Object.entries(ROWS)) assert.equal(total(calls) * COUNT, total(native[name]!), name)
})
