/** `new WASI` as with `node:wasi`: the same cases with both, and what a network adds. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { after, before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { WASI as NodeWASI } from 'node:wasi'
import { compileGuest } from '../../scripts/guest-compiler.mjs'
import { type DenyEvent, LinkError, WASI, type WASIOptions } from '../../src/index.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const room = mkdtempSync(join(tmpdir(), 'berth-wasi-'))
after(() => rmSync(room, { recursive: true }))

let cases: string
let reactor: string

before(async () => {
  cases = await compileGuest({ sources: [join(HERE, 'guest/cases.c')], withGuestLibrary: false })
  reactor = await compileGuest({
    sources: [join(HERE, 'guest/reactor.c')],
    flags: ['-O2', '-mexec-model=reactor'],
    withGuestLibrary: false,
  })
})

interface Case {
  readonly name: string
  readonly words?: readonly string[]
  readonly options?: Record<string, unknown>
  readonly input?: string
}

const CASES: readonly Case[] = [
  { name: 'arguments', words: ['two words', '', 'ümläut'] },
  { name: 'environment', options: { env: { A: '1', EMPTY: '', ABSENT: undefined, NUMBER: 5 } } },
  { name: 'environment' },
  { name: 'exit', words: ['0'] },
  { name: 'exit', words: ['7'] },
  { name: 'exit', words: ['256'] },
  { name: 'exit', words: ['7'], options: { returnOnExit: false } },
  { name: 'return', words: ['3'] },
  { name: 'abort' },
  { name: 'recursion' },
  { name: 'input', input: 'one\ntwo\nthree without an end' },
  { name: 'errors' },
  { name: 'files', options: { preopens: { '/d': 'DIRECTORY' } } },
  { name: 'clocks' },
  { name: 'random' },
]

async function run(implementation: 'node' | 'berth', module: string, options: unknown, words: string[], input = '') {
  const args = ['--no-warnings', '--import', 'tsx', join(HERE, 'run-wasi.ts'), implementation, module]
  const child = spawn(process.execPath, [...args, JSON.stringify(options), ...words], {
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  })
  child.stdin.end(input)
  const outputs = [child.stdout, child.stderr, child.stdio[3] as Readable].map((stream) => text(stream))
  const [code] = await once(child, 'close')
  const [stdout, stderr, outcome] = await Promise.all(outputs)
  return { code, stdout, stderr, outcome }
}

describe('a program without a network behaves as with node:wasi', { concurrency: 2 }, () => {
  for (const [i, { name, words = [], options = {}, input }] of CASES.entries()) {
    test(`${name} ${words.join(' ')} ${JSON.stringify(options)}`, async () => {
      const outcomes = []
      for (const implementation of ['node', 'berth'] as const) {
        const directory = join(room, `${i}-${implementation}`)
        mkdirSync(directory)
        const given = { version: 'preview1', args: ['cases', name, ...words], ...options }
        const placed = JSON.parse(JSON.stringify(given).replace('DIRECTORY', directory))
        const outcome = await run(implementation, cases, placed, [], input)
        outcomes.push({ ...outcome, left: readdirSync(directory) })
      }
      assert.deepEqual(outcomes[1], outcomes[0])
    })
  }

  for (const words of [
    ['add', '2'],
    ['leave', '5'],
  ]) {
    test(`a reactor: ${words.join(' ')}`, async () => {
      const options = { version: 'preview1', returnOnExit: false }
      const [node, berth] = [await run('node', reactor, options, words), await run('berth', reactor, options, words)]
      assert.deepEqual(berth, node)
    })
  }
})

type Anything = Record<string, unknown>

/** What both classes have, for calls with anything. */
type AnyWASI = new (
  options?: unknown,
) => {
  readonly wasiImport: Record<string, (...values: number[]) => unknown>
  start(instance?: unknown): unknown
  initialize(instance?: unknown): unknown
}

function thrown(work: () => unknown): string {
  try {
    return `answered ${work()}`
  } catch (error) {
    const { name, message, code } = error as NodeJS.ErrnoException
    return `${name} ${code}: ${message}`
  }
}

describe('errors are those of node:wasi', () => {
  const B = { version: 'preview1' }
  const wrong: unknown[] = [undefined, null, 5, {}, { version: 'x' }, { version: 5 }]
  for (const option of [
    { args: 'x' },
    { env: 5 },
    { env: null },
    { preopens: [] },
    { stdin: -1 },
    { stdin: 'a' },
    { stdout: 2.5 },
    { stderr: 2 ** 31 },
    { returnOnExit: 1 },
  ]) {
    wrong.push({ ...B, ...option })
  }
  const both = [NodeWASI, WASI] as unknown as [AnyWASI, AnyWASI]

  for (const options of wrong) {
    test(`options ${JSON.stringify(options)}`, () => {
      const [expected, found] = both.map((Class) => thrown(() => new Class(options)))
      assert.equal(found, expected)
      assert.match(found!, /ERR_/)
    })
  }

  const memory = new WebAssembly.Memory({ initial: 1 })
  const instances: [string, unknown][] = [
    ['none', undefined],
    ['without exports', {}],
    ['without _start', { exports: { memory } }],
    ['with a number', { exports: { memory, _start: 5 } }],
    ['of both kinds', { exports: { memory, _start() {}, _initialize() {} } }],
    ['of one', { exports: { memory, _start() {} } }],
  ]
  for (const method of ['start', 'initialize'] as const) {
    for (const [name, instance] of instances) {
      test(`${method}: an instance ${name}`, () => {
        const [expected, found] = both.map((Class) => thrown(() => new Class(B)[method](instance)))
        assert.equal(found, expected)
      })
    }
  }

  test('starting twice', () => {
    const [expected, found] = both.map((Class) => {
      const wasi = new Class(B)
      wasi.start({ exports: { memory, _start() {} } })
      return thrown(() => wasi.start({ exports: { memory, _start() {} } }))
    })
    assert.equal(found, expected)
    assert.match(found!, /ERR_WASI_ALREADY_STARTED/)
  })

  test('calling before there is a memory', () => {
    const [expected, found] = both.map((Class) => thrown(() => new Class(B).wasiImport.fd_write!(1, 0, 0, 0)))
    assert.equal(found, expected)
    assert.match(found!, /ERR_WASI_NOT_STARTED/)
  })
})

describe('besides that', () => {
  const options = (more: Anything = {}) => ({ version: 'preview1', ...more }) as unknown as WASIOptions

  for (const [option, value] of [
    ['addrPool', ['127.0.0.1']],
    ['addrPool', '127.0.0.1/32'],
    ['addrPool', [5]],
    ['allowResolve', ['a*b']],
    ['allowDevice', 5],
    ['allowAbstract', [null]],
    ['listen', ['localhost:80']],
    ['listen', ['127.0.0.1:65536']],
    ['onDeny', 'x'],
    ['resolve', []],
    ['sockets', {}],
    ['sockets', [{}]],
    ['sockets', [-1]],
  ] as const) {
    test(`${option}: ${JSON.stringify(value)} is refused by name`, () => {
      assert.throws(
        () => new WASI(options({ [option]: value })),
        (error: NodeJS.ErrnoException) => {
          assert.match(error.code!, /^ERR_(INVALID_ARG_(TYPE|VALUE)|OUT_OF_RANGE)$/)
          assert.match(error.message, new RegExp(`options\\.${option}`))
          return true
        },
      )
    })
  }

  test('every import that is missing is named, with what would provide it', async () => {
    const wabt = await (await import('wabt')).default()
    const imports = [
      '(import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32)))',
      '(import "wasi_unstable" "fd_write" (func (param i32 i32 i32 i32) (result i32)))',
      '(import "wasi" "thread-spawn" (func (param i32) (result i32)))',
      '(import "env" "memory" (memory 1))',
      '(import "env" "unknown" (func))',
    ]
    const { buffer } = wabt.parseWat('missing.wat', `(module ${imports.join('')})`).toBinary({})
    const wasi = new WASI(options())
    await assert.rejects(wasi.instantiate(new WebAssembly.Module(buffer)), (error) => {
      assert.ok(error instanceof LinkError)
      assert.equal(error.code, 'ERR_BERTH_LINK')
      assert.deepEqual(
        error.missing.map(({ module, name }) => `${module}.${name}`),
        ['wasi_unstable.fd_write', 'wasi.thread-spawn', 'env.memory', 'env.unknown'],
      )
      assert.match(error.message, /version: 'unstable'/)
      assert.match(error.message, /spawn\(\)/)
      return true
    })
  })

  test('a hook is told what is refused, and what would grant it', () => {
    const events: DenyEvent[] = []
    using wasi = new WASI(options({ onDeny: (event: DenyEvent) => events.push(event) }))
    const memory = new WebAssembly.Memory({ initial: 1 })
    wasi.finalizeBindings({ exports: { memory } })
    const { sock_open, sock_bind } = wasi.wasiImport as unknown as Record<string, (...values: number[]) => number>
    const view = new DataView(memory.buffer)
    assert.equal(sock_open!(0, 0, 1, 0), 0)
    // An `__wasi_addr_t`: IPv4, 127.0.0.1, port 80.
    view.setUint32(16, 0, true)
    new Uint8Array(memory.buffer).set([127, 0, 0, 1, 80, 0], 20)
    assert.equal(sock_bind!(view.getUint32(0, true), 16), 2)
    assert.deepEqual(events, [
      { operation: 'bind', protocol: 'tcp', target: '127.0.0.1:80', grant: { addrPool: ['127.0.0.1/32'] } },
    ])
  })
})
