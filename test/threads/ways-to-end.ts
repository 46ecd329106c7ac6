/** Every way in which a program ends, tried while its threads are blocked. */
import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { type TestContext, test } from 'node:test'
import { finish, untilShown } from '../cli/harness.ts'

/**
 * Starts a program that says `blocked` once a thread of it is, and then ends in the way named.
 * @returns undefined if it cannot be started here, and the test has been skipped
 */
export type Begin = (t: TestContext, options: readonly string[], way: string) => Promise<ChildProcess | undefined>

/** On a busy machine a program may not be blocked by then; it gets more time. */
const TIMEOUTS_MS = [1500, 6000, 24_000]

/** Far more than any of these takes. */
export const END_HANG_MS = 60_000

const TRAP = 'Exception: unreachable\n'
const SAID = 'blocked\n'

/** @param call what the thread is blocked in, for the tests' names */
export function testEveryWayToEnd(call: string, begin: Begin): void {
  for (const [way, exit, stderr] of [
    ['return', 0, ''],
    ['exit', 7, ''],
    ['trap', 1, TRAP],
    ['thread-exit', 8, ''],
    ['thread-trap', 1, TRAP],
  ] as const) {
    test(`${call}: ${way}`, async (t) => {
      const child = await begin(t, [], way)
      if (child !== undefined) assert.deepEqual(await finish(child), { exit, stdout: SAID, stderr })
    })
  }

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    test(`${call}: ${signal}`, async (t) => {
      const child = await begin(t, [], 'never')
      if (child === undefined) return
      const done = finish(child)
      await untilShown(child.stdout!, SAID, END_HANG_MS)
      child.kill(signal)
      assert.deepEqual(await done, { exit: signal, stdout: SAID, stderr: '' })
    })
  }

  test(`${call}: --timeout`, async (t) => {
    for (const timeoutMs of TIMEOUTS_MS) {
      const child = await begin(t, [`--timeout=${timeoutMs}`], 'never')
      if (child === undefined) return
      const outcome = await finish(child)
      if (outcome.stdout === '' && timeoutMs < Math.max(...TIMEOUTS_MS)) continue
      assert.deepEqual(outcome, { exit: 1, stdout: SAID, stderr: 'Exception: terminated by user\n' })
      return
    }
  })
}
