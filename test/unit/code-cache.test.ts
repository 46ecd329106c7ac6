/** What is kept of a bundle's compiled code, and when it counts. */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, beforeEach, test } from 'node:test'
import { Script } from 'node:vm'
import { cacheVariables } from '../../src/boot/cache-folder.ts'
import { runBundle } from '../../src/boot/code-cache.ts'

const DAY_MS = 24 * 3_600_000
const directory = mkdtempSync(join(tmpdir(), 'berth-code-'))
const cache = join(directory, 'cache')
const folder = join(cache, 'berth/code')
const file = join(directory, 'example.main.cjs')
/** As the engine's own head of what it makes. */
const tag = new Script('').createCachedData().toString('hex', 0, 16)
const nameOf = (build: string) => `example-${build}-${process.version}-${process.arch}-${tag}`
const kept = join(folder, nameOf('b1'))
const environment = { XDG_CACHE_HOME: process.env.XDG_CACHE_HOME, NODE_DISABLE_COMPILE_CACHE: undefined }

const HEAD = '(function (exports, require, module, __filename, __dirname, keepCode) {'
let texts = 100

/**
 * Writes a bundle that answers something new. The engine compares the length of the text alone, so that an earlier answer
 * tells that kept code ran. (A text that this process has compiled before is compiled from no file.)
 */
function write(): string {
  const text = String(texts++)
  writeFileSync(
    file,
    `${HEAD}exports.answer = '${text}'\nkeepCode('start')\nexports.end = () => keepCode('end')\nexports.only = () => keepCode('only')\n})`,
  )
  return text
}

interface Example {
  answer: string
  end: () => void
  only: () => void
}

function run(build = 'b1'): Example {
  return runBundle({ file, build }, createRequire(file)) as Example
}

function answer(build?: string): string {
  return run(build).answer
}

let first: string

beforeEach(() => {
  rmSync(cache, { recursive: true, force: true })
  process.env.XDG_CACHE_HOME = cache
  delete process.env.NODE_DISABLE_COMPILE_CACHE
  delete createRequire(file).cache[file]
  first = write()
})

after(() => {
  Object.assign(process.env, environment)
  if (environment.XDG_CACHE_HOME === undefined) delete process.env.XDG_CACHE_HOME
  delete process.env.NODE_DISABLE_COMPILE_CACHE
  rmSync(directory, { recursive: true })
})

test('the first run keeps the code for this user alone, and the next one runs it', () => {
  assert.equal(answer(), first)
  assert.deepEqual(readdirSync(folder), [nameOf('b1')])
  assert.equal(statSync(kept).mode & 0o777, 0o600)
  assert.equal(statSync(folder).mode & 0o777, 0o700)
  write()
  assert.equal(answer(), first)
})

test('the end of a run adds what was compiled since, and of a run that kept nothing nothing', () => {
  const { end } = run()
  const before = statSync(kept).ino
  end()
  const after = statSync(kept).ino
  assert.notEqual(after, before)
  run().end()
  assert.equal(statSync(kept).ino, after)
})

test('another build has another file', () => {
  answer()
  const other = write()
  assert.equal(answer('b2'), other)
  assert.equal(readdirSync(folder).length, 2)
})

for (const mode of [0o620, 0o602, 0o666]) {
  test(`a file that others can write does not count (mode ${mode.toString(8)})`, () => {
    answer()
    chmodSync(kept, mode)
    const other = write()
    assert.equal(answer(), other)
  })
}

test("a file of another user's does not count", {
  skip: process.getuid?.() !== 0 && 'only root can give files away',
}, () => {
  answer()
  chownSync(kept, 65534, 65534)
  const other = write()
  assert.equal(answer(), other)
})

test('a file that the engine refuses does not count, and is made anew', () => {
  answer()
  const good = readFileSync(kept)
  for (const damaged of [
    Buffer.alloc(0),
    good.subarray(0, 20),
    good.subarray(0, good.length / 2),
    Buffer.alloc(5000, 7),
  ]) {
    writeFileSync(kept, damaged)
    const renewed = write()
    assert.equal(answer(), renewed)
    write()
    assert.equal(answer(), renewed, 'what was made anew ran')
  }
})

test('what is a month old makes place when something new is kept', () => {
  answer('b0')
  answer('b1')
  const [older, newer] = ['b0', 'b1'].map((build) => join(folder, nameOf(build)))
  const [old, recent] = [31, 29].map((days) => (Date.now() - days * DAY_MS) / 1000)
  utimesSync(older!, old!, old!)
  utimesSync(newer!, recent!, recent!)
  answer('b2')
  assert.ok(!existsSync(older!) && existsSync(newer!))
})

test('nothing is kept where NODE_DISABLE_COMPILE_CACHE says so, or no folder is to be had', () => {
  process.env.NODE_DISABLE_COMPILE_CACHE = '1'
  assert.equal(answer(), first)
  assert.ok(!existsSync(cache))
  delete process.env.NODE_DISABLE_COMPILE_CACHE
  process.env.XDG_CACHE_HOME = '/dev/null/cache'
  assert.equal(answer(), first)
})

test('of two runs at once one keeps the code, and neither fails', () => {
  answer()
  rmSync(kept)
  // Another thread of this process is writing.
  writeFileSync(`${kept}.${process.pid}`, 'partial')
  assert.equal(answer(), first)
  assert.deepEqual(readdirSync(folder), [`${nameOf('b1')}.${process.pid}`])
})

test('what a killed process has left unfinished is in nobody’s way', () => {
  answer()
  rmSync(kept)
  const partial = `${kept}.${process.pid}`
  writeFileSync(partial, 'partial')
  const old = (Date.now() - 61_000) / 1000
  utimesSync(partial, old, old)
  assert.equal(answer(), first)
  assert.deepEqual(readdirSync(folder), [nameOf('b1')])
})

test('what comes after `only` is not kept', () => {
  const { end, only } = run()
  const before = statSync(kept).ino
  only()
  end()
  assert.equal(statSync(kept).ino, before)
})

test('a folder that is a link, and what is no file, are left alone', () => {
  const elsewhere = mkdtempSync(join(directory, 'elsewhere-'))
  mkdirSync(join(cache, 'berth'), { recursive: true, mode: 0o700 })
  symlinkSync(elsewhere, folder)
  assert.equal(answer(), first)
  assert.deepEqual(readdirSync(elsewhere), [])
  rmSync(folder)
  mkdirSync(folder, { mode: 0o700 })
  execFileSync('mkfifo', [kept])
  // Opening it as a file would wait for somebody who writes to it.
  assert.equal(answer(), first)
})

test('nothing is made below the folder of another user', {
  skip: process.getuid?.() !== 0 && 'only root can give folders away',
}, () => {
  const home = mkdtempSync(join(directory, 'home-'))
  chownSync(home, 65534, 65534)
  process.env.XDG_CACHE_HOME = join(home, '.cache')
  assert.equal(answer(), first)
  assert.deepEqual(readdirSync(home), [])
})

test('a Worker is given only those variables that are set', () => {
  assert.deepEqual(cacheVariables({ HOME: '/home/a', PATH: '/bin' }), { HOME: '/home/a' })
})
