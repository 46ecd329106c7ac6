/** Threads: C programs with pthreads natively, and the same sources for lib-pthread under Berth. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

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
const FLAGS = ['--target=wasm32-unknown-unknown', '-pthread', '-matomics', '-mbulk-memory', '-nostdlib']

const CONNECTIONS = 50
/**
 * Small enough that the calls and the changes of threads are all there is: what a message weighs, the kernel copies at the
 * same price for both sides, so that larger ones would only bring the ratio nearer to 1.
 */
const MESSAGE_BYTES = 64
/** Echoes on each connection. Every thread has an engine of its own, which has compiled all it will after 2,000, on its turn. */
const WARMUP_ECHOES = { native: 500, berth: 10_000 }
const SECONDS = 2

const STARTS = 200
const BLOCKED = 8

/** @param {import('../lib/case.mjs').Tools} tools */
export async function cases(tools) {
  const wasm = (name) =>
    tools.wasm(name, {
      // Has the freestanding headers that these programs stand on as well.
      includeDirs: [join(tools.root, 'test/threads/guest')],
      withGuestLibrary: false,
      flags: [...FLAGS, ...LINKING.map((flag) => `-Wl,${flag}`)],
      warningsAreErrors: true,
    })
  const program = async (name) => {
    const module = await wasm(name)
    const options = [`--max-threads=${MAX_THREADS}`, '--addr-pool=127.0.0.1/32']
    return {
      native: (args) => [tools.native(name), ...args],
      berth: (args, more = []) => tools.berth(module, { options: [...options, ...more], args }),
    }
  }
  const both = ({ native, berth }, measure) => ({ native: () => measure(native), berth: () => measure(berth) })

  const echo = await program('echo_threads')
  const load = tools.native('load')
  const echoes = (side) => () =>
    tools.withServer(echo[side]([CONNECTIONS]), { endsItself: true }, (port) =>
      tools.figure([load, port, CONNECTIONS, MESSAGE_BYTES, WARMUP_ECHOES[side], SECONDS]),
    )

  const threadStart = await program('thread_start')
  const startNs = async (argv, label) => {
    const lines = (await tools.output(argv([STARTS]))).split('\n')
    return Number(lines.find((line) => line.startsWith(label)).split(' ')[1])
  }

  const blocked = await program('blocked_threads')
  const kibPerThread = async (argv) =>
    ((await residentKib(tools, argv([64]))) - (await residentKib(tools, argv([1])))) / 63
  const bySignal = (argv) => msToEnd(tools, argv([BLOCKED]), (child) => child.kill('SIGTERM'), 'SIGTERM')
  const byExit = (argv) => msToEnd(tools, argv([BLOCKED]), (child) => child.stdin.write('x'), 7)
  /** From the message that the time is over. */
  const byTimeout = (argv) => msToEnd(tools, argv, (child) => once(child.stderr, 'data'), 1)

  const common = { group: 'threads', better: 'lower' }
  const soon = { unit: 'ms', target: { atMost: 100 } }
  return [
    {
      ...common,
      name: 'echo server, 50 connections with a thread each, 64 bytes',
      unit: 'req/s',
      better: 'higher',
      target: { ratioAtLeast: 0.9 },
      sides: { native: echoes('native'), berth: echoes('berth') },
    },
    {
      ...common,
      name: 'start of a thread, a Worker waits',
      unit: 'µs',
      target: { atMost: 500 },
      sides: both(threadStart, async (argv) => (await startNs(argv, 'median')) / 1e3),
    },
    {
      ...common,
      name: 'start of the first thread',
      unit: 'ms',
      sides: both(threadStart, async (argv) => (await startNs(argv, 'first')) / 1e6),
    },
    { ...common, name: 'resident memory of a thread, of 64', unit: 'KiB', sides: both(blocked, kibPerThread) },
    { ...common, ...soon, name: '8 threads in recv: SIGTERM to the end', sides: both(blocked, bySignal) },
    { ...common, ...soon, name: '8 threads in recv: a thread exits', sides: both(blocked, byExit) },
    {
      ...common,
      ...soon,
      name: '8 threads in recv: --timeout to the end',
      labels: { native: 'by SIGTERM' },
      sides: {
        native: () => bySignal(blocked.native),
        berth: () => byTimeout(blocked.berth([BLOCKED], ['--timeout=2000'])),
      },
    },
  ]
}

/** Starts a program and waits for the line that says that its threads are blocked. */
async function started(tools, argv) {
  const child = tools.spawn(argv)
  const isBlocked = once(createInterface(child.stdout), 'line')
  // Ended before: the error tells why.
  await Promise.race([isBlocked, tools.ended(child, 'blocked')])
  return child
}

async function residentKib(tools, argv) {
  const child = await started(tools, argv)
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
  child.kill('SIGKILL')
  await tools.ended(child, 'SIGKILL')
  return Number(/VmRSS:\s*(\d+)/.exec(status)[1])
}

/** From `stop` to the end of the process; where `stop` waits for something, from there on. */
async function msToEnd(tools, argv, stop, expected) {
  const child = await started(tools, argv)
  let start = performance.now()
  const waited = stop(child)
  if (waited instanceof Promise) {
    await waited
    start = performance.now()
  }
  await tools.ended(child, expected)
  return performance.now() - start
}
