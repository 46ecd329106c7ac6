/** Programs with wasi-threads as processes: one table of sockets, blocked calls that are closed, every way to end. */
import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { directory, finish, type Outcome, start, wasm } from '../cli/harness.ts'
import { SilentResolver, UNANSWERED_NAME, whyNoSilence } from '../cli/silent-resolver.ts'
import { compileThreaded } from './guest.ts'
import { END_HANG_MS, testEveryWayToEnd } from './ways-to-end.ts'

const POOL = '--addr-pool=127.0.0.1/32'

let module: string

before(async () => {
  module = await compileThreaded()
})

async function run(options: readonly string[], ...words: (string | number)[]): Promise<Outcome> {
  const child = start([POOL, ...options, module, ...words.map(String)], { stdio: ['ignore', 'pipe', 'pipe'] })
  return finish(child)
}

const said = (stdout: string): Outcome => ({ exit: 0, stdout, stderr: '' })

describe('starting', () => {
  test('threads one after the other, more than there may be at once', async () => {
    assert.deepEqual(await run([], 'sequence', 1000), said('counted 1000\n'))
  })

  test('four at once by default, and no more', async () => {
    assert.deepEqual(await run([], 'at-once', 4), said('started 4\none more -1\ncounted 4\n'))
  })

  test('as many as --max-threads says', async () => {
    assert.deepEqual(await run(['--max-threads=1'], 'at-once', 1), said('started 1\none more -1\ncounted 1\n'))
    assert.deepEqual(await run(['--max-threads=0'], 'at-once', 1), said('started 0\none more -1\ncounted 0\n'))
    assert.deepEqual(await run(['--max-threads=64'], 'at-once', 64), said('started 64\none more -1\ncounted 64\n'))
  })

  test('threads start threads', async () => {
    assert.deepEqual(await run(['--max-threads=8'], 'nested', 7), said('depth 8\n'))
  })
})

describe('modules that ask for threads and cannot have them', () => {
  const spawn = `(import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (func (export "_start") (call $exit (i32.add (call $spawn (i32.const 0)) (i32.const 11))))`
  const entry = '(func (export "wasi_thread_start") (param i32 i32))'
  for (const [name, text, missing] of [
    ['no shared memory', `(module ${spawn} ${entry} (memory (export "memory") 1))`, 'has no shared memory'],
    ['no entry', `(module ${spawn} (memory (export "memory") 1 1 shared))`, 'exports no wasi_thread_start'],
    [
      'an entry of another type',
      `(module ${spawn} (func (export "wasi_thread_start") (param i32)) (memory (export "memory") 1 1 shared))`,
      'exports no wasi_thread_start',
    ],
  ] as const) {
    test(`${name}: a warning, and every spawn fails`, async () => {
      const { exit, stderr } = await finish(start([wasm(text)], { stdio: ['ignore', 'pipe', 'pipe'] }))
      assert.deepEqual(
        [exit, stderr],
        [10, `iwasm: warning: the module asks for threads and ${missing}: it will get none\n`],
      )
    })
  }
})

describe('one table of descriptors', () => {
  test('with a memory that the module defines itself', async () => {
    const own = await compileThreaded('defined')
    const child = start([POOL, own, 'connections', '2'], { stdio: ['ignore', 'pipe', 'pipe'] })
    assert.deepEqual(await finish(child), said('right 40000\nserved 40000\n'))
  })

  test('accepted in one thread, served in another: every byte', async () => {
    assert.deepEqual(await run(['--max-threads=16'], 'connections', 8), said('right 160000\nserved 160000\n'))
  })

  test('threads open, use and close sockets on the same numbers', async () => {
    assert.deepEqual(await run(['--max-threads=8'], 'churn', 8, 100), said('right 1600\nlowest free 3\n'))
  })
})

test('one directory, listed by four threads at once', async () => {
  const files = 20
  const listed = join(directory, 'listed')
  mkdirSync(listed)
  for (let i = 0; i < files; i++) writeFileSync(join(listed, `file-${1000 + i}`), '')
  // `.` and `..`; each entry has 24 bytes besides its name.
  const bytes = files * (24 + 'file-1000'.length) + 2 * 24 + 3
  assert.deepEqual(await run([`--dir=${listed}`], 'list'), said(`bytes ${bytes}\ncomplete 8000\n`))
})

describe('closing what another thread is blocked on wakes it with EBADF', { concurrency: 2 }, () => {
  for (const call of ['accept', 'recv', 'read', 'receive_from', 'send', 'connect', 'poll']) {
    test(call, async () => {
      assert.deepEqual(await run([], 'close', call), said('blocked call 8\nnumber given anew 1\n'))
    })
  }
})

const CALLS = ['accept', 'recv', 'read', 'receive_from', 'send', 'connect', 'poll', 'sleep', 'wait', 'loop']

describe('the end of all threads, whatever they are doing', { concurrency: 3 }, () => {
  for (const call of CALLS) {
    testEveryWayToEnd(call, async (_, options, way) =>
      start([POOL, ...options, module, 'end', call, way], { stdio: ['ignore', 'pipe', 'pipe'], hangMs: END_HANG_MS }),
    )
  }
})

describe('the same during a name resolution that is not answered', { concurrency: 2 }, () => {
  testEveryWayToEnd('resolve', async (t, options, way) => {
    const reason = await whyNoSilence()
    if (reason !== undefined) {
      t.skip(reason)
      return undefined
    }
    const resolver = new SilentResolver()
    const words = [`--allow-resolve=${UNANSWERED_NAME}`, ...options, module, 'end', 'resolve', way, UNANSWERED_NAME]
    const child = start(words, { env: resolver.env, hangMs: END_HANG_MS })
    t.after(() => resolver.close())
    // The main thread waits for this word before it does its part.
    if (await resolver.isAsked(child)) child.stdin!.write('\n')
    return child
  })
})
