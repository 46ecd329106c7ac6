/** Modules made for the original's lib-pthread, as processes. */
import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { finish, type Outcome, start } from '../cli/harness.ts'
import { compilePthreads } from './guest.ts'

let module: string

before(async () => {
  module = await compilePthreads()
})

async function run(options: readonly string[], ...arguments_: string[]): Promise<Outcome> {
  const words = ['--addr-pool=127.0.0.1/32', ...options, module, ...arguments_]
  return finish(start(words, { stdio: ['ignore', 'pipe', 'pipe'] }))
}

const said = (stdout: string): Outcome => ({ exit: 0, stdout, stderr: '' })

test('threads, each with a stack of its own, and a mutex that nobody initialised', async () => {
  const results = [10, 11, 12, 13].map((result) => `result ${result}\n`).join('')
  assert.deepEqual(await run([], 'count'), said(`one more -1\n${results}counted 4000\nself 0\n`))
})

test('conditions, waited for in turn; a time that is over', async () => {
  assert.deepEqual(await run([], 'turns'), said('turns 400\nexpired 73\n'))
})

test('values of keys, with destructors; pthread_exit of a thread', async () => {
  assert.deepEqual(await run([], 'keys'), said('result 1\nresult 77\nresult 3\ndestroyed 6\nown 0\n'))
})

test('cancelling a thread in a system call, in a lock, and at work', async () => {
  assert.deepEqual(await run([], 'cancel'), said('in accept -1\nin a mutex -1\ncomputing -1\naccept 0\n'))
})

test('pthread_exit of the main thread lets the others finish', async () => {
  assert.deepEqual(await run([], 'main-exits'), said('the last one\n'))
})

test('named semaphores', async () => {
  assert.deepEqual(await run([], 'semaphores'), said('waited 0\nunknown -1\n'))
})

test('a thousand threads, one after the other', async () => {
  assert.deepEqual(await run([], 'many', '1000'), said('counted 1000000\n'))
})

test('a trap in a thread ends the program', async () => {
  assert.deepEqual(await run([], 'trap'), { exit: 1, stdout: '', stderr: 'Exception: unreachable\n' })
})

test('a start routine that there is not is a trap', async () => {
  assert.deepEqual(await run([], 'no-routine'), { exit: 1, stdout: '', stderr: 'Exception: undefined element\n' })
})

test('two threads that cancel each other both end', async () => {
  assert.deepEqual(await run([], 'cancel-each-other'), said('all joined\n'))
})

test('more threads than the stack can be cut for', async () => {
  const { exit, stderr } = await run(['--max-threads=1000'], 'count')
  assert.equal(exit, 255)
  assert.match(stderr, /allocate memory failed/)
})
