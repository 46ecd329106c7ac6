/** `spawn`: how programs get in and out, and how they end by themselves. */
import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { before, describe, test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { LinkError, LoadError, TrapError } from '../../src/embed/errors.ts'
import { spawn } from '../../src/embed/spawn.ts'
import { assemble, directory, file } from '../cli/harness.ts'
import { compileSpawned, finish, run, said, untilClosed, withoutLeak } from './spawned.ts'

let module: string

before(async () => {
  module = await compileSpawned()
  // What the first use opens for good is not a leak.
  await run(module, ['exit', '0'])
})

describe('the module', () => {
  test('by path, URL, bytes, buffer, and compiled', async () => {
    const bytes = readFileSync(module)
    const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer
    for (const source of [module, pathToFileURL(module), bytes, buffer, await WebAssembly.compile(bytes)]) {
      assert.deepEqual(await finish(spawn(source, { args: ['program', 'exit', '3'] })), said('', 3))
    }
  })

  test('bytes may be changed as soon as spawn has returned', async () => {
    const bytes = new Uint8Array(readFileSync(module))
    const program = spawn(bytes, { args: ['program', 'exit', '3'] })
    bytes.fill(0)
    assert.equal((await program.result).exitCode, 3)
  })

  for (const [name, source, message] of [
    ['a file that is not there', () => '/nowhere/at/all.wasm', /cannot be read: ENOENT/],
    ['a directory', () => directory, /cannot be read: EISDIR/],
    ['no module', () => Buffer.from('neither this nor that'), /magic header not detected/],
    [
      'a module that is not valid',
      () => Buffer.concat([assemble('(module)'), Uint8Array.of(99, 1, 0)]),
      /unknown section code/,
    ],
    ['a start of another type', () => assemble('(module (func (export "_start") (param i32)))'), /_start must be/],
  ] as const) {
    test(`${name} is a LoadError`, async () => {
      await withoutLeak(async () => {
        const program = spawn(source())
        const closed = untilClosed(program)
        await assert.rejects(program.result, (error: Error) => {
          assert.ok(error instanceof LoadError)
          assert.match(error.message, message)
          return true
        })
        assert.deepEqual(await closed, [null, null])
      })
    })
  }

  test('what is missing is named, with what would provide it', async () => {
    const bytes = assemble(`(module
      (import "env" "emscripten_get_now" (func (result f64)))
      (import "wasi_snapshot_preview1" "fd_write" (func (param i32)))
      (import "wasi_snapshot_preview1" "fd_teleport" (func))
      (import "env" "pthread_mutex_lock" (func (param i32) (result i32)))
      (import "env" "table" (table 1 funcref))
      (memory (export "memory") 1) (func (export "_start")))`)
    await assert.rejects(spawn(bytes).result, (error: Error) => {
      assert.ok(error instanceof LinkError)
      assert.deepEqual(
        error.missing.map(({ module, name }) => `${module}.${name}`),
        [
          'env.emscripten_get_now',
          'wasi_snapshot_preview1.fd_write',
          'wasi_snapshot_preview1.fd_teleport',
          'env.pthread_mutex_lock',
          'env.table',
        ],
      )
      assert.match(error.message, /env.emscripten_get_now: made for Emscripten/)
      assert.match(
        error.message,
        /fd_write: is provided with the type \(i32, i32, i32, i32\) -> \(i32\), not \(i32\) -> \(\)/,
      )
      return true
    })
  })

  test('a compiled module whose types nobody knows is checked at each call', async () => {
    const bytes = assemble(`(module
      (import "wasi_snapshot_preview1" "fd_write" (func $write (param f64)))
      (memory (export "memory") 1) (func (export "_start") (call $write (f64.const 0.5))))`)
    const { trap } = await spawn(await WebAssembly.compile(bytes)).result
    assert.equal(trap?.message, 'incompatible import type')
  })

  test('a directory that is not there', async () => {
    await withoutLeak(async () => {
      const program = spawn(module, { preopens: { '/': directory, '/more': '/nowhere/at/all' } })
      const closed = untilClosed(program)
      await assert.rejects(program.result, LoadError)
      await closed
    })
  })

  for (const [name, options] of [
    ['stdin', { stdin: 'piped' }],
    ['limits', { limits: { threads: -1 } }],
    ['limits.memoryPages', { limits: { memoryPages: 65_537 } }],
    ['timeout', { timeout: Number.NaN }],
    ['signal', { signal: {} }],
    ['killSignal', { killSignal: 'SIGNOTHING' }],
    ['resolve', { resolve: 'host' }],
    ['addrPool', { addrPool: ['all'] }],
  ] as const) {
    test(`an option that means nothing is told at once: ${name}`, () => {
      assert.throws(
        () => spawn(module, options as never),
        (error: NodeJS.ErrnoException) => error.code?.startsWith('ERR_'),
      )
    })
  }

  test('what can be no module is told at once', () => {
    assert.throws(() => spawn(42 as never), { code: 'ERR_INVALID_ARG_TYPE' })
  })
})

describe('arguments and streams', () => {
  test('arguments and environment', async () => {
    const program = spawn(module, { args: ['me', 'arguments', 'and more'], env: { WORD: 'given', NONE: undefined } })
    assert.deepEqual(await finish(program), said('me\narguments\nand more\ngiven\n'))
  })

  test('the name by default', async () => {
    assert.deepEqual(await finish(spawn(module)), said(''))
    const name = assemble(`(module
      (import "wasi_snapshot_preview1" "args_get" (func $args (param i32 i32) (result i32)))
      (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
      (memory (export "memory") 1) (data (i32.const 0) "\\64\\00\\00\\00\\09\\00\\00\\00")
      (func (export "_start") (drop (call $args (i32.const 50) (i32.const 100)))
        (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))`)
    assert.equal((await finish(spawn(file(name, 'some.wasm')))).stdout, 'some.wasm')
  })

  test('many megabytes in and out, the reader being slower than the pipe', async () => {
    const block = randomBytes(1 << 16)
    const program = spawn(module, { args: ['program', 'cat'] })
    const [sent, received] = [createHash('sha256'), createHash('sha256')]
    async function* blocks() {
      for (let i = 0; i < 128; i++) {
        sent.update(block)
        yield block
      }
    }
    let length = 0
    await Promise.all([
      pipeline(Readable.from(blocks()), program.stdin!),
      (async () => {
        for await (const chunk of program.stdout!) {
          received.update(chunk)
          length += chunk.length
          await new Promise(setImmediate)
        }
      })(),
    ])
    assert.equal((await program.result).exitCode, 0)
    assert.equal(length, 128 << 16)
    assert.equal(received.digest('hex'), sent.digest('hex'))
  })

  test('a program that nobody reads from waits, and nothing is kept without bound', async () => {
    const program = spawn(module, { args: ['program', 'block', 'write'], addrPool: ['127.0.0.1/32'] })
    const [first] = (await once(program.stdout!, 'data')) as [Buffer]
    program.stdout!.pause()
    // The pipe fills; then the program waits and nothing is read.
    for (let turns = 0; turns < 1000; turns++) await new Promise(setImmediate)
    assert.ok(program.stdout!.readableLength <= program.stdout!.readableHighWaterMark + (1 << 16))
    program.kill()
    // What comes after may come in the same chunk.
    assert.ok(first.toString().startsWith('blocked\n'))
    const finished = finish(program)
    // A stream that was paused keeps its rest until somebody wants it.
    program.stdout!.resume()
    assert.equal((await finished).signal, 'SIGTERM')
  })

  test('standard streams that are descriptors, ignored, or inherited', async () => {
    const path = file('from a file\n')
    const out = file('')
    const [input, output] = [openSync(path, 'r'), openSync(out, 'w')]
    const program = spawn(module, { args: ['program', 'cat'], stdin: input, stdout: output, stderr: 'inherit' })
    closeSync(input)
    closeSync(output)
    assert.deepEqual([program.stdin, program.stdout, program.stderr], [null, null, null])
    assert.equal((await finish(program)).exitCode, 0)
    assert.equal(readFileSync(out, 'utf8'), 'from a file\n')
    assert.equal((await finish(spawn(module, { args: ['program', 'cat'], stdio: 'ignore' }))).exitCode, 0)
  })

  test('a descriptor that is not open', () => {
    assert.throws(() => spawn(module, { stdio: ['pipe', 999_999] }), { code: 'EBADF', syscall: 'fcntl' })
  })

  test('a program that closes its input: the writer is told', async () => {
    const program = spawn(module, { args: ['program', 'close-input'], addrPool: ['127.0.0.1/32'] })
    await once(program.stdout!, 'data')
    const failed = once(program.stdin!, 'error')
    program.stdin!.write('x')
    const [error] = await failed
    assert.equal(error.code, 'EPIPE')
    program.kill()
    await program.result
  })

  test('output that is read after the end', async () => {
    const program = spawn(module, { args: ['program', 'arguments'] })
    await program.result
    const chunks: Buffer[] = []
    for await (const chunk of program.stdout!) chunks.push(chunk)
    assert.equal(Buffer.concat(chunks).toString(), 'program\narguments\nnone\n')
  })

  test('output that nobody reads does not keep anything open', async () => {
    await withoutLeak(async () => {
      const program = spawn(module, { args: ['program', 'arguments'] })
      await untilClosed(program)
    })
  })
})

describe('the end', () => {
  test('events come in their order', async () => {
    const program = spawn(module, { args: ['program', 'exit', '9'] })
    const events: unknown[] = []
    for (const name of ['spawn', 'exit', 'close'] as const) {
      program.on(name, (...values: unknown[]) => events.push([name, ...values]))
    }
    assert.equal(program.exitCode, null)
    await untilClosed(program)
    assert.deepEqual(events, [['spawn'], ['exit', 9, null], ['close', 9, null]])
    assert.deepEqual([program.exitCode, program.signalCode, program.killed], [9, null, false])
    assert.equal(program.kill(), false)
  })

  test('a code beyond 255 is told whole', async () => {
    const bytes = assemble(`(module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
      (memory (export "memory") 1) (func (export "_start") (call $exit (i32.const -1))))`)
    assert.equal((await spawn(bytes).result).exitCode, 0xffff_ffff)
  })

  test('a trap has the reason and the functions of the program', async () => {
    const { exitCode, signal, trap } = await spawn(module, { args: ['program', 'nested-trap'] }).result
    assert.deepEqual([exitCode, signal], [null, null])
    assert.ok(trap instanceof TrapError)
    assert.equal(trap.message, 'integer divide by zero')
    assert.match(trap.stack!, /^TrapError: integer divide by zero\n {4}at \S*inner_function \(wasm:/)
    assert.match(trap.stack!, /at \S*main \(wasm:/)
    assert.doesNotMatch(trap.stack!, /program-worker/)
  })

  test('a stack that overflows', async () => {
    const bytes = assemble(`(module (memory (export "memory") 1)
      (func $descend (result i32) (i32.add (call $descend) (i32.const 1)))
      (func (export "_start") (drop (call $descend))))`)
    const { trap } = await spawn(bytes).result
    assert.equal(trap?.message, 'wasm operand stack overflow')
    assert.match(trap.stack!, /wasm-function\[0\]/)
  })

  test('a trap of a start function', async () => {
    const { trap } = await spawn(
      assemble('(module (memory (export "memory") 1) (func $first unreachable) (start $first))'),
    ).result
    assert.equal(trap?.message, 'unreachable')
  })

  test('data that do not fit', async () => {
    const bytes = assemble(
      '(module (memory (export "memory") 1) (data (i32.const 65536) "x") (func (export "_start")))',
    )
    await assert.rejects(spawn(bytes).result, LoadError)
  })

  test('an error that nobody looks at is thrown; looking at the result or listening is enough', async () => {
    const told: unknown[] = []
    const program = spawn('/nowhere')
    program.on('error', (error) => told.push(error))
    await untilClosed(program)
    assert.ok(told[0] instanceof LoadError)
    const other = spawn('/nowhere')
    await assert.rejects(other.result, LoadError)
    const uncaught = new Promise((resolve) => process.once('uncaughtException', resolve))
    // What the test runner does about it is not the point.
    const listeners = process.listeners('uncaughtException')
    for (const listener of listeners.slice(0, -1)) process.off('uncaughtException', listener)
    spawn('/nowhere')
    assert.ok((await uncaught) instanceof LoadError)
    for (const listener of listeners.slice(0, -1)) process.on('uncaughtException', listener)
  })

  test('nothing stays open', async () => {
    await withoutLeak(async () => {
      for (const args of [['exit', '1'], ['trap'], ['arguments'], ['nested-trap']]) await run(module, args)
    })
  })
})

test('busyPoll is a whole number of microseconds, and changes nothing that a program can see', async () => {
  for (const busyPoll of [-1, 0.5, 100_001, Number.NaN]) {
    assert.throws(() => spawn(module, { busyPoll }), { code: 'ERR_OUT_OF_RANGE' })
  }
  assert.throws(() => spawn(module, { busyPoll: '50' as never }), { code: 'ERR_INVALID_ARG_TYPE' })
  assert.deepEqual(await run(module, ['exit', '3'], { busyPoll: 1000 }), said('', 3))
})
