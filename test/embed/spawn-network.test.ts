/** `spawn`: what programs may use of the network, what they are told of names, and many of them at once. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { before, describe, test } from 'node:test'
import { spawn } from '../../src/embed/spawn.ts'
import type { DenyEvent, Limits, ListeningAddress, SpawnOptions } from '../../src/embed/types.ts'
import { assemble, untilShown } from '../cli/harness.ts'
import { compilePthreads } from '../threads/guest.ts'
import { compileSpawned, finish, run, said, withoutLeak } from './spawned.ts'

let module: string

/** A hundred Workers take seconds to start, and more on a busy machine. */
const LONG_MS = 120_000

const pool = { addrPool: ['127.0.0.1/32'] }

before(async () => {
  module = await compileSpawned()
  await run(module, ['exit', '0'])
})

describe('limits', () => {
  const limited = (what: string, limits: Limits) => run(module, [what], { ...pool, limits })

  test('sockets, duplicates counted', async () => {
    assert.deepEqual(
      await limited('sockets', { sockets: 5 }),
      said('socket EMFILE\nopened 5\ndup EMFILE\ndup 1\npair EMFILE\npair 0\n'),
    )
    assert.deepEqual((await limited('sockets', { sockets: 0 })).stdout.split('\n').slice(0, 2), [
      'socket EMFILE',
      'opened 0',
    ])
  })

  test('a listener that is given counts', async () => {
    const { stdout } = await run(module, ['sockets'], { listen: ['127.0.0.1:0'], limits: { sockets: 4 }, ...pool })
    assert.match(stdout, /^socket EMFILE\nopened 3\n/)
  })

  test('bytes sent: streams are cut, datagrams never', async () => {
    assert.deepEqual(
      await limited('send', { bytesSent: 2000 }),
      said(
        'send 600\ndatagram EDQUOT\ndatagram 500\nmany 2\nmessage 300\nsend EDQUOT\nwrite EDQUOT\ndatagram EDQUOT\nnothing 0\nmany EDQUOT\n',
      ),
    )
  })

  test('bytes received: likewise', async () => {
    assert.deepEqual(
      await limited('receive', { bytesReceived: 1000 }),
      said(
        'recv 600\npeek 100\ndatagram EDQUOT\npart 200\ndatagram EDQUOT\nmessage 200\nread EDQUOT\ndatagram EDQUOT\n',
      ),
    )
  })

  test('without them nothing is refused, and far ones do nothing', async () => {
    const expected = await limited('send', {})
    assert.doesNotMatch(expected.stdout, /EDQUOT/)
    const far = { sockets: 1e6, bytesSent: Number.MAX_SAFE_INTEGER, bytesReceived: Number.MAX_SAFE_INTEGER }
    assert.deepEqual(await limited('send', far), expected)
    assert.deepEqual(await limited('receive', far), await limited('receive', {}))
  })

  test('pages of memory', async () => {
    const mebibytes = async (memoryPages: number): Promise<number> => {
      const { stdout } = await limited('memory', { memoryPages })
      return Number(/^mebibytes (\d+)\n$/.exec(stdout)?.[1])
    }
    const [eight, sixteen] = [await mebibytes(8 * 16), await mebibytes(16 * 16)]
    assert.ok(eight < 8 && eight > 4, `${eight} of 8`)
    assert.equal(sixteen - eight, 8)
    await assert.rejects(
      spawn(module, { limits: { memoryPages: 1 } }).result,
      /a memory of \d+ pages, where 1 are the most/,
    )
    await assert.rejects(
      spawn(await WebAssembly.compile(assemble('(module (memory (export "memory") 1) (func (export "_start")))')), {
        limits: { memoryPages: 1 },
      }).result,
      /its bytes are needed/,
    )
  })

  test('pages of a memory that threads share', async () => {
    const pthreads = await compilePthreads()
    await assert.rejects(spawn(pthreads, { limits: { memoryPages: 1 } }).result, /where 1 are the most/)
    const { stdout } = await run(pthreads, ['turns'], { ...pool, limits: { memoryPages: 256 } })
    assert.match(stdout, /^turns 400\n/)
  })
})

describe('refusals', () => {
  test('are told, with what would allow them', async () => {
    const events: DenyEvent[] = []
    const program = await run(module, ['deny', '2'], { onDeny: (event) => events.push(event) })
    assert.deepEqual(program, said('connect EACCES\nconnect EACCES\n'))
    const event = {
      operation: 'connect',
      protocol: 'tcp',
      target: '192.0.2.1:80',
      grant: { addrPool: ['192.0.2.1/32'] },
    }
    assert.deepEqual(events, [event, event])
  })

  test('ten thousand of them wait for whoever hears them', async () => {
    let heard = 0
    await run(module, ['deny', '10000'], { onDeny: () => heard++, stdout: 'ignore' })
    assert.equal(heard, 10_000)
  })

  test('a program that is stopped while it waits to be heard', async () => {
    await withoutLeak(async () => {
      const options: SpawnOptions = {
        args: ['program', 'deny', '10000'],
        stdout: 'ignore',
        onDeny: () => program.kill(),
      }
      const program = spawn(module, options)
      assert.equal((await finish(program)).signal, 'SIGTERM')
    })
  })
})

describe('names', () => {
  const lookup = (name: string, options: SpawnOptions, ...more: string[]) =>
    run(module, ['lookup', name, ...more], options)

  test('are looked up by the embedding program', async () => {
    const asked: unknown[] = []
    const options: SpawnOptions = {
      allowResolve: ['*.example.test'],
      resolve: async (name, hints) => {
        asked.push([name, hints])
        return ['192.0.2.7', { address: '2001:db8::7', family: 6, canonicalName: 'real.example.test' }]
      },
    }
    assert.deepEqual(
      await lookup('www.example.test', options),
      said('name real.example.test\n192.0.2.7 80\n2001:db8::7 80\n'),
    )
    assert.deepEqual(await lookup('www.example.test', options, 'six'), said('name real.example.test\n2001:db8::7 80\n'))
    assert.deepEqual(asked, [
      ['www.example.test', { family: 0, socktype: 'stream' }],
      ['www.example.test', { family: 6, socktype: 'stream' }],
    ])
  })

  test('what may not be looked up is not asked for, nor are addresses', async () => {
    const options: SpawnOptions = { allowResolve: ['*.example.test'], resolve: () => assert.fail('was asked') }
    assert.deepEqual(await lookup('www.example.com', options), said('EACCES\n'))
    assert.deepEqual(await lookup('127.0.0.1', options), said('name 127.0.0.1\n127.0.0.1 80\n'))
    assert.deepEqual(await lookup('::1', options), said('name ::1\n::1 80\n'))
  })

  const failing = (code: string) => () => Promise.reject(Object.assign(new Error(code), { code }))
  for (const [name, resolve, answer] of [
    ['no addresses', async () => [], 'no name'],
    ['ENOTFOUND', failing('ENOTFOUND'), 'no name'],
    ['EAI_AGAIN', failing('EAI_AGAIN'), 'again'],
    ['any other error', failing('ESOMETHING'), 'failed'],
    ['what is thrown', () => assert.fail(), 'failed'],
    ['an address that is none', async () => ['www.example.com'], 'failed'],
    ['an address of another family', async () => [{ address: '::1', family: 4 as const }], 'failed'],
    ['no list', async () => '192.0.2.7' as never, 'failed'],
    ['addresses without an async function', () => ['192.0.2.7'], 'name www.example.test\n192.0.2.7 80'],
  ] as const) {
    test(name, async () => {
      const options: SpawnOptions = { allowResolve: ['*'], resolve }
      assert.deepEqual(await lookup('www.example.test', options), said(`${answer}\n`))
    })
  }

  test('by the host where nobody else does', async () => {
    const { stdout } = await lookup('localhost', { allowResolve: ['localhost'] })
    assert.match(stdout, /^name \S+\n(127\.0\.0\.1|::1) 80\n/)
  })
})

/** Sends a text to a port and collects what comes back until the end. */
async function talk(port: number, text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.end(text)
  let answer = ''
  for await (const chunk of socket) answer += chunk
  return answer
}

describe('many programs', () => {
  test('a hundred servers side by side, and the event loop keeps its beat', async () => {
    await withoutLeak(async () => {
      const programs = Array.from({ length: 100 }, () => spawn(module, { args: ['program', 'echo', '1'], ...pool }))
      const ports = await Promise.all(
        programs.map(async ({ stdout }) => Number(/port (\d+)\n/.exec(await untilShown(stdout!, '\n', LONG_MS))![1])),
      )
      assert.equal(new Set(ports).size, 100)
      // All are blocked in accept. What counts is that turns and timers come, not how fast.
      let beats = 0
      const timer = setInterval(() => beats++, 1)
      for (let turns = 0; turns < 1000; turns++) await new Promise(setImmediate)
      while (beats < 20) await new Promise(setImmediate)
      clearInterval(timer)
      const answers = await Promise.all(ports.map((port, i) => talk(port, `program ${i}`)))
      assert.deepEqual(
        answers,
        ports.map((_, i) => `program ${i}`),
      )
      const ends = await Promise.all(programs.map(({ result }) => result))
      assert.ok(ends.every(({ exitCode }) => exitCode === 0))
    })
  })

  test('some hundred, one after the other, over Workers that were kept', async () => {
    await withoutLeak(async () => {
      for (let i = 0; i < 100; i++) assert.deepEqual(await run(module, ['exit', String(i)]), said('', i))
    })
  })

  test('a megabyte through a socket of a program', async () => {
    const program = spawn(module, { args: ['program', 'echo', '1'], ...pool })
    const port = Number(/port (\d+)\n/.exec(await untilShown(program.stdout!, '\n'))![1])
    const text = 'some text '.repeat(100_000)
    const hash = (data: string) => createHash('sha256').update(data).digest('hex')
    assert.equal(hash(await talk(port, text)), hash(text))
    assert.equal((await program.result).exitCode, 0)
  })
})

test('a listener of the embedding program: its port is told', async () => {
  const source = assemble(`(module
    (import "wasi_snapshot_preview1" "sock_accept" (func $accept (param i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1) (data (i32.const 0) "\\64\\00\\00\\00\\02\\00\\00\\00") (data (i32.const 100) "hi")
    (func (export "_start") (drop (call $accept (i32.const 3) (i32.const 0) (i32.const 8)))
      (drop (call $write (i32.load (i32.const 8)) (i32.const 0) (i32.const 1) (i32.const 12)))))`)
  await withoutLeak(async () => {
    const program = spawn(source, { listen: ['127.0.0.1:0'] })
    const [{ address, family, port }] = (await once(program, 'listening')) as [ListeningAddress]
    assert.deepEqual([address, family], ['127.0.0.1', 'IPv4'])
    assert.equal(await talk(port, ''), 'hi')
    assert.deepEqual(await finish(program), said(''))
  })
})
