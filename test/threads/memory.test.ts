/** Threads that have ended leave nothing behind. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { finish, start, untilShown } from '../cli/harness.ts'
import { compileThreaded } from './guest.ts'

const SOME = 2000

/** 1 MB as measured; 18 MB if what the threads leave behind is not collected. */
const MAX_GROWTH_KB = 9000

function residentKb(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))![1])
}

test(`${SOME} threads, one after the other, and ${5 * SOME} more in the same memory`, async (t) => {
  const words = ['--max-threads=1', await compileThreaded(), 'more-and-more', String(SOME)]
  const child = start(words, { hangMs: 60_000 })
  const done = finish(child)
  await untilShown(child.stdout!, 'some\n')
  const some = residentKb(child.pid!)
  child.stdin!.write('\n')
  await untilShown(child.stdout!, 'many\n', 60_000)
  const many = residentKb(child.pid!)
  child.stdin!.write('\n')
  assert.deepEqual(await done, { exit: 0, stdout: 'counted 2000\nsome\ncounted 12000\nmany\n', stderr: '' })
  t.diagnostic(`${some} kB, then ${many} kB`)
  assert.ok(many - some < MAX_GROWTH_KB, `from ${some} to ${many} kB`)
})
