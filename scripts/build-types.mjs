/** Writes the declarations of the public surface: those files that src/index.ts leads to, and no others. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const EMITTED = join(ROOT, 'build/types')
const SPECIFIER = /(?<=(?:from|import\() ?')(\.[^']+)\.ts(?=')/g

/** @param {string} out the folder for them */
export function buildTypes(out) {
  rmSync(EMITTED, { recursive: true, force: true })
  const { status, stdout } = spawnSync(join(ROOT, 'node_modules/.bin/tsc'), ['-p', 'tsconfig.types.json'], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`the declarations cannot be made:\n${stdout}`)
  const todo = ['index.ts']
  for (const file of todo) {
    const text = readFileSync(join(EMITTED, file.replace(/\.ts$/, '.d.ts')), 'utf8')
    // The code is CommonJS, and so are its declarations: both kinds of modules can import those.
    const path = join(out, file.replace(/\.ts$/, '.d.cts'))
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text.replace(SPECIFIER, '$1.cjs'))
    for (const [, specifier] of text.matchAll(SPECIFIER)) {
      const next = join(dirname(file), `${specifier}.ts`)
      if (!todo.includes(next)) todo.push(next)
    }
  }
}
