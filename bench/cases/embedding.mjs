/** Berth as a library in a Node.js program: until a program runs, and programs whose calls suspend instead of blocking. */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** Programs that wait at the same time. */
const WAITING = 1000
const ROUND_TRIPS = 20_000

/** @param {import('../lib/case.mjs').Tools} tools */
export async function cases({ native, wasm, node, figure, withServer, root }) {
  const once = (kind) => () => figure(node('embedding', [kind]))
  const common = { group: 'embedding', better: 'lower', unit: 'ms' }
  const suspending = suspendingNode(root)
  const needs =
    suspending === undefined ? 'needs a Node.js that suspends programs: BENCH_SUSPENDING_NODE=PATH' : undefined
  const underIt = (args) => [suspending, ...node('suspending', args).slice(1)]
  const peer = native('peer')
  const [pingpong, waiting] = [await wasm('pingpong'), await wasm('waiting')]
  const pingPong = (kind) => () =>
    withServer([peer, 'echo'], { core: 0, endsItself: true }, (port) =>
      figure(underIt([kind, pingpong, port, 64, ROUND_TRIPS]), { core: 0 }),
    )
  return [
    {
      ...common,
      name: '`new WASI` to the first instruction, warm',
      target: { atMost: 2 },
      baseline: 'node',
      labels: { node: 'node:wasi' },
      sides: { node: once('node'), berth: once('berth') },
    },
    {
      ...common,
      name: '`spawn` to the first byte, the first program',
      target: { atMost: 40 },
      baseline: 'worker',
      labels: { worker: 'an empty Worker' },
      sides: { worker: once('worker'), berth: once('cold') },
    },
    {
      ...common,
      name: '`spawn` to the first byte, a Worker waits',
      target: { atMost: 40 },
      baseline: 'worker',
      labels: { worker: 'an empty Worker' },
      sides: { worker: once('worker'), berth: once('parked') },
    },
    {
      ...common,
      name: 'TCP ping-pong, 64 B, suspending',
      unit: 'µs',
      needs,
      baseline: 'blocking',
      labels: { blocking: 'blocking' },
      sides: { blocking: pingPong('blocking'), berth: pingPong('suspending') },
    },
    {
      ...common,
      name: 'resident memory of each of 1,000 suspended programs of 128 KiB',
      unit: 'KiB',
      // Twice its linear memory, and 100.
      target: { atMost: 356 },
      needs,
      sides: { berth: () => figure(underIt(['memory', waiting, WAITING])) },
    },
    {
      ...common,
      name: 'each of them woken by a datagram and ended',
      unit: 'µs',
      needs,
      sides: { berth: () => figure(underIt(['wake', waiting, WAITING])) },
    },
  ]
}

/** One that BENCH_SUSPENDING_NODE names, this one, or the newest of those that the tests have installed. */
function suspendingNode(root) {
  const cache = join(root, 'node_modules/.cache/berth-nodes')
  const versions = existsSync(cache) ? readdirSync(cache).filter((name) => /^\d+$/.test(name)) : []
  const installed = versions
    .sort((a, b) => b - a)
    .map((major) => join(cache, major, 'node_modules', `node-linux-${process.arch}`, 'bin/node'))
  return [process.env.BENCH_SUSPENDING_NODE, process.execPath, ...installed].find(
    (path) =>
      path && spawnSync(path, ['-p', 'typeof WebAssembly.Suspending'], { encoding: 'utf8' }).stdout === 'function\n',
  )
}
