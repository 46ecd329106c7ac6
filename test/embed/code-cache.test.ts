/** Compiled code of Berth that is kept between processes: also that of the Workers in which spawned programs run. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { assemble, ENVIRONMENT } from '../cli/harness.ts'

const LIBRARY = fileURLToPath(new URL('../../dist/index.cjs', import.meta.url))
const directory = mkdtempSync(join(tmpdir(), 'berth-kept-'))
after(() => rmSync(directory, { recursive: true }))

const module = join(directory, 'nothing.wasm')
writeFileSync(module, assemble('(module (memory (export "memory") 1) (func (export "_start")))'))
const SCRIPT = `require(${JSON.stringify(LIBRARY)}).spawn(${JSON.stringify(module)}).result.then(console.log)`

function run(flags: readonly string[] = []): string[] {
  const env: NodeJS.ProcessEnv = { ...ENVIRONMENT, XDG_CACHE_HOME: directory }
  delete env.NODE_DISABLE_COMPILE_CACHE
  const { stdout, stderr } = spawnSync(process.execPath, [...flags, '-e', SCRIPT], { env, encoding: 'utf8' })
  assert.equal(stderr, '')
  assert.match(stdout, /exitCode: 0/)
  return readdirSync(join(directory, 'berth/code')).sort()
}

test('the library and its Workers keep a file each, and another where the engine has other flags', () => {
  const first = run()
  assert.deepEqual(
    first.map((name) => name.replace(/-[0-9a-f]{16}-v.*$/, '')),
    ['index', 'program-worker'],
  )
  assert.deepEqual(run(), first)
  const both = run(['--max-lazy'])
  assert.equal(both.length, 4)
  assert.deepEqual(run(), both)
})
