/**
 * `npm start`: the main job, shown. Installs what is missing, builds, compiles the two programs of examples/ to WebAssembly,
 * runs them against each other under `iwasm --addr-pool=127.0.0.1/32`, and shows a connect outside the pool being refused.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, relative } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { build } from './build.mjs'
import { installDependencies } from './install-dependencies.mjs'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const IWASM = join(ROOT, 'dist/iwasm.cjs')
const POOL = '--addr-pool=127.0.0.1/32'
/** Reserved for documentation (RFC 5737): nobody has it, and nothing is sent to it. */
const OUTSIDE = '192.0.2.1'

process.chdir(ROOT)
installDependencies()
await step('Building iwasm and berth', build)
const { compileGuest } = await import('./guest-compiler.mjs')
const server = await compileExample('tcp_server')
const client = await compileExample('tcp_client')

const expectation = await converse()
await beRefused()
console.log(`\nBoth programs ran as WebAssembly with the authority to use ${expectation} and nothing else.`)

/** Runs a step that may take seconds; what it is and how long it took are printed. */
async function step(what, run) {
  process.stdout.write(`${what} ... `)
  const start = Date.now()
  const result = await run()
  console.log(`${((Date.now() - start) / 1000).toFixed(1)} s`)
  return result
}

function compileExample(name) {
  const source = join('examples', `${name}.c`)
  return step(`Compiling ${source} to WebAssembly`, () => compileGuest({ sources: [join(ROOT, source)] }))
}

/** Starts a program under iwasm, its lines printed as they come. */
function iwasm(label, options, module, args) {
  console.log(`\n$ iwasm ${[...options, relative(ROOT, module), ...args].join(' ')}`)
  const child = spawn(process.execPath, [IWASM, ...options, module, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const lines = []
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line)
      console.log(`  [${label}] ${line}`)
      child.emit('output', line)
    })
  }
  return { child, lines, ended: once(child, 'close').then(([code]) => code) }
}

async function converse() {
  const serving = iwasm('server', [POOL], server, ['0', '1'])
  const port = await portOf(serving)
  const talking = iwasm('client', [POOL], client, ['127.0.0.1', port, 'Hello from WebAssembly', 'and good bye'])
  if ((await talking.ended) !== 0) fail('the client failed')
  if ((await serving.ended) !== 0) fail('the server failed')
  if (!talking.lines.some((line) => line.includes('Hello from WebAssembly'))) fail('the client got no answer')
  return '127.0.0.1'
}

/** The port from the server's first line; that it ends without one is a failure. */
async function portOf({ child, ended }) {
  const first = await Promise.race([once(child, 'output'), ended])
  const match = /listening on 127\.0\.0\.1:(\d+)/.exec(String(first))
  return match === null ? fail('the server did not say where it listens') : match[1]
}

async function beRefused() {
  const refused = iwasm('client', [POOL], client, [OUTSIDE, '80', 'let me out'])
  const code = await refused.ended
  const isReported = refused.lines.some((line) => line.includes('refused') && line.includes(OUTSIDE))
  if (code === 0 || !isReported) fail('a connect outside the pool was not refused')
}

function fail(why) {
  console.error(`\nnpm start: ${why}`)
  process.exit(1)
}
