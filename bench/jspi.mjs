/**
 * `NODE bench/jspi.mjs`, with a Node.js that can suspend stacks (24.20 or later): what it costs that calls suspend instead of
 * blocking, in time and in memory. Needs a C compiler and a quiet machine.
 */
import { execFileSync, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { closeSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { WASI } from '../dist/index.cjs'
import { compileGuest } from '../scripts/guest-compiler.mjs'

const SELF = fileURLToPath(import.meta.url)
const PROGRAMS = fileURLToPath(new URL('programs', import.meta.url))
const OUT = fileURLToPath(new URL('../build/bench', import.meta.url))
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 9)
const INSTANCES = Number(process.env.BENCH_INSTANCES ?? 1000)

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1]
const wasm = (name) => compileGuest({ sources: [join(PROGRAMS, `${name}.c`)], includeDirs: [PROGRAMS], flags: ['-O2'] })

/** Runs a program in this process, with calls of one kind. */
async function run(kind, module, ...args) {
  const wasi = new WASI({ version: 'preview1', args: [module, ...args], addrPool: ['127.0.0.1/32'] })
  const compiled = new WebAssembly.Module(readFileSync(module))
  const instance = await wasi.instantiate(compiled, {}, { suspend: kind === 'suspending' })
  process.exitCode = kind === 'suspending' ? await wasi.startAsync(instance) : wasi.start(instance)
}

/** Microseconds a round trip, client and server on one core. */
async function pingPong(peer, kind, module) {
  const server = spawn('taskset', ['-c', '0', peer, 'echo'], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise((resolve) => server.on('close', resolve))
  const port = await new Promise((resolve) => server.stdout.once('data', (data) => resolve(String(data).trim())))
  const command = ['-c', '0', process.execPath, SELF, 'run', kind, module, port, '64', '20000']
  const figure = Number(execFileSync('taskset', command, { stdio: ['ignore', 'pipe', 'inherit'] }))
  await ended
  return figure
}

/** Resident bytes of this process, after what is garbage has gone. */
function residentBytes() {
  globalThis.gc()
  return process.memoryUsage.rss()
}

/** Many instances that wait, and what each has taken. Prints JSON. */
async function waiting(module) {
  const compiled = new WebAssembly.Module(readFileSync(module))
  const path = join(OUT, `ports-${process.pid}`)
  const stdout = openSync(path, 'a')
  const begin = async () => {
    const wasi = new WASI({ version: 'preview1', args: ['waiting'], addrPool: ['127.0.0.1/32'], stdout })
    const instance = await wasi.instantiate(compiled, {}, { suspend: true })
    return { instance, ended: wasi.startAsync(instance) }
  }
  const ports = () => readFileSync(path, 'utf8').trim().split('\n')
  // The first one pays for what all have in common.
  const all = [await begin()]
  while (ports()[0] === '') await turn()
  const before = residentBytes()
  while (all.length < INSTANCES + 1) all.push(await begin())
  while (ports().length < all.length) await turn()
  const each = (residentBytes() - before) / INSTANCES
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  const start = performance.now()
  for (const port of ports()) socket.send('x', Number(port), '127.0.0.1')
  const codes = await Promise.all(all.map(({ ended }) => ended))
  const wakeMs = performance.now() - start
  socket.close()
  closeSync(stdout)
  rmSync(path)
  if (codes.some((code) => code !== 0)) throw new Error('a program has failed')
  const linear = all[0].instance.exports.memory.buffer.byteLength
  console.log(JSON.stringify({ each, linear, wakeUs: (wakeMs * 1000) / all.length }))
}

const [part, ...args] = process.argv.slice(2)
if (part === 'run') await run(...args)
else if (part === 'waiting') await waiting(...args)
else {
  delete process.env.NODE_EXTRA_CA_CERTS
  mkdirSync(OUT, { recursive: true })
  const peer = join(OUT, 'peer')
  execFileSync('cc', ['-O2', '-o', peer, join(PROGRAMS, 'peer.c')])
  const pingpong = await wasm('pingpong')
  const times = { blocking: [], suspending: [] }
  for (let round = 0; round < ROUNDS; round++) {
    const order = round % 2 === 0 ? ['blocking', 'suspending'] : ['suspending', 'blocking']
    for (const kind of order) times[kind].push(await pingPong(peer, kind, pingpong))
  }
  const [blocking, suspending] = [median(times.blocking), median(times.suspending)]
  console.log(`Node.js ${process.version}, ${ROUNDS} rounds`)
  console.log(
    `TCP ping-pong 64 B, one core: blocking ${blocking} µs, suspending ${suspending} µs (${(suspending / blocking).toFixed(2)})`,
  )
  const options = ['--expose-gc', SELF, 'waiting', await wasm('waiting')]
  const { each, linear, wakeUs } = JSON.parse(execFileSync(process.execPath, options, { encoding: 'utf8' }))
  const kb = (bytes) => `${(bytes / 1024).toFixed(0)} KB`
  console.log(
    `${INSTANCES} instances that wait: ${kb(each)} each, of ${kb(linear)} linear memory (allowed: ${kb(2 * linear + 102_400)})`,
  )
  console.log(`all woken by a datagram each, and ended: ${wakeUs.toFixed(0)} µs each`)
}
