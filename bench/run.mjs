/**
 * `npm run bench`: the same C programs natively and under iwasm, alternating in one run, fresh processes, medians.
 * Prints a table and keeps the raw figures in bench/results/. Both ends of a ping-pong are pinned to one core: waking a
 * thread on an idle virtual core costs more than the round trip and varies.
 *
 * With words behind `--`, runs only the cases whose name contains one of them, and keeps nothing.
 */
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, release, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from '../scripts/build.mjs'
import { compileGuest } from '../scripts/guest-compiler.mjs'
import { threadCases } from './threads.mjs'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const PROGRAMS = join(ROOT, 'bench/programs')
const IWASM = join(ROOT, 'dist/iwasm.cjs')
const OUT = join(ROOT, 'build/bench')
/** A larger number gives steadier medians. */
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 9)
const only = process.argv.slice(2)

// With this variable Node.js 20 reads every certificate of the system at each start.
delete process.env.NODE_EXTRA_CA_CERTS

await build()
mkdirSync(OUT, { recursive: true })
const native = (name) => {
  const output = join(OUT, name)
  execFileSync('cc', ['-O2', '-pthread', '-o', output, join(PROGRAMS, `${name}.c`)])
  return output
}
const wasm = (name) => compileGuest({ sources: [join(PROGRAMS, `${name}.c`)], includeDirs: [PROGRAMS], flags: ['-O2'] })

const peer = native('peer')
const pinned = (core, command) => ['taskset', '-c', String(core), ...command]
const underIwasm = (module) => [process.execPath, IWASM, '--addr-pool=127.0.0.1/32', module]

/** Runs a client against a fresh peer. @returns the figure it printed */
async function againstPeer(mode, peerCore, clientCore, client, args) {
  const server = spawn('taskset', ['-c', String(peerCore), peer, mode], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise((resolve) => server.on('close', resolve))
  const port = await new Promise((resolve) => server.stdout.once('data', (data) => resolve(String(data).trim())))
  const [command, ...rest] = pinned(clientCore, [...client, port, ...args])
  const figure = Number(execFileSync(command, rest, { stdio: ['ignore', 'pipe', 'inherit'] }))
  await ended
  return figure
}

function wallMs(command) {
  const start = process.hrtime.bigint()
  execFileSync(command[0], command.slice(1), { stdio: 'ignore' })
  return Number(process.hrtime.bigint() - start) / 1e6
}

const pingpong = { native: [native('pingpong')], berth: underIwasm(await wasm('pingpong')) }
const stream = { native: [native('stream')], berth: underIwasm(await wasm('stream')) }
const epoll = { native: [native('epoll')], berth: underIwasm(await wasm('epoll')) }
const hello = await wasm('hello')
const files = { native: native('files'), berth: await wasm('files') }

/** What `epoll` with 10,000 sockets needs. Node.js raises the soft limit to the hard one, also for its children. */
const EPOLL_DESCRIPTORS = 10_100
const descriptorLimit = execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }).trim()
const hasDescriptors = descriptorLimit === 'unlimited' || Number(descriptorLimit) >= EPOLL_DESCRIPTORS
if (!hasDescriptors) console.log(`no case with 10,000 descriptors: the limit is ${descriptorLimit}`)

/** Where the programs have their files: in memory if that can be had, so that no disk decides. */
const FILES = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'berth-bench-'))
process.on('exit', () => rmSync(FILES, { recursive: true }))

/** `better` tells which way a figure is good; the ratio is always berth / baseline. */
const CASES = [
  {
    name: 'TCP ping-pong 64 B, one core',
    unit: 'µs',
    target: '≤ 1.15',
    sides: both(pingpong, 'echo', 0, 0, ['64', '20000']),
  },
  {
    name: 'TCP stream, 64 KiB writes',
    unit: 'MB/s',
    target: '≥ 0.95',
    sides: both(stream, 'sink', 1, 0, ['65536', '2000']),
  },
  {
    name: 'TCP stream, 1 KiB writes',
    unit: 'MB/s',
    target: '≥ 0.70',
    sides: both(stream, 'sink', 1, 0, ['1024', '500']),
  },
  {
    name: 'epoll, 100 watched and busy',
    unit: 'ns',
    target: '≤ 1.60',
    sides: { native: epollNs(epoll.native, 100, 100), berth: epollNs(epoll.berth, 100, 100) },
  },
  {
    name: 'epoll, 10,000 watched and busy',
    unit: 'ns',
    target: '≤ 1.60',
    needs: hasDescriptors,
    sides: { native: epollNs(epoll.native, 10_000, 10_000), berth: epollNs(epoll.berth, 10_000, 10_000) },
  },
  {
    name: 'epoll: Berth, 9,900 idle ones more',
    unit: 'ns',
    target: '≤ 1.15',
    needs: hasDescriptors,
    sides: { native: epollNs(epoll.berth, 100, 100), berth: epollNs(epoll.berth, 10_000, 100) },
  },
  { name: 'files: write 256 MiB, 64 KiB writes', unit: 'MB/s', target: '≥ 0.90', sides: ofFiles('write') },
  { name: 'files: read 256 MiB, 64 KiB reads', unit: 'MB/s', target: '≥ 0.90', sides: ofFiles('read') },
  { name: 'files: open, fstat, close', unit: 'k/s', target: '≥ 0.50', sides: ofFiles('open') },
  {
    name: 'start: hello.wasm against node -e 0',
    unit: 'ms',
    target: '≤ 1.5',
    sides: {
      native: () => wallMs([process.execPath, '-e', '0']),
      berth: () => wallMs([process.execPath, IWASM, hello]),
    },
  },
  ...(await threadCases(native)),
]

function both(programs, mode, peerCore, clientCore, args) {
  const side = (client) => () => againstPeer(mode, peerCore, clientCore, client, args)
  return { native: side(programs.native), berth: side(programs.berth) }
}

/** 2,000 rounds, in each of which 50 of the busy sockets are ready. */
function epollNs(program, watched, busy) {
  const [command, ...args] = pinned(0, [...program, String(watched), String(busy), '50', '2000'])
  return () => Number(execFileSync(command, args, { stdio: ['ignore', 'pipe', 'inherit'] }))
}

function ofFiles(mode) {
  const side = (command) => () => {
    // What is read, and written over, is there.
    if (!existsSync(join(FILES, 'large'))) execFileSync(files.native, ['write', FILES])
    return Number(execFileSync(command[0], [...command.slice(1), mode, FILES], { encoding: 'utf8' }))
  }
  return {
    native: side([files.native]),
    berth: side([process.execPath, IWASM, `--dir=${FILES}`, files.berth]),
  }
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
const spread = (values) => `${Math.min(...values).toFixed(1)}..${Math.max(...values).toFixed(1)}`

const results = []
console.log(`${'case'.padEnd(38)} baseline (min..max)            Berth (min..max)               ratio   target`)
for (const { name, unit, target, sides, needs = true } of CASES) {
  if (!needs || (only.length > 0 && !only.some((word) => name.includes(word)))) continue
  const figures = { native: [], berth: [] }
  for (let round = 0; round < ROUNDS; round++) {
    const order = round % 2 === 0 ? ['native', 'berth'] : ['berth', 'native']
    for (const side of order) figures[side].push(await sides[side]())
  }
  const ratio = median(figures.berth.map((value, i) => value / figures.native[i]))
  const cell = (values) => `${median(values).toFixed(1)} ${unit} (${spread(values)})`.padEnd(30)
  console.log(`${name.padEnd(38)} ${cell(figures.native)} ${cell(figures.berth)} ${ratio.toFixed(2)}    ${target}`)
  results.push({ name, unit, target, ratio, ...figures })
}

if (only.length > 0) process.exit()
const machine = { cpu: cpus()[0]?.model, cores: cpus().length, kernel: release(), node: process.version }
mkdirSync(join(ROOT, 'bench/results'), { recursive: true })
writeFileSync(
  join(ROOT, 'bench/results/latest.json'),
  `${JSON.stringify({ date: new Date().toISOString().slice(0, 10), machine, rounds: ROUNDS, results }, null, 1)}\n`,
)
