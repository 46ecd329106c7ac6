/** The shared objects of threads, used by real threads. Nothing is timed: what should end ends, or the test's limit does it. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test as nodeTest } from 'node:test'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { buildSync } from 'esbuild'
import { MAX_OBJECTS } from '../../src/threads/handle-table.ts'
import { MAX_NAMES } from '../../src/threads/named-semaphores.ts'
import { Outcome } from '../../src/threads/outcome.ts'
import { PthreadState } from '../../src/threads/pthread-state.ts'
import { MAX_KEYS } from '../../src/threads/thread-keys.ts'
import { CANCELLED_RESULT, Counter, type RoleName, type WorkerData } from './state-roles.ts'

// Workers of Node.js 20 do not read TypeScript, whatever their parent does.
const WORKER = buildSync({
  entryPoints: [fileURLToPath(new URL('./state-worker.ts', import.meta.url))],
  bundle: true,
  platform: 'node',
  format: 'cjs',
  write: false,
}).outputFiles[0]!.text

/** A program: its state as the main thread sees it, and threads in roles. */
function createProgram() {
  const buffer = PthreadState.createBuffer()
  const counters = new SharedArrayBuffer(1 << 20)
  const state = new PthreadState(buffer, 0)
  const workers: Worker[] = []
  const ends: Promise<unknown>[] = []
  const endOf = new Map<number, Promise<unknown>>()

  function start(role: RoleName, ...parameters: number[]): number {
    const handle = state.threads.create()
    const workerData: WorkerData = { buffer, counters, handle, role, parameters }
    const worker = new Worker(WORKER, { eval: true, workerData })
    workers.push(worker)
    const end = once(worker, 'exit') // rejects if the worker throws
    ends.push(end)
    endOf.set(handle, end)
    return handle
  }

  async function end(): Promise<void> {
    await Promise.all(ends)
  }

  /** The result of a thread, for which the test waits so that its limit counts. */
  async function resultOf(thread: number): Promise<number | undefined> {
    await endOf.get(thread)
    return state.threads.join(thread).result
  }

  async function terminate(): Promise<void> {
    for (const promise of ends) promise.catch(() => {})
    for (const worker of workers) await worker.terminate()
  }

  /** Lets other threads get on until the condition holds. */
  async function until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise(setImmediate)
  }

  return { state, counters: new Int32Array(counters), start, end, resultOf, until, terminate }
}
type Program = ReturnType<typeof createProgram>

/** A test over a program of its own; fails if a thread does, or does not end. */
function test(name: string, run: (program: Program) => void | Promise<void>): void {
  nodeTest(name, { timeout: 60_000 }, async (context) => {
    const program = createProgram()
    context.after(program.terminate)
    await run(program)
    await program.end()
  })
}

const bytes = (text: string) => new TextEncoder().encode(text)
const CREATE = { create: true, exclusive: false, mode: 0o600, value: 0 }
const OPEN = { ...CREATE, create: false }

test('one counter numbers all objects from 1, and no number comes twice', ({ state }) => {
  const { mutexes, conditions, threads, semaphores } = state
  assert.deepEqual([mutexes.create(), conditions.create(), threads.create(), mutexes.create()], [1, 2, 3, 4])
  assert.equal(mutexes.destroy(1), Outcome.OK)
  assert.equal(mutexes.create(), 5)
  assert.equal(semaphores.open(bytes('/s'), CREATE), 6)
})

test('a handle of another kind, of nothing and of something destroyed fails', ({ state }) => {
  const { mutexes, conditions, semaphores } = state
  const condition = conditions.create()
  const mutex = mutexes.create()
  mutexes.destroy(mutex)
  for (const handle of [0, -1, -2147483648, 2147483647, MAX_OBJECTS, condition + MAX_OBJECTS, condition, mutex]) {
    assert.equal(mutexes.lock(handle), Outcome.FAILED, `lock ${handle}`)
    assert.equal(mutexes.unlock(handle), Outcome.FAILED, `unlock ${handle}`)
    assert.equal(mutexes.destroy(handle), Outcome.FAILED, `destroy ${handle}`)
    assert.equal(conditions.wait(condition, handle), Outcome.FAILED, `wait with mutex ${handle}`)
    assert.equal(semaphores.post(handle), Outcome.FAILED, `post ${handle}`)
    if (handle === condition) continue
    assert.equal(conditions.signal(handle), Outcome.FAILED, `signal ${handle}`)
    assert.equal(conditions.wait(handle, 0), Outcome.FAILED, `wait ${handle}`)
  }
})

test('there may be so many objects and no more; what is destroyed makes room, under a new number', ({ state }) => {
  const { mutexes } = state
  for (let i = 1; i <= MAX_OBJECTS; i++) assert.equal(mutexes.create(), i)
  assert.equal(mutexes.create(), 0)
  assert.equal(mutexes.create(), 0)
  assert.equal(mutexes.destroy(77), Outcome.OK)
  assert.equal(mutexes.create(), 77 + MAX_OBJECTS)
  assert.equal(mutexes.create(), 0)
  assert.equal(mutexes.lock(77), Outcome.FAILED)
  assert.equal(mutexes.lock(77 + MAX_OBJECTS), Outcome.OK)
})

test('handles made by four threads at once differ, over rounds of the table', async ({ counters, start, end }) => {
  const times = 60_000
  for (let i = 0; i < 4; i++) start('churnHandles', times)
  await end()
  let given = 0
  for (const count of counters.subarray(Counter.SEEN)) given += count
  assert.equal(given, 4 * times)
})

test('a mutex: four threads count without losing any', async ({ state, counters, start, end }) => {
  const mutex = state.mutexes.create()
  for (let i = 0; i < 4; i++) start('increment', mutex, 20_000)
  await end()
  assert.equal(counters[Counter.TOTAL], 80_000)
  assert.equal(state.mutexes.destroy(mutex), Outcome.OK)
})

test('a mutex that is locked cannot be destroyed; unlocking what is not locked does nothing', ({ state }) => {
  const mutex = state.mutexes.create()
  assert.equal(state.mutexes.unlock(mutex), Outcome.OK)
  assert.equal(state.mutexes.lock(mutex), Outcome.OK)
  assert.equal(state.mutexes.destroy(mutex), Outcome.FAILED)
  assert.equal(state.mutexes.unlock(mutex), Outcome.OK)
  assert.equal(state.mutexes.destroy(mutex), Outcome.OK)
})

test('static initialisers: four threads use 2,000 mutexes and conditions first', async (program) => {
  const { state, counters, start, end } = program
  const times = 2_000
  for (let i = 0; i < 4; i++) start('incrementStatic', times, Counter.SEEN)
  await end()
  const handles = counters.subarray(Counter.SEEN, Counter.SEEN + 2 * times)
  assert.equal(new Set(handles).size, 2 * times, 'one object for each word')
  for (const handle of handles.subarray(0, times)) assert.equal(state.mutexes.destroy(handle), Outcome.OK)
  for (const handle of handles.subarray(times)) assert.equal(state.conditions.destroy(handle), Outcome.OK)
  // What was made and not taken has been destroyed: there is room for all objects but the four threads, not joined.
  for (let i = 0; i < MAX_OBJECTS - 4; i++) assert.notEqual(state.mutexes.create(), 0)
  assert.equal(state.mutexes.create(), 0)
})

test('static initialisers: no increment is lost under one that four threads make', async (program) => {
  const { counters, start, end } = program
  for (let i = 0; i < 4; i++) start('incrementStatic', 1, Counter.SEEN)
  await end()
  assert.equal(counters[Counter.TOTAL], 4)
})

test('conditions: every item of two producers reaches one of two consumers, once', async (program) => {
  const { state, counters, start, end } = program
  const objects = [state.mutexes.create(), state.conditions.create(), state.conditions.create()]
  const items = 4_000
  for (const role of ['produce', 'consume', 'produce', 'consume'] as const) start(role, ...objects, items)
  await end()
  assert.equal(counters[Counter.NEXT_ITEM], 2 * items)
  const seen = counters.subarray(Counter.SEEN + 1, Counter.SEEN + 1 + 2 * items)
  assert.ok(seen.every((times) => times === 1))
})

test('a broadcast wakes all who wait', async ({ state, counters, start, resultOf }) => {
  const mutex = state.mutexes.create()
  const condition = state.conditions.create()
  const threads = Array.from({ length: 4 }, () => start('awaitTotal', mutex, condition))
  // Under the mutex nobody is between having counted himself and waiting.
  for (let ready = 0; ready < 4; ) {
    state.mutexes.lock(mutex)
    ready = counters[Counter.READY]!
    if (ready === 4) counters[Counter.TOTAL] = 1
    state.mutexes.unlock(mutex)
    await new Promise(setImmediate)
  }
  assert.equal(state.conditions.broadcast(condition), Outcome.OK)
  for (const thread of threads) assert.equal(await resultOf(thread), 7)
})

test('each signal wakes one at least: as many signals as waiters end them all', async (program) => {
  const { state, counters, start, resultOf, until } = program
  const mutex = state.mutexes.create()
  const condition = state.conditions.create()
  const threads = Array.from({ length: 3 }, () => start('awaitTotal', mutex, condition))
  await until(() => Atomics.load(counters, Counter.READY) === 3)
  state.mutexes.lock(mutex)
  counters[Counter.TOTAL] = 1
  for (const _ of threads) state.conditions.signal(condition)
  state.mutexes.unlock(mutex)
  for (const thread of threads) assert.equal(await resultOf(thread), 7)
})

test('a timed wait that nobody ends expires, holding the mutex, every time', ({ state }) => {
  const mutex = state.mutexes.create()
  const condition = state.conditions.create()
  assert.equal(state.mutexes.lock(mutex), Outcome.OK)
  for (let i = 0; i < 20; i++) {
    assert.equal(state.conditions.wait(condition, mutex, i % 2), Outcome.EXPIRED)
    assert.equal(state.mutexes.destroy(mutex), Outcome.FAILED, 'the mutex is locked again')
  }
  assert.equal(state.mutexes.unlock(mutex), Outcome.OK)
})

test('a timed wait that is signalled does not expire', async ({ state, start, resultOf, until }) => {
  const mutex = state.mutexes.create()
  const condition = state.conditions.create()
  const thread = start('timedWait', mutex, condition)
  await until(() => state.threads.isWaiting(thread))
  state.conditions.signal(condition)
  assert.equal(await resultOf(thread), 100 + Outcome.OK)
  assert.equal(state.mutexes.unlock(mutex), Outcome.OK)
})

test('a condition that is destroyed under a waiter tells it', async ({ state, start, resultOf, until }) => {
  const condition = state.conditions.create()
  const thread = start('wait', state.mutexes.create(), condition)
  await until(() => state.threads.isWaiting(thread))
  state.conditions.destroy(condition)
  assert.equal(await resultOf(thread), 100 + Outcome.FAILED)
})

test('join before the end and after it, and again, and by several', async ({ state, start, end, resultOf }) => {
  const mutex = state.mutexes.create()
  state.mutexes.lock(mutex)
  const thread = start('lock', mutex)
  const others = [start('join', thread), start('join', thread)]
  state.mutexes.unlock(mutex)
  assert.deepEqual(state.threads.join(thread), { outcome: Outcome.OK, result: 100 })
  for (const other of others) assert.equal(await resultOf(other), 100 + Outcome.OK)
  await end()
  for (let i = 0; i < 3; i++) assert.deepEqual(state.threads.join(thread), { outcome: Outcome.OK, result: 100 })
  assert.equal(state.threads.running, 0)
})

test('the results of 12 threads are their own, in whatever order they are joined', async ({ state, start }) => {
  const results = [0, -1, 1, 2147483647, -2147483648, 110, 73, 5, 4, 3, 2, 8]
  const threads = results.map((result) => start('answer', result))
  for (const [i, thread] of [...threads.entries()].reverse()) {
    assert.deepEqual(state.threads.join(thread), { outcome: Outcome.OK, result: results[i] })
  }
})

test('an unknown handle is joined, detached and cancelled without effect', ({ state }) => {
  for (const handle of [0, -1, 5, state.mutexes.create()]) {
    assert.deepEqual(state.threads.join(handle), { outcome: Outcome.OK })
    state.threads.detach(handle)
    assert.equal(state.threads.cancel(handle), false)
  }
})

test('a detached thread leaves nothing; while it runs it cannot be joined', async (program) => {
  const { state, start, end, resultOf, until } = program
  const mutex = state.mutexes.create()
  state.mutexes.lock(mutex)
  const thread = start('lock', mutex)
  const joiner = start('join', thread)
  await until(() => state.threads.isWaiting(joiner))
  state.threads.detach(thread)
  assert.deepEqual(state.threads.join(thread), { outcome: Outcome.FAILED })
  assert.equal(await resultOf(joiner), 100 + Outcome.FAILED)
  state.mutexes.unlock(mutex)
  await end()
  assert.deepEqual(state.threads.join(thread), { outcome: Outcome.OK })
})

nodeTest('a thread cannot join itself, nor one that could not be started', () => {
  const buffer = PthreadState.createBuffer()
  const { threads } = new PthreadState(buffer, 0)
  const handle = threads.create()
  assert.deepEqual(new PthreadState(buffer, handle).threads.join(handle), { outcome: Outcome.FAILED })
  threads.forget(handle)
  assert.deepEqual(threads.join(handle), { outcome: Outcome.OK })
  assert.equal(threads.running, 0)
})

nodeTest('300,000 threads, one after the other and joined, find room; those that nobody joins do not', () => {
  const buffer = PthreadState.createBuffer()
  const main = new PthreadState(buffer, 0)
  const runOne = (result: number): number => {
    const handle = main.threads.create()
    if (handle !== 0) new PthreadState(buffer, handle).threads.end(result)
    return handle
  }
  const kept = runOne(42)
  for (let i = 0; i < 300_000; i++) {
    const handle = runOne(i)
    if (i % 2 === 0) assert.equal(main.threads.join(handle).result, i)
    else main.threads.detach(handle)
  }
  assert.equal(main.threads.join(kept).result, 42, 'who was not joined before is still there')
  let unjoined = 0
  while (runOne(1) !== 0) unjoined++
  assert.ok(unjoined >= MAX_OBJECTS - 1 && unjoined <= MAX_OBJECTS, `${unjoined}`)
  assert.equal(main.threads.running, 0)
})

test('the main thread waits until all others have ended', async ({ state, counters, start }) => {
  const mutex = state.mutexes.create()
  for (let i = 0; i < 3; i++) start('increment', mutex, 1_000)
  state.threads.waitForAll()
  assert.equal(counters[Counter.TOTAL], 3_000)
})

/** How a thread comes to block in each function that can: the role, and what its parameters stand for. */
const BLOCKING: readonly { role: RoleName; arrange: (state: PthreadState) => number[] }[] = [
  {
    role: 'lock',
    arrange(state) {
      const mutex = state.mutexes.create()
      state.mutexes.lock(mutex)
      return [mutex]
    },
  },
  { role: 'wait', arrange: (state) => [state.mutexes.create(), state.conditions.create()] },
  { role: 'timedWait', arrange: (state) => [state.mutexes.create(), state.conditions.create()] },
  { role: 'semaphoreWait', arrange: (state) => [state.semaphores.open(bytes('/s'), CREATE)] },
  { role: 'join', arrange: (state) => [state.threads.create()] },
]
for (const { role, arrange } of BLOCKING) {
  test(`cancel ends ${role}: of four that wait the cancelled one only, and then the others`, async (program) => {
    const { state, start, resultOf, until } = program
    const objects = arrange(state)
    const threads = Array.from({ length: 4 }, () => start(role, ...objects))
    await until(() => threads.every((thread) => state.threads.isWaiting(thread)))
    const cancelled = threads.splice(2, 1)[0]!
    assert.equal(state.threads.cancel(cancelled), true)
    assert.equal(await resultOf(cancelled), CANCELLED_RESULT)
    assert.equal(state.threads.cancel(cancelled), false, 'it has ended')
    // A condition's waiters may return early when another one is cancelled: that is POSIX's, and all that may happen.
    const mayReturn = role === 'wait' || role === 'timedWait'
    for (const thread of threads) {
      if (!mayReturn) await until(() => state.threads.isWaiting(thread))
      state.threads.cancel(thread)
    }
    if (mayReturn) state.mutexes.unlock(objects[0]!)
    for (const thread of threads) {
      const result = await resultOf(thread)
      if (mayReturn)
        state.mutexes.unlock(objects[0]!) // who returned early has kept it
      else assert.equal(result, CANCELLED_RESULT)
    }
  })

  test(`cancel before the thread runs: ${role} does not wait`, async ({ state, start, resultOf }) => {
    const thread = start(role, ...arrange(state))
    state.threads.cancel(thread)
    assert.equal(await resultOf(thread), CANCELLED_RESULT)
  })
}

for (const role of ['semaphoreWait', 'wait', 'timedWait', 'lock'] as const) {
  const { arrange } = BLOCKING.find((row) => row.role === role)!
  test(`cancel at any moment: 20 threads that go into ${role}`, async ({ state, start, resultOf, until }) => {
    const objects = arrange(state)
    for (let i = 0; i < 20; i++) {
      const thread = start(role, ...objects)
      // The moments lie where the thread happens to be, between "has said what it waits for" and "sleeps" among them.
      while (i % 2 === 0 && !state.threads.isWaiting(thread));
      if (i % 4 === 1) await until(() => state.threads.isWaiting(thread))
      state.threads.cancel(thread)
      assert.equal(await resultOf(thread), CANCELLED_RESULT)
    }
  })
}

test('who is cancelled in a wait does not keep the mutex', async ({ state, start, resultOf, until }) => {
  const mutex = state.mutexes.create()
  const thread = start('wait', mutex, state.conditions.create())
  await until(() => state.threads.isWaiting(thread))
  state.threads.cancel(thread)
  assert.equal(await resultOf(thread), CANCELLED_RESULT)
  assert.equal(state.mutexes.destroy(mutex), Outcome.OK, 'not locked')
})

test('cancelling one who waits for a mutex does not cost another its turn', async (program) => {
  const { state, start, resultOf, until } = program
  for (let i = 0; i < 20; i++) {
    const mutex = state.mutexes.create()
    state.mutexes.lock(mutex)
    const [first, second] = [start('lock', mutex), start('lock', mutex)]
    await until(() => state.threads.isWaiting(first) && state.threads.isWaiting(second))
    state.mutexes.unlock(mutex)
    state.threads.cancel(first)
    if ((await resultOf(first)) === 100) state.mutexes.unlock(mutex)
    assert.equal(await resultOf(second), 100)
  }
})

test('a signal that came to one who is cancelled before it has the mutex again goes to another', async (program) => {
  const { state, start, resultOf, until } = program
  for (let i = 0; i < 10; i++) {
    const mutex = state.mutexes.create()
    const condition = state.conditions.create()
    const first = start('wait', mutex, condition)
    await until(() => state.threads.isWaiting(first))
    const second = start('wait', mutex, condition)
    await until(() => state.threads.isWaiting(second))
    state.mutexes.lock(mutex)
    state.conditions.signal(condition)
    // Wherever the first is by now; most often it waits for the mutex.
    for (let turns = 0; turns < 50; turns++) await new Promise(setImmediate)
    state.threads.cancel(first)
    assert.equal(await resultOf(first), CANCELLED_RESULT)
    state.mutexes.unlock(mutex)
    assert.equal(await resultOf(second), 100 + Outcome.OK)
  }
})

nodeTest('a thread that is ending waits undisturbed', () => {
  const buffer = PthreadState.createBuffer()
  const main = new PthreadState(buffer, 0)
  const thread = new PthreadState(buffer, main.threads.create())
  assert.equal(thread.isCancelled, false)
  assert.equal(main.threads.cancel(thread.self), true)
  assert.equal(main.threads.cancel(thread.self), false)
  assert.equal(thread.isCancelled, true)
  thread.beginEnd()
  assert.equal(thread.isCancelled, false)
  const mutex = main.mutexes.create()
  main.mutexes.lock(mutex)
  assert.equal(thread.conditions.wait(main.conditions.create(), mutex, 1), Outcome.EXPIRED)
})

test('a semaphore: what is posted is taken, and no more', async ({ state, counters, start, end }) => {
  const semaphore = state.semaphores.open(bytes('/work'), { ...CREATE, value: 1_000 })
  for (let i = 0; i < 2; i++) start('takeSemaphore', semaphore, 5_000)
  for (let i = 0; i < 2; i++) start('postSemaphore', semaphore, 4_500)
  await end()
  assert.equal(counters[Counter.TOTAL], 10_000)
  assert.equal(state.semaphores.value(semaphore), 0)
  assert.equal(state.semaphores.tryWait(semaphore), Outcome.FAILED)
})

test('a semaphore: values, and their end', ({ state: { semaphores } }) => {
  const max = 0x7fff_ffff
  assert.equal(semaphores.open(bytes('/x'), { ...CREATE, value: -1 }), 0)
  const semaphore = semaphores.open(bytes('/x'), { ...CREATE, value: max })
  assert.equal(semaphores.value(semaphore), max)
  assert.equal(semaphores.post(semaphore), Outcome.FAILED)
  assert.equal(semaphores.wait(semaphore), Outcome.OK)
  assert.equal(semaphores.tryWait(semaphore), Outcome.OK)
  assert.equal(semaphores.value(semaphore), max - 2)
})

test('names of semaphores, as on Linux', ({ state: { semaphores } }) => {
  for (const name of ['', '/', '//', 'a/b', '/a/', '/a/b', 'x'.repeat(252)]) {
    assert.equal(semaphores.open(bytes(name), CREATE), 0, name)
    assert.equal(semaphores.unlink(bytes(name)), Outcome.FAILED, name)
  }
  assert.equal(semaphores.open(bytes('/a'), OPEN), 0, 'there is none')
  const a = semaphores.open(bytes('/a'), { ...CREATE, value: 3 })
  assert.notEqual(a, 0)
  for (const name of ['/a', 'a', '///a']) assert.equal(semaphores.open(bytes(name), OPEN), a, name)
  assert.equal(semaphores.open(bytes('/a'), { ...CREATE, value: 9 }), a, 'the value is that of the first')
  assert.equal(semaphores.value(a), 3)
  assert.equal(semaphores.open(bytes('/a'), { ...CREATE, exclusive: true }), 0)
  assert.equal(semaphores.open(bytes('/a'), { ...OPEN, exclusive: true }), a, 'O_EXCL alone means nothing')
  const long = semaphores.open(bytes(`/${'x'.repeat(251)}`), CREATE)
  assert.equal(semaphores.open(bytes('x'.repeat(251)), OPEN), long)
  assert.equal(semaphores.open(bytes('x'.repeat(250)), OPEN), 0)
})

test('the mode: who made it has it open, and nobody opens it without permission', ({ state: { semaphores } }) => {
  for (const [mode, opens] of [
    [0o600, true],
    [0o777, true],
    [0o400, false],
    [0o200, false],
    [0o077, false],
    [0, false],
  ] as const) {
    const name = bytes(`/mode${mode}`)
    const semaphore = semaphores.open(name, { ...CREATE, mode })
    assert.equal(semaphores.post(semaphore), Outcome.OK)
    assert.equal(semaphores.open(name, OPEN), opens ? semaphore : 0, mode.toString(8))
  }
})

test('a semaphore lives while it has its name or is open', ({ state: { semaphores } }) => {
  const name = bytes('/life')
  const first = semaphores.open(name, CREATE)
  assert.equal(semaphores.open(name, OPEN), first)
  assert.equal(semaphores.close(first), Outcome.OK)
  assert.equal(semaphores.post(first), Outcome.OK, 'open once more')
  assert.equal(semaphores.close(first), Outcome.OK)
  assert.equal(semaphores.close(first), Outcome.FAILED)
  for (const call of [semaphores.post, semaphores.wait, semaphores.tryWait]) {
    assert.equal(call.call(semaphores, first), Outcome.FAILED, 'closed')
  }
  assert.equal(semaphores.value(first), undefined)
  assert.equal(semaphores.open(name, OPEN), first, 'the name is still there')
  assert.equal(semaphores.value(first), 1)
  assert.equal(semaphores.unlink(name), Outcome.OK)
  assert.equal(semaphores.unlink(name), Outcome.FAILED)
  assert.equal(semaphores.open(name, OPEN), 0)
  const second = semaphores.open(name, CREATE)
  assert.notEqual(second, first)
  assert.equal(semaphores.value(second), 0)
  assert.equal(semaphores.value(first), 1, 'who has the old one open keeps it')
  assert.equal(semaphores.close(first), Outcome.OK)
  assert.equal(semaphores.close(first), Outcome.FAILED)
})

test('there may be so many names; one that is unlinked makes room', ({ state: { semaphores } }) => {
  for (let i = 0; i < MAX_NAMES; i++) assert.notEqual(semaphores.open(bytes(`/n${i}`), CREATE), 0)
  assert.equal(semaphores.open(bytes('/more'), CREATE), 0)
  assert.equal(semaphores.unlink(bytes('/n7')), Outcome.OK)
  assert.notEqual(semaphores.open(bytes('/more'), CREATE), 0)
})

test('names that four threads open, close and unlink: nothing fails, nothing stays', async (program) => {
  const { state, start, end } = program
  for (let i = 0; i < 4; i++) start('churnNames', i, 2_000)
  await end()
  for (let i = 0; i < 3; i++) state.semaphores.unlink(bytes(`/name${i}`))
  for (let i = 0; i < MAX_OBJECTS - 4; i++) assert.notEqual(state.mutexes.create(), 0)
})

nodeTest('keys: so many and no more, their values each thread its own', () => {
  const buffer = PthreadState.createBuffer()
  const [a, b] = [new PthreadState(buffer, 0).keys, new PthreadState(buffer, 0).keys]
  for (let key = 0; key < MAX_KEYS; key++) assert.equal(a.create(key), key)
  assert.equal(b.create(0), -1)
  assert.equal(a.set(5, 55), true)
  assert.equal(b.set(5, -5), true)
  assert.deepEqual([a.get(5), b.get(5), a.get(6)], [55, -5, 0])
  for (const key of [-1, MAX_KEYS, 2147483647, -2147483648]) {
    assert.equal(a.set(key, 1), false)
    assert.equal(a.get(key), 0)
    assert.equal(a.delete(key), false)
  }
  assert.equal(b.delete(5), true)
  assert.equal(a.delete(5), false)
  assert.equal(a.get(5), 0)
  assert.equal(a.set(5, 1), false)
  assert.equal(a.create(99), 5)
  assert.deepEqual([a.get(5), b.get(5)], [0, 0], 'the value was the deleted key’s')
})

nodeTest('keys: what a thread leaves, in order, once, without what has no destructor or no key any more', () => {
  const { keys } = new PthreadState(PthreadState.createBuffer(), 0)
  for (const destructor of [10, 0, 12, 13, 14]) keys.create(destructor)
  for (const [key, value] of [100, 101, 102, 0, 104].entries()) keys.set(key, value)
  keys.delete(4)
  const left = [...keys.takeAll()]
  assert.deepEqual(left, [
    { destructor: 10, value: 100 },
    { destructor: 12, value: 102 },
  ])
  assert.deepEqual([...keys.takeAll()], [])
})

nodeTest('keys: a destructor finds its value gone; what it stores for a later key is still called, once', () => {
  const { keys } = new PthreadState(PthreadState.createBuffer(), 0)
  for (const destructor of [10, 11]) keys.create(destructor)
  keys.set(0, 100)
  const left = []
  for (const { destructor, value } of keys.takeAll()) {
    left.push([destructor, value, keys.get(0)])
    keys.set(1, 101)
  }
  assert.deepEqual(left, [
    [10, 100, 0],
    [11, 101, 0],
  ])
})
