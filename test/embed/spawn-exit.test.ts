/**
 * The end of the embedding process, and of a program, while a Worker is still getting ready. The FFI ends a process whose
 * engine is taken from it while it declares functions, so that must never happen. When a Worker is at what differs from run to
 * run: many moments are tried.
 */
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { compileGuest } from '../../scripts/guest-compiler.mjs'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
/** In milliseconds: a Worker starts in some 30 to 60. */
const MOMENTS = Array.from({ length: 20 }, (_, i) => 4 * i)

const WAYS = {
  'process.exit()': 'process.exit(3)',
  'a program killed as soon as it is spawned':
    "const p = spawn(module); p.kill(); p.on('close', () => process.exit(3))",
  'an uncaught error':
    "process.on('exit', () => { process.exitCode = 3 }); throw new Error('of the embedding program')",
} as const

let module: string

before(async () => {
  module = await compileGuest({ sources: [join(ROOT, 'examples/embed/echo.c')] })
})

function exitCode(script: string): Promise<unknown> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['--eval', script, module], { timeout: 30_000 }, (error) =>
      resolve(error?.code ?? error?.signal ?? 0),
    )
  })
}

describe('while a Worker is getting ready', { concurrency: 2 }, () => {
  for (const [way, code] of Object.entries(WAYS)) {
    test(way, async () => {
      const found: unknown[] = []
      for (const ms of MOMENTS) {
        const script = `
          const { spawn } = require(${JSON.stringify(join(ROOT, 'dist/index.cjs'))})
          const module = process.argv[1]
          spawn(module, { listen: ['127.0.0.1:0'] }).on('error', () => {})
          setTimeout(() => { ${code} }, ${ms})`
        found.push(await exitCode(script))
      }
      assert.deepEqual(
        found,
        MOMENTS.map(() => 3),
      )
    })
  }
})
