import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { Errno } from '../../src/abi/errno.ts'
import { EventType, FdFlags, Rights, SOCKET_RIGHTS } from '../../src/abi/preview1.ts'
import { createFixture, type Fixture, must, openHostDescriptors } from './fixture.ts'

const SUBSCRIPTIONS = 1024
const EVENTS = 16384
const COUNT = 512
const IN = 32768
const BUFFER = 40960

let before: number
let f: Fixture

beforeEach(() => {
  before = openHostDescriptors()
  f = createFixture()
})

afterEach(() => {
  f.dispose()
  assert.equal(openHostDescriptors(), before, 'descriptors are left open')
})

type Wanted = { fd: number; type: 1 | 2 } | { clock: number; timeoutNs: bigint; absolute?: boolean }

/** Writes subscriptions; the userdata of each is its index + 2^40, to see all 64 bits come back. */
function subscribe(wanted: readonly Wanted[], at = SUBSCRIPTIONS): void {
  const view = f.view()
  for (const [i, one] of wanted.entries()) {
    const ptr = at + 48 * i
    f.bytes().fill(0, ptr, ptr + 48)
    view.setBigUint64(ptr, BigInt(i) + (1n << 40n), true)
    if ('fd' in one) {
      view.setUint8(ptr + 8, one.type)
      view.setInt32(ptr + 16, one.fd, true)
    } else {
      view.setUint32(ptr + 16, one.clock, true)
      view.setBigUint64(ptr + 24, one.timeoutNs, true)
      view.setUint16(ptr + 40, one.absolute ? 1 : 0, true)
    }
  }
}

function events(at = EVENTS) {
  const view = f.view()
  return Array.from({ length: view.getUint32(COUNT, true) }, (_, i) => {
    const ptr = at + 32 * i
    return {
      index: Number(view.getBigUint64(ptr, true) - (1n << 40n)),
      error: view.getUint16(ptr + 8, true),
      type: view.getUint8(ptr + 10),
      nbytes: Number(view.getBigUint64(ptr + 16, true)),
      flags: view.getUint16(ptr + 24, true),
    }
  })
}

function poll(...wanted: Wanted[]) {
  subscribe(wanted)
  must(f.wasi.poll_oneoff(SUBSCRIPTIONS, EVENTS, wanted.length, COUNT))
  return events()
}

function send(fd: number, length: number): void {
  must(f.wasi.sock_send(fd, f.putIovecs(IN, [BUFFER, length]), 1, 0, COUNT))
}

const SOON = { clock: 1, timeoutNs: 1_000_000n }

test('a read event tells how many bytes are there', () => {
  const { client, server } = f.connectedPair()
  send(client, 5)
  assert.deepEqual(poll({ fd: server, type: EventType.FD_READ }), [
    { index: 0, error: 0, type: 1, nbytes: 5, flags: 0 },
  ])
  const { a, b } = f.datagramPair()
  send(a, 7)
  send(a, 9)
  assert.equal(poll({ fd: b, type: EventType.FD_READ })[0]!.nbytes, 7, 'of the next datagram')
})

test('reading and writing of one descriptor are two events', () => {
  const { client, server } = f.connectedPair()
  send(client, 1)
  assert.deepEqual(poll({ fd: server, type: 1 }, { fd: server, type: 2 }), [
    { index: 0, error: 0, type: 1, nbytes: 1, flags: 0 },
    { index: 1, error: 0, type: 2, nbytes: 0, flags: 0 },
  ])
})

test('a listener is readable when a connection waits', () => {
  const { fd, port } = f.listen('127.0.0.1')
  assert.deepEqual(
    poll({ fd, type: 1 }, SOON).map(({ index }) => index),
    [1],
  )
  const client = f.open(4, 'stream')
  must(f.wasi.sock_connect(client, f.putAddress(IN, '127.0.0.1', port)))
  assert.deepEqual(poll({ fd, type: 1 }), [{ index: 0, error: 0, type: 1, nbytes: 0, flags: 0 }])
})

test('the end of the stream is readable; hang-up is told when both directions are shut, as Linux tells it', () => {
  const { client, server } = f.connectedPair()
  must(f.wasi.sock_shutdown(client, 2))
  assert.deepEqual(poll({ fd: server, type: 1 }), [{ index: 0, error: 0, type: 1, nbytes: 0, flags: 0 }])
  must(f.wasi.sock_shutdown(server, 2))
  assert.deepEqual(poll({ fd: server, type: 1 }), [{ index: 0, error: 0, type: 1, nbytes: 0, flags: 1 }])
})

test('an error is told with its cause, again and again, until an operation meets it', () => {
  const gone = f.listen('127.0.0.1')
  must(f.wasi.fd_close(gone.fd))
  const fd = f.open(4, 'stream')
  must(f.wasi.fd_fdstat_set_flags(fd, FdFlags.NONBLOCK))
  const started = f.wasi.sock_connect(fd, f.putAddress(IN, '127.0.0.1', gone.port))
  assert.equal(started, Errno.INPROGRESS)
  for (let i = 0; i < 2; i++) {
    assert.deepEqual(
      poll({ fd, type: 2 }).map(({ error }) => error),
      [Errno.CONNREFUSED],
    )
  }
  assert.equal(f.wasi.sock_connect(fd, f.putAddress(IN, '127.0.0.1', gone.port)), Errno.CONNREFUSED)
  assert.equal(f.wasi.sock_connect(fd, f.putAddress(IN, '127.0.0.1', gone.port)), Errno.INPROGRESS, 'and starts anew')
})

test('a reset is told by poll and then by recv', () => {
  const { client, server } = f.connectedPair()
  must(f.wasi.sock_set_linger(server, 1, 0))
  must(f.wasi.fd_close(server))
  assert.equal(poll({ fd: client, type: 1 })[0]!.error, Errno.CONNRESET)
  const recv = () => f.wasi.sock_recv(client, f.putIovecs(IN, [BUFFER, 1]), 1, 0, COUNT, COUNT + 4)
  assert.equal(recv(), Errno.CONNRESET)
  assert.equal(recv(), Errno.SUCCESS, 'once told, it is the end of the stream')
})

for (const [name, wanted, error] of [
  ['an unknown descriptor', { fd: 99, type: 1 }, Errno.BADF],
  ['a negative descriptor', { fd: -1, type: 2 }, Errno.BADF],
  ['an unknown clock', { clock: 4, timeoutNs: 0n }, Errno.INVAL],
  ['the process clock, which stands still while waiting', { clock: 2, timeoutNs: 0n }, Errno.NOTSUP],
  ['the thread clock', { clock: 3, timeoutNs: 0n }, Errno.NOTSUP],
] as const) {
  test(`${name} is an event with an error, beside what is ready`, () => {
    const { client } = f.connectedPair()
    const forever = { clock: 1, timeoutNs: 0xffff_ffff_ffff_ffffn }
    assert.deepEqual(
      poll(wanted, { fd: client, type: 2 }, forever).map((event) => [event.index, event.error]),
      [
        [0, error],
        [1, 0],
      ],
    )
  })
}

test('an unknown kind of subscription is an event with an error', () => {
  subscribe([SOON])
  f.view().setUint8(SUBSCRIPTIONS + 8, 3)
  must(f.wasi.poll_oneoff(SUBSCRIPTIONS, EVENTS, 1, COUNT))
  assert.equal(events()[0]!.error, Errno.INVAL)
})

test('a descriptor without the right to be polled is an event with NOTCAPABLE', () => {
  const fd = f.open(4, 'datagram')
  must(f.wasi.fd_fdstat_set_rights(fd, SOCKET_RIGHTS & ~Rights.POLL_FD_READWRITE, 0n))
  assert.equal(poll({ fd, type: 2 })[0]!.error, Errno.NOTCAPABLE)
})

function now(clock: number): bigint {
  must(f.wasi.clock_time_get(clock, 0n, COUNT + 8))
  return f.view().getBigUint64(COUNT + 8, true)
}

test('relative and absolute times on both clocks, in the past and to come; no event comes early', () => {
  for (const clock of [0, 1]) {
    const start = now(1)
    const at = now(clock) + 3_000_000n
    assert.deepEqual(poll({ clock, timeoutNs: at, absolute: true }), [
      { index: 0, error: 0, type: 0, nbytes: 0, flags: 0 },
    ])
    assert.ok(now(1) - start >= 2_900_000n, `clock ${clock}: 3 ms took ${now(1) - start} ns`)
    assert.equal(poll({ clock, timeoutNs: 1n, absolute: true }).length, 1, 'long ago')
    assert.equal(poll({ clock, timeoutNs: 0n }).length, 1, 'at once')
  }
  const start = now(1)
  poll({ clock: 1, timeoutNs: 2_500_000n })
  assert.ok(now(1) - start >= 2_500_000n, 'not rounded down to whole milliseconds')
})

test('of several clocks those are told that are due', () => {
  const never = { clock: 1, timeoutNs: 0xffff_ffff_ffff_ffffn }
  const absolute = { clock: 1, timeoutNs: now(1) + 500_000n, absolute: true }
  assert.deepEqual(
    poll(never, absolute, SOON, { clock: 0, timeoutNs: 3_600_000_000_000n })
      .map(({ index }) => index)
      .slice(0, 1),
    [1],
  )
})

test('a clock that is due is told although a descriptor is always ready', () => {
  const { client } = f.connectedPair()
  assert.deepEqual(
    poll({ clock: 1, timeoutNs: 0n }, { fd: client, type: 2 }).map(({ index }) => index),
    [0, 1],
  )
})

test('events may be written over the subscriptions', () => {
  const { client } = f.connectedPair()
  const wanted: Wanted[] = [
    { fd: client, type: 2 },
    { fd: 99, type: 1 },
    { fd: client, type: 2 },
    { fd: 98, type: 1 },
  ]
  subscribe(wanted)
  must(f.wasi.poll_oneoff(SUBSCRIPTIONS, SUBSCRIPTIONS, wanted.length, COUNT))
  assert.deepEqual(
    events(SUBSCRIPTIONS).map(({ index, error }) => [index, error]),
    [
      [0, 0],
      [1, Errno.BADF],
      [2, 0],
      [3, Errno.BADF],
    ],
  )
})

test('no subscriptions and too many are INVAL; ranges past the end are FAULT', () => {
  const end = f.bytes().length
  assert.equal(f.wasi.poll_oneoff(SUBSCRIPTIONS, EVENTS, 0, COUNT), Errno.INVAL)
  assert.equal(f.wasi.poll_oneoff(end - 47, EVENTS, 1, COUNT), Errno.FAULT)
  assert.equal(f.wasi.poll_oneoff(SUBSCRIPTIONS, end - 31, 1, COUNT), Errno.FAULT)
  assert.equal(f.wasi.poll_oneoff(SUBSCRIPTIONS, EVENTS, 1, end - 3), Errno.FAULT)
  assert.equal(f.wasi.poll_oneoff(0, 0, -1, COUNT), Errno.FAULT)
  const big = createFixture({ pages: 120 })
  assert.equal(big.wasi.poll_oneoff(0, 0, (1 << 17) + 1, 0), Errno.INVAL)
  big.dispose()
})
