/** The functions of lib-pthread called directly, with a guest memory that the test fills. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Allocator, allocateAligned } from '../../src/host/aligned-allocation.ts'
import { endIfCancelled, leaveMainThread, pthreadFunctions, runThread, ThreadExit } from '../../src/host/pthread.ts'
import type { PthreadInstance } from '../../src/host/pthread-parts.ts'
import { endOf, endProgram } from '../../src/host/trap.ts'
import { GuestMemory } from '../../src/memory/guest-memory.ts'
import { GuestWords } from '../../src/memory/guest-words.ts'
import { PthreadState } from '../../src/threads/pthread-state.ts'

const PAGE = 65_536
/** Where a test has its objects. */
const [A, B, OUT, NAME] = [1024, 1028, 1032, 2048]
const ETIMEDOUT = 73
const CANCELED = -1

/** One thread of a program of which the others are played by the test. */
function createThread({
  buffer = PthreadState.createBuffer(),
  self = 0,
  maxThreads = 4,
  allocator = {} as Allocator,
} = {}) {
  const wasmMemory = new WebAssembly.Memory({ initial: 1, maximum: 4, shared: true }) as WebAssembly.Memory & {
    grow(pages: number): number
  }
  const memory = new GuestMemory(() => 0)
  memory.attach(wasmMemory)
  const state = new PthreadState(buffer, self)
  const spawned: { handle: number; startRoutine: number; argument: number; stored: number }[] = []
  const interrupted: number[] = []
  const destructed: [number, number][] = []
  const instance: PthreadInstance = {
    ...allocator,
    callDestructor: (tableIndex, value) => destructed.push([tableIndex, value]),
  }
  const functions = pthreadFunctions({
    memory,
    words: new GuestWords(wasmMemory),
    state,
    instance,
    group: {
      spawn(handle, startRoutine, argument) {
        spawned.push({ handle, startRoutine, argument, stored: memory.u32(OUT) })
        return spawned.length <= maxThreads
      },
      interrupt: (handle) => interrupted.push(handle),
    },
  })
  const putName = (name: string): number => {
    memory.setBytes(NAME, new TextEncoder().encode(`${name}\0`))
    return NAME
  }
  return { buffer, wasmMemory, memory, state, functions, instance, spawned, interrupted, destructed, putName }
}

function exitOf(call: () => unknown): ThreadExit {
  try {
    call()
  } catch (error) {
    const reason = endOf(error)
    assert.ok(reason instanceof ThreadExit, `${reason}`)
    return reason
  }
  assert.fail('did not end the thread')
}

test('no pointer outside memory is followed, none to nothing, and none that is not aligned where that matters', () => {
  const {
    functions: f,
    memory,
    putName,
  } = createThread({
    allocator: { malloc: () => 4096 },
  })
  const semaphore = f.sem_open(putName('/s'), 0x40, 0o600, 0)
  assert.equal(f.pthread_mutex_init(B, 0), 0)
  const untouched = memory.copyBytes(0, PAGE)
  const outside = [PAGE - 3, PAGE, -1, -4, 0x7fff_fffc, -2147483648]
  for (const ptr of [0, ...outside]) {
    assert.equal(f.pthread_create(ptr, 0, 1, 0), -1, `pthread_create ${ptr}`)
    assert.equal(f.pthread_key_create(ptr, 0), -1, `pthread_key_create ${ptr}`)
    assert.equal(f.posix_memalign(ptr, 16, 8), -1, `posix_memalign ${ptr}`)
    assert.equal(f.sem_getvalue(semaphore, ptr), -1, `sem_getvalue ${ptr}`)
  }
  for (const ptr of outside) assert.equal(f.pthread_join(77, ptr), -1, `pthread_join ${ptr}`)
  for (const ptr of [PAGE, -1]) {
    assert.equal(f.sem_open(ptr, 0x40, 0o600, 0), -1, `sem_open ${ptr}`)
    assert.equal(f.sem_unlink(ptr), -1, `sem_unlink ${ptr}`)
  }
  for (const ptr of [0, ...outside, A + 1, A + 2, A + 3]) {
    for (const name of ['pthread_mutex_init', 'pthread_cond_init'] as const) {
      assert.equal(f[name](ptr, 0), -1, `${name} ${ptr}`)
    }
    for (const kind of ['pthread_mutex_lock', 'pthread_mutex_unlock', 'pthread_mutex_destroy'] as const) {
      assert.equal(f[kind](ptr), -1, `${kind} ${ptr}`)
    }
    for (const kind of ['pthread_cond_signal', 'pthread_cond_broadcast', 'pthread_cond_destroy'] as const) {
      assert.equal(f[kind](ptr), -1, `${kind} ${ptr}`)
    }
    assert.equal(f.pthread_cond_wait(ptr, B), -1, `pthread_cond_wait ${ptr}`)
    assert.equal(f.pthread_cond_timedwait(ptr, B, 0n), -1, `pthread_cond_timedwait ${ptr}`)
    if (ptr !== 0) assert.equal(f.pthread_cond_wait(PAGE - 8, ptr), -1, `pthread_cond_wait, mutex ${ptr}`)
  }
  memory.setU32(PAGE - 8, 0) // the condition that was made there
  assert.deepEqual(memory.copyBytes(0, PAGE), untouched)
})

test('a name without an end is none', () => {
  const { functions, memory } = createThread()
  memory.setBytes(PAGE - 100, new Uint8Array(100).fill(0x61))
  assert.equal(functions.sem_open(PAGE - 100, 0x40, 0o600, 0), -1)
  assert.equal(functions.sem_unlink(PAGE - 100), -1)
})

test('init stores handles that count from 1; what is destroyed does not come back by being used', () => {
  const { functions: f, memory } = createThread()
  assert.equal(f.pthread_mutex_init(A, 0), 0)
  assert.equal(f.pthread_cond_init(B, 0), 0)
  assert.deepEqual([memory.u32(A), memory.u32(B)], [1, 2])
  assert.equal(f.pthread_mutex_lock(B), -1, 'a condition')
  assert.equal(f.pthread_cond_signal(A), -1, 'a mutex')
  assert.equal(f.pthread_mutex_destroy(A), 0)
  assert.equal(f.pthread_mutex_destroy(A), -1)
  assert.equal(f.pthread_mutex_lock(A), -1)
  assert.equal(f.pthread_cond_destroy(B), 0)
  assert.equal(f.pthread_cond_broadcast(B), -1)
  assert.equal(f.pthread_mutex_init(A, 0), 0)
  assert.equal(f.pthread_mutex_lock(A), 0)
  assert.equal(f.pthread_mutex_destroy(A), -1, 'locked')
})

for (const first of ['pthread_mutex_lock', 'pthread_mutex_unlock'] as const) {
  test(`a zeroed mutex is made by ${first}`, () => {
    const { functions: f, memory } = createThread()
    assert.equal(f[first](A), 0)
    assert.equal(memory.u32(A), 1)
    if (first === 'pthread_mutex_lock') assert.equal(f.pthread_mutex_unlock(A), 0)
    assert.equal(f.pthread_mutex_destroy(A), 0)
  })
}

test('a zeroed condition is made by signal, broadcast and wait', () => {
  const { functions: f, memory } = createThread()
  assert.equal(f.pthread_cond_signal(A), 0)
  assert.equal(f.pthread_cond_broadcast(A + 4), 0)
  assert.equal(f.pthread_cond_timedwait(A + 8, A + 12, 0n), ETIMEDOUT)
  assert.deepEqual(
    [0, 4, 8, 12].map((at) => memory.u32(A + at)),
    [1, 2, 3, 4],
  )
})

test('what was zeroed and never used can be destroyed, and is not made by that', () => {
  const { functions: f, memory } = createThread()
  assert.equal(f.pthread_mutex_destroy(A), 0)
  assert.equal(f.pthread_cond_destroy(A), 0)
  assert.equal(memory.u32(A), 0)
})

test('words in memory that has grown since', () => {
  const { functions: f, wasmMemory, memory } = createThread()
  assert.equal(f.pthread_mutex_lock(A), 0)
  wasmMemory.grow(1)
  assert.equal(f.pthread_mutex_lock(PAGE + 8), 0)
  assert.ok(memory.contains(PAGE + 8, 4))
  assert.equal(memory.u32(PAGE + 8), 2)
  assert.equal(f.pthread_mutex_unlock(A), 0)
})

test('a timed wait answers the ETIMEDOUT of the guest, for times in microseconds, with the mutex locked', () => {
  const { functions: f } = createThread()
  assert.equal(f.pthread_mutex_lock(A), 0)
  for (const microseconds of [0n, 1n, 999n, 2_000n]) {
    assert.equal(f.pthread_cond_timedwait(B, A, microseconds), ETIMEDOUT)
    assert.equal(f.pthread_mutex_destroy(A), -1, 'locked')
  }
})

test('create: the handle is stored before the thread is started, and forgotten if it cannot be', () => {
  const { functions: f, memory, state, spawned } = createThread({ maxThreads: 2 })
  assert.equal(f.pthread_create(OUT, 0, 7, -3), 0)
  assert.equal(f.pthread_create(OUT, 4, 8, 9), 0)
  assert.equal(f.pthread_create(OUT, 0, 8, 9), -1)
  assert.deepEqual(spawned.slice(0, 2), [
    { handle: 1, startRoutine: 7, argument: -3, stored: 1 },
    { handle: 2, startRoutine: 8, argument: 9, stored: 2 },
  ])
  assert.equal(state.threads.running, 2)
  memory.setU32(A, 1234)
  assert.equal(f.pthread_join(3, A), 0, 'an unknown handle')
  assert.equal(memory.u32(A), 1234, 'the result is untouched')
})

test('join gives the result, again and again, and needs no place for it', () => {
  const { buffer, functions: f, memory } = createThread()
  f.pthread_create(OUT, 0, 1, 0)
  new PthreadState(buffer, 1).threads.end(-77)
  for (const ptr of [A, B + 1]) {
    assert.equal(f.pthread_join(1, ptr), 0)
    assert.equal(memory.i32(ptr), -77)
  }
  assert.equal(f.pthread_join(1, 0), 0)
  assert.equal(f.pthread_detach(1), 0)
  assert.equal(f.pthread_detach(1), 0)
  memory.setU32(A, 5)
  assert.equal(f.pthread_join(1, A), 0)
  assert.equal(memory.u32(A), 5)
})

test('cancel tells the group, once, and not of threads that are unknown, main or at their end', () => {
  const { buffer, functions: f, interrupted } = createThread()
  for (let i = 0; i < 3; i++) f.pthread_create(OUT, 0, 1, 0)
  new PthreadState(buffer, 2).threads.end(0)
  new PthreadState(buffer, 3).beginEnd()
  for (const handle of [1, 1, 2, 3, 0, 99, -1]) assert.equal(f.pthread_cancel(handle), 0)
  assert.deepEqual(interrupted, [1])
})

test('self is the handle, under both names', () => {
  const { buffer, functions: main, state } = createThread()
  const { functions } = createThread({ buffer, self: state.threads.create() })
  assert.deepEqual([main.pthread_self(), main.__pthread_self()], [0, 0])
  assert.deepEqual([functions.pthread_self(), functions.__pthread_self()], [1, 1])
})

test('exit ends the thread, and the main one, with an error that guests cannot catch', () => {
  const { buffer, functions: main, state } = createThread()
  const { functions } = createThread({ buffer, self: state.threads.create() })
  for (const { pthread_exit } of [main, functions]) {
    assert.equal(exitOf(() => pthread_exit(-5)).result, -5)
    assert.throws(() => pthread_exit(1), WebAssembly.RuntimeError)
  }
})

test('whatever can wait ends a cancelled thread; what cannot goes on', () => {
  const { buffer, functions: main, state, putName } = createThread()
  const semaphore = main.sem_open(putName('/s'), 0x40, 0o600, 1)
  const other = state.threads.create()
  const { functions: f, state: own } = createThread({ buffer, self: state.threads.create() })
  endIfCancelled(own)
  main.pthread_cancel(own.self)
  for (const call of [
    () => f.sem_wait(semaphore),
    () => f.pthread_join(other, 0),
    () => f.pthread_cond_wait(A, B),
    () => f.pthread_cond_timedwait(A, B, 1n),
    () => endIfCancelled(own),
  ]) {
    assert.equal(exitOf(call).result, CANCELED, `${call}`)
  }
  assert.equal(main.sem_trywait(semaphore), 0, 'nothing was taken')
  assert.equal(f.sem_post(semaphore), 0)
  assert.equal(f.pthread_mutex_lock(B), 0, 'free: no reason to wait')
  assert.equal(exitOf(() => f.pthread_mutex_lock(B)).result, CANCELED)
})

test('a thread: its result, and then its destructors, once', () => {
  const { buffer, state } = createThread()
  const {
    functions: f,
    state: own,
    memory,
    instance,
    destructed,
  } = createThread({ buffer, self: state.threads.create() })
  for (const [i, destructor] of [30, 0, 32].entries()) {
    assert.equal(f.pthread_key_create(OUT, destructor), 0)
    assert.equal(memory.u32(OUT), i)
    assert.equal(f.pthread_setspecific(i, 1000 + i), 0)
    assert.equal(f.pthread_getspecific(i), 1000 + i)
  }
  assert.equal(
    runThread(own, instance, () => 5),
    5,
  )
  assert.deepEqual(destructed, [
    [30, 1000],
    [32, 1002],
  ])
})

test('a thread that exits, one cancelled before it runs, one cancelled while it runs, one that traps', () => {
  const { buffer, state, functions: main } = createThread()
  const startThread = () => createThread({ buffer, self: state.threads.create() })
  const exits = startThread()
  assert.equal(
    runThread(exits.state, exits.instance, () => exits.functions.pthread_exit(9) as never),
    9,
  )
  const early = startThread()
  main.pthread_cancel(early.state.self)
  assert.equal(
    runThread(early.state, early.instance, () => assert.fail('ran')),
    CANCELED,
  )
  const late = startThread()
  const cancelled = runThread(late.state, late.instance, () => {
    main.pthread_cancel(late.state.self)
    return late.functions.pthread_cond_wait(A, B)
  })
  assert.equal(cancelled, CANCELED)
  const traps = startThread()
  assert.throws(
    () => runThread(traps.state, traps.instance, () => endProgram(new Error('a trap'))),
    (error) => {
      return (endOf(error) as Error).message === 'a trap'
    },
  )
})

test('destructors run undisturbed: not cancelled a second time, and one that exits ends itself only', () => {
  const { buffer, state, functions: main } = createThread()
  const thread = createThread({ buffer, self: state.threads.create() })
  const { functions: f } = thread
  for (let i = 0; i < 3; i++) {
    f.pthread_key_create(OUT, 1 + i)
    f.pthread_setspecific(i, 1)
  }
  const called: number[] = []
  const result = runThread(
    thread.state,
    {
      callDestructor(tableIndex) {
        called.push(tableIndex)
        assert.equal(f.pthread_cond_timedwait(A, B, 0n), ETIMEDOUT)
        if (tableIndex === 2) f.pthread_exit(1)
      },
    },
    () => {
      main.pthread_cancel(thread.state.self)
      return f.pthread_cond_wait(A, B)
    },
  )
  assert.equal(result, CANCELED)
  assert.deepEqual(called, [1, 2, 3])
})

test('the main thread that exits: its destructors, and no wait where nobody is left', () => {
  const { functions: f, state, instance, destructed } = createThread()
  f.pthread_key_create(OUT, 11)
  f.pthread_setspecific(0, 12)
  assert.equal(exitOf(() => f.pthread_exit(0)).result, 0)
  leaveMainThread(state, instance)
  assert.deepEqual(destructed, [[11, 12]])
})

test('keys: 32, and -1 for what is none', () => {
  const { functions: f, memory } = createThread()
  for (let key = 0; key < 32; key++) assert.equal(f.pthread_key_create(OUT, 0), 0)
  memory.setU32(OUT, 999)
  assert.equal(f.pthread_key_create(OUT, 0), -1)
  assert.equal(memory.u32(OUT), 999)
  assert.equal(f.pthread_setspecific(32, 1), -1)
  assert.equal(f.pthread_getspecific(32), 0)
  assert.equal(f.pthread_key_delete(31), 0)
  assert.equal(f.pthread_key_delete(31), -1)
  assert.equal(f.pthread_setspecific(31, 1), -1)
})

test('semaphores, with the flags of Linux and of WASI', () => {
  for (const [create, exclusive] of [
    [0x40, 0x80],
    [0x1000, 0x4000],
  ] as const) {
    const { functions: f, memory, putName } = createThread()
    assert.equal(f.sem_open(putName('/s'), 0, 0, 0), -1)
    const semaphore = f.sem_open(putName('/s'), create | exclusive, 0o644, 1)
    assert.ok(semaphore > 0)
    assert.equal(f.sem_open(putName('/s'), create | exclusive, 0o644, 1), -1)
    assert.equal(f.sem_open(putName('s'), create, 0o644, 1), semaphore)
    assert.equal(f.sem_wait(semaphore), 0)
    assert.equal(f.sem_trywait(semaphore), -1)
    assert.equal(f.sem_post(semaphore), 0)
    assert.equal(f.sem_getvalue(semaphore, OUT), 0)
    assert.equal(memory.u32(OUT), 1)
    assert.equal(f.sem_trywait(semaphore), 0)
    assert.equal(f.sem_close(semaphore), 0)
    assert.equal(f.sem_close(semaphore), 0)
    assert.equal(f.sem_close(semaphore), -1)
    assert.equal(f.sem_unlink(putName('/s')), 0)
    assert.equal(f.sem_unlink(putName('/s')), -1)
  }
})

test('aligned memory: what the module has for it, and back to free what lies wrong', () => {
  const freed: number[] = []
  const free = (block: number) => freed.push(block >>> 0)
  const at = (block: number) => () => block | 0
  for (const alignment of [0, 1, 2, 3, 6, 24, 0xffff_ffff]) {
    assert.equal(allocateAligned({ malloc: at(4096), free }, alignment, 8), 0, `${alignment}`)
  }
  assert.equal(allocateAligned({}, 16, 8), 0, 'no allocator')
  assert.equal(allocateAligned({ malloc: at(0), free }, 16, 8), 0, 'no memory')
  assert.deepEqual(freed, [])
  assert.equal(allocateAligned({ malloc: at(1008), free }, 16, 8), 1008)
  assert.equal(allocateAligned({ malloc: at(0x8000_0010), free }, 16, 8), 0x8000_0010)
  assert.equal(allocateAligned({ malloc: at(0x8000_0000), free }, 0x8000_0000, 8), 0x8000_0000)
  assert.deepEqual(freed, [])
  assert.equal(allocateAligned({ malloc: at(1008), free }, 32, 8), 0)
  assert.equal(allocateAligned({ malloc: at(0x8000_0010), free }, 32, 8), 0)
  assert.deepEqual(freed, [1008, 0x8000_0010])
  assert.equal(allocateAligned({ malloc: at(1008) }, 32, 8), 0, 'kept for ever: the module exports no free')
  const alignedAlloc = (alignment: number, size: number) => alignment * size
  assert.equal(allocateAligned({ malloc: at(1008), free, alignedAlloc }, 64, 3), 192)
})

test('posix_memalign stores the address, and nothing if it fails', () => {
  const { functions: f, memory } = createThread({ allocator: { malloc: () => 4096 } })
  memory.setU32(OUT, 999)
  assert.equal(f.posix_memalign(OUT, 3, 8), -1)
  assert.equal(f.posix_memalign(OUT, 8192, 8), -1)
  assert.equal(memory.u32(OUT), 999)
  assert.equal(f.posix_memalign(OUT, 4096, 8), 0)
  assert.equal(memory.u32(OUT), 4096)
})
