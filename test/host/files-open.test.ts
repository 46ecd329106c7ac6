/** What the guest is given at its start, how it opens paths, and what keeps it inside. */
import assert from 'node:assert/strict'
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { Errno } from '../../src/abi/errno.ts'
import { FdFlags, FileType, OFlags, Rights } from '../../src/abi/preview1.ts'
import { openByWalk } from '../../src/fs/beneath.ts'
import { createFixture, must, openHostDescriptors } from './fixture.ts'
import { answers, BUFFER, DIR, FILE_RIGHTS, FIXED, OUT, READ, RESOLVERS, Sandbox, WRITE } from './sandbox.ts'

const { CREAT, DIRECTORY, EXCL, TRUNC } = OFlags

/** Some of everything to open. */
function populate(s: Sandbox): void {
  mkdirSync(s.host('dir/nested'), { recursive: true })
  writeFileSync(s.host('file'), 'content')
  writeFileSync(s.host('dir/nested/file'), 'nested')
  symlinkSync('file', s.host('to-file'))
  symlinkSync('dir', s.host('to-dir'))
  symlinkSync('nowhere', s.host('dangling'))
  symlinkSync('loop', s.host('loop'))
  writeFileSync(s.outside('secret'), 'secret')
  symlinkSync('../outside', s.host('out'))
  symlinkSync('../outside/secret', s.host('to-secret'))
  symlinkSync(s.outside('secret'), s.host('absolute'))
  symlinkSync(s.host('file'), s.host('absolute-inside'))
  symlinkSync('dir/../../outside/secret', s.host('winding'))
  symlinkSync('../outside/new', s.host('to-new'))
}

/** Each in a fresh sandbox with everything in it. Without `follow`. */
const OPENINGS: readonly [path: string, oflags: number, base: bigint, expected: Errno | readonly Errno[]][] = [
  ['file', 0, 0n, Errno.SUCCESS],
  ['file', 0, FILE_RIGHTS, Errno.SUCCESS],
  ['file', CREAT, 0n, Errno.SUCCESS],
  ['file', CREAT | EXCL, 0n, Errno.EXIST],
  ['file', DIRECTORY, 0n, Errno.NOTDIR],
  ['file/', 0, 0n, Errno.NOTDIR],
  ['file///', 0, 0n, Errno.NOTDIR],
  ['file/.', 0, 0n, Errno.NOTDIR],
  ['file/..', 0, 0n, Errno.NOTDIR],
  ['file/x', CREAT, 0n, Errno.NOTDIR],
  ['new', 0, 0n, Errno.NOENT],
  ['new', TRUNC, WRITE, Errno.NOENT],
  ['new', EXCL, 0n, Errno.NOENT],
  ['new', DIRECTORY, 0n, Errno.NOENT],
  ['new', CREAT, 0n, Errno.SUCCESS],
  ['new', CREAT | EXCL, 0n, Errno.SUCCESS],
  ['new', CREAT | EXCL | TRUNC, READ | WRITE, Errno.SUCCESS],
  ['new', CREAT | DIRECTORY, 0n, Errno.INVAL],
  ['new', CREAT | DIRECTORY | EXCL, 0n, Errno.INVAL],
  ['new/', CREAT, 0n, Errno.ISDIR],
  ['new/x', CREAT, 0n, Errno.NOENT],
  ['dir', 0, 0n, Errno.SUCCESS],
  ['dir', DIRECTORY, 0n, Errno.SUCCESS],
  ['dir', DIRECTORY, READ, Errno.SUCCESS],
  ['dir', CREAT, 0n, Errno.ISDIR],
  ['dir', CREAT | EXCL, 0n, Errno.EXIST],
  ['dir', CREAT | DIRECTORY, 0n, Errno.INVAL],
  ['dir', TRUNC, 0n, Errno.ISDIR],
  ['dir', 0, READ | WRITE, Errno.ISDIR],
  ['dir', 0, WRITE, Errno.ISDIR],
  ['dir', DIRECTORY, WRITE, Errno.ISDIR],
  ['dir', DIRECTORY, Rights.FD_ALLOCATE, Errno.ISDIR],
  ['dir', DIRECTORY, Rights.FD_FILESTAT_SET_SIZE, Errno.ISDIR],
  ['.', DIRECTORY, READ | WRITE, Errno.ISDIR],
  ['.', 0, 0n, Errno.SUCCESS],
  ['./', 0, 0n, Errno.SUCCESS],
  ['dir/', 0, 0n, Errno.SUCCESS],
  ['dir///', DIRECTORY, 0n, Errno.SUCCESS],
  ['dir/..', 0, 0n, Errno.SUCCESS],
  ['dir/.//nested/../../dir/nested/../nested///./file', 0, READ, Errno.SUCCESS],
  ['', 0, 0n, Errno.NOENT],
  ['', CREAT, 0n, Errno.NOENT],
  ['to-file', 0, 0n, Errno.LOOP],
  ['to-dir', 0, 0n, Errno.LOOP],
  ['to-dir', DIRECTORY, 0n, [Errno.NOTDIR, Errno.LOOP]],
  ['to-file', DIRECTORY, 0n, [Errno.NOTDIR, Errno.LOOP]],
  ['to-file', CREAT | EXCL, 0n, Errno.EXIST],
  ['to-dir/nested', 0, 0n, Errno.SUCCESS],
  ['to-dir/', 0, 0n, Errno.SUCCESS],
  ['dangling', 0, 0n, Errno.LOOP],
  ['dangling', DIRECTORY, 0n, [Errno.NOTDIR, Errno.LOOP]],
  ['dangling', CREAT | EXCL, 0n, Errno.EXIST],
  ['loop', 0, 0n, Errno.LOOP],
  ['loop/x', 0, 0n, Errno.LOOP],
  ['file\0', 0, 0n, Errno.INVAL],
  ['fi\0le', CREAT, 0n, Errno.INVAL],
  ['\0', 0, 0n, Errno.INVAL],
  ['file', 0, 1n << 40n, Errno.SUCCESS],
  ['file', 0, 1n << 63n, Errno.SUCCESS],
]

const OPENINGS_FOLLOWING: typeof OPENINGS = [
  ['to-file', 0, READ, Errno.SUCCESS],
  ['to-file', DIRECTORY, 0n, Errno.NOTDIR],
  ['to-file', CREAT | EXCL, 0n, Errno.EXIST],
  ['to-dir', 0, 0n, Errno.SUCCESS],
  ['to-dir', DIRECTORY, 0n, Errno.SUCCESS],
  ['to-dir', DIRECTORY, WRITE, Errno.ISDIR],
  ['dangling', 0, 0n, Errno.NOENT],
  ['dangling', CREAT, WRITE, Errno.SUCCESS],
  ['dangling', CREAT | EXCL, 0n, Errno.EXIST],
  ['loop', 0, 0n, Errno.LOOP],
  ['loop', CREAT, 0n, Errno.LOOP],
]

for (const [how, openBeneath] of RESOLVERS)
  describe(`where ${how} resolves paths`, () => {
    let s: Sandbox

    beforeEach(() => {
      s = new Sandbox({ openBeneath })
    })

    afterEach(() => s.dispose())

    test('the directories are told by number and name', () => {
      for (const [fd, name] of [
        [DIR, 'sandbox'],
        [FIXED, '/fixed'],
      ] as const) {
        s.f.bytes().fill(0xee, OUT, OUT + 16)
        must(s.wasi.fd_prestat_get(fd, OUT))
        assert.equal(s.f.bytes()[OUT], 0)
        assert.equal(s.u32(OUT + 4), name.length)
        assert.equal(s.f.bytes()[OUT + 8], 0xee)
        for (const room of [name.length, name.length + 1, 100]) {
          s.f.bytes().fill(0xee, BUFFER, BUFFER + 100)
          must(s.wasi.fd_prestat_dir_name(fd, BUFFER, room))
          assert.equal(s.text(BUFFER, name.length), name)
          assert.equal(s.f.bytes()[BUFFER + name.length], 0xee, 'no NUL')
        }
        for (const room of [0, 1, name.length - 1]) {
          s.f.bytes().fill(0xee, BUFFER, BUFFER + 100)
          answers(s.wasi.fd_prestat_dir_name(fd, BUFFER, room), Errno.NAMETOOLONG, `room for ${room}`)
          assert.equal(s.f.bytes()[BUFFER], 0xee)
        }
        const end = s.f.bytes().length
        answers(s.wasi.fd_prestat_get(fd, end - 7), Errno.FAULT)
        answers(s.wasi.fd_prestat_dir_name(fd, end - name.length + 1, name.length), Errno.FAULT)
        must(s.wasi.fd_prestat_dir_name(fd, end - name.length, name.length))
      }
    })

    test('what is no directory of the start has no name', () => {
      writeFileSync(s.host('file'), '')
      const others = [0, 1, 2, 99, -1, s.f.open(4, 'stream'), s.open('file', { base: READ }), s.open('.')]
      for (const fd of others) {
        answers(s.wasi.fd_prestat_get(fd, OUT), Errno.BADF, `fd_prestat_get ${fd}`)
        answers(s.wasi.fd_prestat_dir_name(fd, BUFFER, 100), [Errno.BADF, Errno.NOTDIR], `fd_prestat_dir_name ${fd}`)
      }
    })

    test('a directory of the start can be closed and replaced; what was opened from it stays', () => {
      mkdirSync(s.host('dir'))
      writeFileSync(s.host('dir/file'), 'here')
      const dir = s.open('dir', { base: Rights.PATH_OPEN | Rights.FD_FILESTAT_GET, inheriting: READ })
      must(s.wasi.fd_close(DIR))
      answers(s.wasi.fd_prestat_get(DIR, OUT), Errno.BADF)
      answers(s.wasi.fd_fdstat_get(DIR, OUT), Errno.BADF)
      answers(s.tryOpen('dir'), Errno.BADF)
      assert.equal(s.open('file', { dir, base: READ }), DIR, 'the number is free again')
      assert.equal(s.read(DIR), 'here')
      must(s.wasi.fd_renumber(dir, FIXED))
      answers(s.wasi.fd_fdstat_get(dir, OUT), Errno.BADF)
      answers(s.wasi.fd_prestat_get(FIXED, OUT), Errno.BADF, 'the name is gone with the directory')
      must(s.wasi.fd_filestat_get(FIXED, OUT))
      assert.equal(s.u64(OUT + 8), statSync(s.host('dir'), { bigint: true }).ino)
    })

    test('a descriptor of the start can be moved onto another', () => {
      const file = s.open('file', { oflags: CREAT })
      must(s.wasi.fd_renumber(DIR, file))
      answers(s.wasi.fd_prestat_get(DIR, OUT), Errno.BADF)
      must(s.wasi.path_create_directory(file, ...s.path('made')))
      assert.ok(existsSync(s.host('made')))
    })

    test('the rights of the directories of the start', () => {
      const base =
        Rights.PATH_CREATE_DIRECTORY |
        Rights.PATH_CREATE_FILE |
        Rights.PATH_LINK_SOURCE |
        Rights.PATH_LINK_TARGET |
        Rights.PATH_OPEN |
        Rights.FD_READDIR |
        Rights.PATH_READLINK |
        Rights.PATH_RENAME_SOURCE |
        Rights.PATH_RENAME_TARGET |
        Rights.PATH_SYMLINK |
        Rights.PATH_REMOVE_DIRECTORY |
        Rights.PATH_UNLINK_FILE |
        Rights.PATH_FILESTAT_GET |
        Rights.PATH_FILESTAT_SET_SIZE |
        Rights.PATH_FILESTAT_SET_TIMES |
        Rights.FD_FILESTAT_GET |
        Rights.FD_FILESTAT_SET_TIMES
      const notOfDirectories =
        Rights.FD_SEEK | Rights.FD_WRITE | Rights.FD_ALLOCATE | Rights.FD_FILESTAT_SET_SIZE | Rights.SOCK_ACCEPT
      for (const fd of [DIR, s.open('.', s.fdstat(DIR))]) {
        const stat = s.fdstat(fd)
        assert.deepEqual([stat.type, stat.flags], [FileType.DIRECTORY, 0])
        assert.equal(stat.base & base, base)
        assert.equal(stat.base & notOfDirectories, 0n)
        assert.equal(stat.inheriting & (base | FILE_RIGHTS), base | FILE_RIGHTS)
      }
    })

    test('a directory never gets the right to seek, and a file none of a directory', () => {
      mkdirSync(s.host('dir'))
      const dir = s.open('dir', { oflags: DIRECTORY, base: Rights.FD_SEEK | Rights.FD_READDIR })
      assert.equal(s.fdstat(dir).base, Rights.FD_READDIR)
      answers(s.wasi.fd_seek(dir, 0n, 1, OUT), [Errno.ISDIR, Errno.BADF, Errno.NOTCAPABLE])
      const asked = READ | Rights.PATH_OPEN | Rights.PATH_LINK_SOURCE | Rights.FD_READDIR | Rights.FD_FILESTAT_GET
      const [first, second] = [CREAT, 0].map((oflags) =>
        s.fdstat(s.open('file', { oflags, base: asked, inheriting: asked })),
      )
      assert.deepEqual(first, second)
      assert.equal(first!.base & (READ | Rights.FD_FILESTAT_GET), READ | Rights.FD_FILESTAT_GET)
    })

    for (const [follow, rows] of [
      [false, OPENINGS],
      [true, OPENINGS_FOLLOWING],
    ] as const) {
      test(`path_open, ${follow ? '' : 'not '}following a link at the end`, () => {
        let one: Sandbox | undefined
        try {
          for (const [path, oflags, base, expected] of rows) {
            if (one === undefined) {
              one = new Sandbox({ openBeneath })
              populate(one)
            }
            const before = openHostDescriptors()
            const what = `${JSON.stringify(path)} oflags ${oflags} base ${base}`
            const errno = one.tryOpen(path, { oflags, base, follow })
            answers(errno, expected, what)
            if (errno !== 0) {
              assert.equal(openHostDescriptors(), before, `${what}: a descriptor is left open`)
              assert.equal(existsSync(one.host('new')), false, `${what}: something was made`)
              continue
            }
            assert.equal(one.u32(), 5, what)
            one.dispose()
            one = undefined
          }
        } finally {
          one?.dispose()
        }
      })
    }

    test('what creating and truncating leaves on the host', () => {
      s.write(s.open('new', { oflags: CREAT | EXCL, base: WRITE }), 'abc')
      assert.equal(readFileSync(s.host('new'), 'utf8'), 'abc')
      assert.equal(statSync(s.host('new')).mode & 0o777, 0o666 & ~process.umask())
      s.open('new', { oflags: CREAT, base: WRITE })
      assert.equal(readFileSync(s.host('new'), 'utf8'), 'abc')
      s.open('new', { oflags: TRUNC })
      assert.equal(readFileSync(s.host('new'), 'utf8'), '', 'truncated without a right of the file')
      writeFileSync(s.host('new'), 'again')
      assert.equal(s.read(s.open('new', { oflags: CREAT | TRUNC, base: READ | WRITE })), '')
      symlinkSync('made', s.host('link'))
      s.open('link', { oflags: CREAT })
      assert.ok(existsSync(s.host('made')))
    })

    test('rights decide between reading and writing', () => {
      writeFileSync(s.host('file'), 'content')
      for (const [base, mayRead, mayWrite] of [
        [READ, true, false],
        [WRITE, false, true],
        [READ | WRITE, true, true],
        [0n, false, false],
        [Rights.FD_READDIR, false, false],
        [Rights.FD_ALLOCATE, false, false],
        [Rights.FD_FILESTAT_SET_SIZE, false, false],
      ] as const) {
        const fd = s.open('file', { base })
        const stat = s.fdstat(fd)
        assert.deepEqual([(stat.base & READ) !== 0n, (stat.base & WRITE) !== 0n], [mayRead, mayWrite], `base ${base}`)
        const [iovecs, count] = s.data('content')
        const read = s.wasi.fd_read(fd, iovecs, count, OUT)
        answers(read, mayRead ? Errno.SUCCESS : Errno.BADF, `read, base ${base}`)
        const pread = s.wasi.fd_pread(fd, iovecs, count, 0n, OUT)
        answers(pread, [Errno.BADF, Errno.NOTCAPABLE], `pread without FD_SEEK, base ${base}`)
        const seekable = s.open('file', { base: base | Rights.FD_SEEK })
        const preadable = s.wasi.fd_pread(seekable, iovecs, count, 0n, OUT)
        answers(preadable, mayRead ? Errno.SUCCESS : Errno.BADF, `pread, base ${base}`)
        const pwritable = s.wasi.fd_pwrite(seekable, iovecs, 0, 0n, OUT)
        answers(pwritable, mayWrite ? Errno.SUCCESS : Errno.BADF, `pwrite, base ${base}`)
        const write = s.wasi.fd_write(fd, ...s.data(''), OUT)
        answers(write, mayWrite ? Errno.SUCCESS : Errno.BADF, `write, base ${base}`)
      }
      must(s.wasi.fd_allocate(s.open('file', { base: Rights.FD_ALLOCATE }), 0n, 20n))
      must(s.wasi.fd_filestat_set_size(s.open('file', { base: Rights.FD_FILESTAT_SET_SIZE }), 3n))
      assert.equal(readFileSync(s.host('file'), 'utf8'), 'con')
    })

    test('nothing is handed on that the directory does not hand on', () => {
      writeFileSync(s.host('file'), '')
      const dir = s.limited(0n, WRITE | Rights.FD_ALLOCATE)
      answers(s.tryOpen('file', { dir, base: READ }), Errno.SUCCESS)
      answers(s.tryOpen('file', { dir, base: READ | WRITE }), Errno.NOTCAPABLE)
      answers(s.tryOpen('file', { dir, base: Rights.FD_ALLOCATE }), Errno.NOTCAPABLE)
      answers(s.tryOpen('.', { dir, inheriting: WRITE }), Errno.NOTCAPABLE)
      answers(s.tryOpen('new', { dir, base: WRITE, oflags: CREAT }), Errno.NOTCAPABLE)
      assert.equal(existsSync(s.host('new')), false)
    })

    test('opening, creating and truncating are rights of the directory', () => {
      writeFileSync(s.host('file'), 'content')
      answers(s.tryOpen('file', { dir: s.limited(Rights.PATH_OPEN) }), Errno.NOTCAPABLE)
      const noCreating = s.limited(Rights.PATH_CREATE_FILE)
      answers(s.tryOpen('new', { dir: noCreating, oflags: CREAT }), Errno.NOTCAPABLE)
      answers(s.tryOpen('file', { dir: noCreating, base: READ | WRITE }), Errno.SUCCESS)
      const noTruncating = s.limited(Rights.PATH_FILESTAT_SET_SIZE)
      answers(s.tryOpen('file', { dir: noTruncating, oflags: TRUNC }), Errno.NOTCAPABLE)
      answers(s.tryOpen('file', { dir: noTruncating, oflags: TRUNC, base: WRITE }), Errno.NOTCAPABLE)
      assert.equal(readFileSync(s.host('file'), 'utf8'), 'content')
      const notThroughFile = s.limited(0n, Rights.FD_FILESTAT_SET_SIZE)
      answers(s.tryOpen('file', { dir: notThroughFile, oflags: TRUNC }), Errno.SUCCESS)
      assert.equal(readFileSync(s.host('file'), 'utf8'), '')
    })

    test('flags are those of the open file', () => {
      const { APPEND, DSYNC, NONBLOCK, RSYNC, SYNC } = FdFlags
      for (const asked of [
        0,
        APPEND,
        DSYNC,
        NONBLOCK,
        RSYNC,
        SYNC,
        APPEND | SYNC,
        APPEND | DSYNC | NONBLOCK | RSYNC | SYNC,
      ]) {
        const { flags } = s.fdstat(s.open('file', { oflags: CREAT, base: READ | WRITE, fdFlags: asked }))
        assert.equal(flags & asked, asked, `asked for ${asked}`)
        if ((asked & (SYNC | RSYNC)) === 0) assert.equal(flags, asked)
        assert.equal(flags & (APPEND | NONBLOCK), asked & (APPEND | NONBLOCK))
      }
      answers(s.tryOpen('.', { fdFlags: NONBLOCK }), Errno.SUCCESS)
    })

    test('bits that mean nothing are refused', () => {
      writeFileSync(s.host('file'), '')
      for (const bits of [0x10, 0x8000, 0x1_0000, -1]) {
        answers(s.tryOpen('file', { oflags: bits }), Errno.INVAL, `oflags ${bits}`)
      }
      for (const bits of [0x20, 0x8000, 0x1_0000, -1]) {
        answers(s.tryOpen('file', { fdFlags: bits }), Errno.INVAL, `fdflags ${bits}`)
      }
      for (const bits of [2, 3, -1]) {
        answers(s.wasi.path_open(DIR, bits, ...s.path('file'), 0, 0n, 0n, 0, OUT), Errno.INVAL, `lookupflags ${bits}`)
      }
    })

    test('names and paths up to the limits of Linux', () => {
      const rows: [string | Uint8Array, Errno][] = [
        ['n'.repeat(255), Errno.SUCCESS],
        ['n'.repeat(256), Errno.NAMETOOLONG],
        [`${'./'.repeat(2047)}x`, Errno.SUCCESS],
        [`${'./'.repeat(2047)}xx`, Errno.NAMETOOLONG],
        ['x'.repeat(5000), Errno.NAMETOOLONG],
        [`x${'\0'.repeat(5000)}`, Errno.NAMETOOLONG],
        ['ä'.repeat(127), Errno.SUCCESS],
        ['ä'.repeat(128), Errno.NAMETOOLONG],
        [Uint8Array.of(0xff, 0x80, 0x0a), Errno.SUCCESS],
        [Uint8Array.of(0x20, 0x5c, 0x7f), Errno.SUCCESS],
      ]
      for (const [path, expected] of rows) {
        const accepted = expected === Errno.NAMETOOLONG ? [expected, Errno.INVAL] : expected
        const isNul = typeof path === 'string' && path.includes('\0')
        answers(s.tryOpen(path, { oflags: CREAT }), isNul ? accepted : expected, `${path.length}: ${path.slice(0, 9)}`)
      }
      const made = readdirSync(s.host(), { encoding: 'buffer' }).map((name) => name.toString('latin1'))
      const names = ['n'.repeat(255), 'x', Buffer.from('ä'.repeat(127)).toString('latin1'), '\xff\x80\x0a', ' \x5c\x7f']
      assert.deepEqual(made.sort(), names.sort())
    })

    test('nothing outside is opened or made', () => {
      populate(s)
      for (const follow of [true, false]) {
        for (const path of [
          '/',
          '//',
          '/etc/passwd',
          s.host('file'),
          '..',
          '../',
          '../outside/secret',
          '../inside/file',
          './../outside/secret',
          'dir/../../outside/secret',
          'dir/nested/../../../outside/secret',
          'dir/../..',
          'out/secret',
          'out/new',
          'out/',
          'out/.',
          'out/../inside/file',
          'to-dir/../../outside/secret',
        ]) {
          for (const oflags of [0, CREAT, CREAT | EXCL, DIRECTORY, TRUNC]) {
            answers(
              s.tryOpen(path, { oflags, follow }),
              [Errno.PERM, Errno.ISDIR],
              `${path} oflags ${oflags} follow ${follow}`,
            )
            if ((oflags & CREAT) === 0)
              answers(s.tryOpen(path, { oflags, follow }), Errno.PERM, `${path} ${oflags} ${follow}`)
          }
        }
      }
      for (const path of ['out', 'to-secret', 'absolute', 'absolute-inside', 'winding', 'to-new']) {
        for (const oflags of [0, CREAT, DIRECTORY, TRUNC, CREAT | TRUNC]) {
          answers(s.tryOpen(path, { oflags, base: READ }), Errno.PERM, `${path} oflags ${oflags}`)
        }
        answers(s.tryOpen(path, { oflags: CREAT | EXCL }), Errno.EXIST, path)
        answers(s.tryOpen(path, { follow: false }), Errno.LOOP, path)
      }
      assert.deepEqual(readdirSync(s.outside()), ['secret'])
      assert.equal(readFileSync(s.outside('secret'), 'utf8'), 'secret')
    })

    test('a directory opened from another has its own border', () => {
      populate(s)
      const { base, inheriting } = s.fdstat(DIR)
      const dir = s.open('dir', { base, inheriting })
      answers(s.tryOpen('../file', { dir }), Errno.PERM)
      answers(s.tryOpen('nested/../../file', { dir }), Errno.PERM)
      symlinkSync('../file', s.host('dir/up'))
      answers(s.tryOpen('up', { dir }), Errno.PERM)
      answers(s.tryOpen('dir/up', { base: READ }), Errno.SUCCESS, 'inside for who has more')
      answers(s.tryOpen('nested/../nested/file', { dir, base: READ }), Errno.SUCCESS)
    })

    test('the links that /proc makes up lead nowhere', () => {
      const before = openHostDescriptors()
      const f = createFixture({ openBeneath, directories: [{ guest: 'proc', host: '/proc/self', readOnly: true }] })
      try {
        // To the walk such a link is its text, and some texts look like names.
        const expected = openBeneath === openByWalk ? [Errno.PERM, Errno.NOENT] : Errno.PERM
        for (const path of ['root', 'cwd', 'exe', 'root/etc/passwd', 'cwd/package.json', 'fd/0', 'fd/1']) {
          const bytes = new TextEncoder().encode(path)
          f.bytes().set(bytes, BUFFER)
          answers(f.wasi.path_open(3, 1, BUFFER, bytes.length, 0, READ, 0n, 0, OUT), expected, path)
        }
      } finally {
        f.dispose()
      }
      assert.equal(openHostDescriptors(), before)
    })

    test('devices keep their kind', () => {
      const before = openHostDescriptors()
      const f = createFixture({ directories: [{ guest: 'dev', host: '/dev', readOnly: false }] })
      try {
        f.bytes().set(new TextEncoder().encode('null'), BUFFER)
        must(f.wasi.path_open(3, 0, BUFFER, 4, 0, READ | WRITE | Rights.FD_FILESTAT_GET, 0n, 0, OUT))
        assert.equal(f.view().getUint32(OUT, true), 4)
        must(f.wasi.fd_fdstat_get(4, OUT))
        assert.equal(f.bytes()[OUT], FileType.CHARACTER_DEVICE)
        must(f.wasi.fd_filestat_get(4, OUT))
        assert.equal(f.bytes()[OUT + 16], FileType.CHARACTER_DEVICE)
        must(f.wasi.fd_write(4, f.putIovecs(1024, [BUFFER, 4]), 1, OUT))
        assert.equal(f.view().getUint32(OUT, true), 4)
        must(f.wasi.fd_read(4, 1024, 1, OUT))
        assert.equal(f.view().getUint32(OUT, true), 0)
      } finally {
        f.dispose()
      }
      assert.equal(openHostDescriptors(), before)
    })

    test('what is for reading only stays as it is', () => {
      populate(s)
      linkSync(s.host('file'), s.host('second'))
      for (const [path, oflags, base, expected] of [
        ['file', 0, READ, Errno.SUCCESS],
        ['file', 0, 0n, Errno.SUCCESS],
        ['file', CREAT, READ, Errno.SUCCESS],
        ['file', CREAT | EXCL, READ, Errno.EXIST],
        ['file', 0, WRITE, Errno.ROFS],
        ['file', 0, READ | WRITE, Errno.ROFS],
        ['file', 0, Rights.FD_ALLOCATE, Errno.ROFS],
        ['file', 0, Rights.FD_FILESTAT_SET_SIZE, Errno.ROFS],
        ['file', TRUNC, 0n, Errno.ROFS],
        ['file', CREAT | TRUNC, READ, Errno.ROFS],
        ['new', 0, READ, Errno.NOENT],
        ['new', CREAT, READ, Errno.ROFS],
        ['new', CREAT | EXCL, READ, Errno.ROFS],
        ['dir', DIRECTORY, 0n, Errno.SUCCESS],
        ['dir/nested/new', CREAT, 0n, Errno.ROFS],
        ['dangling', CREAT, 0n, Errno.ROFS],
        ['out/secret', 0, READ, Errno.PERM],
        ['out/new', CREAT, 0n, Errno.PERM],
        ['dir', CREAT, 0n, Errno.ISDIR],
        ['dir', CREAT | EXCL, 0n, Errno.EXIST],
        ['new/', CREAT, 0n, Errno.ISDIR],
        ['dangling', CREAT | EXCL, 0n, Errno.EXIST],
        ['to-secret', CREAT | EXCL, 0n, Errno.EXIST],
        ['loop', CREAT | EXCL, 0n, Errno.EXIST],
        ['loop', CREAT, 0n, Errno.LOOP],
        ['file/new', CREAT, 0n, Errno.NOTDIR],
        ['nowhere/new', CREAT, 0n, Errno.NOENT],
      ] as const) {
        answers(s.tryOpen(path, { dir: FIXED, oflags, base }), expected, `${path} oflags ${oflags} base ${base}`)
      }
      const dir = s.open('dir', { dir: FIXED, ...s.fdstat(FIXED) })
      answers(s.tryOpen('nested/file', { dir, base: WRITE }), Errno.ROFS, 'in a directory opened from it')
      answers(s.tryOpen('new', { dir, oflags: CREAT }), Errno.ROFS)
      assert.equal(readFileSync(s.host('file'), 'utf8'), 'content')
      assert.equal(existsSync(s.host('new')), false)
    })

    test('the new descriptor has nowhere to go: nothing is opened or made', () => {
      const before = openHostDescriptors()
      const end = s.f.bytes().length
      for (const fdPtr of [end - 3, end, -1, -4]) {
        answers(s.wasi.path_open(DIR, 0, ...s.path('new'), CREAT, 0n, 0n, 0, fdPtr), Errno.FAULT, `fd at ${fdPtr}`)
      }
      for (const [ptr, len] of [
        [end - 2, 3],
        [end, 1],
        [-1, 1],
        [16, -1],
        [-16, 32],
      ] as const) {
        answers(s.wasi.path_open(DIR, 0, ptr, len, CREAT, 0n, 0n, 0, OUT), Errno.FAULT, `path at ${ptr}, ${len} bytes`)
      }
      answers(s.wasi.path_open(DIR, 0, end, 0, 0, 0n, 0n, 0, OUT), Errno.NOENT, 'no bytes need no memory')
      assert.equal(openHostDescriptors(), before)
      assert.deepEqual(readdirSync(s.host()), [])
    })
  })
