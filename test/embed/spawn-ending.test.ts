/** `spawn`: ending programs from outside and by one of their threads, whatever they are doing. */
import assert from 'node:assert/strict'
import { spawn as spawnProcess } from 'node:child_process'
import { before, describe, test } from 'node:test'
import { AbortError } from '../../src/embed/errors.ts'
import { spawn, type WasiProcess } from '../../src/embed/spawn.ts'
import type { SpawnOptions } from '../../src/embed/types.ts'
import { ENVIRONMENT, finish as finishProcess, untilShown } from '../cli/harness.ts'
import { compilePthreads, compileThreaded } from '../threads/guest.ts'
import { compileSpawned, finish, killed, run, said, untilClosed, withoutLeak } from './spawned.ts'

let module: string
let threaded: string
let pthreads: string

before(async () => {
  module = await compileSpawned()
  threaded = await compileThreaded()
  pthreads = await compilePthreads()
  await run(module, ['exit', '0'])
})

const WAYS = [
  'accept',
  'recv',
  'receive-from',
  'send',
  'connect',
  'poll',
  'epoll',
  'sleep',
  'read',
  'write',
  'resolve',
  'calls',
  'loop',
]

function block(way: string, options: SpawnOptions = {}): WasiProcess {
  return spawn(module, {
    args: ['program', 'block', way],
    addrPool: ['127.0.0.1/32'],
    allowResolve: ['*'],
    resolve: () => new Promise(() => {}),
    ...options,
  })
}

const pool = { addrPool: ['127.0.0.1/32'] }

describe('a program with one thread', () => {
  for (const way of WAYS) {
    test(`kill: ${way}`, async () => {
      await withoutLeak(async () => {
        const program = block(way)
        const closed = untilClosed(program)
        await untilShown(program.stdout!, 'blocked')
        program.stdout!.resume()
        assert.equal(program.kill(0), true)
        assert.equal(program.kill('SIGINT'), true)
        assert.equal(program.kill(), false)
        assert.deepEqual(await program.result, { exitCode: null, signal: 'SIGINT', trap: null })
        assert.deepEqual(await closed, [null, 'SIGINT'])
        assert.deepEqual([program.signalCode, program.killed], ['SIGINT', true])
      })
    })

    test(`abort: ${way}`, async () => {
      await withoutLeak(async () => {
        const controller = new AbortController()
        const program = block(way, { signal: controller.signal })
        const closed = untilClosed(program)
        await untilShown(program.stdout!, 'blocked')
        program.stdout!.resume()
        controller.abort(new Error('enough'))
        await assert.rejects(program.result, (error: Error) => {
          assert.ok(error instanceof AbortError)
          assert.equal((error.cause as Error).message, 'enough')
          return true
        })
        assert.deepEqual(await closed, [null, 'SIGTERM'])
      })
    })
  }

  test('timeout', async () => {
    await withoutLeak(async () => {
      // It is what ends it, however long the start takes.
      assert.equal((await finish(block('accept', { timeout: 1, killSignal: 'SIGALRM' }))).signal, 'SIGALRM')
      assert.equal((await finish(block('loop', { timeout: 300 }))).signal, 'SIGTERM')
    })
  })

  test('a timeout that is not reached keeps nothing alive and ends nothing', async () => {
    assert.deepEqual(await run(module, ['exit', '4'], { timeout: 2 ** 31 - 1 }), said('', 4))
  })

  test('kill and abort before it runs', async () => {
    await withoutLeak(async () => {
      const program = block('loop')
      program.kill()
      assert.deepEqual(await finish(program), killed(''))
      const aborted = block('loop', { signal: AbortSignal.abort() })
      const closed = untilClosed(aborted)
      await assert.rejects(aborted.result, AbortError)
      await closed
    })
  })

  test('kill at any moment of the start', async () => {
    await withoutLeak(async () => {
      for (let turns = 0; turns < 40; turns++) {
        const program = block('accept', { listen: ['127.0.0.1:0'], preopens: { '/': '/' } })
        program.stdout!.resume()
        const closed = untilClosed(program)
        for (let turn = 0; turn < turns * 3; turn++) await new Promise(setImmediate)
        program.kill()
        await closed
        assert.equal((await program.result).signal, 'SIGTERM')
      }
    })
  })

  test('an unknown signal', async () => {
    const program = block('loop')
    assert.throws(() => program.kill('SIGNOTHING' as never), { code: 'ERR_UNKNOWN_SIGNAL' })
    program.kill(9)
    assert.equal((await program.result).signal, 'SIGKILL')
  })

  test('disposal waits for the end', async () => {
    const program = block('recv')
    await untilShown(program.stdout!, 'blocked')
    await program[Symbol.asyncDispose]()
    assert.equal(program.signalCode, 'SIGTERM')
  })
})

const THREAD_CALLS = ['accept', 'recv', 'read', 'receive_from', 'send', 'connect', 'poll', 'sleep', 'wait', 'loop']

describe('a program with threads', () => {
  for (const call of THREAD_CALLS) {
    for (const [way, expected] of [
      ['return', said('blocked\n')],
      ['exit', said('blocked\n', 7)],
      ['thread-exit', said('blocked\n', 8)],
      ['never', killed('blocked\n')],
    ] as const) {
      test(`${call}: ${way}`, async () => {
        await withoutLeak(async () => {
          const program = spawn(threaded, { args: ['program', 'end', call, way], ...pool })
          const finished = finish(program)
          if (way === 'never') {
            await untilShown(program.stdout!, 'blocked\n')
            program.kill()
          }
          assert.deepEqual(await finished, expected)
        })
      })
    }

    for (const way of ['trap', 'thread-trap']) {
      test(`${call}: ${way}`, async () => {
        await withoutLeak(async () => {
          const { trap, stdout } = await finish(spawn(threaded, { args: ['program', 'end', call, way], ...pool }))
          assert.deepEqual([trap?.message, stdout], ['unreachable', 'blocked\n'])
        })
      })
    }
  }

  test('threads one after the other, at once, and one more than there may be', async () => {
    assert.deepEqual(await run(threaded, ['sequence', '200']), said('counted 200\n'))
    assert.deepEqual(await run(threaded, ['at-once', '4']), said('started 4\none more -1\ncounted 4\n'))
    const limits = { threads: 8 }
    assert.deepEqual(await run(threaded, ['at-once', '8'], { limits }), said('started 8\none more -1\ncounted 8\n'))
    assert.deepEqual(await run(threaded, ['nested', '7'], { limits }), said('depth 8\n'))
    const none = { limits: { threads: 0 } }
    assert.deepEqual(await run(threaded, ['at-once', '1'], none), said('started 0\none more -1\ncounted 0\n'))
  })

  test('one table of descriptors', async () => {
    const options = { ...pool, limits: { threads: 16 } }
    assert.deepEqual(await run(threaded, ['connections', '8'], options), said('right 160000\nserved 160000\n'))
  })

  test('lib-pthread', async () => {
    const results = [10, 11, 12, 13].map((result) => `result ${result}\n`).join('')
    assert.deepEqual(await run(pthreads, ['count'], pool), said(`one more -1\n${results}counted 4000\nself 0\n`))
    assert.deepEqual(await run(pthreads, ['turns'], pool), said('turns 400\nexpired 73\n'))
    assert.deepEqual(await run(pthreads, ['main-exits'], pool), said('the last one\n'))
    assert.equal((await run(pthreads, ['trap'], pool)).trap?.message, 'unreachable')
  })
})

describe('the embedding process', () => {
  /** Runs a script that has `spawn` and the program's path. */
  async function embed(script: string, ...args: string[]) {
    const entry = new URL('../../src/embed/spawn.ts', import.meta.url).href
    const text = `import { spawn } from ${JSON.stringify(entry)}
      const [module, ...words] = process.argv.slice(1)
      ${script}`
    const child = spawnProcess(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '--eval', text, '--', module, ...args],
      { env: ENVIRONMENT, stdio: 'pipe' },
    )
    return finishProcess(child)
  }

  test('ends by itself when its programs have, parked Workers or not', async () => {
    const outcome = await embed(`
      const programs = [1, 2, 3].map((code) => spawn(module, { args: ['program', 'exit', String(code)] }))
      console.log((await Promise.all(programs.map(({ result }) => result))).map(({ exitCode }) => exitCode).join())`)
    assert.deepEqual(outcome, { exit: 0, stdout: '1,2,3\n', stderr: '' })
  })

  test('does not end while a program runs, unless it is unref', async () => {
    const outcome = await embed(`
      const program = spawn(module, { args: ['program', 'block', 'accept'], addrPool: ['127.0.0.1/32'] })
      program.stdout.once('data', () => { program.unref(); console.log('unref') })`)
    assert.deepEqual(outcome, { exit: 0, stdout: 'unref\n', stderr: '' })
  })

  for (const way of WAYS.filter((one) => one !== 'resolve')) {
    test(`process.exit() during ${way}`, async () => {
      const outcome = await embed(
        `const program = spawn(module, { args: ['program', 'block', ...words], addrPool: ['127.0.0.1/32'] })
         program.stdout.once('data', () => process.exit(5))`,
        way,
      )
      assert.deepEqual(outcome, { exit: 5, stdout: '', stderr: '' })
    })
  }
})
