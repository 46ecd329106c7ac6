/**
 * What a start loads and looks at, beyond what Node.js does for an empty script: counted, not timed. The compiled code of the
 * bundle is in the cache, as it is from the second start on.
 */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { collect, directory, ENVIRONMENT, file, finish, scriptOf, startProcess, wasm } from '../cli/harness.ts'
import { HANG_MS } from './calls.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const WATCH = fileURLToPath(new URL('watch-modules.cjs', import.meta.url))
const BINARY = `@koromix/koffi-linux-${process.arch}/linux_${process.arch}/koffi.node`

/** What the bundle asks for itself. */
const REQUIRED = ['node:fs', 'node:path', 'node:util', 'node:vm']

/** What Node.js 20 loads for that and does not have already. */
const BUILT_IN = ['vm']

/** Each would cost a millisecond or more. */
const NEVER = ['child_process', 'crypto', 'dgram', 'dns', 'net', 'v8', 'worker_threads']

/**
 * Paths that the kernel is asked for, in their order, those aside that Node.js looks at on the way to each module's true path.
 * Those of the kept code and of the program have names of their own.
 */
const PATHS = [
  'dist/iwasm.cjs',
  // Is it there, and open it.
  'dist/iwasm.cjs',
  'CODE',
  'dist/iwasm.main.cjs',
  // Is it there, and open it.
  `node_modules/${BINARY}`,
  `node_modules/${BINARY}`,
  'PROGRAM',
]

const isNode20 = process.versions.node.startsWith('20.')
const canTrace = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0

const cache = mkdtempSync(join(directory, 'cache-'))
const env: NodeJS.ProcessEnv = { ...ENVIRONMENT, XDG_CACHE_HOME: cache }
delete env.NODE_DISABLE_COMPILE_CACHE

const program = wasm('(module (memory (export "memory") 1) (func (export "_start")))')
const start = [scriptOf('iwasm'), program]
/** An empty script that makes an instance, as whatever watches a start waits for one. */
const empty = [
  file('new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)))', 'empty.cjs'),
]

async function run(command: string, args: readonly string[], cwd = directory): Promise<string> {
  const stdio = ['ignore', 'ignore', 'pipe', 'pipe'] as const
  const child = startProcess(command, args, { cwd, env, hangMs: HANG_MS, stdio: [...stdio] })
  const report = collect(child.stdio[3] as Readable)
  const { exit, stderr } = await finish(child)
  assert.deepEqual({ exit, stderr }, { exit: 0, stderr: '' })
  return report()
}

interface Loaded {
  required: string[]
  opened: string[]
  internal: string[]
}

async function loaded(script: readonly string[]): Promise<Loaded> {
  return JSON.parse(await run(process.execPath, ['--require', WATCH, ...script])) as Loaded
}

/** Every line of every thread. */
async function traced(script: readonly string[]): Promise<string[]> {
  const folder = mkdtempSync(join(directory, 'trace-'))
  const args = ['-ff', '-o', 'trace', '-e', 'trace=%file,clone,clone3', process.execPath, ...script]
  await run('strace', args, folder)
  const texts = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'))
  return texts.flatMap((text) => text.split('\n'))
}

function threads(lines: readonly string[]): number {
  return lines.filter((line) => /^clone3?\(.*CLONE_THREAD/.test(line)).length
}

function paths(lines: readonly string[]): string[] {
  const found: string[] = []
  for (const line of lines) {
    const path = /^\w+\([^"]*"([^"]+)"/.exec(line)?.[1]
    if (path !== undefined && !line.includes('AT_SYMLINK_NOFOLLOW')) found.push(path)
  }
  return found
}

function named(path: string): string {
  if (path === program) return 'PROGRAM'
  if (path.startsWith(join(cache, 'berth/code/iwasm-'))) return 'CODE'
  return path.startsWith(ROOT) ? path.slice(ROOT.length) : path
}

await run(process.execPath, start)

test('a start loads no module that it does not need', async () => {
  const [berth, node] = [await loaded(start), await loaded(empty)]
  const more = berth.internal.filter((name) => !node.internal.includes(name)).map((name) => name.split(' ').pop()!)
  assert.deepEqual(
    more.filter((name) => NEVER.includes(name)),
    [],
  )
  assert.deepEqual(berth.required.filter((name) => !name.startsWith('/')).sort(), REQUIRED)
  assert.deepEqual(berth.opened.map(named), [`node_modules/${BINARY}`])
  if (isNode20) assert.deepEqual(more, BUILT_IN)
})

test('a start looks at no path that it does not need, and starts no thread', {
  skip:
    (!canTrace && 'no strace on this machine, or it may not trace') ||
    (!isNode20 && `the paths are those of Node.js 20, this is ${process.version}`),
}, async () => {
  const [berth, node] = [await traced(start), await traced(empty)]
  const ofNode = new Set(paths(node))
  assert.deepEqual(
    paths(berth)
      .filter((path) => !ofNode.has(path))
      .map(named),
    PATHS,
  )
  assert.equal(threads(berth), threads(node))
})

test('a start compiles of a module what it calls, however large it is, the first time as the next', {
  skip: !isNode20 && `the engine's own report is read, which is that of Node.js 20, not of ${process.version}`,
}, async () => {
  const idle = Array.from({ length: 500 }, (_, i) => `(func (result i32) (i32.const ${i}))`).join('')
  const large = wasm(
    `(module (memory (export "memory") 1) ${idle} (func $called) (func (export "_start") (call $called)))`,
  )
  for (const time of ['first', 'second']) {
    const { exit, stdout, stderr } = await finish(
      startProcess(process.execPath, ['--trace-wasm-compilation-times', scriptOf('iwasm'), large], { env }),
    )
    assert.deepEqual({ exit, stderr }, { exit: 0, stderr: '' })
    const functions = [...stdout.matchAll(/^Compiled function \S+#(\d+) using/gm)].map(([, index]) => Number(index))
    assert.deepEqual([...new Set(functions)].sort(), [500, 501], `the ${time} time`)
  }
})
