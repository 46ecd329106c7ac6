/** What the files of bench/cases get: `Tools` in case.mjs. */
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compileGuest } from '../../scripts/guest-compiler.mjs'
import * as processes from './processes.mjs'
import { findRuntimes } from './runtimes.mjs'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const PROGRAMS = join(ROOT, 'bench/programs')
const OUT = join(ROOT, 'build/bench')
const IWASM = join(ROOT, 'dist/iwasm.cjs')

/** @returns {import('./case.mjs').Tools & { compiles: boolean }} */
export function createTools() {
  const files = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'berth-bench-'))
  process.on('exit', () => rmSync(files, { recursive: true, force: true }))
  const { spawn, ended, output, figure, wallMs, withServer, pinned } = processes
  return {
    native,
    wasm,
    berth: (module, { options = [], args = [], node = process.execPath } = {}) =>
      words([node, IWASM, ...options, module, ...args]),
    node: (script, args = []) => words([process.execPath, join(PROGRAMS, `${script}.mjs`), ...args]),
    runtimes: findRuntimes().found,
    pinned,
    figure,
    output,
    wallMs,
    withServer,
    spawn,
    ended,
    files,
    programs: PROGRAMS,
    root: ROOT,
    limits: { descriptors: descriptorLimit() },
  }
}

/** The same without compiling: enough to say which cases there are. @param {import('./case.mjs').Tools} tools */
export function describingTools(tools) {
  return { ...tools, native: (name) => name, wasm: async (name) => `${name}.wasm` }
}

const words = (argv) => argv.map(String)

/** Compiled again only when something has changed that goes in. */
function native(name, { flags = [], args = [] } = {}) {
  const source = join(PROGRAMS, `${name}.c`)
  const options = ['-O2', '-pthread', ...flags]
  const headers = readdirSync(PROGRAMS).filter((file) => file.endsWith('.h'))
  const hash = createHash('sha256').update(JSON.stringify([compiler(), options, args]))
  for (const path of [source, ...headers.map((file) => join(PROGRAMS, file))]) hash.update(readFileSync(path))
  const binary = join(OUT, `${name}-${hash.digest('hex').slice(0, 16)}`)
  if (existsSync(binary)) return binary
  mkdirSync(OUT, { recursive: true })
  const partial = `${binary}.${process.pid}`
  const { status, stderr } = spawnSync('cc', [...options, '-o', partial, source, ...args], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`cc does not compile ${name}.c\n${stderr}`)
  renameSync(partial, binary)
  return binary
}

function compiler() {
  const { status, stdout } = spawnSync('cc', ['--version'], { encoding: 'utf8' })
  if (status !== 0) throw new Error('no C compiler: `cc --version` does not run')
  return stdout
}

function wasm(name, { flags = [], includeDirs = [], sources, ...options } = {}) {
  return compileGuest({
    sources: sources ?? [join(PROGRAMS, `${name}.c`)],
    includeDirs: [PROGRAMS, ...includeDirs],
    flags: ['-O2', ...flags],
    ...options,
  })
}

/** The hard one: Node.js raises its soft limit to it, also for its children. */
function descriptorLimit() {
  const limit = execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }).trim()
  return limit === 'unlimited' ? Infinity : Number(limit)
}
