/**
 * Random calls on random paths in a random tree, made on three copies of it: by both ways of resolving, and natively where
 * the path stays inside. The answers must be equal, and so must what becomes of the trees. Whether a path stays inside a
 * plain model says, component by component. The seed is printed and FUZZ_SEED repeats a run, FUZZ_CALLS makes it longer.
 */
import assert from 'node:assert/strict'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { Errno } from '../../src/abi/errno.ts'
import { OFlags } from '../../src/abi/preview1.ts'
import { openByWalk } from '../../src/fs/beneath.ts'
import { DIR, Sandbox } from '../host/sandbox.ts'
import { Random } from '../unit/random.ts'
import {
  type Call,
  callAsGuest,
  callNatively,
  describeCall,
  errnoName,
  OPENERS,
  type Outcome,
  READ_RIGHTS,
  WRITE_RIGHTS,
} from './calls.ts'
import { assertUnchanged, makeSentinel, snapshot } from './sentinel.ts'

const CALLS = Number(process.env.FUZZ_CALLS ?? 20_000)
const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000)
/** So many calls change a tree until there is a new one. */
const CALLS_PER_TREE = 150
const PARENT = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

const FILES = ['f', 'g', '\xff\x80', 'h'.repeat(255)]
const DIRECTORIES = ['a', 'b', 'c', ' ']
const LINKS = ['l0', 'l1', 'l2', 'l3', 'l4', 'l5']
const NEW = ['n', 'm', '...', '-', 'i'.repeat(256)]
const OUTSIDE = ['outside', 'inside', 'secret', 'dir']

/** Names are latin-1 here, a character per byte, as the host's are bytes. */
const bytes = (name: string) => Buffer.from(name, 'latin1')
const below = (root: string, ...names: string[]) =>
  Buffer.concat([bytes(root), ...names.map((name) => bytes(`/${name}`))])

function randomPath(random: Random, most: number): string {
  const names: string[] = []
  for (let i = 1 + random.below(most); i > 0; i--) {
    const kind = random.below(100)
    if (kind < 30) names.push(random.pick(DIRECTORIES))
    else if (kind < 50) names.push(random.pick(LINKS))
    else if (kind < 62) names.push(random.pick(FILES))
    else if (kind < 70) names.push(random.pick(NEW))
    else if (kind < 88) names.push('..')
    else if (kind < 94) names.push('.')
    else if (kind < 97) names.push('')
    else names.push(random.pick(OUTSIDE))
  }
  return names.join('/') + (random.below(8) === 0 ? '/' : '') || '.'
}

/** The instructions for a tree: the same makes the same everywhere. */
function randomTree(random: Random): (root: string) => void {
  const steps: ((root: string) => void)[] = []
  const directories: string[][] = [[]]
  for (let i = 0; i < 10; i++) {
    const at = [...random.pick(directories), random.pick(DIRECTORIES)]
    if (directories.some((other) => other.join('/') === at.join('/'))) continue
    directories.push(at)
    steps.push((root) => mkdirSync(below(root, ...at)))
  }
  for (const at of directories) {
    for (const name of FILES) if (random.below(3) > 0) steps.push((root) => writeFileSync(below(root, ...at, name), ''))
    for (const name of LINKS) {
      const text = random.below(12) === 0 ? `/${randomPath(random, 2)}` : randomPath(random, 4)
      if (random.below(3) < 2) steps.push((root) => symlinkSync(bytes(text), below(root, ...at, name)))
    }
  }
  return (root) => {
    for (const name of readdirSync(root, 'latin1')) rmSync(below(root, name), { recursive: true })
    for (const step of steps) step(root)
  }
}

function randomCall(random: Random): Call {
  const path = bytes(randomPath(random, 5))
  const to = bytes(randomPath(random, 5))
  const follow = random.below(2) === 0
  switch (random.below(16)) {
    case 0:
      return { does: 'mkdir', path }
    case 1:
      return { does: 'rmdir', path }
    case 2:
      return { does: 'unlink', path }
    case 3:
      return { does: 'rename', path, to }
    case 4:
      return { does: 'link', path, to, follow }
    case 5:
      return { does: 'symlink', text: bytes(randomPath(random, 3)), path }
    case 6:
      return { does: 'readlink', path }
    case 7:
    case 8:
    case 9:
      return { does: 'stat', path, follow }
    case 10:
      return { does: 'times', path, follow }
    default: {
      const creates = random.below(3) === 0
      const oflags = (creates ? OFlags.CREAT : 0) | random.pick([0, 0, OFlags.EXCL, OFlags.TRUNC])
      const isDirectory = !creates && random.below(4) === 0
      const rights = random.pick([0n, READ_RIGHTS, WRITE_RIGHTS, READ_RIGHTS | WRITE_RIGHTS])
      return { does: 'open', path, follow, oflags: oflags | (isDirectory ? OFlags.DIRECTORY : 0), rights }
    }
  }
}

/** What the last component of a path means to a call. */
interface Last {
  readonly followsLink: boolean
  /** Whether `link/` is what the link leads to. */
  readonly followsBeforeSlash: boolean
}

function lastOf(call: Call): Last {
  switch (call.does) {
    case 'open': {
      const { CREAT, EXCL } = OFlags
      const isNew = (call.oflags & (CREAT | EXCL)) === (CREAT | EXCL)
      return { followsLink: call.follow && !isNew, followsBeforeSlash: (call.oflags & CREAT) === 0 }
    }
    case 'stat':
    case 'times':
    case 'link':
      return { followsLink: call.follow, followsBeforeSlash: true }
    case 'readlink':
      return { followsLink: false, followsBeforeSlash: true }
    default:
      return { followsLink: false, followsBeforeSlash: false }
  }
}

/**
 * The model: whether resolving a path takes a step out of `root`, before anything else stops it.
 * @returns how many links were followed until then; undefined if it stays inside
 */
function leaves(root: string, path: string, last: Last): number | undefined {
  const here: string[] = []
  let links = 0
  let endsInSlash = path.endsWith('/')
  if (path.startsWith('/')) return 0
  let rest = path.split('/').filter((name) => name !== '')
  for (;;) {
    const [name, ...others] = rest
    if (name === undefined) return undefined
    rest = others
    if (name === '.') continue
    if (name === '..') {
      if (here.length === 0) return links
      here.pop()
      continue
    }
    let stat: ReturnType<typeof lstatSync>
    try {
      stat = lstatSync(below(root, ...here, name))
    } catch {
      return undefined
    }
    if (stat.isDirectory()) {
      here.push(name)
      continue
    }
    if (!stat.isSymbolicLink()) return undefined
    if (rest.length === 0 && !(endsInSlash ? last.followsBeforeSlash : last.followsLink)) return undefined
    if (++links > 40) return undefined
    const text = readlinkSync(below(root, ...here, name), 'latin1')
    if (text.startsWith('/')) return links
    // Once a slash has asked for following, the links behind it are followed, too.
    if (rest.length === 0) {
      if (endsInSlash) last = { ...last, followsLink: true }
      endsInSlash = text.endsWith('/')
    }
    rest = [...text.split('/').filter((part) => part !== ''), ...rest]
  }
}

/** A tree in words: names, kinds, texts of links, numbers of names; which names belong to one file. */
function describeTree(root: string): string[] {
  const files = new Map<bigint, number>()
  const lines: string[] = []
  const visit = (names: string[]) => {
    for (const name of readdirSync(below(root, ...names), 'latin1').sort()) {
      const path = [...names, name]
      const { ino, nlink, mode } = lstatSync(below(root, ...path), { bigint: true })
      if (!files.has(ino)) files.set(ino, files.size)
      const kind = Number(mode) & 0xf000
      const text = kind === 0xa000 ? readlinkSync(below(root, ...path), 'latin1') : ''
      lines.push(`${path.join('/')} ${mode.toString(8)} ${nlink} ${files.get(ino)} ${text}`)
      if (kind === 0x4000) visit(path)
    }
  }
  visit([])
  return lines
}

/** The first of a file's names. */
function nameOf(root: string, inode: string, names: string[] = []): string | undefined {
  if (`${lstatSync(below(root, ...names), { bigint: true }).ino}` === inode) return names.join('/')
  if (!lstatSync(below(root, ...names)).isDirectory()) return undefined
  for (const name of readdirSync(below(root, ...names), 'latin1').sort()) {
    const found = nameOf(root, inode, [...names, name])
    if (found !== undefined) return found
  }
  return undefined
}

test(`${CALLS} calls on random paths (FUZZ_SEED=${SEED})`, () => {
  const random = new Random(SEED)
  const openers = OPENERS.filter(({ skip }) => skip === false)
  // Only a place for the native calls.
  const native = new Sandbox({ openBeneath: openByWalk, parent: PARENT })
  const guests = openers.map(({ how, openBeneath }) => ({ how, s: new Sandbox({ openBeneath, parent: PARENT }) }))
  const everyone = [native, ...guests.map(({ s }) => s)]
  const rootOf = (s: Sandbox) => join(s.host(), '.').replace(/\/$/, '')
  const counts = { left: 0, succeeded: 0, failed: 0 }
  const answers = new Set<string>()
  /** What was found, in words that are the same for every copy. */
  const inWords = (s: Sandbox, call: Call, { errno, found }: Outcome) => {
    if (found === undefined) return errnoName(errno)
    if (call.does === 'readlink') return `${errnoName(errno)} ${found}`
    const name = call.does === 'stat' ? nameOf(rootOf(s), found) : found.replace(rootOf(s), '').replace(/^\//, '')
    return `${errnoName(errno)} ${name ?? `something outside: ${found}`}`
  }
  try {
    for (const s of everyone) makeSentinel(s.outside())
    const outside = everyone.map((s) => snapshot(s.outside()))
    for (let i = 0; i < CALLS; i++) {
      if (i % CALLS_PER_TREE === 0) {
        if (i > 0) compareTrees()
        const make = randomTree(random)
        for (const s of everyone) make(rootOf(s))
      }
      const call = randomCall(random)
      const what = `call ${i}: ${describeCall(call)}`
      const last = lastOf(call)
      const root = rootOf(native)
      const textOf = (path: string | Uint8Array) => Buffer.from(path).toString('latin1')
      const isAbsolute = call.does === 'symlink' && textOf(call.text).startsWith('/')
      const linksBefore = isAbsolute ? 0 : leaves(root, textOf(call.path), last)
      const ofSecond = { followsLink: false, followsBeforeSlash: false }
      const secondLeaves = 'to' in call && leaves(root, textOf(call.to), ofSecond) !== undefined
      const expected =
        linksBefore === undefined && !secondLeaves
          ? inWords(native, call, callNatively(native.f.table.get(DIR)!.hostFd, call))
          : undefined
      const actual = guests.map(({ s }) => inWords(s, call, callAsGuest(s, call)))
      for (const [g, { how }] of guests.entries()) {
        const said = `${what}: ${how} ${actual[g]}`
        if (expected !== undefined) assert.equal(actual[g], expected, `${said}, natively ${expected}`)
        else if (linksBefore === undefined) {
          assert.ok(!actual[g]!.startsWith('SUCCESS'), said)
          assert.equal(actual[g], actual[0], said)
        } else {
          // The kernel may count the links before the border twice, as it may start again there.
          const isRepeated = linksBefore > 20 && actual[g] === errnoName(Errno.LOOP)
          assert.ok(actual[g] === errnoName(Errno.PERM) || isRepeated, `${said}, but it leads outside`)
        }
        answers.add(`${call.does} ${actual[g]!.split(' ')[0]}`)
      }
      counts[expected === undefined ? 'left' : expected.startsWith('SUCCESS') ? 'succeeded' : 'failed']++
    }
    compareTrees()
    for (const [i, s] of everyone.entries()) {
      assertUnchanged(outside[i]!, s.outside(), `copy ${i}`)
      assert.deepEqual(readdirSync(s.host('..')).sort(), ['inside', 'outside'])
    }
  } finally {
    // Each counts descriptors from where it began.
    for (const s of everyone.toReversed()) s.dispose()
  }
  // A run that never leaves, or never gets anywhere, says nothing.
  for (const [what, count] of Object.entries(counts)) assert.ok(count > CALLS / 25, `${count} calls ${what}`)
  assert.ok(answers.size > 50, `${answers.size} answers`)

  function compareTrees(): void {
    const expected = describeTree(rootOf(native))
    for (const { how, s } of guests) assert.deepEqual(describeTree(rootOf(s)), expected, `the tree of ${how}`)
  }
})
