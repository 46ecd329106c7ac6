/**
 * Native Linux as the oracle: each program in programs/ is compiled by the system's C compiler and to WebAssembly, run
 * both ways, and must print the same and end with the same code. What is right is then never a matter of opinion.
 *
 * Comments at the head of a program give what it is run with:
 *   iwasm: further options of iwasm, separated by blanks     args: arguments, separated by blanks
 *   env: one variable, NAME=VALUE                            stdin: one line of standard input
 *   directory: empty (both run in an empty directory of their own, open to the guest, and must leave the same in it)
 *
 * Each runs twice as WebAssembly: with `iwasm`, whose calls block, and with calls that suspend, on a version of Node.js that
 * can do that.
 *
 * ORACLE=WORD runs only the programs with WORD in their names.
 */
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import {
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { networkInterfaces, tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { compileGuest } from '../../scripts/guest-compiler.mjs'
import { missingNode, nodeBinary } from '../support/nodes.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const ROOT = join(HERE, '../..')
const IWASM = join(ROOT, 'dist/iwasm.cjs')
const SUSPENDED = join(HERE, 'suspended.mjs')
/** Suspends stacks. */
const NEW_NODE = 26
const NATIVE_DIR = join(ROOT, 'build/oracle')

/** Everything the programs name, and nothing that leads off this machine. */
const ADDR_POOL = '127.0.0.0/8,::1/128,0.0.0.0/32,::/128,192.0.2.1/32,224.0.0.0/4,ff00::/8'

/** Native runs take milliseconds; what runs longer than this hangs. */
const KILL_AFTER_MS = 20_000

/** Of files from this size on, mostly holes, the content is not compared. */
const LARGE_FILE = 1 << 20

/** Exit codes by which a program says that it could not even set up its case. */
const SETUP_FAILED = [98, 99]

interface Program {
  name: string
  source: string
  needsIpv6: boolean
  iwasm: string[]
  args: string[]
  env: Record<string, string>
  stdin: string
  directory: boolean
}

interface Outcome {
  exit: string
  stdout: string
  stderr: string
  left: string[]
}

/** A finished build, or the message of the compiler that refused. */
type Build = { path: string } | { failure: string }

function readProgram(source: string): Program {
  const text = readFileSync(source, 'utf8')
  const program: Program = {
    name: basename(source, '.c'),
    source,
    needsIpv6: text.includes('AF_INET6'),
    iwasm: [],
    args: [],
    env: {},
    stdin: '',
    directory: text.includes('/* directory: empty */\n'),
  }
  if (program.directory) program.iwasm.push('--dir=.')
  for (const [, key, value = ''] of text.matchAll(/^\/\* (iwasm|args|env|stdin): (.*) \*\/$/gm)) {
    if (key === 'iwasm') program.iwasm.push(...value.split(' '))
    else if (key === 'args') program.args.push(...value.split(' '))
    else if (key === 'stdin') program.stdin += `${value}\n`
    else {
      const split = value.indexOf('=')
      program.env[value.slice(0, split)] = value.slice(split + 1)
    }
  }
  return program
}

/** What is in a directory: name, type and permissions, links, size and content. Names are bytes, hence Latin-1. */
function treeOf(dir: string, prefix = ''): string[] {
  const names = readdirSync(Buffer.from(dir, 'latin1'), { encoding: 'latin1' }).sort()
  return names.flatMap((name) => {
    const path = Buffer.from(`${dir}/${name}`, 'latin1')
    const stat = lstatSync(path)
    const line = `${prefix}${name} ${stat.mode.toString(8)}`
    if (stat.isDirectory()) return [line, ...treeOf(`${dir}/${name}`, `${prefix}${name}/`)]
    if (stat.isSymbolicLink()) return `${line} -> ${readlinkSync(path, 'latin1')}`
    const content = stat.isFile() && stat.size < LARGE_FILE ? readFileSync(path, 'latin1') : ''
    return `${line} ${stat.nlink} ${stat.size} ${content}`
  })
}

/**
 * Runs a command to its end. Its streams are files: what Node.js calls a pipe is a Unix socket, on which socket calls
 * would work, and programs ask what those do on streams that are none.
 */
async function run(program: Program, command: string, args: string[], env: NodeJS.ProcessEnv): Promise<Outcome> {
  const dir = mkdtempSync(join(tmpdir(), 'berth-oracle-'))
  const [input, output, errors] = ['stdin', 'stdout', 'stderr'].map((name) => join(dir, name)) as [
    string,
    string,
    string,
  ]
  const cwd = program.directory ? join(dir, 'cwd') : '.'
  writeFileSync(input, program.stdin)
  mkdirSync(cwd, { recursive: true })
  const stdio = [openSync(input, 'r'), openSync(output, 'w'), openSync(errors, 'w')]
  try {
    const exit = await new Promise<string>((resolve, reject) => {
      const child = spawn(command, args, { cwd, env, stdio, timeout: KILL_AFTER_MS, killSignal: 'SIGKILL' })
      child.on('error', reject)
      child.on('exit', (code, signal) => resolve(String(signal ?? code)))
    })
    const left = program.directory ? treeOf(cwd) : []
    return { exit, stdout: readFileSync(output, 'utf8'), stderr: readFileSync(errors, 'utf8'), left }
  } finally {
    for (const fd of stdio) closeSync(fd)
    rmSync(dir, { recursive: true })
  }
}

function buildNative(program: Program, headersChangedMs: number): Build {
  const path = join(NATIVE_DIR, program.name)
  const changedMs = Math.max(headersChangedMs, statSync(program.source).mtimeMs)
  if (existsSync(path) && statSync(path).mtimeMs > changedMs) return { path }
  const flags = ['-std=gnu11', '-O1', '-Wall', '-Wextra', '-Werror', `-I${HERE}`]
  const { status, stderr } = spawnSync('cc', [...flags, program.source, '-o', path], { encoding: 'utf8' })
  return status === 0 ? { path } : { failure: stderr }
}

async function buildWasm(program: Program): Promise<Build> {
  try {
    const path = await compileGuest({
      sources: [program.source],
      flags: ['-std=gnu11', '-O1', '-Wall', '-Wextra'],
      includeDirs: [HERE],
      warningsAreErrors: true,
    })
    return { path }
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) }
  }
}

function pathOf(build: Build, compiler: string): string {
  if ('path' in build) return build.path
  assert.fail(`${compiler} refused the program:\n${build.failure}`)
}

const programs = readdirSync(join(HERE, 'programs'))
  .filter((name) => name.endsWith('.c') && name.includes(process.env.ORACLE ?? ''))
  .sort()
  .map((name) => readProgram(join(HERE, 'programs', name)))

const hasCompiler = spawnSync('cc', ['--version']).status === 0
const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'))

function reasonToSkip(program: Program): string | false {
  if (!hasCompiler) return 'no C compiler named cc on this machine: there is no oracle'
  if (program.needsIpv6 && !hasIpv6) return 'this machine has no IPv6 loopback address'
  return false
}

const builds = new Map<string, { native: Build; wasm: Build }>()
if (hasCompiler) {
  mkdirSync(NATIVE_DIR, { recursive: true })
  const headers = readdirSync(HERE).filter((name) => name.endsWith('.h'))
  const headersChangedMs = Math.max(...headers.map((name) => statSync(join(HERE, name)).mtimeMs))
  // Here and not in the tests: the compiler for WebAssembly runs in this process, one program after the other.
  for (const program of programs.filter((each) => !reasonToSkip(each)))
    builds.set(program.name, { native: buildNative(program, headersChangedMs), wasm: await buildWasm(program) })
}

/** What a program does natively: the truth for both ways to run it. */
const natively = new Map<string, Promise<Outcome>>()

function expectedOf(program: Program): Promise<Outcome> {
  const known = natively.get(program.name)
  if (known !== undefined) return known
  const outcome = run(program, pathOf(builds.get(program.name)!.native, 'cc'), program.args, program.env)
  natively.set(program.name, outcome)
  return outcome
}

/** Runs a program as WebAssembly and compares. @param command what takes the options of `iwasm` */
async function compare(program: Program, node: string, command: string): Promise<void> {
  const expected = await expectedOf(program)
  assert.ok(!SETUP_FAILED.includes(Number(expected.exit)), `the oracle itself failed:\n${expected.stdout}`)
  assert.equal(expected.stderr, '', 'the native program wrote to stderr')
  const env = Object.entries(program.env).map(([name, value]) => `--env=${name}=${value}`)
  const options = [`--addr-pool=${ADDR_POOL}`, ...program.iwasm, ...env]
  const module = pathOf(builds.get(program.name)!.wasm, 'the WebAssembly compiler')
  const actual = await run(program, node, [command, ...options, module, ...program.args], process.env)
  assert.deepEqual(actual, expected)
}

describe('the same program, natively and as WebAssembly', { concurrency: 2 }, () => {
  for (const program of programs)
    test(program.name, { skip: reasonToSkip(program) }, async () => {
      assert.ok(existsSync(IWASM), 'dist/iwasm.cjs is missing: build first')
      await compare(program, process.execPath, IWASM)
    })
})

describe('the same program, with calls that suspend its stack', { concurrency: 2, skip: missingNode(NEW_NODE) }, () => {
  for (const program of programs)
    test(program.name, { skip: reasonToSkip(program) }, () => compare(program, nodeBinary(NEW_NODE)!, SUSPENDED))
})
