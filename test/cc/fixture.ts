/** Runs the built `berth cc` in a folder of its own, with a cache of its own, and one toolchain or another. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { after } from 'node:test'
import { fileURLToPath } from 'node:url'
import { findToolchain } from '../../src/cc/find-toolchain.ts'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))
export const BERTH = join(ROOT, 'dist/berth.cjs')
/** A cold compile takes seconds; what takes this long hangs. */
const HANG_MS = 120_000

export interface Outcome {
  readonly exit: number | string
  readonly stdout: string
  readonly stderr: string
}

export class Folder {
  readonly path: string

  constructor() {
    this.path = realpathSync(mkdtempSync(join(tmpdir(), 'berth-test-cc-')))
    after(() => rmSync(this.path, { recursive: true, force: true, maxRetries: 5 }))
  }

  at(...names: string[]): string {
    return join(this.path, ...names)
  }

  write(files: Readonly<Record<string, string>>): void {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(this.at(name)), { recursive: true })
      writeFileSync(this.at(name), content)
    }
  }

  read(name: string): string {
    return readFileSync(this.at(name), 'utf8')
  }

  /** A fake program: it prints its name and its arguments, one a line. */
  fake(name: string, script = 'echo "$0"; for a in "$@"; do echo "$a"; done'): string {
    mkdirSync(dirname(this.at(name)), { recursive: true })
    writeFileSync(this.at(name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
    return this.at(name)
  }
}

/** One cache for a whole test file: a cold start once, as a person has it. */
const cache = new Folder()

export const ENVIRONMENT: NodeJS.ProcessEnv = { ...process.env, XDG_CACHE_HOME: cache.path, BERTH_CC_SERVER: '0' }
for (const name of [
  'NODE_EXTRA_CA_CERTS',
  'NODE_OPTIONS',
  'NODE_TEST_CONTEXT',
  'NODE_V8_COVERAGE',
  'WASI_SYSROOT',
  'CPATH',
])
  delete ENVIRONMENT[name]

export interface Options {
  readonly cwd: string
  readonly env?: NodeJS.ProcessEnv
  readonly input?: string
}

export async function execute(file: string, args: readonly string[], options: Options): Promise<Outcome> {
  const { cwd, env, input = '' } = options
  const child = spawn(file, args, { cwd, env: { ...ENVIRONMENT, ...env }, timeout: HANG_MS, killSignal: 'SIGKILL' })
  const texts = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8')
    child[name].on('data', (text: string) => {
      texts[name] += text
    })
  }
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
  return { exit: code ?? signal!, ...texts }
}

export function berth(args: readonly string[], options: Options): Promise<Outcome> {
  return execute(process.execPath, [BERTH, ...args], options)
}

export function iwasm(args: readonly string[], options: Options): Promise<Outcome> {
  return execute(process.execPath, [join(ROOT, 'dist/iwasm.cjs'), ...args], options)
}

/** The kinds of toolchain there are here, each as BERTH_TOOLCHAIN names it. */
export const KINDS = ['wasi-sdk', 'system', 'npm'].map((kind) => {
  let skip: string | false = false
  try {
    if (findToolchain({ env: { ...ENVIRONMENT, BERTH_TOOLCHAIN: kind }, cwd: ROOT }) === undefined)
      skip = `no ${kind} here`
  } catch (error) {
    skip = (error as Error).message
  }
  return { kind, skip, env: { BERTH_TOOLCHAIN: kind } }
})

/** @returns a reason to skip, where a command is missing */
export async function missing(command: string): Promise<string | false> {
  const { exit } = await execute('sh', ['-c', `command -v ${command}`], { cwd: ROOT })
  return exit === 0 ? false : `no ${command} on PATH`
}
