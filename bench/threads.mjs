/**
 * The cases of threads: C programs with pthreads natively, and the same sources for lib-pthread under iwasm.
 */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { compileGuest } from '../scripts/guest-compiler.mjs'

const PROGRAMS = fileURLToPath(new URL('programs/', import.meta.url))
/** Has the freestanding headers that these programs stand on as well. */
const TEST_GUESTS = fileURLToPath(new URL('../test/threads/guest/', import.meta.url))
const IWASM = fileURLToPath(new URL('../dist/iwasm.cjs', import.meta.url))

/** 64 that are blocked, and the one that ends the program. */
const MAX_THREADS = 65
/** lib-pthread cuts the stack into a part for each thread. */
const STACK_BYTES = 1 << 20

const LINKING = [
  '--shared-memory',
  '--max-memory=67108864',
  '--entry=_start',
  '--export=__heap_base',
  '--export=__data_end',
  '--allow-undefined',
  `-z,stack-size=${STACK_BYTES}`,
]
const FLAGS = ['--target=wasm32-unknown-unknown', '-O2', '-pthread', '-matomics', '-mbulk-memory', '-nostdlib']

async function wasm(name) {
  const module = await compileGuest({
    sources: [join(PROGRAMS, `${name}.c`)],
    includeDirs: [PROGRAMS, TEST_GUESTS],
    withGuestLibrary: false,
    flags: [...FLAGS, ...LINKING.map((flag) => `-Wl,${flag}`)],
    warningsAreErrors: true,
  })
  return [process.execPath, IWASM, `--max-threads=${MAX_THREADS}`, '--addr-pool=127.0.0.1/32', module]
}

const CONNECTIONS = 50
/**
 * Small enough that the calls and the changes of threads are all there is: what a message weighs, the kernel copies at the
 * same price for both sides, so that larger ones would only bring the ratio nearer to 1.
 */
const MESSAGE_BYTES = 64
/** Echoes on each connection. Every thread has an engine of its own, which has compiled all it will after 2,000, on its turn. */
const WARMUP_ECHOES = { native: 500, berth: 10_000 }
const SECONDS = 2

/** @param native compiles a program of that name. @returns what `CASES` of run.mjs has */
export async function threadCases(native) {
  const load = native('load')
  const both = async (name, measure) => {
    const sides = { native: [native(name)], berth: await wasm(name) }
    return { native: () => measure(sides.native, 'native'), berth: () => measure(sides.berth, 'berth') }
  }
  const start = (label, divisor) =>
    both('thread_start', ([command, ...args]) => {
      const lines = execFileSync(command, [...args, '200'], { encoding: 'utf8' }).split('\n')
      return Number(lines.find((line) => line.startsWith(label)).split(' ')[1]) / divisor
    })
  const blocked = (measure) => both('blocked_threads', measure)
  const blockedUnderTimeout = await wasm('blocked_threads')
  blockedUnderTimeout.splice(2, 0, '--timeout=2000')
  return [
    {
      name: 'threads: echo, 50 connections, 64 B',
      unit: 'req/s',
      target: '≥ 0.90',
      sides: await both('echo_threads', (server, side) => echoesPerSecond(server, load, WARMUP_ECHOES[side])),
    },
    { name: 'threads: start, a Worker waits', unit: 'µs', target: '≤ 500 µs', sides: await start('median', 1e3) },
    { name: 'threads: start of the first', unit: 'ms', target: '', sides: await start('first', 1e6) },
    { name: 'threads: memory of one, of 64', unit: 'KiB', target: '', sides: await blocked(kibPerThread) },
    { name: 'threads: 8 in recv, SIGTERM', unit: 'ms', target: '≤ 100 ms', sides: await blocked(msToEndBySignal) },
    { name: 'threads: 8 in recv, one exits', unit: 'ms', target: '≤ 100 ms', sides: await blocked(msToEndByExit) },
    {
      name: 'threads: 8 in recv, --timeout',
      unit: 'ms',
      target: '≤ 100 ms',
      sides: {
        native: (await blocked(msToEndBySignal)).native,
        berth: () => msToEndByTimeout(blockedUnderTimeout),
      },
    },
  ]
}

/** Starts a program and waits for the line that it begins with. */
async function started([command, ...args], stderr = 'inherit') {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', stderr] })
  const [line] = await once(createInterface(child.stdout), 'line')
  return { child, number: Number(line.split(' ')[1]) }
}

async function echoesPerSecond(server, load, warmup) {
  const { child, number: port } = await started([...server, String(CONNECTIONS)])
  const ended = once(child, 'exit')
  const parameters = [port, CONNECTIONS, MESSAGE_BYTES, warmup, SECONDS].map(String)
  const [, figure] = execFileSync(load, parameters, { encoding: 'utf8' }).split('\n')
  const [code] = await ended
  if (code !== 0) throw new Error(`${server[0]} ended with ${code}`)
  return Number(figure)
}

/** What each further thread adds to the resident memory of a process. */
async function kibPerThread(program) {
  const few = await residentKib(program, 1)
  const many = await residentKib(program, 64)
  return (many - few) / 63
}

async function residentKib(program, count) {
  const { child } = await started([...program, String(count)])
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
  child.kill('SIGKILL')
  await once(child, 'exit')
  return Number(/VmRSS:\s*(\d+)/.exec(status)[1])
}

const BLOCKED = 8

/** From `stop` to the end of the process. */
async function msToEnd(child, stop, expected) {
  const ended = once(child, 'exit')
  const start = performance.now()
  stop()
  const [code, signal] = await ended
  const taken = performance.now() - start
  if ((code ?? signal) !== expected) throw new Error(`ended with ${code ?? signal} instead of ${expected}`)
  return taken
}

async function msToEndBySignal(program) {
  const { child } = await started([...program, String(BLOCKED)])
  return msToEnd(child, () => child.kill('SIGTERM'), 'SIGTERM')
}

async function msToEndByExit(program) {
  const { child } = await started([...program, String(BLOCKED)])
  return msToEnd(child, () => child.stdin.write('x'), 7)
}

/** From the message that the time is over. */
async function msToEndByTimeout(program) {
  const { child } = await started([...program, String(BLOCKED)], 'pipe')
  await once(child.stderr, 'data')
  return msToEnd(child, () => {}, 1)
}
