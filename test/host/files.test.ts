/** The functions of descriptors, where the descriptor is a file or a directory. */
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, test } from 'node:test'
import { Errno } from '../../src/abi/errno.ts'
import { Event, EventType, FdFlags, FileType, FstFlags, OFlags, Rights, Subscription } from '../../src/abi/preview1.ts'
import { must, openHostDescriptors } from './fixture.ts'
import { answers, BUFFER, DIR, FILE_RIGHTS, FIXED, IN, OUT, READ, Sandbox, WRITE } from './sandbox.ts'

const { CREAT } = OFlags
const [SET, CUR, END] = [0, 1, 2]
const LEAST = -(1n << 63n)
const MOST = (1n << 63n) - 1n

let s: Sandbox

beforeEach(() => {
  s = new Sandbox()
})

afterEach(() => s.dispose())

const contentOf = (name: string) => readFileSync(s.host(name), 'utf8')

test('reading and writing move the position', () => {
  const fd = s.open('file', { oflags: CREAT, base: FILE_RIGHTS })
  s.write(fd, 'hello')
  s.write(fd, ' world')
  assert.equal(contentOf('file'), 'hello world')
  assert.deepEqual([s.tell(fd), s.read(fd)], [11n, ''])
  must(s.wasi.fd_seek(fd, 6n, SET, OUT))
  assert.deepEqual([s.read(fd), s.tell(fd)], ['world', 11n])
  must(s.wasi.fd_write(fd, 0, 0, OUT))
  must(s.wasi.fd_read(fd, 0, 0, OUT))
  must(s.wasi.fd_write(fd, s.f.putIovecs(IN, [BUFFER, 0]), 1, OUT))
  assert.equal(s.u32(), 0)
  assert.equal(contentOf('file'), 'hello world')
  const second = s.open('file', { base: FILE_RIGHTS })
  assert.deepEqual([s.tell(second), s.read(second)], [0n, 'hello world'], 'a position of its own')
})

test('a short read stores what there is and no more', () => {
  writeFileSync(s.host('file'), '12345')
  const fd = s.open('file', { base: READ | Rights.FD_SEEK })
  s.f.bytes().fill(0xee, BUFFER, BUFFER + 64)
  must(s.wasi.fd_read(fd, s.f.putIovecs(IN, [BUFFER, 3], [BUFFER + 10, 0], [BUFFER + 20, 9]), 3, OUT))
  assert.deepEqual([s.u32(), s.text(BUFFER, 3), s.text(BUFFER + 20, 2)], [5, '123', '45'])
  for (const at of [3, 10, 19, 22]) assert.equal(s.f.bytes()[BUFFER + at], 0xee)
})

for (const [whence, offset, expected] of [
  [SET, 0n, 0n],
  [SET, 5n, 5n],
  [SET, 1000n, 1000n],
  [SET, -1n, Errno.INVAL],
  [SET, LEAST, Errno.INVAL],
  [CUR, 0n, 4n],
  [CUR, 3n, 7n],
  [CUR, -4n, 0n],
  [CUR, -5n, Errno.INVAL],
  [CUR, LEAST, Errno.INVAL],
  [CUR, MOST, [Errno.INVAL, Errno.OVERFLOW]],
  [END, 0n, 10n],
  [END, -10n, 0n],
  [END, 5n, 15n],
  [END, -11n, Errno.INVAL],
  [END, MOST, [Errno.INVAL, Errno.OVERFLOW]],
  [3, 0n, Errno.INVAL],
  [255, 0n, Errno.INVAL],
  [-1, 0n, Errno.INVAL],
  [256, 0n, Errno.INVAL],
] as const) {
  test(`fd_seek by ${offset} from ${whence}, where 4 of 10 bytes are read`, () => {
    writeFileSync(s.host('file'), '0123456789')
    const fd = s.open('file', { base: FILE_RIGHTS })
    must(s.wasi.fd_seek(fd, 4n, SET, OUT))
    s.f.bytes().fill(0xee, OUT, OUT + 9)
    const errno = s.wasi.fd_seek(fd, offset, whence, OUT)
    const isError = typeof expected !== 'bigint'
    answers(errno, isError ? expected : Errno.SUCCESS)
    assert.equal(s.u64(), isError ? 0xeeee_eeee_eeee_eeeen : expected)
    assert.equal(s.f.bytes()[OUT + 8], 0xee)
    assert.equal(s.tell(fd), isError ? 4n : expected)
  })
}

test('positions and sizes beyond 2^53 are exact', { skip: !existsSync('/dev/shm') }, () => {
  const large = new Sandbox({ parent: '/dev/shm' })
  try {
    const fd = large.open('file', { oflags: CREAT, base: FILE_RIGHTS })
    const far = (1n << 53n) + 1n
    must(large.wasi.fd_seek(fd, far, SET, OUT))
    assert.deepEqual([large.u64(), large.tell(fd)], [far, far])
    large.write(fd, 'x')
    must(large.wasi.fd_filestat_get(fd, OUT))
    assert.equal(large.u64(OUT + 32), far + 1n)
    must(large.wasi.fd_pwrite(fd, ...large.data('yz'), far + 2n, OUT))
    must(large.wasi.fd_pread(fd, large.f.putIovecs(IN, [BUFFER + 64, 9]), 1, far, OUT))
    assert.equal(large.text(BUFFER + 64, large.u32()), 'x\0yz')
    must(large.wasi.fd_filestat_set_size(fd, far + 6n))
    assert.equal(statSync(large.host('file'), { bigint: true }).size, far + 6n)
    must(large.wasi.fd_seek(fd, -1n, END, OUT))
    assert.equal(large.u64(), far + 5n)
  } finally {
    large.dispose()
  }
})

test('fd_pread and fd_pwrite leave the position alone', () => {
  const fd = s.open('file', { oflags: CREAT, base: FILE_RIGHTS })
  must(s.wasi.fd_pwrite(fd, ...s.data('abcdef'), 2n, OUT))
  assert.deepEqual([s.u32(), s.tell(fd), contentOf('file')], [6, 0n, '\0\0abcdef'])
  for (const [offset, expected] of [
    [0n, '\0\0abcdef'],
    [5n, 'def'],
    [8n, ''],
    [1n << 40n, ''],
  ] as const) {
    must(s.wasi.fd_pread(fd, s.f.putIovecs(IN, [BUFFER, 2], [BUFFER + 2, 30]), 2, offset, OUT))
    assert.equal(s.text(BUFFER, s.u32()), expected, `at ${offset}`)
  }
  assert.equal(s.tell(fd), 0n)
  must(s.wasi.fd_pwrite(fd, s.f.putIovecs(IN, [BUFFER, 0]), 1, 50n, OUT))
  assert.deepEqual([s.u32(), statSync(s.host('file')).size], [0, 8], 'nothing written is nothing changed')
  for (const offset of [-1n, LEAST, (1n << 64n) - 1n, 1n << 63n]) {
    answers(s.wasi.fd_pread(fd, ...s.data('x'), offset, OUT), Errno.INVAL, `pread at ${offset}`)
    answers(s.wasi.fd_pwrite(fd, ...s.data('x'), offset, OUT), Errno.INVAL, `pwrite at ${offset}`)
  }
  answers(s.wasi.fd_pwrite(fd, ...s.data('xx'), MOST, OUT), [Errno.FBIG, Errno.INVAL, Errno.OVERFLOW])
  assert.equal(contentOf('file'), '\0\0abcdef')
})

test('appending: every write goes to the end, also one with an offset, as on Linux', () => {
  writeFileSync(s.host('file'), '12')
  const fd = s.open('file', { base: FILE_RIGHTS, fdFlags: FdFlags.APPEND })
  assert.equal(s.tell(fd), 0n)
  s.write(fd, '34')
  must(s.wasi.fd_seek(fd, 0n, SET, OUT))
  s.write(fd, '56')
  assert.deepEqual([contentOf('file'), s.tell(fd)], ['123456', 6n])
  must(s.wasi.fd_pwrite(fd, ...s.data('78'), 0n, OUT))
  assert.deepEqual([contentOf('file'), s.tell(fd)], ['12345678', 6n])
  must(s.wasi.fd_fdstat_set_flags(fd, 0))
  assert.equal(s.fdstat(fd).flags, 0)
  must(s.wasi.fd_seek(fd, 0n, SET, OUT))
  s.write(fd, 'ab')
  assert.equal(contentOf('file'), 'ab345678')
  must(s.wasi.fd_fdstat_set_flags(fd, FdFlags.APPEND | FdFlags.NONBLOCK))
  assert.equal(s.fdstat(fd).flags, FdFlags.APPEND | FdFlags.NONBLOCK)
  s.write(fd, '90')
  assert.equal(contentOf('file'), 'ab34567890')
})

test('how an open file synchronises stays as it is', () => {
  const { APPEND, DSYNC, RSYNC, SYNC } = FdFlags
  const plain = s.open('file', { oflags: CREAT, base: FILE_RIGHTS })
  for (const flags of [DSYNC, SYNC, RSYNC, SYNC | APPEND]) {
    answers(s.wasi.fd_fdstat_set_flags(plain, flags), Errno.NOTSUP, `flags ${flags}`)
    assert.equal(s.fdstat(plain).flags, 0)
  }
  for (const flags of [0x20, 0x1_0000, -1]) answers(s.wasi.fd_fdstat_set_flags(plain, flags), Errno.INVAL)
  const synced = s.open('file', { base: FILE_RIGHTS, fdFlags: SYNC })
  const { flags } = s.fdstat(synced)
  must(s.wasi.fd_fdstat_set_flags(synced, flags | APPEND))
  assert.equal(s.fdstat(synced).flags, flags | APPEND)
})

test('fd_fdstat_set_rights only takes away', () => {
  const fd = s.open('file', { oflags: CREAT, base: FILE_RIGHTS })
  const { base, inheriting } = s.fdstat(fd)
  assert.equal(base, FILE_RIGHTS)
  must(s.wasi.fd_fdstat_set_rights(fd, base & ~(READ | WRITE), inheriting))
  assert.equal(s.fdstat(fd).base, FILE_RIGHTS & ~(READ | WRITE))
  answers(s.wasi.fd_read(fd, ...s.data('x'), OUT), Errno.BADF)
  answers(s.wasi.fd_write(fd, ...s.data('x'), OUT), Errno.BADF)
  answers(s.wasi.fd_fdstat_set_rights(fd, base, inheriting), Errno.NOTCAPABLE)
  answers(s.wasi.fd_fdstat_set_rights(fd, 0n, WRITE), Errno.NOTCAPABLE)
  answers(s.wasi.fd_fdstat_set_rights(fd, -1n, 0n), Errno.NOTCAPABLE)
  must(s.wasi.fd_seek(fd, 0n, SET, OUT))
  const dir = s.open('.', { base: Rights.FD_READDIR | Rights.FD_SEEK, inheriting: READ })
  assert.equal(s.fdstat(dir).base, Rights.FD_READDIR)
  answers(
    s.wasi.fd_fdstat_set_rights(dir, Rights.FD_READDIR | Rights.FD_SEEK, 0n),
    Errno.NOTCAPABLE,
    'what is not shown',
  )
  must(s.wasi.fd_fdstat_set_rights(dir, 0n, 0n))
  answers(s.wasi.fd_readdir(dir, BUFFER, 64, 0n, OUT), Errno.NOTCAPABLE)
})

test('fd_filestat_get tells what the host knows', () => {
  writeFileSync(s.host('file'), 'content')
  for (const [path, type] of [
    ['file', FileType.REGULAR_FILE],
    ['.', FileType.DIRECTORY],
  ] as const) {
    const fd = s.open(path, { base: Rights.FD_FILESTAT_GET })
    s.f.bytes().fill(0xee, OUT, OUT + 72)
    must(s.wasi.fd_filestat_get(fd, OUT))
    const stat = statSync(s.host(path), { bigint: true })
    assert.deepEqual(
      [0, 8, 16, 24, 32, 40, 48, 56].map((at) => s.u64(OUT + at)),
      [stat.dev, stat.ino, BigInt(type), stat.nlink, stat.size, stat.atimeNs, stat.mtimeNs, stat.ctimeNs],
    )
    assert.equal(s.f.bytes()[OUT + 64], 0xee)
  }
})

test('fd_filestat_set_size grows with zeros and cuts', () => {
  writeFileSync(s.host('file'), '12345')
  const fd = s.open('file', { base: FILE_RIGHTS })
  must(s.wasi.fd_seek(fd, 4n, SET, OUT))
  for (const [size, expected] of [
    [7n, '12345\0\0'],
    [2n, '12'],
    [4n, '12\0\0'],
    [0n, ''],
    [0n, ''],
  ] as const) {
    must(s.wasi.fd_filestat_set_size(fd, size))
    assert.equal(contentOf('file'), expected)
  }
  assert.equal(s.tell(fd), 4n)
  for (const size of [-1n, LEAST, 1n << 63n]) answers(s.wasi.fd_filestat_set_size(fd, size), Errno.INVAL, `${size}`)
  assert.equal(contentOf('file'), '')
})

test('fd_allocate makes room and never cuts', () => {
  const fd = s.open('file', { oflags: CREAT, base: FILE_RIGHTS })
  for (const [offset, length, size] of [
    [0n, 100n, 100],
    [10n, 10n, 100],
    [90n, 20n, 110],
    [200n, 1n, 201],
  ] as const) {
    must(s.wasi.fd_allocate(fd, offset, length))
    assert.equal(statSync(s.host('file')).size, size)
  }
  for (const [offset, length, expected] of [
    [0n, 0n, Errno.INVAL],
    [-1n, 1n, Errno.INVAL],
    [0n, -1n, Errno.INVAL],
    [LEAST, 1n, Errno.INVAL],
    [MOST, MOST, [Errno.FBIG, Errno.INVAL]],
  ] as const) {
    answers(s.wasi.fd_allocate(fd, offset, length), expected, `${length} from ${offset}`)
  }
  assert.equal(statSync(s.host('file')).size, 201)
})

test('fd_advise takes every advice there is', () => {
  writeFileSync(s.host('file'), 'x'.repeat(100))
  const fd = s.open('file', { base: READ | Rights.FD_ADVISE })
  for (let advice = 0; advice < 6; advice++) {
    for (const [offset, length] of [
      [10n, 50n],
      [0n, 0n],
      [1000n, 1n],
      [0n, MOST],
    ] as const) {
      answers(s.wasi.fd_advise(fd, offset, length, advice), Errno.SUCCESS, `advice ${advice}`)
    }
  }
  for (const advice of [6, 255, 256, -1]) answers(s.wasi.fd_advise(fd, 0n, 1n, advice), Errno.INVAL, `advice ${advice}`)
  answers(s.wasi.fd_advise(fd, 0n, -1n, 0), Errno.INVAL)
  assert.equal(contentOf('file').length, 100)
})

test('fd_sync and fd_datasync', () => {
  const fd = s.open('file', { oflags: CREAT, base: FILE_RIGHTS })
  s.write(fd, 'x')
  must(s.wasi.fd_sync(fd))
  must(s.wasi.fd_datasync(fd))
})

test('fd_filestat_set_times sets what the flags say, of files and directories', () => {
  const { ATIM, ATIM_NOW, MTIM, MTIM_NOW } = FstFlags
  const [old, atim, mtim] = [1_000_000_000n, 4_102_444_800_123_456_789n, 1n]
  writeFileSync(s.host('file'), '')
  for (const [path, fd] of [
    ['file', s.open('file', { base: READ | Rights.FD_FILESTAT_SET_TIMES })],
    ['file', s.open('file', { base: FILE_RIGHTS })],
    ['.', s.open('.', { base: Rights.FD_FILESTAT_SET_TIMES })],
    ['.', DIR],
  ] as const) {
    for (const [flags, expected] of [
      [0, [old, old]],
      [ATIM, [atim, old]],
      [MTIM, [old, mtim]],
      [ATIM | MTIM, [atim, mtim]],
      [ATIM_NOW | MTIM, ['now', mtim]],
      [ATIM | MTIM_NOW, [atim, 'now']],
      [ATIM_NOW | MTIM_NOW, ['now', 'now']],
      [ATIM | ATIM_NOW, undefined],
      [MTIM | MTIM_NOW, undefined],
      [ATIM | ATIM_NOW | MTIM | MTIM_NOW, undefined],
      [0x10, undefined],
      [0x1_0000, undefined],
    ] as const) {
      utimesSync(s.host(path), 1, 1)
      const before = BigInt(Date.now() - 1000) * 1_000_000n
      const errno = s.wasi.fd_filestat_set_times(fd, atim, mtim, flags)
      answers(errno, expected === undefined ? Errno.INVAL : Errno.SUCCESS, `${path} flags ${flags}`)
      const stat = statSync(s.host(path), { bigint: true })
      for (const [i, time] of [stat.atimeNs, stat.mtimeNs].entries()) {
        const wanted = expected === undefined ? old : expected[i]
        if (wanted === 'now') assert.ok(time >= before, `${path} flags ${flags}`)
        else assert.equal(time, wanted, `${path} flags ${flags}`)
      }
    }
  }
})

test('fd_readdir lists what is there, with . and ..', () => {
  assert.deepEqual(
    s
      .list(DIR)
      .map(({ name, type }) => [name, type])
      .sort(),
    [
      ['.', FileType.DIRECTORY],
      ['..', FileType.DIRECTORY],
    ],
  )
  mkdirSync(s.host('dir'))
  for (const name of ['file', 'Действие', 'n'.repeat(255)]) writeFileSync(s.host(name), '')
  const entries = s.list(DIR)
  const names = entries.map(({ name }) => name).sort()
  assert.deepEqual(names, ['.', '..', ...readdirSync(s.host())].sort())
  for (const { name, ino, type } of entries) {
    if (name === '..') continue
    const stat = statSync(s.host(name), { bigint: true })
    assert.equal(ino, stat.ino, name)
    assert.equal(type, stat.isDirectory() ? FileType.DIRECTORY : FileType.REGULAR_FILE, name)
  }
})

test('fd_readdir fills a buffer of any size with the part that fits', () => {
  for (const name of ['a', 'bb', 'Действие']) writeFileSync(s.host(name), '')
  const whole = s.listBytes(DIR, 1000)
  assert.equal(whole.length, 5 * 24 + 3 + 3 + Buffer.byteLength('Действие'))
  for (let room = 0; room <= whole.length + 1; room++) {
    assert.deepEqual(s.listBytes(DIR, room), whole.slice(0, room), `room for ${room}`)
  }
})

test('fd_readdir goes on behind any cookie, in any order', () => {
  for (let i = 0; i < 20; i++) writeFileSync(s.host(`file ${i}`), '')
  const entries = s.list(DIR)
  assert.equal(new Set(entries.map(({ next }) => next)).size, entries.length)
  for (const i of [5, 0, 20, 7, 6, 19, 21, 3]) {
    assert.deepEqual(s.list(DIR, entries[i]!.next), entries.slice(i + 1), `behind ${i}`)
  }
  const last = entries[entries.length - 1]!.next
  assert.deepEqual(s.list(DIR, last), [])
  assert.deepEqual(s.list(DIR, last), [])
  assert.deepEqual(s.list(DIR, last + 1n), [], 'behind the end')
  assert.deepEqual(s.list(DIR), entries)
  const [a, b] = [s.limited(0n), s.limited(0n)]
  assert.deepEqual(s.list(a, entries[9]!.next), s.list(b, entries[9]!.next), 'the cookies are the directory’s')
})

test('fd_readdir in small pieces: every entry once, also while they are removed', () => {
  const names = Array.from({ length: 1000 }, (_, i) => `file.${i}`)
  const listAll = (then: (name: string) => void) => {
    const found: string[] = []
    for (let cookie = 0n; ; ) {
      const used = s.listBytes(DIR, 256, cookie).length
      const piece = s.list(DIR, cookie, 256)
      for (const { name } of piece) {
        if (name.startsWith('.')) continue
        found.push(name)
        then(name)
      }
      if (used < 256) return found.sort()
      cookie = piece[piece.length - 1]!.next
    }
  }
  for (const name of names) writeFileSync(s.host(name), '')
  assert.deepEqual(
    listAll(() => {}),
    [...names].sort(),
  )
  assert.deepEqual(
    listAll((name) => rmSync(s.host(name))),
    [...names].sort(),
  )
  assert.deepEqual(readdirSync(s.host()), [])
  assert.equal(s.list(DIR).length, 2, 'a new beginning sees what is there now')
  writeFileSync(s.host('new'), '')
  assert.equal(s.list(DIR).length, 3)
})

test('what a directory cannot do', () => {
  const { INVAL, ISDIR, BADF, NOTCAPABLE, SUCCESS } = Errno
  const refused = [ISDIR, BADF, NOTCAPABLE]
  for (const fd of [DIR, s.open('.', { base: READ | Rights.FD_SEEK | Rights.FD_TELL | Rights.FD_ADVISE })]) {
    answers(s.wasi.fd_read(fd, ...s.data('x'), OUT), refused, 'fd_read')
    answers(s.wasi.fd_write(fd, ...s.data('x'), OUT), refused, 'fd_write')
    answers(s.wasi.fd_pread(fd, ...s.data('x'), 0n, OUT), refused, 'fd_pread')
    answers(s.wasi.fd_pwrite(fd, ...s.data('x'), 0n, OUT), refused, 'fd_pwrite')
    for (const whence of [SET, CUR, END]) answers(s.wasi.fd_seek(fd, 0n, whence, OUT), refused, 'fd_seek')
    answers(s.wasi.fd_tell(fd, OUT), refused, 'fd_tell')
    answers(s.wasi.fd_allocate(fd, 0n, 1n), refused, 'fd_allocate')
    answers(s.wasi.fd_filestat_set_size(fd, 0n), [...refused, INVAL], 'fd_filestat_set_size')
    answers(s.wasi.fd_advise(fd, 0n, 0n, 4), [...refused, SUCCESS], 'fd_advise')
    answers(s.wasi.fd_sync(fd), [...refused, SUCCESS], 'fd_sync')
  }
})

/** Each function of files with arguments that succeed for a file with all rights. */
const CALLS: Readonly<
  Record<string, readonly [right: bigint, missing: Errno, changes: boolean, call: (fd: number) => number]>
> = {
  fd_advise: [Rights.FD_ADVISE, Errno.NOTCAPABLE, false, (fd) => s.wasi.fd_advise(fd, 0n, 0n, 0)],
  fd_allocate: [Rights.FD_ALLOCATE, Errno.BADF, true, (fd) => s.wasi.fd_allocate(fd, 0n, 1n)],
  fd_datasync: [Rights.FD_SYNC, Errno.NOTCAPABLE, false, (fd) => s.wasi.fd_datasync(fd)],
  fd_fdstat_set_flags: [Rights.FD_FDSTAT_SET_FLAGS, Errno.NOTCAPABLE, false, (fd) => s.wasi.fd_fdstat_set_flags(fd, 0)],
  fd_filestat_get: [Rights.FD_FILESTAT_GET, Errno.NOTCAPABLE, false, (fd) => s.wasi.fd_filestat_get(fd, OUT)],
  fd_filestat_set_size: [Rights.FD_FILESTAT_SET_SIZE, Errno.INVAL, true, (fd) => s.wasi.fd_filestat_set_size(fd, 3n)],
  fd_filestat_set_times: [
    Rights.FD_FILESTAT_SET_TIMES,
    Errno.NOTCAPABLE,
    true,
    (fd) => s.wasi.fd_filestat_set_times(fd, 0n, 0n, 5),
  ],
  fd_pread: [READ, Errno.BADF, false, (fd) => s.wasi.fd_pread(fd, ...s.data('x'), 0n, OUT)],
  fd_pwrite: [WRITE, Errno.BADF, true, (fd) => s.wasi.fd_pwrite(fd, ...s.data('x'), 0n, OUT)],
  fd_read: [READ, Errno.BADF, false, (fd) => s.wasi.fd_read(fd, ...s.data('x'), OUT)],
  fd_seek: [Rights.FD_SEEK, Errno.NOTCAPABLE, false, (fd) => s.wasi.fd_seek(fd, 1n, SET, OUT)],
  fd_sync: [Rights.FD_SYNC, Errno.NOTCAPABLE, false, (fd) => s.wasi.fd_sync(fd)],
  fd_tell: [Rights.FD_TELL | Rights.FD_SEEK, Errno.NOTCAPABLE, false, (fd) => s.wasi.fd_tell(fd, OUT)],
  fd_write: [WRITE, Errno.BADF, true, (fd) => s.wasi.fd_write(fd, ...s.data('x'), OUT)],
}

for (const [name, [right, missing, changes, call]] of Object.entries(CALLS)) {
  test(`${name}: rights, closed descriptors and files for reading only`, () => {
    writeFileSync(s.host('file'), '12345')
    answers(call(s.open('file', { base: FILE_RIGHTS & ~right })), missing, `${name} without the right`)
    for (const fd of [99, -1, 0x7fff_ffff]) answers(call(fd), Errno.BADF, `${name} of ${fd}`)
    const writing = WRITE | Rights.FD_ALLOCATE | Rights.FD_FILESTAT_SET_SIZE
    const fixed = s.open('file', { dir: FIXED, base: FILE_RIGHTS & ~writing })
    const before = statSync(s.host('file'), { bigint: true }).mtimeNs
    const refused = (right & writing) === 0n ? Errno.ROFS : [Errno.ROFS, missing]
    answers(call(fixed), changes ? refused : Errno.SUCCESS, `${name}, reading only`)
    assert.equal(statSync(s.host('file'), { bigint: true }).mtimeNs, before)
    assert.equal(contentOf('file'), '12345')
    const fd = s.open('file', { base: FILE_RIGHTS })
    answers(call(fd), Errno.SUCCESS, name)
    must(s.wasi.fd_close(fd))
    answers(call(fd), Errno.BADF, `${name} of a closed file`)
  })
}

test('FD_TELL is enough to ask for the position, FD_SEEK includes it', () => {
  writeFileSync(s.host('file'), '12345')
  const teller = s.open('file', { base: READ | Rights.FD_TELL })
  answers(s.wasi.fd_tell(teller, OUT), Errno.SUCCESS, 'fd_tell')
  answers(s.wasi.fd_seek(teller, 0n, CUR, OUT), Errno.SUCCESS, 'fd_seek by nothing from here')
  answers(s.wasi.fd_seek(teller, 1n, CUR, OUT), Errno.NOTCAPABLE)
  answers(s.wasi.fd_seek(teller, 0n, SET, OUT), Errno.NOTCAPABLE)
  answers(s.wasi.fd_tell(s.open('file', { base: Rights.FD_SEEK }), OUT), Errno.SUCCESS, 'fd_tell with FD_SEEK')
})

test('standard streams and sockets are no files', () => {
  const socket = s.f.open(4, 'stream')
  const { BADF, INVAL, NODEV, NOTCAPABLE, NOTDIR, SPIPE } = Errno
  answers(s.wasi.fd_readdir(socket, BUFFER, 9, 0n, OUT), NOTDIR)
  for (const fd of [0, 1, 2]) answers(s.wasi.fd_readdir(fd, BUFFER, 9, 0n, OUT), NOTDIR)
  for (const fd of [0, 1, 2, socket]) {
    answers(s.wasi.fd_filestat_set_size(fd, 0n), [INVAL, NOTCAPABLE], `fd_filestat_set_size ${fd}`)
    answers(s.wasi.fd_allocate(fd, 0n, 1n), [NODEV, SPIPE, NOTCAPABLE], `fd_allocate ${fd}`)
    answers(s.wasi.fd_filestat_set_times(fd, 0n, 0n, 0), [NOTCAPABLE, INVAL, BADF], `fd_filestat_set_times ${fd}`)
  }
})

test('bad pointers: nothing is read, written or moved', () => {
  const end = s.f.bytes().length
  writeFileSync(s.host('file'), '12345')
  const fd = s.open('file', { base: FILE_RIGHTS })
  const [iovecs, count] = s.data('xy')
  const calls: readonly (readonly [name: string, room: number, call: (ptr: number) => number])[] = [
    ['fd_read size', 4, (ptr) => s.wasi.fd_read(fd, iovecs, count, ptr)],
    ['fd_read iovecs', 8, (ptr) => s.wasi.fd_read(fd, ptr, 1, OUT)],
    ['fd_read buffer', 9, (ptr) => s.wasi.fd_read(fd, s.f.putIovecs(IN + 64, [ptr, 9]), 1, OUT)],
    ['fd_write size', 4, (ptr) => s.wasi.fd_write(fd, iovecs, count, ptr)],
    ['fd_write iovecs', 8, (ptr) => s.wasi.fd_write(fd, ptr, 1, OUT)],
    ['fd_write buffer', 9, (ptr) => s.wasi.fd_write(fd, s.f.putIovecs(IN + 64, [ptr, 9]), 1, OUT)],
    ['fd_pread size', 4, (ptr) => s.wasi.fd_pread(fd, iovecs, count, 0n, ptr)],
    ['fd_pread iovecs', 8, (ptr) => s.wasi.fd_pread(fd, ptr, 1, 0n, OUT)],
    ['fd_pread buffer', 9, (ptr) => s.wasi.fd_pread(fd, s.f.putIovecs(IN + 64, [ptr, 9]), 1, 0n, OUT)],
    ['fd_pwrite size', 4, (ptr) => s.wasi.fd_pwrite(fd, iovecs, count, 0n, ptr)],
    ['fd_pwrite iovecs', 8, (ptr) => s.wasi.fd_pwrite(fd, ptr, 1, 0n, OUT)],
    ['fd_pwrite buffer', 9, (ptr) => s.wasi.fd_pwrite(fd, s.f.putIovecs(IN + 64, [ptr, 9]), 1, 0n, OUT)],
    ['fd_seek', 8, (ptr) => s.wasi.fd_seek(fd, 1n, SET, ptr)],
    ['fd_tell', 8, (ptr) => s.wasi.fd_tell(fd, ptr)],
    ['fd_fdstat_get', 24, (ptr) => s.wasi.fd_fdstat_get(fd, ptr)],
    ['fd_filestat_get', 64, (ptr) => s.wasi.fd_filestat_get(fd, ptr)],
  ]
  for (const [name, room, call] of calls) {
    for (const ptr of [end - room + 1, end, -1, -room]) {
      s.f.putIovecs(IN + 64, [ptr, 9])
      const memory = s.f.bytes().slice()
      answers(call(ptr), Errno.FAULT, `${name} at ${ptr}`)
      assert.deepEqual(s.f.bytes(), memory, `${name} stored something`)
    }
  }
  answers(s.wasi.fd_read(fd, IN, 0x2000_0001, OUT), [Errno.INVAL, Errno.FAULT], 'a count that wraps')
  answers(s.wasi.fd_pwrite(fd, IN, -1, 0n, OUT), [Errno.INVAL, Errno.FAULT])
  answers(s.wasi.fd_pread(fd, IN, 1025, 0n, OUT), Errno.INVAL, 'more than Linux takes')
  assert.equal(s.tell(fd), 0n)
  assert.equal(contentOf('file'), '12345')
})

test('closing and renumbering files leaves no host descriptor behind', () => {
  const before = openHostDescriptors()
  let fd = s.open('file', { oflags: CREAT, base: READ })
  for (let i = 0; i < 100; i++) {
    const next = s.open('file', { base: WRITE })
    must(s.wasi.fd_renumber(fd, next))
    answers(s.wasi.fd_fdstat_get(fd, OUT), Errno.BADF)
    fd = next
  }
  assert.equal(s.fdstat(fd).base, READ)
  must(s.wasi.fd_renumber(fd, fd))
  answers(s.wasi.fd_renumber(fd, 99), Errno.BADF, 'what is not open')
  answers(s.wasi.fd_renumber(99, fd), Errno.BADF)
  must(s.wasi.fd_close(fd))
  answers(s.wasi.fd_close(fd), Errno.BADF)
  assert.equal(openHostDescriptors(), before)
})

test('a duplicate shares position and flags, and may do as much', () => {
  const duplicate = (fd: number) => {
    must(s.f.berth.duplicate(fd, 0, 0, OUT))
    return s.u32()
  }
  writeFileSync(s.host('file'), '12345')
  const fd = s.open('file', { base: FILE_RIGHTS & ~WRITE })
  const second = duplicate(fd)
  assert.deepEqual(s.fdstat(second), s.fdstat(fd))
  must(s.wasi.fd_seek(fd, 3n, SET, OUT))
  assert.deepEqual([s.tell(second), s.read(second), s.tell(fd)], [3n, '45', 5n])
  answers(s.wasi.fd_write(second, ...s.data('x'), OUT), Errno.BADF)
  must(s.wasi.fd_fdstat_set_flags(second, FdFlags.APPEND))
  assert.equal(s.fdstat(fd).flags, FdFlags.APPEND)
  must(s.wasi.fd_close(fd))
  must(s.wasi.fd_tell(second, OUT))
  for (const dir of [DIR, FIXED, s.open('.', { base: Rights.PATH_OPEN | Rights.FD_SEEK, inheriting: READ })]) {
    const again = duplicate(dir)
    assert.deepEqual(s.fdstat(again), s.fdstat(dir))
    answers(s.wasi.fd_prestat_get(again, OUT), Errno.BADF)
    answers(s.tryOpen('file', { dir: again, base: READ }), Errno.SUCCESS)
    const expected = dir === DIR ? Errno.SUCCESS : dir === FIXED ? Errno.ROFS : Errno.NOTCAPABLE
    answers(s.tryOpen('file', { dir: again, base: WRITE }), expected)
    assert.deepEqual(s.fdstat(duplicate(again)), s.fdstat(dir), 'a duplicate of a duplicate')
  }
})

test('an unlinked file and a removed directory stay open', () => {
  const fd = s.open('file', { oflags: CREAT, base: FILE_RIGHTS })
  must(s.wasi.path_unlink_file(DIR, ...s.path('file')))
  s.write(fd, 'still')
  must(s.wasi.fd_filestat_get(fd, OUT))
  assert.deepEqual([s.u64(OUT + 24), s.u64(OUT + 32)], [0n, 5n])
  mkdirSync(s.host('dir'))
  const { base, inheriting } = s.fdstat(DIR)
  const dir = s.open('dir', { base, inheriting })
  must(s.wasi.path_remove_directory(DIR, ...s.path('dir')))
  assert.deepEqual(s.list(dir), [])
  answers(s.tryOpen('new', { dir, oflags: CREAT }), Errno.NOENT)
})

test('poll_oneoff: files are always ready, for who may ask', () => {
  writeFileSync(s.host('file'), '12345')
  const poll = Rights.POLL_FD_READWRITE
  const [reader, writer] = [s.open('file', { base: READ | poll }), s.open('file', { base: WRITE | poll })]
  const view = s.f.view()
  for (const [i, [tag, fd]] of [
    [EventType.FD_READ, reader],
    [EventType.FD_WRITE, writer],
  ].entries()) {
    view.setBigUint64(IN + i * Subscription.size + Subscription.userdata, BigInt(i + 7), true)
    view.setUint8(IN + i * Subscription.size + Subscription.tag, tag!)
    view.setUint32(IN + i * Subscription.size + Subscription.fd, fd!, true)
  }
  must(s.wasi.poll_oneoff(IN, BUFFER, 2, OUT))
  assert.equal(s.u32(), 2)
  for (const [i, type] of [EventType.FD_READ, EventType.FD_WRITE].entries()) {
    const at = BUFFER + i * Event.size
    assert.equal(s.u64(at), BigInt(i + 7))
    assert.deepEqual([view.getUint16(at + Event.error, true), view.getUint8(at + Event.type)], [0, type])
  }
  view.setUint32(IN + Subscription.fd, s.open('file', { base: READ }), true)
  must(s.wasi.poll_oneoff(IN, BUFFER, 1, OUT))
  answers(view.getUint16(BUFFER + Event.error, true), Errno.NOTCAPABLE, 'without the right')
})

test('wasi_unstable has records and numbers of its own', () => {
  writeFileSync(s.host('file'), '0123456789')
  const { unstable } = s.f
  const fd = s.open('file', { base: FILE_RIGHTS })
  const stat = statSync(s.host('file'), { bigint: true })
  for (const call of [
    () => unstable.fd_filestat_get(fd, OUT),
    () => unstable.path_filestat_get(DIR, 0, ...s.path('file'), OUT),
  ]) {
    s.f.bytes().fill(0xee, OUT, OUT + 64)
    must(call())
    assert.deepEqual([s.u64(OUT), s.u64(OUT + 8)], [stat.dev, stat.ino])
    assert.deepEqual([s.f.bytes()[OUT + 16], s.u32(OUT + 20)], [FileType.REGULAR_FILE, 1])
    assert.deepEqual(
      [24, 32, 40, 48].map((at) => s.u64(OUT + at)),
      [stat.size, stat.atimeNs, stat.mtimeNs, stat.ctimeNs],
    )
    assert.equal(s.u64(OUT + 56), 0xeeee_eeee_eeee_eeeen)
  }
  for (const [whence, offset, expected] of [
    [2, 4n, 4n],
    [0, 2n, 6n],
    [1, -1n, 9n],
    [1, 0n, 10n],
  ] as const) {
    must(unstable.fd_seek(fd, offset, whence, OUT))
    assert.equal(s.u64(), expected)
  }
  must(unstable.fd_tell(fd, OUT))
  assert.equal(s.u64(), 10n)
  answers(unstable.fd_seek(fd, 0n, 3, OUT), Errno.INVAL)
  const end = s.f.bytes().length
  must(unstable.fd_filestat_get(fd, end - 56))
  answers(unstable.fd_filestat_get(fd, end - 55), Errno.FAULT)

  const view = s.f.view()
  const size = 56
  s.f.bytes().fill(0, IN, IN + 2 * size)
  view.setBigUint64(IN, 7n, true)
  view.setUint8(IN + 8, EventType.CLOCK)
  view.setBigUint64(IN + 16, 0xffff_ffff_ffff_ffffn, true)
  view.setUint32(IN + 24, 1, true)
  view.setBigUint64(IN + 32, 0n, true)
  must(unstable.poll_oneoff(IN, BUFFER, 1, OUT))
  assert.deepEqual([s.u32(), s.u64(BUFFER), view.getUint16(BUFFER + 8, true)], [1, 7n, 0])
  // The same clock with an hour to wait, and a file that is ready at once.
  view.setBigUint64(IN + 32, 3_600_000_000_000n, true)
  view.setBigUint64(IN + size, 8n, true)
  view.setUint8(IN + size + 8, EventType.FD_READ)
  view.setUint32(IN + size + 16, fd, true)
  must(unstable.poll_oneoff(IN, BUFFER, 2, OUT))
  assert.deepEqual([s.u32(), s.u64(BUFFER), view.getUint8(BUFFER + Event.type)], [1, 8n, EventType.FD_READ])
})
