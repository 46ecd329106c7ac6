/**
 * `startAsync`: programs whose calls suspend their stack. The scenarios run in versions of Node.js that can do that, each in a
 * process of its own, which must end by itself.
 */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { compileGuest } from '../../scripts/guest-compiler.mjs'
import { UnsupportedError, WASI } from '../../src/index.ts'
import { missingNode, nodeBinary } from '../support/nodes.ts'

const HERE = fileURLToPath(new URL('suspending/', import.meta.url))
const SCENARIOS = join(HERE, 'scenarios.ts')
/** What runs longer than this hangs. */
const KILL_AFTER_MS = 120_000

let modules: string[]

before(async () => {
  const sources = [
    { source: 'program.c', flags: ['-O2', '-Wall', '-Wextra'] },
    { source: 'reactor.c', flags: ['-O2', '-Wall', '-Wextra', '-nostartfiles', '-Wl,--no-entry'] },
  ]
  modules = []
  for (const { source, flags } of sources) {
    modules.push(await compileGuest({ sources: [join(HERE, source)], flags, warningsAreErrors: true }))
  }
})

const NAMES = [...readFileSync(SCENARIOS, 'utf8').matchAll(/^ {2}async '(.*)'\(\) \{$/gm)].map(([, name]) => name!)

for (const major of [24, 26]) {
  describe(`on Node.js ${major}`, { skip: missingNode(major) }, () => {
    for (const name of NAMES) {
      test(name, async () => {
        const child = spawn(nodeBinary(major)!, ['--no-warnings', SCENARIOS, name, ...modules], {
          stdio: ['ignore', 'ignore', 'pipe'],
          timeout: KILL_AFTER_MS,
          killSignal: 'SIGKILL',
        })
        const [errors, [code, signal]] = await Promise.all([text(child.stderr), once(child, 'exit')])
        assert.equal(errors, '')
        assert.deepEqual([code, signal], [0, null])
      })
    }
  })
}

const canSuspend = 'Suspending' in WebAssembly

test('where the engine cannot suspend, the error names the version', { skip: canSuspend && 'it can' }, async () => {
  const wasi = new WASI({ version: 'preview1' })
  const isClear = (error: unknown): boolean =>
    error instanceof UnsupportedError &&
    error.code === 'ERR_BERTH_UNSUPPORTED' &&
    error.message.includes(process.version) &&
    error.message.includes('24.20')
  assert.throws(() => wasi.getImportObject({ suspend: true }), isClear)
  await assert.rejects(wasi.startAsync({ exports: {} }), isClear)
  await assert.rejects(wasi.initializeAsync({ exports: {} }), isClear)
  assert.throws(() => wasi.promising(() => {}), isClear)
  wasi.close()
})
