/** Runs the built commands as processes and keeps what they leave behind to be compared. */
import assert from 'node:assert/strict'
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { after } from 'node:test'
import { fileURLToPath } from 'node:url'
import wabt from 'wabt'

const DIST = fileURLToPath(new URL('../../dist/', import.meta.url))

/** Nothing here takes a second; what runs longer than this hangs. */
export const HANG_MS = 10_000

export type Command = 'iwasm' | 'berth'

export interface Outcome {
  /** The exit code, or the signal that ended the process. */
  readonly exit: number | string
  readonly stdout: string
  readonly stderr: string
}

export function scriptOf(command: Command): string {
  const script = join(DIST, `${command}.cjs`)
  assert.ok(existsSync(script), `${script} is not built: node scripts/build.mjs`)
  return script
}

/** The environment of every command: without what makes Node.js slower to start or belongs to the test runner. */
export const ENVIRONMENT: NodeJS.ProcessEnv = { ...process.env }
for (const name of ['NODE_EXTRA_CA_CERTS', 'NODE_OPTIONS', 'NODE_TEST_CONTEXT', 'NODE_V8_COVERAGE'])
  delete ENVIRONMENT[name]

const running = new Set<ChildProcess>()
after(() => {
  for (const child of running) child.kill('SIGKILL')
})

export interface StartOptions extends SpawnOptions {
  /** After how long it hangs. */
  readonly hangMs?: number
}

/** Starts a command that the caller will talk to; it is killed when it hangs, and at the end of the file at the latest. */
export function start(args: readonly string[], options: StartOptions = {}, command: Command = 'iwasm'): ChildProcess {
  return startProcess(process.execPath, [scriptOf(command), ...args], options)
}

/** Starts any program under the same watch. */
export function startProcess(
  file: string,
  args: readonly string[],
  { hangMs = HANG_MS, ...options }: StartOptions = {},
): ChildProcess {
  const child = spawn(file, args, { stdio: 'pipe', env: ENVIRONMENT, ...options })
  running.add(child)
  const hang = setTimeout(() => child.kill('SIGKILL'), hangMs)
  child.once('close', () => {
    clearTimeout(hang)
    running.delete(child)
  })
  return child
}

/** Waits for the end. SIGKILL is the watch's: it means that the process hung. */
export async function finish(child: ChildProcess): Promise<Outcome> {
  const texts = [child.stdout, child.stderr].map(collect)
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
  assert.notEqual(signal, 'SIGKILL', `hung; stdout: ${texts[0]?.()}, stderr: ${texts[1]?.()}`)
  return { exit: code ?? signal!, stdout: texts[0]!(), stderr: texts[1]!() }
}

export function collect(stream: Readable | null): () => string {
  const chunks: Buffer[] = []
  stream?.on('data', (chunk: Buffer) => chunks.push(chunk))
  return () => Buffer.concat(chunks).toString()
}

/** Runs `iwasm` to its end with nothing, or `input`, on standard input. */
export async function iwasm(args: readonly string[], input = ''): Promise<Outcome> {
  return run('iwasm', args, input)
}

export async function run(command: Command, args: readonly string[], input = ''): Promise<Outcome> {
  const child = start(args, {}, command)
  // A command that ends without reading is not at fault.
  child.stdin!.on('error', () => {})
  child.stdin!.end(input)
  return finish(child)
}

/** Runs a shell command line in which "$IWASM" is the command: for redirections. */
export async function shell(line: string): Promise<Outcome> {
  const env = { ...ENVIRONMENT, NODE: process.execPath, SCRIPT: scriptOf('iwasm') }
  return finish(
    startProcess('sh', ['-c', line.replaceAll('$IWASM', '"$NODE" "$SCRIPT"')], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  )
}

/** Resolves as soon as `stream` has shown `text`; fails when it ends without, or in the time of a hang. */
export async function untilShown(stream: Readable, text: string, deadlineMs = HANG_MS): Promise<string> {
  let seen = ''
  return new Promise((resolve, reject) => {
    const stop = (error?: Error) => {
      clearTimeout(timer)
      stream.off('data', onData)
      stream.off('end', onEnd)
      if (error === undefined) resolve(seen)
      else reject(error)
    }
    const onData = (chunk: Buffer) => {
      seen += chunk.toString()
      if (seen.includes(text)) stop()
    }
    const onEnd = () => stop(new Error(`ended without showing ${JSON.stringify(text)}: ${JSON.stringify(seen)}`))
    const timer = setTimeout(
      () => stop(new Error(`${JSON.stringify(text)} was not shown in time: ${JSON.stringify(seen)}`)),
      deadlineMs,
    )
    stream.on('data', onData)
    stream.on('end', onEnd)
  })
}

/** A directory of this test file, removed at its end. */
export const directory = mkdtempSync(join(tmpdir(), 'berth-test-'))
after(() => rmSync(directory, { recursive: true, force: true }))

let files = 0

/** Writes a file into {@link directory}. @returns its path */
export function file(content: string | Uint8Array, name = `file-${files++}`): string {
  const path = join(directory, name)
  writeFileSync(path, content)
  return path
}

const { parseWat } = await wabt()
const features = {
  exceptions: true,
  threads: true,
  reference_types: true,
  simd: true,
  multi_value: true,
  bulk_memory: true,
}

export function assemble(wat: string): Uint8Array {
  const module = parseWat('test.wat', wat, features)
  try {
    return module.toBinary({}).buffer
  } finally {
    module.destroy()
  }
}

/** Assembles WebAssembly text into a file. @returns its path */
export function wasm(wat: string): string {
  return file(assemble(wat), `module-${files++}.wasm`)
}

/** Text without its last line end, as lines. */
export function lines(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n')
}
