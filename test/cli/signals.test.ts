/** A program can be ended from outside whatever it is doing, and what it has written by then is complete. */
import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { addr, cString, FOREVER, load, print, program, type Step, silently, words } from './guest.ts'
import { finish, iwasm, type Outcome, start, untilShown, wasm } from './harness.ts'
import { SilentResolver, UNANSWERED_NAME, whyNoSilence } from './silent-resolver.ts'

const [FD, OUT, ADDR, IOV, BUF, SUBSCRIPTION, EVENT] = [0, 8, 64, 200, 1024, 300, 400]
const fd = load(FD)

const clock = new Uint8Array(48)
// An hour on the monotonic clock.
new DataView(clock.buffer).setUint32(16, 1, true)
new DataView(clock.buffer).setBigUint64(24, 3_600_000_000_000n, true)
const readable = new Uint8Array(48)
readable[8] = 1

const data = {
  [ADDR]: addr('127.0.0.1', 0),
  [IOV]: words(BUF, 16),
  [SUBSCRIPTION]: clock,
  [SUBSCRIPTION + 48]: readable,
}

/** Said before the program blocks. */
const READY = '4242\n'
const ready = print(4242)

function listener(protocol: 0 | 1): Step[] {
  return [silently(['sock_open', -1, 0, protocol, FD]), silently(['sock_bind', fd, ADDR])]
}

/** Fills a connection to itself until `send` blocks. */
const selfConnection: Step[] = [
  ...listener(1),
  silently(['sock_listen', fd, 1]),
  silently(['sock_addr_local', fd, ADDR]),
  silently(['sock_open', -1, 0, 1, FD + 4]),
  silently(['sock_connect', load(FD + 4), ADDR]),
]

const BLOCKED: readonly (readonly [name: string, steps: Step[]])[] = [
  ['accept', [...listener(1), silently(['sock_listen', fd, 1]), ready, ['sock_accept', fd, 0, OUT]]],
  ['recv on TCP', [...selfConnection, ready, ['sock_recv', load(FD + 4), IOV, 1, 0, OUT, OUT + 4]]],
  ['recv_from on UDP', [...listener(0), ready, ['sock_recv_from', fd, IOV, 1, 0, ADDR, OUT]]],
  [
    'send with a full buffer',
    [
      ...selfConnection,
      `(i32.store (i32.const ${IOV + 4}) (i32.const 100000))`,
      ready,
      `(loop $send ${silently(['sock_send', load(FD + 4), IOV, 1, 0, OUT])} (br $send))`,
    ],
  ],
  ['a read of standard input', [ready, ['fd_read', 0, IOV, 1, OUT]]],
  ['a sleep', [ready, ['poll_oneoff', SUBSCRIPTION, EVENT, 1, OUT]]],
  ['a poll of standard input', [ready, ['poll_oneoff', SUBSCRIPTION + 48, EVENT, 1, OUT]]],
  ['a poll of both', [ready, ['poll_oneoff', SUBSCRIPTION, EVENT, 2, OUT]]],
  ['an endless loop', [ready, FOREVER]],
  ['a loop of host calls', [ready, `(loop $yield ${silently(['sched_yield'])} (br $yield))`]],
]

const OPTIONS = ['--addr-pool=127.0.0.1/32']

describe('a signal ends the process at once', { concurrency: 2 }, () => {
  for (const [name, steps] of BLOCKED) {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      test(`${signal} during ${name}`, async () => {
        const child = start([...OPTIONS, wasm(program(steps, data))])
        const done = finish(child)
        await untilShown(child.stdout!, READY)
        child.kill(signal)
        // Had it not ended at once, the harness would have killed it, and that counts as a hang.
        const { exit, stdout, stderr } = await done
        assert.deepEqual({ exit, stdout, stderr }, { exit: signal, stdout: READY, stderr: '' })
      })
    }
  }
})

/** Long enough for a start on a busy machine: what is written before must be there. */
const TIMEOUT_MS = 700

describe('--timeout ends the program', { concurrency: 3 }, () => {
  for (const [name, steps] of BLOCKED) {
    test(`during ${name}`, async () => {
      const child = start([...OPTIONS, `--timeout=${TIMEOUT_MS}`, wasm(program(steps, data))])
      // Standard input stays open: nothing but the timeout ends the wait.
      assert.deepEqual(await finish(child), { exit: 1, stdout: READY, stderr: 'Exception: terminated by user\n' })
    })
  }

  test('during a start function', async () => {
    const path = wasm(
      `(module (memory (export "memory") 1) (func $start ${FOREVER}) (start $start) (func (export "_start")))`,
    )
    const outcome = await iwasm([`--timeout=${TIMEOUT_MS}`, path])
    assert.deepEqual(outcome, { exit: 1, stdout: '', stderr: 'Exception: terminated by user\n' })
  })

  test('during a function called with -f', async () => {
    const path = wasm(`(module (memory (export "memory") 1) (func (export "spin") ${FOREVER}))`)
    const outcome = await iwasm([`--timeout=${TIMEOUT_MS}`, '-f', 'spin', path])
    assert.deepEqual(outcome, { exit: 1, stdout: '', stderr: 'Exception: terminated by user\n' })
  })

  test('with 0 milliseconds, at once', async () => {
    const path = wasm(program([FOREVER]))
    assert.deepEqual(await iwasm(['--timeout=0', path]), {
      exit: 1,
      stdout: '',
      stderr: 'Exception: terminated by user\n',
    })
  })

  test('and everything written before has arrived', async () => {
    const MEGABYTE = 16 * 65_536
    const write: Step = silently(['fd_write', 1, IOV, 1, OUT])
    const wat = program(
      [`(i32.store (i32.const ${IOV + 4}) (i32.const 65536))`, ...Array<Step>(16).fill(write), ready, FOREVER],
      data,
    )
    const { exit, stdout } = await iwasm([`--timeout=${TIMEOUT_MS}`, wasm(wat)])
    assert.equal(exit, 1)
    assert.equal(stdout.length, MEGABYTE + READY.length)
    assert.ok(stdout.endsWith(READY))
  })
})

describe('the same during a name resolution that is not answered', { concurrency: 2 }, () => {
  const [NAME, SERVICE, HINTS, ENTRY] = [2048, 2080, 2084, 2100]
  const lookUp = program([['sock_addr_resolve', NAME, SERVICE, HINTS, ENTRY, 1, OUT]], {
    [NAME]: cString(UNANSWERED_NAME),
  })

  async function lookedUp(
    t: TestContext,
    options: readonly string[],
    signal?: NodeJS.Signals,
  ): Promise<Outcome | undefined> {
    const reason = await whyNoSilence()
    if (reason !== undefined) {
      t.skip(reason)
      return undefined
    }
    const resolver = new SilentResolver()
    const words = [`--allow-resolve=${UNANSWERED_NAME}`, ...options, wasm(lookUp)]
    const child = start(words, { env: resolver.env, stdio: ['ignore', 'pipe', 'pipe'] })
    t.after(() => resolver.close())
    assert.ok(await resolver.isAsked(child), 'it ended without looking up the name')
    if (signal !== undefined) child.kill(signal)
    return finish(child)
  }

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    test(signal, async (t) => {
      const outcome = await lookedUp(t, [], signal)
      if (outcome !== undefined) assert.deepEqual(outcome, { exit: signal, stdout: '', stderr: '' })
    })
  }

  test('--timeout', async (t) => {
    const outcome = await lookedUp(t, ['--timeout=4000'])
    const expected = { exit: 1, stdout: '', stderr: 'Exception: terminated by user\n' }
    if (outcome !== undefined) assert.deepEqual(outcome, expected)
  })
})

describe('a program that ends by itself is not held up by a timeout', () => {
  for (const [name, body, expected] of [
    ['returns', '', { exit: 0, stdout: '', stderr: '' }],
    ['exits', '(call $proc_exit (i32.const 5))', { exit: 5, stdout: '', stderr: '' }],
    ['traps', 'unreachable', { exit: 1, stdout: '', stderr: 'Exception: unreachable\n' }],
  ] as const) {
    test(`when it ${name}`, async () => {
      const path = wasm(`(module (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
        (memory (export "memory") 1) (func (export "_start") ${body}))`)
      // The end of such a timeout is beyond the time after which the harness calls it a hang.
      assert.deepEqual(await iwasm(['--timeout=3600000', path]), expected)
    })
  }

  test('a timeout longer than a timer can hold does not fire early', async () => {
    const path = wasm(program([ready]))
    assert.deepEqual(await iwasm(['--timeout=999999999999', path]), { exit: 0, stdout: READY, stderr: '' })
    // While the program runs the timer is set; a delay that does not fit would fire at once.
    const child = start(['--timeout=999999999999', wasm(program([ready, ['fd_read', 0, IOV, 1, OUT]], data))])
    const done = finish(child)
    await untilShown(child.stdout!, READY)
    child.stdin!.end('x')
    assert.deepEqual(await done, { exit: 0, stdout: `${READY}0\n`, stderr: '' })
  })
})
