/** Repeated compiles with the npm compiler: kept results, and the server. */
import assert from 'node:assert/strict'
import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { berth, Folder, KINDS, type Outcome } from './fixture.ts'

const { skip } = KINDS.find(({ kind }) => kind === 'npm')!
const folder = new Folder()
const cache = new Folder()
const env = { BERTH_TOOLCHAIN: 'npm', XDG_CACHE_HOME: cache.path }
folder.write({
  'a.c': '#include "a.h"\n#if __has_include("b.h")\n#include "b.h"\n#endif\nstatic int unused;\nint a = A;\n',
  'a.h': '#define A 1\n',
})

async function compile(settings: Record<string, string>, ...args: string[]): Promise<Outcome> {
  const outcome = await berth(['cc', '-c', 'a.c', ...args], { cwd: folder.path, env: { ...env, ...settings } })
  assert.equal(outcome.exit, 0, outcome.stderr)
  return outcome
}

const results = () => readdirSync(cache.at('berth/results'))
const made = (name: string) => statSync(cache.at('berth/results', name, 'manifest.json')).ctimeMs

test('an unchanged compile is not done again, a changed one is', { skip }, async () => {
  // What changed while the compiler ran is not kept; the files are as old as the clock can tell.
  await new Promise((resolve) => setTimeout(resolve, 20))
  const warning = await compile({}, '-Wall', '-DB=1 /* unused */')
  assert.match(warning.stderr, /unused variable 'unused'/)
  const [first] = results()
  const before = made(first!)
  const object = statSync(folder.at('a.o')).size
  rmSync(folder.at('a.o'))
  assert.deepEqual(await compile({}, '-Wall', '-DB=1 /* unused */'), warning)
  assert.equal(statSync(folder.at('a.o')).size, object)
  assert.equal(made(first!), before)
  const isMadeAgain = async (change: () => void) => {
    const last = made(first!)
    change()
    await new Promise((resolve) => setTimeout(resolve, 20))
    await compile({}, '-Wall', '-DB=1 /* unused */')
    return made(first!) !== last
  }
  assert.ok(await isMadeAgain(() => folder.write({ 'a.h': '#define A 2\n' })), 'a header changed')
  assert.ok(await isMadeAgain(() => folder.write({ 'b.h': 'int b;\n' })), 'a header that was looked for has come')
  assert.ok(!(await isMadeAgain(() => {})), 'nothing changed')
  assert.ok(await isMadeAgain(() => rmSync(folder.at('b.h'))), 'a header went')
  await compile({ BERTH_CC_CACHE: '0' }, '-DNOT_KEPT')
  assert.equal(results().length, 1)
})

test('the server does the work of the third compile, and ends when nobody asks', { skip }, async () => {
  const settings = { BERTH_CC_SERVER: '5', BERTH_CC_CACHE: '0' }
  const socket = () => readdirSync(cache.at('berth')).find((name) => /^server-[0-9a-f]+$/.test(name))
  const until = async (condition: () => boolean, what: string) => {
    for (const deadline = Date.now() + 30_000; !condition(); await new Promise((resolve) => setTimeout(resolve, 20)))
      assert.ok(Date.now() < deadline, what)
  }
  await compile(settings, '-o', 'first.o')
  assert.equal(socket(), undefined)
  await compile(settings, '-o', 'second.o')
  await until(() => socket() !== undefined, 'a server has come')
  assert.equal(statSync(cache.at('berth', socket()!)).mode & 0o077, 0)
  await compile(settings, '-o', 'third.o')
  assert.equal(statSync(folder.at('third.o')).size, statSync(folder.at('first.o')).size)
  const bad = await berth(['cc', '-c', 'nothere.c'], { cwd: folder.path, env: { ...env, ...settings } })
  assert.equal(bad.exit, 1)
  assert.match(bad.stderr, /^clang: error: no such file or directory: 'nothere\.c'\n/)
  await until(() => socket() === undefined, 'the server has gone')
})

test('a socket with nobody behind it, or somebody else, costs no compile', { skip }, async () => {
  const settings = { BERTH_CC_SERVER: '5', BERTH_CC_CACHE: '0' }
  const last = readdirSync(cache.at('berth')).find((name) => name.endsWith('.last'))!
  const path = cache.at('berth', last.replace(/\.last$/, ''))
  // Without this the compiles below would start a server.
  writeFileSync(`${path}.lock`, '')
  writeFileSync(path, '')
  await compile(settings, '-o', 'stale.o')
  rmSync(path)
  const server = createServer((connection) =>
    connection
      .on('error', () => {})
      .resume()
      .end('nonsense\n'),
  )
  await new Promise<void>((resolve) => server.listen(path, resolve))
  await compile(settings, '-o', 'nonsense.o')
  await new Promise((resolve) => server.close(resolve))
  assert.equal(statSync(folder.at('nonsense.o')).size, statSync(folder.at('stale.o')).size)
})
