/**
 * Programs in a Node.js process that blocks in their calls, or suspends them, which needs a Node.js that can (24.20 or later):
 *
 *   suspending.mjs blocking|suspending MODULE ARG...   runs one program
 *   suspending.mjs memory|wake MODULE COUNT            COUNT programs that wait: prints the resident KiB of each, or the
 *                                                      microseconds in which each is woken by a datagram and ends
 */
import { createSocket } from 'node:dgram'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { WASI } from '../../dist/index.cjs'

const OPTIONS = { version: 'preview1', addrPool: ['127.0.0.1/32'] }

async function run(kind, module, args) {
  const wasi = new WASI({ ...OPTIONS, args: [module, ...args] })
  const compiled = new WebAssembly.Module(readFileSync(module))
  const instance = await wasi.instantiate(compiled, {}, { suspend: kind === 'suspending' })
  process.exitCode = kind === 'suspending' ? await wasi.startAsync(instance) : wasi.start(instance)
}

async function manyWaiting(kind, module, count) {
  const compiled = new WebAssembly.Module(readFileSync(module))
  const folder = mkdtempSync(join(tmpdir(), 'berth-bench-'))
  const path = join(folder, 'ports')
  const stdout = openSync(path, 'a')
  const begin = async () => {
    const wasi = new WASI({ ...OPTIONS, args: ['waiting'], stdout })
    return wasi.startAsync(await wasi.instantiate(compiled, {}, { suspend: true }))
  }
  const ports = () => readFileSync(path, 'utf8').split('\n').slice(0, -1)
  const ended = []
  const beginUntil = async (length) => {
    while (ended.length < length) ended.push(begin())
    while (ports().length < length) await turn()
  }
  // The first one pays for what all have in common.
  await beginUntil(1)
  const before = residentKib()
  await beginUntil(count + 1)
  const each = (residentKib() - before) / count
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  const targets = ports().map(Number)
  const start = performance.now()
  for (const port of targets) socket.send('x', port, '127.0.0.1')
  const codes = await Promise.all(ended)
  const tookUs = (performance.now() - start) * 1000
  socket.close()
  closeSync(stdout)
  rmSync(folder, { recursive: true })
  if (codes.some((code) => code !== 0)) throw new Error('a program has failed')
  console.log((kind === 'memory' ? each : tookUs / ended.length).toFixed(1))
}

/** Of this process, after what is garbage has gone. */
function residentKib() {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage.rss() / 1024
}

const [kind, module, ...args] = process.argv.slice(2)
if (kind === 'memory' || kind === 'wake') await manyWaiting(kind, module, Number(args[0]))
else await run(kind, module, args)
