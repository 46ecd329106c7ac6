/**
 * Another thread swaps directories for links to the outside, and moves directories out and back, while a guest makes calls
 * on paths through them: nothing outside is opened, made, changed, removed or seen. That the race is one, two careless ways
 * of resolving show: both are caught.
 */
import assert from 'node:assert/strict'
import { existsSync, lstatSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { Errno } from '../../src/abi/errno.ts'
import { OFlags, Rights } from '../../src/abi/preview1.ts'
import { kernelOpener, type OpenBeneath, openByWalk } from '../../src/fs/beneath.ts'
import { PathBuffer } from '../../src/fs/path.ts'
import { O_CLOEXEC, O_CREAT, O_EXCL, O_PATH, O_TRUNC } from '../../src/os/constants.ts'
import { close } from '../../src/os/libc.ts'
import { openat } from '../../src/os/libc-files.ts'
import { Sandbox } from '../host/sandbox.ts'
import { type Call, callAsGuest, KERNEL_RESOLVES, OPENERS, READ_RIGHTS, WRITE_RIGHTS } from './calls.ts'
import { inodes, makeSentinel, snapshot } from './sentinel.ts'

const CALLS = 20_000
const PARENT = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()

/** Swaps and moves until it is told to stop, in whole rounds: everything is where it was in the end. */
const ATTACKER = `
const { renameSync } = require('node:fs')
const { parentPort, workerData } = require('node:worker_threads')
const { inside, elsewhere, control } = workerData
const state = new Int32Array(control)
parentPort.postMessage('running')
while (Atomics.load(state, 0) === 0) {
  renameSync(inside + '/swap', inside + '/parked')
  renameSync(inside + '/bait', inside + '/swap')
  renameSync(inside + '/moving', elsewhere + '/moving')
  renameSync(inside + '/swap', inside + '/bait')
  renameSync(inside + '/parked', inside + '/swap')
  renameSync(elsewhere + '/moving', inside + '/moving')
  Atomics.add(state, 1, 1)
}
`

const path = new PathBuffer()

/** Trusts the kernel's usual way. */
const careless: OpenBeneath = (dirFd, name, flags, mode) => openat(dirFd, path.set(name), flags | O_CLOEXEC, mode)

/** Looks first, carefully, and then opens as usual: right unless somebody is faster. */
const lookFirst: OpenBeneath = (dirFd, name, flags, mode) => {
  const looked = (KERNEL_RESOLVES ? kernelOpener() : openByWalk)(dirFd, name, O_PATH, 0)
  if (looked < 0) return openByWalk(dirFd, name, flags & ~(O_CREAT | O_EXCL | O_TRUNC), mode)
  close(looked)
  return careless(dirFd, name, flags, mode)
}

/** Many steps between going down and going up again: time for the directory to be moved. */
const DAWDLE = './'.repeat(1900)

/** The guest's calls, over and over: each pair or so leaves things as they were. */
const CYCLE: Call[] = [
  ...['swap/secret', 'swap/dir/secret', 'swap/link', `moving/deep/${DAWDLE}../../secret`].flatMap((at): Call[] => [
    { does: 'open', path: at, follow: true, oflags: 0, rights: READ_RIGHTS },
    { does: 'open', path: at, follow: true, oflags: OFlags.TRUNC, rights: READ_RIGHTS | WRITE_RIGHTS },
    { does: 'stat', path: at, follow: true },
    { does: 'times', path: at, follow: true },
    { does: 'times', path: at, follow: false },
    { does: 'link', path: at, to: 'stolen', follow: true },
    { does: 'unlink', path: 'stolen' },
    { does: 'rename', path: at, to: 'stolen' },
    { does: 'rename', path: 'stolen', to: at },
    { does: 'unlink', path: at },
    { does: 'open', path: at, follow: true, oflags: OFlags.CREAT | OFlags.EXCL, rights: WRITE_RIGHTS },
    { does: 'open', path: at, follow: true, oflags: OFlags.CREAT, rights: WRITE_RIGHTS },
  ]),
  ...['swap', `moving/deep/${DAWDLE}../..`, 'swap/dir/deep/..'].flatMap((at): Call[] => [
    { does: 'mkdir', path: `${at}/made` },
    { does: 'rmdir', path: `${at}/made` },
    { does: 'rmdir', path: `${at}/empty` },
    { does: 'mkdir', path: `${at}/empty` },
    { does: 'symlink', text: 'file', path: `${at}/made` },
    { does: 'readlink', path: `${at}/made` },
    { does: 'unlink', path: `${at}/made` },
    { does: 'open', path: `${at}/.`, follow: true, oflags: OFlags.DIRECTORY, rights: Rights.FD_READDIR },
    { does: 'stat', path: `${at}/dir`, follow: false },
    { does: 'stat', path: `${at}/dir/deep/../secret`, follow: true },
    { does: 'rename', path: `${at}/dir`, to: `${at}/dir2` },
    { does: 'rename', path: `${at}/dir2`, to: `${at}/dir` },
  ]),
]

interface Race {
  /** What a call got at outside, or changed there; the first of it. */
  readonly caught: string | undefined
  readonly calls: number
  readonly swaps: number
  readonly outcomes: Map<Errno, number>
}

/** @param limit of the calls; a race that has been lost ends at once */
async function race(openBeneath: OpenBeneath, limit: number): Promise<Race> {
  const s = new Sandbox({ openBeneath, parent: PARENT })
  const elsewhere = s.host('../elsewhere')
  const state = new Int32Array(new SharedArrayBuffer(8))
  let worker: Worker | undefined
  try {
    // The same names inside and outside, so that every call finds something wherever it gets.
    for (const root of [s.outside(), elsewhere]) makeSentinel(root)
    mkdirSync(s.host('swap'))
    makeSentinel(s.host('swap'))
    symlinkSync('../outside', s.host('bait'))
    mkdirSync(s.host('moving/deep'), { recursive: true })
    writeFileSync(s.host('file'), '')
    const hidden = new Set([...inodes(s.outside()), ...inodes(elsewhere)])
    const before = [snapshot(s.outside()), withoutTimes(snapshot(elsewhere))]
    const isOutside = (found: string) => hidden.has(found) || /\/outside|\/elsewhere(?!\/moving)/.test(found)

    worker = new Worker(ATTACKER, {
      eval: true,
      workerData: { inside: s.host().replace(/\/$/, ''), elsewhere, control: state.buffer },
    })
    const stopped = new Promise<number>((resolve) => worker!.once('exit', resolve))
    await new Promise((resolve, reject) => worker!.once('message', resolve).once('error', reject))
    const outcomes = new Map<Errno, number>()
    let caught: string | undefined
    let calls = 0
    while (calls < limit && caught === undefined) {
      const call = CYCLE[calls % CYCLE.length]!
      const { errno, found } = callAsGuest(s, call)
      outcomes.set(errno, (outcomes.get(errno) ?? 0) + 1)
      if (found !== undefined && isOutside(found)) caught = `${call.does} ${found}`
      // What was stolen is inside now, whichever way it came.
      if (existsSync(s.host('stolen')) && hidden.has(`${lstatSync(s.host('stolen'), { bigint: true }).ino}`))
        caught = `${call.does} stole something`
      calls++
    }
    const swaps = Atomics.load(state, 1)
    Atomics.store(state, 0, 1)
    await stopped
    const now = [snapshot(s.outside()), withoutTimes(snapshot(elsewhere))]
    if (caught === undefined && !sameTrees(before, now)) caught = 'something outside was changed'
    return { caught, calls, swaps, outcomes }
  } finally {
    Atomics.store(state, 0, 1)
    await worker?.terminate()
    s.dispose()
  }
}

/** The attacker itself moves the times of the directory that it moves things to, and their number. */
function withoutTimes(entries: Map<string, string>): Map<string, string> {
  return new Map([...entries].filter(([name]) => name !== '.'))
}

function sameTrees(a: Map<string, string>[], b: Map<string, string>[]): boolean {
  const text = (trees: Map<string, string>[]) => JSON.stringify(trees.map((tree) => [...tree].sort()))
  return text(a) === text(b)
}

for (const { how, openBeneath, skip } of OPENERS) {
  test(`${CALLS} calls in a race, by ${how}`, { skip }, async () => {
    const { caught, calls, swaps, outcomes } = await race(openBeneath, CALLS)
    assert.equal(caught, undefined)
    assert.equal(calls, CALLS)
    assert.ok(swaps > 100, `the other thread came round ${swaps} times only`)
    for (const errno of [Errno.SUCCESS, Errno.PERM, Errno.NOENT]) {
      assert.ok((outcomes.get(errno) ?? 0) > 100, `${outcomes.get(errno)} times errno ${errno}: no race to speak of`)
    }
  })
}

for (const [what, openBeneath] of [
  ['a plain open', careless],
  ['a plain open after a careful look', lookFirst],
] as const) {
  test(`the race catches ${what}`, async () => {
    const { caught, calls } = await race(openBeneath, 50 * CALLS)
    assert.notEqual(caught, undefined, `not caught in ${calls} calls`)
  })
}
