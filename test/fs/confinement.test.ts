/**
 * A guest stays beneath the directories that it was given, whatever path it makes up: every function, every way out, both
 * ways of resolving. What lies outside is neither changed nor seen, not even whether it is there.
 */
import assert from 'node:assert/strict'
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, test } from 'node:test'
import { Errno } from '../../src/abi/errno.ts'
import { FileType, OFlags, Rights } from '../../src/abi/preview1.ts'
import { bestOpener, openByWalk } from '../../src/fs/beneath.ts'
import { AT_FDCWD, O_DIRECTORY, O_RDONLY } from '../../src/os/constants.ts'
import { close } from '../../src/os/libc.ts'
import { createFixture, openHostDescriptors } from '../host/fixture.ts'
import { answers, BUFFER, DIR, FIXED, OUT, READ, Sandbox, WRITE } from '../host/sandbox.ts'
import {
  type Call,
  callAsGuest,
  callNatively,
  changesNothing,
  describeCall,
  errnoName,
  everyCall,
  OPENERS,
  type Outcome,
  SET_MTIM,
  SKIP_KERNEL,
} from './calls.ts'
import { assertUnchanged, everything, inodes, makeSentinel, SECRET, snapshot } from './sentinel.ts'

const { CREAT, EXCL, TRUNC } = OFlags
const WRITING = Rights.FD_WRITE | Rights.FD_ALLOCATE | Rights.FD_FILESTAT_SET_SIZE
/** Thousands of small files are made and removed: not on a disk, if that can be had. */
const PARENT = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

/** What is inside: some of everything, and links that lead outside in every way. */
function populate(s: Sandbox): void {
  mkdirSync(s.host('dir/nested'), { recursive: true })
  mkdirSync(s.host('empty'))
  writeFileSync(s.host('file'), 'content')
  writeFileSync(s.host('dir/nested/file'), 'nested')
  for (const [name, target] of [
    ['to-file', 'file'],
    ['to-dir', 'dir'],
    ['to-nested', 'to-dir/nested/'],
    ['dir/to-top', '..'],
    ['dangling', 'nowhere'],
    ['dangling-slash', 'nowhere/'],
    ['to-file-slash', 'file/'],
    ['self', '.'],
    ['loop', 'loop'],
    ['ping', 'pong'],
    ['pong', './ping'],
    ['c00', 'file'],
    ['d00', 'dir'],
    // Out, to what is there and to what is not, by the same ways.
    ...['secret', 'missing', 'dir', 'none'].flatMap((what) => [
      [`rel-${what}`, `../outside/${what}`],
      [`abs-${what}`, s.outside(what)],
      [`chain-${what}`, `rel-${what}`],
      [`winding-${what}`, `dir/../to-dir/nested/../../../outside/${what}`],
      [`through-${what}`, `out/${what}`],
    ]),
    ['out', '../outside'],
    ['out-slash', '../outside/'],
    ['out-dot', '../outside/.'],
    ['abs-out', s.outside()],
    ['abs-inside', s.host('dir')],
    ['chain-out', 'to-dir/out-of-dir'],
    ['dir/out-of-dir', '../out'],
    ['dir/up', '../../outside'],
    ['dots', '..'],
    ['dir/dots', '../..'],
    ['back', '../inside/dir'],
    ['to-root', '/'],
  ] as const) {
    symlinkSync(target, s.host(name))
  }
  // c39 takes 40 links to `file`, c40 one more; likewise d39 and `dir`.
  for (const letter of ['c', 'd']) {
    for (let i = 1; i <= 41; i++) symlinkSync(`${letter}${pad(i - 1)}`, s.host(`${letter}${pad(i)}`))
  }
}

const pad = (i: number) => String(i).padStart(2, '0')

/** Ways to `outside`; each leaves the directory, so what follows makes no difference. */
const waysOut = (s: Sandbox): string[] => [
  '../outside',
  './../outside',
  '..//outside',
  '../inside/../outside',
  'dir/../../outside',
  'dir/nested/../../../outside',
  './/dir/.//nested/..//.././../outside',
  'to-dir/../../outside',
  'to-nested/../../../outside',
  'dir/to-top/../outside',
  'self/../outside',
  'self/self/to-dir/to-top/self/../outside',
  'empty/../empty/../../outside',
  'out',
  'self/out',
  'dir/to-top/out',
  'to-dir/nested/../out-of-dir',
  'out-slash',
  'out-dot',
  'abs-out',
  'chain-out',
  'dir/up',
  'to-dir/up',
  'dots/outside',
  'dir/dots/outside',
  'to-root',
  'to-root/../tmp',
  // No more: at 40 links the kernel may count those before the border twice, and say that there are too many.
  'd18/../../outside',
  s.outside(),
  `/${s.outside()}`,
  '/..',
  // Out and in again is out all the same.
  'back',
  'back/../../outside',
  'abs-inside',
  '../inside',
]

/** What may stand behind a way out; the first of each pair is there, the second is not. */
const BEHIND: readonly (readonly [there: string, missing: string])[] = [
  ['/secret', '/missing'],
  ['/dir', '/none'],
  ['/dir/', '/none/'],
  ['/dir/secret', '/dir/missing'],
  ['/dir/deep/secret', '/dir/none/secret'],
  ['/secret/', '/missing/'],
  ['/secret/below', '/missing/below'],
  ['/secret/..', '/missing/..'],
  ['/dir/.', '/none/.'],
  ['/dir/..', '/none/..'],
  ['/dir/../secret', '/none/../secret'],
  ['/link', '/no-link'],
  ['/link-to-dir/', '/no-link-to-dir/'],
  ['/.', '/..'],
  ['/./', '/../'],
  ['/empty', '/inside/file'],
]

test('the kernel resolves wherever it can', { skip: SKIP_KERNEL }, () => {
  assert.notEqual(bestOpener(), openByWalk)
})

/** All calls with their answers, in order, to be compared at the end. */
const answersOf = new Map<string, string[]>(OPENERS.map(({ how }) => [how, []]))

function record(how: string, call: Call, outcome: Outcome): void {
  const found = call.does === 'stat' ? '' : (outcome.found ?? '')
  // The names of temporary directories differ.
  const line = `${describeCall(call)}: ${errnoName(outcome.errno)} ${found}`.replaceAll(/berth-files-\w+/g, 'T')
  answersOf.get(how)!.push(line)
}

/** A path that means the same and is so long. */
function padTo(path: string, length: number): string {
  const missing = length - path.length
  return `${'./'.repeat(missing >> 1)}${missing % 2 === 0 ? '' : '/'}${path}`
}

const shown = ({ errno, found }: Outcome) => `${errnoName(errno)} ${found ?? ''}`

for (const { how, openBeneath, skip } of OPENERS) {
  describe(`confinement by ${how}`, { skip }, () => {
    let s: Sandbox
    let outside: Map<string, string>
    let outsideInodes: Set<string>

    beforeEach(() => {
      s = new Sandbox({ openBeneath, parent: PARENT })
      populate(s)
      makeSentinel(s.outside())
      outside = snapshot(s.outside())
      outsideInodes = inodes(s.outside()).add(`${lstatSync(s.host('..'), { bigint: true }).ino}`)
    })

    afterEach(() => {
      try {
        assertUnchanged(outside, s.outside(), 'afterwards')
        assert.deepEqual(readdirSync(s.host('..')).sort(), ['inside', 'outside'], 'something was made next to them')
        assert.notEqual(lstatSync(s.host('..'), { bigint: true }).mtimeNs, SET_MTIM, 'the times of the directory above')
        assert.ok(!Buffer.from(s.f.bytes()).includes(SECRET), 'the guest has read what is outside')
      } finally {
        s.dispose()
      }
    })

    /** Makes a call that must not get outside. */
    function attempt(call: Call, dir = DIR, other = dir): Outcome {
      const outcome = callAsGuest(s, call, dir, other)
      record(how, call, outcome)
      assert.ok(!outsideInodes.has(outcome.found ?? ''), `${describeCall(call)}: an inode from outside`)
      const isOutside = call.does === 'open' && outcome.found?.startsWith(s.outside())
      assert.ok(!isOutside, `${describeCall(call)} opened ${outcome.found}`)
      return outcome
    }

    test('every function, on every way out: PERM, and the same for what is not there', () => {
      const inside = snapshot(s.host())
      let calls = 0
      for (const way of waysOut(s)) {
        for (const path of BEHIND.flat().map((behind) => way + behind)) {
          for (const call of everyCall(path, 'file', 'free')) {
            const { errno } = attempt(call)
            assert.equal(errnoName(errno), 'PERM', describeCall(call).concat(`, where ${way} leads outside`))
            calls++
          }
        }
      }
      assert.ok(calls > 100_000, `${calls} calls`)
      assert.deepEqual([...snapshot(s.host())], [...inside], 'something inside was changed')
    })

    /** Two calls that differ only in whether what they lead to is there. */
    const samePair = (there: Call, missing: Call) => {
      const a = attempt(there)
      restore(there, a)
      const b = attempt(missing)
      restore(missing, b)
      assert.equal(errnoName(a.errno), errnoName(b.errno), `${describeCall(there)}: tells what is there`)
      return a
    }

    test('a link at the end that leads outside is at most a link, and says nothing of what is there', () => {
      const kinds = ['rel', 'abs', 'chain', 'winding', 'through']
      const pairs = kinds.flatMap((kind) => [
        [`${kind}-secret`, `${kind}-missing`] as const,
        [`${kind}-dir`, `${kind}-none`] as const,
      ])
      for (const [toThere, toMissing] of pairs) {
        for (const end of ['', '/', '//', '/.', '/..', '/below', '/./below']) {
          const there = everyCall(toThere + end, 'file', 'free')
          const missing = everyCall(toMissing + end, 'file', 'free')
          for (const [i, call] of there.entries()) {
            const { errno, found } = samePair(call, missing[i]!)
            const what = describeCall(call)
            if (end.startsWith('/.') || end.endsWith('below')) assert.equal(errnoName(errno), 'PERM', what)
            if (call.does === 'open') {
              assert.notEqual(errno, Errno.SUCCESS, what)
              const ofTheLink = (call.oflags & (CREAT | EXCL)) === (CREAT | EXCL) ? 'EXIST' : 'LOOP'
              if (end === '') {
                const isFollowed = call.follow && (call.oflags & (CREAT | EXCL)) !== (CREAT | EXCL)
                const asDirectory = !call.follow && (call.oflags & OFlags.DIRECTORY) !== 0
                assert.equal(errnoName(errno), isFollowed ? 'PERM' : asDirectory ? 'NOTDIR' : ofTheLink, what)
              } else if (end.endsWith('/')) {
                assert.equal(errnoName(errno), (call.oflags & CREAT) === 0 ? 'PERM' : 'ISDIR', what)
              }
            } else if (call.does === 'stat') {
              const own = lstatSync(s.host(toThere), { bigint: true })
              if (errno === Errno.SUCCESS) assert.deepEqual([call.follow, end, found], [false, '', `${own.ino}`], what)
              else assert.equal(errnoName(errno), 'PERM', what)
            } else if (call.does === 'readlink') {
              if (end === '') assert.equal(found, readlinkSync(s.host(toThere)), what)
              else assert.equal(errnoName(errno), 'PERM', what)
            }
          }
        }
      }
    })

    /** Undoes what a call has made of the inside. */
    function restore(call: Call, { errno, found }: Outcome): void {
      if (errno !== Errno.SUCCESS || call.does === 'times' || changesNothing(call)) return
      if (call.does === 'open') {
        if (!names.has(found!)) rmSync(Buffer.from(found!, 'latin1'))
        return
      }
      for (const name of readdirSync(s.host(), { encoding: 'buffer' }))
        rmSync(Buffer.concat([Buffer.from(`${s.host()}/`), name]), { recursive: true })
      populate(s)
    }
    /** All that there is before. */
    let names: Set<string>
    beforeEach(() => {
      names = new Set(everything(s.host().replace(/\/$/, '')))
    })

    test('what stays inside is answered as the plain system call answers it', () => {
      const long = 'n'.repeat(255)
      const paths = [
        ...['.', './', './.', 'file', './file', 'file/', 'file//', 'file/.', 'file/..', 'file/below', 'file/../file'],
        ...['dir', 'dir/', 'dir/.', 'dir/..', 'dir/./', 'dir/../', 'dir/../dir', 'dir/nested/../..', 'empty', 'empty/'],
        ...['empty/.', 'empty/..', 'new', 'new/', 'new//', 'new/.', 'new/..', 'new/below', 'new/below/', 'new/../file'],
        ...['dir/new', 'dir/new/', 'dir//new', 'dir/nested/file', 'dir/nested/../nested/file'],
        ...['to-file', 'to-file/', 'to-file/.', 'to-file/..', 'to-file/below', 'to-dir', 'to-dir/', 'to-dir/.'],
        ...['to-dir/..', 'to-dir/nested', 'to-dir/nested/file', 'to-dir/new', 'to-dir/../file', 'to-nested'],
        ...['to-nested/', 'to-nested/file', 'to-nested/..', 'to-nested/../..', 'dir/to-top', 'dir/to-top/file'],
        ...['dangling', 'dangling/', 'dangling/.', 'dangling/below', 'dangling-slash', 'dangling-slash/'],
        ...[
          'to-file-slash',
          'to-file-slash/',
          'to-file-slash/below',
          'self',
          'self/',
          'self/self/file',
          'self/dir/..//self',
        ],
        ...[
          'loop',
          'loop/',
          'loop/..',
          'loop/below',
          'ping',
          'ping/',
          'c39',
          'c40',
          'c41',
          'c40/',
          'c41/',
          'c40/below',
        ],
        ...['d40', 'd41', 'd40/', 'd41/', 'd39/nested', 'd40/nested', 'd41/nested', 'd39/to-top', 'd40/to-top'],
        ...['d39/../to-file', 'd39/../d01', 'd40/../to-file', long, `${long}n`, `${long}/`, `${long}n/`, `dir/${long}`],
        ...[`${long}n/..`, `dir/../${long}n`, `file/${long}n`, `new/${long}n`, '\xff\x80', 'a\nb', ' ', '...', '..x'],
        ...['', padTo('file', 4095), padTo('file', 4096), padTo('new', 4095), padTo('new', 4096), padTo('dir/', 4095)],
      ]
      let compared = 0
      for (const path of paths) {
        for (const call of everyCall(path, 'file', 'free')) {
          const expected = callNatively(s.f.table.get(DIR)!.hostFd, call)
          restore(call, expected)
          const actual = attempt(call)
          const isSame = expected.errno === actual.errno && expected.found === actual.found
          assert.ok(isSame, `${describeCall(call)}: ${shown(actual)}, natively ${shown(expected)}`)
          restore(call, actual)
          compared++
        }
      }
      assert.ok(compared > 12_000, `${compared} calls`)
    })

    test('names and paths at their limits do not lead out, and say nothing', () => {
      for (const length of [255, 256, 4095, 4096]) {
        for (const path of [
          padTo('../outside/secret', length),
          `../outside/${'x'.repeat(length)}`,
          `out/${'x'.repeat(length)}`,
          `${'dir/../'.repeat(Math.max(0, Math.floor((length - 20) / 7)))}../outside/secret`,
          `${'../'.repeat(Math.floor(length / 3))}etc`,
          `/${'x'.repeat(length - 1)}`,
        ]) {
          for (const call of everyCall(path, 'file', 'free')) {
            const { errno } = attempt(call)
            assert.equal(errnoName(errno), path.length < 4096 ? 'PERM' : 'NAMETOOLONG', describeCall(call))
          }
        }
      }
    })

    test('links that the guest makes lead nowhere that others do not', () => {
      const make = (text: string, path: string) => callAsGuest(s, { does: 'symlink', text, path })
      for (const text of ['/', '/etc/passwd', s.outside('secret'), s.host('file')]) {
        assert.equal(errnoName(make(text, 'made').errno), 'PERM', `a link to ${text}`)
      }
      assert.ok(!existsSync(s.host('made')))
      for (const what of ['secret', 'missing']) {
        answers(make(`../outside/${what}`, `my-${what}`).errno, Errno.SUCCESS)
        answers(make(`my-${what}`, `my-second-${what}`).errno, Errno.SUCCESS)
        answers(make(`../../outside/${what}`, `dir/my-${what}`).errno, Errno.SUCCESS)
        // Inside where it is made, outside where it is moved to.
        answers(make(`../../outside/${what}`, `dir/nested/my-${what}`).errno, Errno.SUCCESS)
        const move = { does: 'rename', path: `dir/nested/my-${what}`, to: `moved-${what}` } as const
        answers(callAsGuest(s, move).errno, Errno.SUCCESS)
        answers(make(`../../outside/${what}`, `dir/nested/linked-${what}`).errno, Errno.SUCCESS)
        const link = {
          does: 'link',
          path: `dir/nested/linked-${what}`,
          to: `dir/linked-${what}`,
          follow: false,
        } as const
        answers(callAsGuest(s, link).errno, Errno.SUCCESS, 'the link itself')
        answers(callAsGuest(s, { ...link, path: link.to, to: 'x', follow: true }).errno, Errno.PERM, 'what it leads to')
      }
      for (const prefix of ['my-', 'my-second-', 'dir/my-', 'moved-', 'dir/linked-']) {
        for (const [does, follow] of [
          ['stat', true],
          ['times', true],
        ] as const) {
          const { errno } = samePair(
            { does, path: `${prefix}secret`, follow },
            { does, path: `${prefix}missing`, follow },
          )
          answers(errno, Errno.PERM, `${does} ${prefix}`)
        }
        for (const oflags of [0, CREAT, TRUNC, CREAT | TRUNC]) {
          for (const rights of [READ, WRITE, READ | WRITE]) {
            const open = { does: 'open', follow: true, oflags, rights } as const
            const { errno } = samePair({ ...open, path: `${prefix}secret` }, { ...open, path: `${prefix}missing` })
            answers(errno, Errno.PERM, `open ${prefix}`)
          }
        }
      }
    })

    test('nothing outside gets a name inside, nor the other way round', () => {
      for (const way of waysOut(s)) {
        for (const behind of ['/secret', '/missing', '/dir', '/link']) {
          for (const call of [
            { does: 'link', path: way + behind, to: 'stolen', follow: false },
            { does: 'link', path: way + behind, to: 'stolen', follow: true },
            { does: 'rename', path: way + behind, to: 'stolen' },
            { does: 'rename', path: 'file', to: way + behind },
            { does: 'rename', path: 'dir', to: way + behind },
            { does: 'link', path: 'to-file', to: way + behind, follow: true },
          ] as const) {
            answers(attempt(call).errno, Errno.PERM, describeCall(call))
          }
        }
      }
      // A hard link that somebody else has made is a file inside; its other name stays hidden.
      linkSync(s.host('file'), s.host('dir/same'))
      assert.equal(s.read(s.open('dir/same', { base: READ })), 'content')
    })

    test('directories opened beneath have borders of their own', () => {
      const rights = s.fdstat(DIR)
      const dir = s.open('dir', rights)
      const nested = s.open('nested', { dir, ...rights })
      const top = s.open('to-dir/to-top', rights)
      for (const [base, paths] of [
        [
          dir,
          ['..', '../', '../file', '../dir/nested/file', 'nested/../../file', 'to-top/file', 'up/secret', 'dots/x'],
        ],
        [nested, ['..', '../nested/file', '../../file', './../nested', '../../../outside/secret', '../missing']],
        [top, ['..', '../outside/secret', 'dir/../..', 'dir/nested/../../../inside/file', 'out/secret']],
      ] as const) {
        for (const path of paths) {
          for (const call of everyCall(path, '.', 'free')) {
            answers(attempt(call, base).errno, Errno.PERM, describeCall(call))
          }
        }
      }
      assert.equal(s.read(s.open('file', { dir: nested, base: READ })), 'nested')
      assert.equal(s.read(s.open('dir/to-top/file', { dir: top, base: READ })), 'content')
    })

    test('a directory that is moved while it is open takes its border with it', () => {
      const rights = s.fdstat(DIR)
      mkdirSync(s.host('dir/nested/deep'))
      const nested = s.open('dir/nested', rights)
      const deep = s.open('dir/nested/deep', rights)
      renameSync(s.host('dir/nested'), s.outside('empty/nested'))
      outside = snapshot(s.outside())
      const hidden = new Set(inodes(s.outside()))
      for (const [base, inside] of [
        [nested, ['file', '.', 'deep', 'deep/../file', 'deep/..']],
        [deep, ['.', './']],
      ] as const) {
        for (const path of [
          '..',
          '../..',
          '../../secret',
          '../../missing',
          '../../../inside/file',
          './../x',
          'deep/../..',
        ]) {
          if (base === deep && path.startsWith('deep')) continue
          for (const call of everyCall(path, '.', 'free')) {
            answers(attempt(call, base).errno, Errno.PERM, describeCall(call))
          }
        }
        for (const path of inside) {
          const { errno, found } = callAsGuest(s, { does: 'stat', path, follow: true }, base)
          answers(errno, Errno.SUCCESS, path)
          assert.ok(hidden.has(found!))
        }
      }
      // From where it was it cannot be reached any more.
      for (const path of ['dir/nested', 'dir/nested/file', 'to-nested/file', 'dir/nested/../file']) {
        answers(attempt({ does: 'stat', path, follow: true }).errno, Errno.NOENT, path)
      }
    })

    test('the given directory itself may be moved', () => {
      const elsewhere = s.host('../elsewhere')
      renameSync(s.host(), elsewhere)
      try {
        for (const way of waysOut(s)) {
          for (const behind of ['/secret', '/missing']) {
            const { errno } = attempt({ does: 'open', path: way + behind, follow: true, oflags: 0, rights: READ })
            answers(errno, Errno.PERM, way + behind)
          }
        }
        assert.equal(s.read(s.open('dir/nested/../../file', { base: READ })), 'content')
        answers(attempt({ does: 'open', path: 'new', follow: true, oflags: CREAT, rights: WRITE }).errno, Errno.SUCCESS)
        assert.ok(existsSync(join(elsewhere, 'new')))
      } finally {
        renameSync(elsewhere, s.host())
      }
    })

    test('a directory that was given by way of a link', () => {
      const descriptors = openHostDescriptors()
      symlinkSync('dir/to-top/dir/nested', s.host('entrance'))
      const f = createFixture({ openBeneath, directories: [{ guest: 'd', host: s.host('entrance') }] })
      try {
        for (const [path, expected] of [
          ['file', Errno.SUCCESS],
          ['../nested/file', Errno.PERM],
          ['..', Errno.PERM],
          ['../../file', Errno.PERM],
        ] as const) {
          f.bytes().set(Buffer.from(path), BUFFER)
          answers(f.wasi.path_filestat_get(3, 1, BUFFER, path.length, OUT), expected, path)
        }
      } finally {
        f.dispose()
      }
      assert.equal(openHostDescriptors(), descriptors)
    })

    test('a listing names what is inside, and the number of nothing outside', () => {
      const rights = s.fdstat(DIR)
      const parent = `${lstatSync(s.host('..'), { bigint: true }).ino}`
      const entries = s.list(s.open('.', rights))
      assert.deepEqual(entries.map(({ name }) => name).sort(), ['.', '..', ...readdirSync(s.host())].sort())
      for (const { name, ino } of entries) {
        assert.notEqual(`${ino}`, parent, `${name} has the number of the directory above`)
        if (name !== '..') assert.equal(`${ino}`, `${lstatSync(s.host(name), { bigint: true }).ino}`, name)
      }
      const moved = s.open('dir', rights)
      renameSync(s.host('dir'), s.outside('empty/dir'))
      outside = snapshot(s.outside())
      for (const { name, ino } of s.list(moved)) assert.ok(!outsideInodes.has(`${ino}`), `${name} tells where it is`)
    })

    test('what was given for reading only does not change, by whatever descriptor or second name', () => {
      const rights = s.fdstat(FIXED)
      const subdirectory = s.open('dir', { dir: FIXED, ...rights })
      const file = s.open('file', { dir: FIXED, base: rights.inheriting & ~WRITING })
      const inside = snapshot(s.host())
      const refused: [string, number][] = []
      const refuse = (what: string, errno: number) => refused.push([what, errno])
      const { wasi } = s
      for (const fd of [FIXED, subdirectory, file]) {
        refuse('fd_filestat_set_times', wasi.fd_filestat_set_times(fd, 1n, 2n, 5))
        refuse('fd_filestat_set_times', wasi.fd_filestat_set_times(fd, 0n, 0n, 10))
        refuse('fd_filestat_set_size', wasi.fd_filestat_set_size(fd, 0n))
        refuse('fd_allocate', wasi.fd_allocate(fd, 0n, 100n))
        refuse('fd_write', wasi.fd_write(fd, ...s.data('x'), OUT))
        refuse('fd_pwrite', wasi.fd_pwrite(fd, ...s.data('x'), 0n, OUT))
        wasi.fd_sync(fd)
        wasi.fd_advise(fd, 0n, 0n, 4)
        wasi.fd_fdstat_set_flags(fd, 1)
      }
      refuse('fd_write after APPEND', wasi.fd_write(file, ...s.data('x'), OUT))
      for (const [what, errno] of refused) assert.notEqual(errno, Errno.SUCCESS, what)

      // From the one for reading only to the one for writing, back, and within the first; from its subdirectory, too.
      for (const [from, to] of [
        [FIXED, DIR],
        [DIR, FIXED],
        [FIXED, FIXED],
        [subdirectory, DIR],
        [DIR, subdirectory],
        [subdirectory, FIXED],
      ] as const) {
        for (const path of [
          'file',
          'dir',
          'empty',
          'to-file',
          'to-dir',
          'nested',
          'nested/file',
          './file',
          'dir/../file',
        ]) {
          for (const end of ['', '/', '/.']) {
            for (const name of ['free', 'file', 'nested/free', 'empty', '.', 'free/']) {
              for (const call of [
                { does: 'rename', path: path + end, to: name },
                { does: 'link', path: path + end, to: name, follow: false },
                { does: 'link', path: path + end, to: name, follow: true },
              ] as const) {
                answers(attempt(call, from, to).errno, Errno.ROFS, `${from} to ${to}: ${describeCall(call)}`)
              }
            }
          }
        }
      }
      for (const dir of [FIXED, subdirectory]) {
        for (const path of [
          'file',
          'nested',
          'nested/file',
          'new',
          'to-file',
          'dangling',
          'empty',
          '.',
          'to-top/file',
          '',
        ]) {
          for (const end of ['', '/', '/.', '/..', '/new']) {
            for (const call of everyCall(path + end, 'file', 'free')) attempt(call, dir)
          }
        }
      }
      assert.deepEqual([...snapshot(s.host())], [...inside], 'something was changed')
      assert.equal(s.read(file), 'content')
    })

    test('a file that others use as well is not truncated or made by an opening that fails', () => {
      for (const path of ['rel-secret', 'abs-secret', '../outside/secret', 'out/secret', 'through-secret']) {
        for (const oflags of [TRUNC, CREAT | TRUNC]) {
          for (const fdFlags of [0, 1, 2, 4, 8, 16, 31]) {
            answers(s.tryOpen(path, { oflags, fdFlags, base: READ | WRITE }), Errno.PERM, path)
          }
        }
      }
    })

    test('the limits of names hold where the walk has to put a path together', () => {
      // 40 links of 4,095 bytes each: more directories on the way than a path can have.
      const long = `${'dir/../'.repeat(580)}`
      for (let i = 1; i <= 39; i++) symlinkSync(`${long}${i === 1 ? 'file' : `long${i - 1}`}`, s.host(`long${i}`))
      symlinkSync(`${long}../outside/secret`, s.host('long-out'))
      const descriptors = openHostDescriptors()
      assert.equal(s.read(s.open('long39', { base: READ })), 'content')
      answers(s.tryOpen('long-out', { base: READ }), Errno.PERM)
      assert.equal(openHostDescriptors(), descriptors + 1)
    })

    test('a directory that was removed while it is open leads nowhere', () => {
      mkdirSync(s.host('empty/inner'))
      const rights = s.fdstat(DIR)
      const inner = s.open('empty/inner', rights)
      rmSync(s.host('empty'), { recursive: true })
      for (const [path, expected] of [
        ['..', Errno.PERM],
        ['../..', Errno.PERM],
        ['../../outside/secret', Errno.PERM],
        ['../missing', Errno.PERM],
        ['missing', Errno.NOENT],
        ['./../file', Errno.PERM],
      ] as const) {
        answers(attempt({ does: 'stat', path, follow: true }, inner).errno, expected, path)
        const create = { does: 'open', path, follow: true, oflags: CREAT, rights: WRITE } as const
        answers(attempt(create, inner).errno, expected, path)
      }
    })
  })

  describe(`/proc by ${how}`, { skip }, () => {
    test('links that the kernel makes up are not followed', () => {
      const descriptors = openHostDescriptors()
      const held = openBeneath(AT_FDCWD, Buffer.from('.'), O_RDONLY | O_DIRECTORY, 0)
      const f = createFixture({
        openBeneath,
        directories: [
          { guest: '/', host: '/' },
          { guest: '/proc', host: '/proc' },
          { guest: '/self', host: '/proc/self' },
        ],
      })
      try {
        const ask = (dir: number, path: string, follow: boolean) => {
          f.bytes().set(Buffer.from(path), BUFFER)
          return f.wasi.path_filestat_get(dir, follow ? 1 : 0, BUFFER, path.length, OUT)
        }
        const tryOpen = (dir: number, path: string, oflags: number, rights: bigint) => {
          f.bytes().set(Buffer.from(path), BUFFER)
          return f.wasi.path_open(dir, 1, BUFFER, path.length, oflags, rights, 0n, 0, OUT)
        }
        const magic = ['cwd', 'root', 'exe', `fd/${held}`, `task/${process.pid}/cwd`, `task/${process.pid}/root`]
        const bases: [number, string][] = [
          [3, `proc/${process.pid}/`],
          [3, 'proc/self/'],
          [3, 'proc/thread-self/'],
          [4, 'self/'],
          [4, `${process.pid}/`],
          [5, ''],
        ]
        for (const [dir, prefix] of bases) {
          for (const link of magic) {
            const path = prefix + link
            if (prefix.includes('thread') && link.startsWith('task')) continue
            for (const end of ['', '/', '/.', '/..', '/missing', '/etc', '/package.json']) {
              if (end === '' && link !== 'exe') answers(tryOpen(dir, path, OFlags.DIRECTORY, 0n), Errno.PERM, path)
              answers(tryOpen(dir, path + end, 0, READ), Errno.PERM, path + end)
              answers(ask(dir, path + end, true), Errno.PERM, path + end)
              if (end !== '' && end !== '/') answers(tryOpen(dir, path + end, CREAT, WRITE), Errno.PERM, path + end)
            }
            answers(ask(dir, path, false), Errno.SUCCESS, `${path} itself`)
            assert.equal(f.bytes()[OUT + 16], FileType.SYMBOLIC_LINK)
          }
          // What is a link like any other is followed.
          if (dir !== 5) answers(tryOpen(dir, `${prefix}status`, 0, READ), Errno.SUCCESS, `${prefix}status`)
        }
        // A link to what has no name. To the walk it is a link to a name that does not exist.
        const expected = openBeneath === openByWalk ? [Errno.NOENT, Errno.PERM] : Errno.PERM
        for (const name of ['ns/mnt', 'ns/net', 'ns/user']) {
          answers(tryOpen(5, name, 0, READ), expected, name)
          answers(ask(5, name, true), expected, name)
        }
      } finally {
        f.dispose()
        close(held)
      }
      assert.equal(openHostDescriptors(), descriptors)
    })
  })
}

test('both ways of resolving answer alike', { skip: SKIP_KERNEL }, () => {
  const [kernel, walk] = OPENERS.map(({ how }) => answersOf.get(how)!)
  assert.ok(kernel!.length > 100_000, `${kernel!.length} calls`)
  assert.equal(kernel!.length, walk!.length)
  const differences = kernel!.flatMap((line, i) => (line === walk![i] ? [] : [`${line}; the walk: ${walk![i]}`]))
  assert.deepEqual(differences, [])
})
