import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { Errno } from '../../src/abi/errno.ts'
import { FdFlags, FileType } from '../../src/abi/preview1.ts'
import { wasiErrno } from '../../src/os/errno.ts'
import { createFixture, Exit, type Fixture, must, openHostDescriptors } from './fixture.ts'

const IN = 1024
const OUT = 4096
const BUFFER = 8192

let before: number
let f: Fixture

beforeEach(() => {
  before = openHostDescriptors()
  f = createFixture({ args: ['prog', '', 'ä b'], env: ['A=1', 'EMPTY='] })
})

afterEach(() => {
  f.dispose()
  assert.equal(openHostDescriptors(), before, 'descriptors are left open')
})

test('a new descriptor gets the lowest free number', () => {
  assert.deepEqual([f.open(4, 'stream'), f.open(6, 'datagram'), f.open(4, 'datagram')], [3, 4, 5])
  must(f.wasi.fd_close(4))
  must(f.wasi.fd_close(3))
  assert.deepEqual([f.open(4, 'stream'), f.open(4, 'stream'), f.open(4, 'stream')], [3, 4, 6])
  must(f.wasi.fd_close(0))
  assert.equal(f.open(4, 'stream'), 0)
})

test('fd_renumber: the target must be open and is closed', () => {
  const fd = f.open(4, 'stream')
  assert.equal(f.wasi.fd_renumber(fd, 40), Errno.BADF)
  const second = f.open(4, 'datagram')
  const open = openHostDescriptors()
  assert.equal(f.wasi.fd_renumber(second, fd), Errno.SUCCESS)
  assert.equal(openHostDescriptors(), open - 1)
  assert.equal(f.wasi.fd_close(second), Errno.BADF)
  must(f.wasi.fd_fdstat_get(fd, OUT))
  assert.equal(f.bytes()[OUT], FileType.SOCKET_DGRAM)
  assert.equal(f.wasi.fd_renumber(fd, fd), Errno.SUCCESS)
  assert.equal(f.wasi.fd_renumber(99, fd), Errno.BADF)
  assert.equal(f.wasi.fd_renumber(fd, -1), Errno.BADF)
  assert.equal(f.wasi.fd_renumber(fd, 1 << 20), Errno.BADF)
})

test('fd_fdstat_get tells kind, mode and rights of a socket', () => {
  const fd = f.open(6, 'stream')
  f.bytes().fill(0xee, OUT, OUT + 32)
  must(f.wasi.fd_fdstat_get(fd, OUT))
  assert.equal(f.bytes()[OUT], FileType.SOCKET_STREAM)
  assert.equal(f.view().getUint16(OUT + 2, true), 0)
  assert.equal(f.view().getBigUint64(OUT + 8, true), 0x3f_f820_004an)
  assert.equal(f.view().getBigUint64(OUT + 16, true), 0x3f_ffff_ffffn)
  assert.equal(f.bytes()[OUT + 24], 0xee)
  must(f.wasi.fd_fdstat_set_flags(fd, FdFlags.NONBLOCK))
  must(f.wasi.fd_fdstat_get(fd, OUT))
  assert.equal(f.view().getUint16(OUT + 2, true), FdFlags.NONBLOCK)
})

test('flags that mean nothing to a socket are refused, not swallowed', () => {
  const fd = f.open(4, 'stream')
  for (const flag of [FdFlags.APPEND, FdFlags.DSYNC, FdFlags.RSYNC, FdFlags.SYNC]) {
    assert.equal(f.wasi.fd_fdstat_set_flags(fd, flag), Errno.NOTSUP)
  }
  assert.equal(f.wasi.fd_fdstat_set_flags(fd, 0x20), Errno.INVAL)
})

test('fd_filestat_get of a socket tells its kind', () => {
  must(f.wasi.fd_filestat_get(f.open(4, 'datagram'), OUT))
  assert.equal(f.bytes()[OUT + 16], FileType.SOCKET_DGRAM)
})

test('fd_read and fd_write move data of sockets; reading nothing leaves an empty datagram alone', () => {
  const { a, b } = f.datagramPair()
  f.bytes().set(new TextEncoder().encode('data'), BUFFER)
  must(f.wasi.fd_write(a, f.putIovecs(IN, [BUFFER, 2], [BUFFER + 2, 2]), 2, OUT))
  must(f.wasi.fd_read(b, f.putIovecs(IN, [BUFFER, 0]), 1, OUT))
  assert.equal(f.view().getUint32(OUT, true), 0)
  must(f.wasi.fd_read(b, f.putIovecs(IN, [BUFFER + 64, 3], [BUFFER + 80, 3]), 2, OUT))
  assert.equal(f.view().getUint32(OUT, true), 4)
  assert.equal(new TextDecoder().decode(f.bytes().slice(BUFFER + 64, BUFFER + 67)), 'dat')
})

for (const [name, parameters, expected] of [
  ['fd_seek', [0n, 0, OUT], Errno.SPIPE],
  ['fd_tell', [OUT], Errno.SPIPE],
  ['fd_pread', [IN, 0, 0n, OUT], Errno.SPIPE],
  ['fd_pwrite', [IN, 0, 0n, OUT], Errno.SPIPE],
  ['fd_advise', [0n, 0n, 0], Errno.SUCCESS],
  ['fd_sync', [], Errno.INVAL],
  ['fd_datasync', [], Errno.INVAL],
  ['fd_filestat_set_size', [0n], Errno.INVAL],
  ['fd_allocate', [0n, 1n], Errno.NODEV],
  ['fd_readdir', [IN, 0, 0n, OUT], Errno.NOTDIR],
  ['path_open', [0, IN, 1, 0, 0n, 0n, 0, OUT], Errno.NOTDIR],
] as const) {
  test(`${name} on a socket answers as the kernel does (${expected}), and BADF where nothing is open`, () => {
    const call = (fd: number) => (f.wasi[name] as (...values: unknown[]) => number)(fd, ...parameters)
    assert.equal(call(f.open(4, 'stream')), expected)
    assert.equal(call(77), Errno.BADF)
  })
}

test('there are no preopened directories', () => {
  assert.equal(f.wasi.fd_prestat_get(3, OUT), Errno.BADF)
})

test('arguments and environment', () => {
  must(f.wasi.args_sizes_get(OUT, OUT + 4))
  assert.deepEqual([f.view().getUint32(OUT, true), f.view().getUint32(OUT + 4, true)], [3, 11])
  must(f.wasi.args_get(OUT, OUT + 64))
  const strings = [0, 1, 2].map((i) => {
    const ptr = f.view().getUint32(OUT + 4 * i, true)
    return new TextDecoder().decode(f.bytes().slice(ptr, f.bytes().indexOf(0, ptr)))
  })
  assert.deepEqual(strings, ['prog', '', 'ä b'])
  must(f.wasi.environ_sizes_get(OUT, OUT + 4))
  assert.deepEqual([f.view().getUint32(OUT, true), f.view().getUint32(OUT + 4, true)], [2, 11])
  const end = f.bytes().length
  assert.equal(f.wasi.args_get(end - 11, OUT), Errno.FAULT)
  assert.equal(f.wasi.args_get(OUT, end - 10), Errno.FAULT)
})

test('all four clocks run, others do not exist', () => {
  for (const clock of [0, 1, 2, 3]) {
    must(f.wasi.clock_time_get(clock, 0n, OUT))
    const first = f.view().getBigUint64(OUT, true)
    must(f.wasi.clock_time_get(clock, 0n, OUT))
    assert.ok(f.view().getBigUint64(OUT, true) >= first && first > 0n)
    must(f.wasi.clock_res_get(clock, OUT))
    assert.ok(f.view().getBigUint64(OUT, true) > 0n)
  }
  assert.equal(f.wasi.clock_time_get(4, 0n, OUT), Errno.INVAL)
  assert.equal(f.wasi.clock_time_get(-1, 0n, OUT), Errno.INVAL)
})

test('random_get fills exactly what it is told', () => {
  f.bytes().fill(0xee, OUT, OUT + 1024)
  must(f.wasi.random_get(OUT, 1000))
  assert.ok(new Set(f.bytes().slice(OUT, OUT + 1000)).size > 100)
  assert.equal(f.bytes()[OUT + 1000], 0xee)
  must(f.wasi.random_get(f.bytes().length, 0))
  assert.equal(f.wasi.random_get(f.bytes().length - 1, 2), Errno.FAULT)
})

test('proc_exit hands over all 32 bits, unsigned', () => {
  assert.throws(
    () => f.wasi.proc_exit(-1),
    (error: unknown) => error instanceof Exit && error.code === 0xffff_ffff,
  )
})

test('host errno numbers without a WASI name become the nearest one that programs handle', () => {
  for (const [linux, wasi] of [
    [112, Errno.HOSTUNREACH],
    [108, Errno.PIPE],
    [94, Errno.PROTOTYPE],
    [96, Errno.AFNOSUPPORT],
    [64, Errno.NETUNREACH],
    [133, Errno.IO],
    [9999, Errno.IO],
    [11, Errno.AGAIN],
    [13, Errno.ACCES],
    [131, Errno.NOTRECOVERABLE],
  ] as const) {
    assert.equal(wasiErrno(linux), wasi, `Linux ${linux}`)
  }
})
