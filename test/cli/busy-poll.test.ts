/** `--busy-poll`: that waits look before they sleep, and only those that would sleep. Counted under `strace`. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { load, program, type Step, silently, words } from './guest.ts'
import { directory, ENVIRONMENT, finish, scriptOf, startProcess, wasm } from './harness.ts'

const FD = 0
const AGAIN = 6
const NONBLOCK = 4
const [IOVEC, BUFFER, OUT, SUBSCRIPTIONS] = [16, 64, 128, 256]

/** One subscription for reading {@link FD}'s number 3, and one for 5 ms of the monotonic clock. */
const subscriptions = new DataView(new ArrayBuffer(96))
subscriptions.setUint8(8, 1)
subscriptions.setUint32(16, 3, true)
subscriptions.setUint8(48 + 8, 0)
subscriptions.setUint32(48 + 16, 1, true)
subscriptions.setBigUint64(48 + 24, 5_000_000n, true)

const data = { [IOVEC]: words(BUFFER, 16), [SUBSCRIPTIONS]: new Uint8Array(subscriptions.buffer) }
/** A datagram socket with number 3, on which nothing ever comes; a receive gives up after 5 ms. */
const socket: Step[] = [silently(['sock_open', -1, 0, 0, FD]), silently(['sock_set_recv_timeout', load(FD), 5_000n])]

const waits: readonly (readonly [what: string, step: Step, answer: number])[] = [
  ['sock_recv', ['sock_recv', load(FD), IOVEC, 1, 0, OUT, OUT + 4], AGAIN],
  ['sock_recv_from', ['sock_recv_from', load(FD), IOVEC, 1, 0, OUT + 16, OUT], AGAIN],
  ['fd_read', ['fd_read', load(FD), IOVEC, 1, OUT], AGAIN],
  ['poll_oneoff', ['poll_oneoff', SUBSCRIPTIONS, 512, 2, OUT], 0],
]

/** @returns what the program printed, and how often its process looked: `poll` of one descriptor that does not wait */
async function looks(steps: readonly Step[], ...options: string[]): Promise<{ stdout: string; looks: number }> {
  const trace = join(directory, 'trace')
  const command = [process.execPath, scriptOf('iwasm'), ...options, wasm(program(steps, data))]
  const traced = startProcess('strace', ['-f', '-o', trace, '-e', 'trace=poll', ...command], { env: ENVIRONMENT })
  const { stdout, stderr, exit } = await finish(traced)
  assert.equal(exit, 0, stderr)
  return {
    stdout,
    looks: readFileSync(trace, 'utf8').match(/poll\((\[\{fd=\d+, events=POLLIN\}\], 1|[^,]*, 0), 0\)/g)?.length ?? 0,
  }
}

const hasStrace = spawnSync('strace', ['-V']).status === 0

describe('--busy-poll', { skip: !hasStrace && 'strace is not installed' }, () => {
  for (const [what, step, answer] of waits) {
    test(`${what} looks before it sleeps, and answers the same`, async () => {
      const asleep = await looks([...socket, step])
      assert.deepEqual(asleep, { stdout: `${answer}\n`, looks: 0 })
      const awake = await looks([...socket, step], '--busy-poll=2000')
      assert.equal(awake.stdout, asleep.stdout)
      assert.ok(awake.looks > 0)
    })
  }

  test('a sleep is a sleep', async () => {
    const sleep: Step = ['poll_oneoff', SUBSCRIPTIONS + 48, 512, 1, OUT]
    assert.deepEqual(await looks([sleep], '--busy-poll=100000'), { stdout: '0\n', looks: 0 })
  })

  test('a socket that does not block is not waited for', async () => {
    const steps: Step[] = [
      ...socket,
      silently(['fd_fdstat_set_flags', load(FD), NONBLOCK]),
      ['sock_recv', load(FD), IOVEC, 1, 0, OUT, OUT + 4],
    ]
    assert.deepEqual(await looks(steps, '--busy-poll=100000'), { stdout: `${AGAIN}\n`, looks: 0 })
  })
})
