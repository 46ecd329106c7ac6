/** The functions that make, name, describe and remove what a path leads to. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { Errno } from '../../src/abi/errno.ts'
import { FileType, FstFlags, Rights } from '../../src/abi/preview1.ts'
import { must } from './fixture.ts'
import { answers, BUFFER, DIR, FIXED, OTHER_PATH, OUT, PATH, READ, RESOLVERS, Sandbox } from './sandbox.ts'

type Expected = Errno | readonly Errno[]
const { SUCCESS, PERM } = Errno

/** What there is before each row of a table; the names of links say where they lead. */
function populate(s: Sandbox): void {
  mkdirSync(s.host('dir'))
  mkdirSync(s.host('empty'))
  mkdirSync(s.host('other'))
  writeFileSync(s.host('file'), 'content')
  writeFileSync(s.host('second'), 'second')
  writeFileSync(s.host('dir/file'), 'in dir')
  symlinkSync('file', s.host('to-file'))
  symlinkSync('dir', s.host('to-dir'))
  symlinkSync('empty', s.host('to-empty'))
  symlinkSync('nowhere', s.host('dangling'))
  symlinkSync('loop', s.host('loop'))
  symlinkSync('../outside', s.host('out'))
  symlinkSync('../outside/secret', s.host('to-secret'))
  symlinkSync(s.outside('secret'), s.host('absolute'))
  writeFileSync(s.outside('secret'), 'secret')
}

/** Everything there is, with kind and content. */
function tree(path: string): unknown {
  const stat = lstatSync(path)
  if (stat.isSymbolicLink()) return `-> ${readlinkSync(path)}`
  if (!stat.isDirectory()) return `${stat.nlink} ${readFileSync(path, 'utf8')}`
  const names = readdirSync(path).sort()
  return Object.fromEntries(names.map((name) => [name, tree(`${path}/${name}`)]))
}

/** Paths that lead outside, for functions that act on the last name itself. */
const ESCAPES = [
  '/',
  '/new',
  '..',
  '../outside/new',
  '../inside/new',
  'out/new',
  'out/secret',
  'dir/../../outside/new',
  'to-dir/../../outside/new',
  'absolute/new',
]

/** The last name of a path is wrong in the same way for every function that acts on a name. */
const WRONG_NAMES: readonly (readonly [path: string, expected: Expected])[] = [
  ['', Errno.NOENT],
  ['\0', Errno.INVAL],
  ['new\0', Errno.INVAL],
  ['new\0er', Errno.INVAL],
  ['nowhere/new', Errno.NOENT],
  ['dangling/new', Errno.NOENT],
  ['file/new', Errno.NOTDIR],
  ['to-file/new', Errno.NOTDIR],
  ['loop/new', Errno.LOOP],
  ['n'.repeat(256), Errno.NAMETOOLONG],
  [`${'n'.repeat(256)}/new`, Errno.NAMETOOLONG],
  [`dir/${'n'.repeat(256)}`, Errno.NAMETOOLONG],
  [`${'./'.repeat(2047)}xx`, Errno.NAMETOOLONG],
  ['x'.repeat(10_000), Errno.NAMETOOLONG],
  ...ESCAPES.map((path) => [path, PERM] as const),
]

const CREATE_DIRECTORY: typeof WRONG_NAMES = [
  ['new', SUCCESS],
  ['new/', SUCCESS],
  ['new//', SUCCESS],
  ['dir/new', SUCCESS],
  ['to-dir/new', SUCCESS],
  ['./dir/../new', SUCCESS],
  ['n'.repeat(255), SUCCESS],
  [`${'./'.repeat(2047)}x`, SUCCESS],
  ['dir', Errno.EXIST],
  ['dir/', Errno.EXIST],
  ['file', Errno.EXIST],
  ['to-dir', Errno.EXIST],
  ['dangling', Errno.EXIST],
  ['dangling/', Errno.EXIST],
  ['to-secret', Errno.EXIST],
  ['out', Errno.EXIST],
  ['.', Errno.EXIST],
  ['dir/..', Errno.EXIST],
  ['new/.', Errno.NOENT],
]

const REMOVE_DIRECTORY: typeof WRONG_NAMES = [
  ['empty', SUCCESS],
  ['empty/', SUCCESS],
  ['empty//', SUCCESS],
  ['dir/../empty', SUCCESS],
  ['dir', Errno.NOTEMPTY],
  ['dir/', Errno.NOTEMPTY],
  ['file', Errno.NOTDIR],
  ['file/', Errno.NOTDIR],
  ['to-empty', Errno.NOTDIR],
  ['to-empty/', Errno.NOTDIR],
  ['out', Errno.NOTDIR],
  ['out/', Errno.NOTDIR],
  ['new', Errno.NOENT],
  ['new/', Errno.NOENT],
  ['.', Errno.INVAL],
  ['empty/.', Errno.INVAL],
  ['empty/..', Errno.NOTEMPTY],
]

const UNLINK_FILE: typeof WRONG_NAMES = [
  ['file', SUCCESS],
  ['dir/file', SUCCESS],
  ['to-dir/file', SUCCESS],
  ['to-file', SUCCESS],
  ['to-dir', SUCCESS],
  ['dangling', SUCCESS],
  ['loop', SUCCESS],
  ['out', SUCCESS],
  ['to-secret', SUCCESS],
  ['absolute', SUCCESS],
  ['dir', Errno.ISDIR],
  ['dir/', Errno.ISDIR],
  ['file/', Errno.NOTDIR],
  ['file//', Errno.NOTDIR],
  ['to-file/', Errno.NOTDIR],
  ['to-dir/', Errno.NOTDIR],
  ['new', Errno.NOENT],
  ['.', Errno.ISDIR],
  ['dir/..', Errno.ISDIR],
]

/** `path_symlink` with the text `file`. */
const SYMLINK: typeof WRONG_NAMES = [
  ['new', SUCCESS],
  ['dir/new', SUCCESS],
  ['new/', Errno.NOENT],
  ['file', Errno.EXIST],
  ['file/', [Errno.NOTDIR, Errno.EXIST]],
  ['dir', Errno.EXIST],
  ['dir/', Errno.EXIST],
  ['dangling', Errno.EXIST],
  ['to-secret', Errno.EXIST],
  ['.', Errno.EXIST],
]

type Renaming = readonly [from: string, to: string, expected: Expected]

const RENAME: readonly Renaming[] = [
  ['file', 'new', SUCCESS],
  ['file', 'second', SUCCESS],
  ['file', 'file', SUCCESS],
  ['file', 'dir/new', SUCCESS],
  ['file', 'to-dir/file', SUCCESS],
  ['dir', 'new', SUCCESS],
  ['dir/', 'new', SUCCESS],
  ['dir', 'new/', SUCCESS],
  ['dir/', 'new/', SUCCESS],
  ['dir', 'empty', SUCCESS],
  ['dir', 'empty/', SUCCESS],
  ['dir', 'empty/new', SUCCESS],
  ['to-dir', 'new', SUCCESS],
  ['to-secret', 'new', SUCCESS],
  ['out', 'new', SUCCESS],
  ['file', 'to-file', SUCCESS],
  ['file', 'out', SUCCESS],
  ['file', 'dangling', SUCCESS],
  ['empty', 'dir', Errno.NOTEMPTY],
  ['dir', 'file', Errno.NOTDIR],
  ['dir', 'dir/file', Errno.INVAL],
  ['dir', 'dir/new', Errno.INVAL],
  ['dir', 'to-empty', Errno.NOTDIR],
  ['file', 'empty', Errno.ISDIR],
  ['file', 'dir', Errno.ISDIR],
  ['file/', 'new', Errno.NOTDIR],
  ['file', 'new/', Errno.NOTDIR],
  ['file/', 'new/', Errno.NOTDIR],
  ['to-dir/', 'new', Errno.NOTDIR],
  ['new', 'newer', Errno.NOENT],
  ['file', 'nowhere/new', Errno.NOENT],
  ['.', 'new', Errno.BUSY],
  ['dir/.', 'new', Errno.BUSY],
  ['file', '.', Errno.BUSY],
  ['dir', 'empty/..', Errno.BUSY],
]

/** `path_link`, not following. */
const LINK: readonly Renaming[] = [
  ['file', 'new', SUCCESS],
  ['file', 'dir/new', SUCCESS],
  ['to-file', 'new', SUCCESS],
  ['dangling', 'new', SUCCESS],
  ['loop', 'new', SUCCESS],
  ['to-secret', 'new', SUCCESS],
  ['file', 'second', Errno.EXIST],
  ['file', 'file', Errno.EXIST],
  ['file', 'dir', Errno.EXIST],
  ['file', 'dangling', Errno.EXIST],
  ['file', 'to-secret', Errno.EXIST],
  ['dir', 'new', PERM],
  ['dir/', 'new', PERM],
  ['.', 'new', PERM],
  ['to-dir/', 'new', PERM],
  ['file/', 'new', Errno.NOTDIR],
  ['to-file/', 'new', Errno.NOTDIR],
  ['file', 'new/', Errno.NOENT],
  ['new', 'newer', Errno.NOENT],
  ['file', 'nowhere/new', Errno.NOENT],
  ['out/', 'new', PERM],
]

const LINK_FOLLOWING: readonly Renaming[] = [
  ['file', 'new', SUCCESS],
  ['to-file', 'new', SUCCESS],
  ['to-dir', 'new', PERM],
  ['dangling', 'new', Errno.NOENT],
  ['loop', 'new', Errno.LOOP],
  ['to-secret', 'new', PERM],
  ['absolute', 'new', PERM],
  ['to-file', 'second', Errno.EXIST],
]

for (const [how, openBeneath] of RESOLVERS) {
  describe(`where ${how} resolves paths`, () => {
    /** Calls once for each row, with everything as it was: what fails changes nothing, and nothing outside ever changes. */
    function table<Row extends readonly [...unknown[], Expected]>(
      name: string,
      rows: readonly Row[],
      call: (s: Sandbox, row: Row) => number,
    ): void {
      test(name, () => {
        let s: Sandbox | undefined
        try {
          for (const row of rows) {
            if (s === undefined) {
              s = new Sandbox({ openBeneath })
              populate(s)
            }
            const before = tree(s.host())
            const outside = tree(s.outside())
            const expected = row[row.length - 1] as Expected
            const what = row.slice(0, -1).map((text) => JSON.stringify(String(text).slice(0, 40)))
            const errno = call(s, row)
            answers(errno, expected, `${name} ${what.join(' ')}`)
            assert.deepEqual(tree(s.outside()), outside, `${what}: something outside changed`)
            if (errno !== 0) {
              assert.deepEqual(tree(s.host()), before, `${what}: changed`)
              continue
            }
            s.dispose()
            s = undefined
          }
        } finally {
          s?.dispose()
        }
      })
    }

    table('path_create_directory', [...CREATE_DIRECTORY, ...WRONG_NAMES], (s, [path]) => {
      const errno = s.wasi.path_create_directory(DIR, ...s.path(path))
      if (errno === 0) assert.ok(statSync(s.host(path)).isDirectory())
      return errno
    })

    table('path_remove_directory', [...REMOVE_DIRECTORY, ...WRONG_NAMES], (s, [path]) => {
      const errno = s.wasi.path_remove_directory(DIR, ...s.path(path))
      if (errno === 0) assert.equal(existsSync(s.host('empty')), false)
      return errno
    })

    table('path_unlink_file', [...UNLINK_FILE, ...WRONG_NAMES], (s, [path]) => {
      const errno = s.wasi.path_unlink_file(DIR, ...s.path(path))
      if (errno === 0) assert.throws(() => lstatSync(s.host(path)))
      return errno
    })

    table('path_symlink', [...SYMLINK, ...WRONG_NAMES], (s, [path]) => {
      const errno = s.wasi.path_symlink(...s.other('file'), DIR, ...s.path(path))
      if (errno === 0) assert.equal(readlinkSync(s.host(path)), 'file')
      return errno
    })

    table(
      'path_rename',
      [
        ...RENAME,
        ...WRONG_NAMES.map(([path, expected]) => [path, 'newer', expected] as const),
        ...WRONG_NAMES.map(([path, expected]) => ['file', path, expected] as const),
      ],
      (s, [from, to]) => {
        const expected = existsSync(s.host(from)) ? statSync(s.host(from)).ino : undefined
        const errno = s.wasi.path_rename(DIR, ...s.path(from), DIR, ...s.other(to))
        if (errno === 0 && !from.startsWith('to') && from !== 'out') assert.equal(statSync(s.host(to)).ino, expected)
        return errno
      },
    )

    for (const [flag, rows] of [
      [0, LINK],
      [1, LINK_FOLLOWING],
    ] as const) {
      table(
        `path_link ${flag === 0 ? '' : 'following'}`,
        [
          ...rows,
          ...WRONG_NAMES.map(([path, expected]) => [path, 'newer', expected] as const),
          ...WRONG_NAMES.map(([path, expected]) => ['file', path, expected] as const),
        ],
        (s, [from, to]) => {
          const errno = s.wasi.path_link(DIR, flag, ...s.path(from), DIR, ...s.other(to))
          if (errno === 0) {
            const stat = flag === 0 ? lstatSync(s.host(from)) : statSync(s.host(from))
            assert.deepEqual([lstatSync(s.host(to)).ino, stat.nlink], [stat.ino, 2], from)
          }
          return errno
        },
      )
    }

    table(
      'path_readlink',
      [
        ['to-file', 'file', SUCCESS],
        ['to-dir/../to-dir', 'dir', SUCCESS],
        ['dangling', 'nowhere', SUCCESS],
        ['loop', 'loop', SUCCESS],
        ['to-secret', '../outside/secret', SUCCESS],
        ['file', '', Errno.INVAL],
        ['dir', '', Errno.INVAL],
        ['.', '', Errno.INVAL],
        ['to-dir/', '', Errno.INVAL],
        ['to-file/', '', Errno.NOTDIR],
        ['new', '', Errno.NOENT],
        ...WRONG_NAMES.map(([path, expected]) => [path, '', expected] as const),
      ] as const,
      (s, [path, text]) => {
        s.f.bytes().fill(0xee, BUFFER, BUFFER + 64)
        const errno = s.wasi.path_readlink(DIR, ...s.path(path), BUFFER, 64, OUT)
        const stored = errno === 0 ? s.u32() : 0
        assert.equal(s.text(BUFFER, stored), errno === 0 ? text : '')
        assert.equal(s.f.bytes()[BUFFER + stored], 0xee)
        return errno
      },
    )

    const STAT = [
      ['file', 0, FileType.REGULAR_FILE, SUCCESS],
      ['file', 1, FileType.REGULAR_FILE, SUCCESS],
      ['dir', 0, FileType.DIRECTORY, SUCCESS],
      ['dir/', 0, FileType.DIRECTORY, SUCCESS],
      ['.', 0, FileType.DIRECTORY, SUCCESS],
      ['dir/..', 1, FileType.DIRECTORY, SUCCESS],
      ['to-file', 0, FileType.SYMBOLIC_LINK, SUCCESS],
      ['to-file', 1, FileType.REGULAR_FILE, SUCCESS],
      ['to-dir', 0, FileType.SYMBOLIC_LINK, SUCCESS],
      ['to-dir', 1, FileType.DIRECTORY, SUCCESS],
      ['to-dir/', 0, FileType.DIRECTORY, SUCCESS],
      ['to-dir/file', 0, FileType.REGULAR_FILE, SUCCESS],
      ['dangling', 0, FileType.SYMBOLIC_LINK, SUCCESS],
      ['loop', 0, FileType.SYMBOLIC_LINK, SUCCESS],
      ['to-secret', 0, FileType.SYMBOLIC_LINK, SUCCESS],
      ['absolute', 0, FileType.SYMBOLIC_LINK, SUCCESS],
      ['dangling', 1, 0, Errno.NOENT],
      ['loop', 1, 0, Errno.LOOP],
      ['to-secret', 1, 0, PERM],
      ['absolute', 1, 0, PERM],
      ['out', 1, 0, PERM],
      ['out/', 0, 0, PERM],
      ['file/', 0, 0, Errno.NOTDIR],
      ['to-file/', 0, 0, Errno.NOTDIR],
      ['file/.', 0, 0, Errno.NOTDIR],
      ['new', 0, 0, Errno.NOENT],
      ...[0, 1].flatMap((flag) => WRONG_NAMES.map(([path, expected]) => [path, flag, 0, expected] as const)),
    ] as const

    table('path_filestat_get', STAT, (s, [path, flag, type]) => {
      s.f.bytes().fill(0xee, OUT, OUT + 72)
      const errno = s.wasi.path_filestat_get(DIR, flag, ...s.path(path), OUT)
      assert.equal(s.f.bytes()[OUT + 64], 0xee)
      if (errno !== 0) assert.equal(s.f.bytes()[OUT], 0xee, 'nothing is stored')
      else {
        const isLink = type === FileType.SYMBOLIC_LINK
        const stat = (isLink ? lstatSync : statSync)(s.host(path), { bigint: true })
        const numbers = [0, 8, 24, 32, 40, 48, 56].map((at) => s.u64(OUT + at))
        assert.equal(s.u64(OUT + 16), BigInt(type), path)
        const expected = [stat.dev, stat.ino, stat.nlink, stat.size, stat.atimeNs, stat.mtimeNs, stat.ctimeNs]
        // The host's own look at a link may have changed when it was last read.
        if (isLink) expected[4] = numbers[4]!
        assert.deepEqual(numbers, expected, path)
      }
      return errno
    })

    table('path_filestat_set_times', STAT, (s, [path, flag, type]) => {
      const time = 1_234_567_890_123_456_789n
      const errno = s.wasi.path_filestat_set_times(DIR, flag, ...s.path(path), 0n, time, FstFlags.MTIM)
      if (errno === 0) {
        const stat = (type === FileType.SYMBOLIC_LINK ? lstatSync : statSync)(s.host(path), { bigint: true })
        assert.equal(stat.mtimeNs, time, path)
        if (type === FileType.SYMBOLIC_LINK && existsSync(s.host(path))) {
          assert.notEqual(statSync(s.host(path), { bigint: true }).mtimeNs, time, `${path}: the link only`)
        }
      }
      return errno
    })

    const TARGETS: readonly (readonly [text: string, expected: Expected])[] = [
      ['anything', SUCCESS],
      ['../outside/secret', SUCCESS],
      ['a/../b/./c//d/', SUCCESS],
      ['/', PERM],
      ['/etc/passwd', PERM],
      ['//', PERM],
      ['', Errno.NOENT],
      ['a\0b', Errno.INVAL],
      ['x'.repeat(1000), SUCCESS],
      ['x'.repeat(4096), Errno.NAMETOOLONG],
    ]
    table('path_symlink, by its text', TARGETS, (s, [text]) => {
      const errno = s.wasi.path_symlink(...s.other(text), DIR, ...s.path('new'))
      if (errno === 0) assert.equal(readlinkSync(s.host('new')), text)
      return errno
    })
  })
}

let s: Sandbox

beforeEach(() => {
  s = new Sandbox()
  populate(s)
})

afterEach(() => s.dispose())

test('path_readlink fills what room there is', () => {
  s.f.bytes().fill(0, BUFFER, BUFFER + 64)
  for (const [room, expected] of [
    [10, 'file'],
    [5, 'file'],
    [4, 'file'],
    [3, 'fil'],
    [1, 'f'],
  ] as const) {
    s.f.bytes().fill(0xee, BUFFER, BUFFER + 16)
    answers(s.wasi.path_readlink(DIR, ...s.path('to-file'), BUFFER, room, OUT), SUCCESS, `room for ${room}`)
    assert.equal(s.u32(), expected.length)
    assert.equal(s.text(BUFFER, expected.length), expected)
    assert.equal(s.f.bytes()[BUFFER + expected.length], 0xee)
  }
  answers(s.wasi.path_readlink(DIR, ...s.path('to-file'), BUFFER, 0, OUT), Errno.INVAL, 'no room, as on Linux')
  answers(s.wasi.path_readlink(DIR, ...s.path('file'), BUFFER, 0, OUT), Errno.INVAL, 'no link')
})

test('names are bytes', () => {
  const name = Uint8Array.of(0xff, 0xfe, 0x41)
  must(s.wasi.path_create_directory(DIR, ...s.path(name)))
  must(s.wasi.path_filestat_get(DIR, 0, ...s.path(name), OUT))
  must(s.wasi.path_symlink(...s.other(name), DIR, ...s.path('bytes')))
  must(s.wasi.path_readlink(DIR, ...s.path('bytes'), BUFFER, 16, OUT))
  assert.deepEqual(s.f.bytes().slice(BUFFER, BUFFER + s.u32()), name)
  must(s.wasi.path_filestat_get(DIR, 1, ...s.path('bytes'), OUT))
  must(s.wasi.path_remove_directory(DIR, ...s.path(name)))
})

test('renaming and linking between directories', () => {
  const { base, inheriting } = s.fdstat(DIR)
  const [from, to] = ['dir', 'other'].map((path) => s.open(path, { base, inheriting })) as [number, number]
  must(s.wasi.path_rename(from, ...s.path('file'), to, ...s.other('moved')))
  assert.equal(readFileSync(s.host('other/moved'), 'utf8'), 'in dir')
  must(s.wasi.path_link(to, 0, ...s.path('moved'), from, ...s.other('again')))
  assert.equal(statSync(s.host('dir/again')).nlink, 2)
  answers(s.wasi.path_rename(from, ...s.path('again'), to, ...s.other('../new')), PERM)
  answers(s.wasi.path_rename(from, ...s.path('../file'), to, ...s.other('new')), PERM)
  answers(s.wasi.path_link(from, 0, ...s.path('../file'), to, ...s.other('new')), PERM)
  answers(s.wasi.path_rename(DIR, ...s.path('other'), to, ...s.other('inside-itself')), Errno.INVAL)
})

test('kinds of files that preview 1 has no name for', async () => {
  execFileSync('mkfifo', [s.host('fifo')])
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(s.host('socket'), resolve))
  try {
    for (const [path, type] of [
      ['fifo', FileType.UNKNOWN],
      ['socket', FileType.SOCKET_STREAM],
    ] as const) {
      must(s.wasi.path_filestat_get(DIR, 0, ...s.path(path), OUT))
      assert.equal(s.f.bytes()[OUT + 16], type, path)
      assert.equal(s.list(s.open('.', { base: Rights.FD_READDIR })).find(({ name }) => name === path)?.type, type, path)
    }
    answers(s.tryOpen('socket', { base: READ }), Errno.NXIO)
    const fifo = s.open('fifo', { base: READ | Rights.FD_FILESTAT_GET, fdFlags: 4 })
    assert.equal(s.fdstat(fifo).type, FileType.UNKNOWN)
    must(s.wasi.fd_filestat_get(fifo, OUT))
    assert.equal(s.f.bytes()[OUT + 16], FileType.UNKNOWN)
  } finally {
    await new Promise((resolve) => server.close(resolve))
  }
})

test('path_filestat_set_times sets what the flags say', () => {
  const { ATIM, ATIM_NOW, MTIM, MTIM_NOW } = FstFlags
  const [old, atim, mtim] = [1_000_000_000n, 4_102_444_800_123_456_789n, 1n]
  for (const [flags, expected] of [
    [0, [old, old]],
    [ATIM, [atim, old]],
    [MTIM, [old, mtim]],
    [ATIM | MTIM, [atim, mtim]],
    [ATIM_NOW, ['now', old]],
    [MTIM_NOW, [old, 'now']],
    [ATIM | MTIM_NOW, [atim, 'now']],
    [ATIM_NOW | MTIM, ['now', mtim]],
    [ATIM_NOW | MTIM_NOW, ['now', 'now']],
    [ATIM | ATIM_NOW, undefined],
    [MTIM | MTIM_NOW, undefined],
    [ATIM | ATIM_NOW | MTIM, undefined],
    [0x10, undefined],
    [0x1_0000, undefined],
    [-1, undefined],
  ] as const) {
    utimesSync(s.host('file'), 1, 1)
    const before = BigInt(Date.now() - 1000) * 1_000_000n
    const errno = s.wasi.path_filestat_set_times(DIR, 0, ...s.path('file'), atim, mtim, flags)
    answers(errno, expected === undefined ? Errno.INVAL : SUCCESS, `flags ${flags}`)
    const stat = statSync(s.host('file'), { bigint: true })
    for (const [i, time] of [stat.atimeNs, stat.mtimeNs].entries()) {
      const wanted = expected === undefined ? old : expected[i]
      if (wanted === 'now') assert.ok(time >= before, `flags ${flags}`)
      else assert.equal(time, wanted, `flags ${flags}`)
    }
  }
})

type Call = (fd: number) => number

/** Each function of paths with arguments that would succeed; `fd` is its directory. */
const CALLS: Readonly<Record<string, readonly [right: bigint, changes: boolean, call: Call]>> = {
  path_create_directory: [
    Rights.PATH_CREATE_DIRECTORY,
    true,
    (fd) => s.wasi.path_create_directory(fd, ...s.path('new')),
  ],
  path_filestat_get: [Rights.PATH_FILESTAT_GET, false, (fd) => s.wasi.path_filestat_get(fd, 0, ...s.path('file'), OUT)],
  path_filestat_set_times: [
    Rights.PATH_FILESTAT_SET_TIMES,
    true,
    (fd) => s.wasi.path_filestat_set_times(fd, 0, ...s.path('file'), 0n, 0n, FstFlags.MTIM),
  ],
  'path_link from': [
    Rights.PATH_LINK_SOURCE,
    true,
    (fd) => s.wasi.path_link(fd, 0, ...s.path('file'), DIR, ...s.other('new')),
  ],
  'path_link to': [
    Rights.PATH_LINK_TARGET,
    true,
    (fd) => s.wasi.path_link(DIR, 0, ...s.path('file'), fd, ...s.other('new')),
  ],
  path_open: [Rights.PATH_OPEN, false, (fd) => s.tryOpen('file', { dir: fd })],
  path_readlink: [Rights.PATH_READLINK, false, (fd) => s.wasi.path_readlink(fd, ...s.path('to-file'), BUFFER, 9, OUT)],
  path_remove_directory: [
    Rights.PATH_REMOVE_DIRECTORY,
    true,
    (fd) => s.wasi.path_remove_directory(fd, ...s.path('empty')),
  ],
  'path_rename from': [
    Rights.PATH_RENAME_SOURCE,
    true,
    (fd) => s.wasi.path_rename(fd, ...s.path('second'), DIR, ...s.other('renamed')),
  ],
  'path_rename to': [
    Rights.PATH_RENAME_TARGET,
    true,
    (fd) => s.wasi.path_rename(DIR, ...s.path('other'), fd, ...s.other('renamed')),
  ],
  path_symlink: [Rights.PATH_SYMLINK, true, (fd) => s.wasi.path_symlink(...s.other('text'), fd, ...s.path('link'))],
  path_unlink_file: [Rights.PATH_UNLINK_FILE, true, (fd) => s.wasi.path_unlink_file(fd, ...s.path('to-file'))],
  fd_readdir: [Rights.FD_READDIR, false, (fd) => s.wasi.fd_readdir(fd, BUFFER, 64, 0n, OUT)],
}

for (const [name, [right, changes, call]] of Object.entries(CALLS)) {
  test(`${name}: what is no directory, rights, and directories for reading only`, () => {
    const before = tree(s.host())
    const file = s.open('file', { base: READ | right })
    for (const fd of [file, s.f.open(4, 'stream'), s.f.open(6, 'datagram'), 0, 1, 2]) {
      answers(call(fd), Errno.NOTDIR, `${name} of ${fd}`)
    }
    const closed = s.open('.')
    must(s.wasi.fd_close(closed))
    for (const fd of [closed, 99, -1, 0x7fff_ffff]) answers(call(fd), Errno.BADF, `${name} of ${fd}`)
    answers(call(s.limited(right)), Errno.NOTCAPABLE, `${name} without the right`)
    answers(call(FIXED), changes ? Errno.ROFS : SUCCESS, `${name}, reading only`)
    const { base, inheriting } = s.fdstat(FIXED)
    const below = s.open('.', { dir: FIXED, base, inheriting })
    answers(call(below), changes ? Errno.ROFS : SUCCESS, `${name} in a directory opened from one for reading only`)
    const withoutRight = s.open('.', { dir: FIXED, base: base & ~right, inheriting })
    answers(
      call(withoutRight),
      changes ? [Errno.ROFS, Errno.NOTCAPABLE] : Errno.NOTCAPABLE,
      `${name}, reading only and without the right`,
    )
    assert.deepEqual(tree(s.host()), before, `${name} changed something`)
    const only = s.open('.', { base: right, inheriting: 0n })
    answers(call(only), SUCCESS, `${name} with that right alone`)
  })
}

test('bad pointers: nothing is stored or changed', () => {
  const end = s.f.bytes().length
  const [filePtr, fileLen] = s.path('file')
  const [newPtr, newLen] = s.other('new')
  s.f.bytes().set(new TextEncoder().encode('to-file'), PATH + 64)
  const calls: readonly (readonly [name: string, call: (ptr: number, len: number) => number, isResult: boolean])[] = [
    ['path_create_directory', (ptr, len) => s.wasi.path_create_directory(DIR, ptr, len), false],
    ['path_filestat_get', (ptr, len) => s.wasi.path_filestat_get(DIR, 0, ptr, len, OUT), false],
    ['path_filestat_get stat', (ptr) => s.wasi.path_filestat_get(DIR, 0, filePtr, fileLen, ptr), true],
    ['path_filestat_set_times', (ptr, len) => s.wasi.path_filestat_set_times(DIR, 0, ptr, len, 0n, 0n, 5), false],
    ['path_link from', (ptr, len) => s.wasi.path_link(DIR, 0, ptr, len, DIR, newPtr, newLen), false],
    ['path_link to', (ptr, len) => s.wasi.path_link(DIR, 0, filePtr, fileLen, DIR, ptr, len), false],
    ['path_readlink', (ptr, len) => s.wasi.path_readlink(DIR, ptr, len, BUFFER, 9, OUT), false],
    ['path_readlink buffer', (ptr, len) => s.wasi.path_readlink(DIR, PATH + 64, 7, ptr, len, OUT), false],
    ['path_readlink size', (ptr) => s.wasi.path_readlink(DIR, PATH + 64, 7, BUFFER, 9, ptr), true],
    ['path_remove_directory', (ptr, len) => s.wasi.path_remove_directory(DIR, ptr, len), false],
    ['path_rename from', (ptr, len) => s.wasi.path_rename(DIR, ptr, len, DIR, newPtr, newLen), false],
    ['path_rename to', (ptr, len) => s.wasi.path_rename(DIR, filePtr, fileLen, DIR, ptr, len), false],
    ['path_symlink text', (ptr, len) => s.wasi.path_symlink(ptr, len, DIR, newPtr, newLen), false],
    ['path_symlink', (ptr, len) => s.wasi.path_symlink(filePtr, fileLen, DIR, ptr, len), false],
    ['path_unlink_file', (ptr, len) => s.wasi.path_unlink_file(DIR, ptr, len), false],
    ['fd_readdir buffer', (ptr, len) => s.wasi.fd_readdir(DIR, ptr, len, 0n, OUT), false],
    ['fd_readdir size', (ptr) => s.wasi.fd_readdir(DIR, BUFFER, 64, 0n, ptr), true],
  ]
  const before = tree(s.host())
  const memory = s.f.bytes().slice()
  for (const [name, call, isResult] of calls) {
    const pieces = isResult
      ? [end - 3, end, -1, -4].map((ptr) => [ptr, 0] as const)
      : ([
          [end - 2, 3],
          [end, 1],
          [end + 1, 0],
          [-1, 1],
          [-1, 0],
          [16, -1],
          [-16, 32],
          [PATH, 0x7fff_ffff],
        ] as const)
    for (const [ptr, len] of pieces) {
      answers(call(ptr, len), Errno.FAULT, `${name} at ${ptr}, ${len} bytes`)
      assert.deepEqual(s.f.bytes(), memory, `${name} stored something`)
    }
    if (!isResult) assert.notEqual(call(end, 0), Errno.FAULT, `${name}: no bytes at the end`)
    s.f.bytes().set(memory)
  }
  assert.equal(OTHER_PATH, newPtr)
  assert.deepEqual(tree(s.host()), before)
})

test('lookup flags that mean nothing are refused', () => {
  for (const flags of [2, 0x100, -1]) {
    answers(s.wasi.path_filestat_get(DIR, flags, ...s.path('file'), OUT), Errno.INVAL)
    answers(s.wasi.path_filestat_set_times(DIR, flags, ...s.path('file'), 0n, 0n, 0), Errno.INVAL)
    answers(s.wasi.path_link(DIR, flags, ...s.path('file'), DIR, ...s.other('new')), Errno.INVAL)
  }
  assert.equal(existsSync(s.host('new')), false)
})
