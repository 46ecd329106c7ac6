/**
 * Other versions of Node.js than the one that runs the tests, and other runtimes: installed from npm into node_modules/.cache
 * when a test first asks for one, and kept there.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const CACHE = fileURLToPath(new URL('../../node_modules/.cache/berth-nodes/', import.meta.url))

/** Where npm has a runtime. */
interface Source {
  /** Names its folder. */
  readonly key: string
  readonly package: string
  /** The version that npm is asked for, and what `--version` then begins with. */
  readonly version: string
  readonly prints: string
  /** The binary in the package. */
  readonly binary: string
}

function nodeSource(major: number): Source {
  const name = `node-linux-${process.arch}`
  return { key: String(major), package: name, version: String(major), prints: `v${major}.`, binary: 'bin/node' }
}

const OTHERS: Readonly<Record<'bun' | 'deno', Source>> = {
  bun: {
    key: 'bun',
    package: `@oven/bun-linux-${process.arch === 'x64' ? 'x64' : 'aarch64'}`,
    version: 'latest',
    prints: '',
    binary: 'bin/bun',
  },
  deno: {
    key: 'deno',
    package: `@deno/linux-${process.arch}-glibc`,
    version: 'latest',
    prints: 'deno ',
    binary: 'deno',
  },
}
const LOOK_AGAIN_MS = 200

const found = new Map<string, string | { readonly reason: string }>()

/** The newest Node.js of a major version. @returns the path of its binary; undefined, with the reason on stderr, if there is none */
export function nodeBinary(major: number): string | undefined {
  const node = findNode(major)
  return typeof node === 'string' ? node : undefined
}

/** For the `skip` option of a test: why that version is not there, or false. */
export function missingNode(major: number): string | false {
  const node = findNode(major)
  return typeof node === 'string' ? false : node.reason
}

/** Another runtime's binary, or why it is not there. */
export function otherRuntime(name: 'bun' | 'deno'): string | { readonly reason: string } {
  return find(OTHERS[name])
}

function findNode(major: number): string | { readonly reason: string } {
  return process.versions.node.startsWith(`${major}.`) ? process.execPath : find(nodeSource(major))
}

function find(source: Source): string | { readonly reason: string } {
  const known = found.get(source.key)
  if (known !== undefined) return known
  const runtime = provide(source)
  if (typeof runtime !== 'string') process.stderr.write(`${runtime.reason}\n`)
  found.set(source.key, runtime)
  return runtime
}

function provide(source: Source): string | { readonly reason: string } {
  const home = join(CACHE, source.key)
  const binary = binaryIn(home, source)
  if (existsSync(binary)) return binary
  mkdirSync(CACHE, { recursive: true })
  const lock = join(CACHE, `${source.key}.lock`)
  takeTurn(lock)
  try {
    if (existsSync(binary)) return binary
    const failure = install(source, home)
    return failure === undefined
      ? binary
      : { reason: `no ${source.package}@${source.version} to test with: ${failure}` }
  } finally {
    rmSync(lock, { force: true })
  }
}

function binaryIn(home: string, source: Source): string {
  return join(home, 'node_modules', source.package, source.binary)
}

/** Waits until no other living process holds the lock: the other test files want the same, once. */
function takeTurn(lock: string): void {
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' })
      return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    if (!isAlive(holder(lock))) rmSync(lock, { force: true })
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_AGAIN_MS)
  }
}

function holder(lock: string): number {
  try {
    // Empty for the moment between making and writing it: then it is somebody's who is alive.
    return Number(readFileSync(lock, 'utf8')) || process.pid
  } catch {
    return process.pid
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Puts it in place whole or not at all. @returns what went wrong */
function install(source: Source, home: string): string | undefined {
  const made = mkdtempSync(join(CACHE, `${source.key}-`))
  try {
    const options = [
      '--no-save',
      '--no-package-lock',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
    ]
    const { error, status, stderr } = spawnSync(
      'npm',
      ['install', ...options, '--prefix', made, `${source.package}@${source.version}`],
      {
        cwd: made,
        encoding: 'utf8',
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    )
    if (error !== undefined) return error.message
    if (status !== 0) return firstErrors(stderr) || `npm ended with ${status}`
    const started = spawnSync(binaryIn(made, source), ['--version'], { encoding: 'utf8' })
    if (started.status !== 0 || !started.stdout.startsWith(source.prints)) return 'it does not start'
    rmSync(home, { recursive: true, force: true })
    renameSync(made, home)
    return undefined
  } finally {
    rmSync(made, { recursive: true, force: true })
  }
}

/** The beginning of what npm says; the rest is about its log file. */
function firstErrors(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line.startsWith('npm error'))
  return lines.slice(0, 2).join('; ').replaceAll('npm error ', '')
}
