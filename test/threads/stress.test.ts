/**
 * Eight threads at one table of sockets, every byte accounted for. `STRESS_SECONDS` makes it go on for so long; without it
 * the number of operations is fixed.
 */
import assert from 'node:assert/strict'
import { readdirSync, readlinkSync } from 'node:fs'
import { before, test } from 'node:test'
import { collect, finish, start, untilShown } from '../cli/harness.ts'
import { compileStress } from './guest.ts'

const ROUNDS = 40
const SECONDS = Number(process.env.STRESS_SECONDS ?? 0)

let module: string

before(async () => {
  module = await compileStress()
})

/** The descriptors of a process, and what each stands for. */
function hostDescriptors(pid: number): string[] {
  const directory = `/proc/${pid}/fd`
  return readdirSync(directory).map((fd) => `${fd} ${readlinkSync(`${directory}/${fd}`)}`)
}

test('eight threads use, move and close sockets, their own and each other’s', async (t) => {
  const words = ['--addr-pool=127.0.0.1/32', '--max-threads=8', module, String(ROUNDS), String(SECONDS)]
  const child = start(words, { hangMs: 1000 * SECONDS + 120_000 })
  const done = finish(child)
  // Where the test fails first, that is the failure.
  done.catch(() => {})
  const stdout = collect(child.stdout)
  await untilShown(child.stdout!, 'ready\n')
  const before = hostDescriptors(child.pid!)
  child.stdin!.write('\n')
  await untilShown(child.stdout!, 'done\n', 1000 * SECONDS + 120_000).catch(() => assert.fail(stdout()))
  assert.deepEqual(hostDescriptors(child.pid!), before)
  child.stdin!.write('\n')
  const { exit, stderr } = await done
  assert.deepEqual([exit, stderr], [0, ''])
  const counts = new Map([...stdout().matchAll(/^(.+) (\d+)$/gm)].map(([, what, count]) => [what, Number(count)]))
  for (const [what, count] of counts) t.diagnostic(`${what} ${count}`)
  assert.equal(counts.get('wrong'), 0)
  assert.equal(counts.get('received'), counts.get('sent'))
  for (const what of ['sent', 'moved while in use', 'calls woken by that', "sockets of one's own"]) {
    assert.ok(counts.get(what)! > 0, what)
  }
})
