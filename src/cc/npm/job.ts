import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HostPaths } from './host-paths.ts'
import { runLlvm } from './llvm.ts'
import type { Setting, Trace } from './wasi-files.ts'

/** One command line for the npm compiler, as plain data: it travels to the server and into the cache's key. */
export interface Job {
  /** `clang`, `clang++`, `llvm-ar` or `llvm-ranlib`, and its arguments. */
  readonly args: readonly string[]
  /** The same with response files in place; only to see which paths are meant. */
  readonly words: readonly string[]
  /** clang can do it by itself, without further tools. */
  readonly isOneJob: boolean
  readonly cwd: string
  readonly umask: number
  readonly env: Readonly<Record<string, string>>
  /** In base64. */
  readonly stdin: string
  /** Folders that are always meant as absolute. */
  readonly known: readonly string[]
}

export interface JobResult {
  readonly code: number
  readonly stdout: Buffer
  readonly stderr: Buffer
  readonly trace: Trace
}

export function runJob(module: WebAssembly.Module, job: Job): JobResult {
  const trace: Trace = { read: new Set(), seen: new Set(), missing: new Set(), written: new Set() }
  const stdin = Buffer.from(job.stdin, 'base64')
  const [stdout, stderr]: [Uint8Array[], Uint8Array[]] = [[], []]
  const scratch = mkdtempSync(join(tmpdir(), 'berth-cc-'))
  const paths = new HostPaths(job.cwd, job.words, [...job.known, scratch])
  const run = (args: readonly string[], out: Uint8Array[], err: Uint8Array[]): number => {
    const env = { ...job.env, PWD: job.cwd, TMPDIR: scratch }
    const streams: Setting['streams'] = {
      stdin,
      stdout: (bytes) => out.push(bytes),
      stderr: (bytes) => err.push(bytes),
    }
    return runLlvm(module, { args, env, paths, umask: job.umask, streams, trace })
  }
  let code: number
  try {
    if (job.isOneJob || !job.args[0]!.startsWith('clang') || job.words.includes('-###'))
      code = run(job.args, stdout, stderr)
    else code = runAll(job, run, stdout, stderr)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
  for (const paths of [trace.read, trace.seen, trace.missing, trace.written]) {
    for (const path of paths) if (path.startsWith(scratch)) paths.delete(path)
  }
  return { code, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr), trace }
}

/** clang cannot start processes here: it is asked what it would start, and that is run for it. */
function runAll(
  job: Job,
  run: (args: readonly string[], out: Uint8Array[], err: Uint8Array[]) => number,
  stdout: Uint8Array[],
  stderr: Uint8Array[],
): number {
  const [tool, ...rest] = job.args
  const planned: Uint8Array[] = []
  const planCode = run([tool!, '-###', ...rest], stdout, planned)
  const plan = readPlan(Buffer.concat(planned).toString(), job.words.includes('-v'))
  if (plan.messages !== '') stderr.push(Buffer.from(plan.messages))
  if (planCode !== 0) return planCode
  let worst = 0
  const failed = new Set<string>()
  for (const command of plan.commands) {
    // As clang does: a source that does not compile keeps its neighbours from being linked, not from being compiled.
    if (command.some((word) => failed.has(word))) continue
    const code = run(command, stdout, stderr)
    if (code === 0) continue
    worst = code
    const output = command[command.indexOf('-o') + 1]
    if (output !== undefined) failed.add(output)
  }
  return worst
}

const HEADER =
  /^(clang version|Target:|Thread model:|InstalledDir:|Build config:|Configuration file:| \(in-process\)\n?$)/

/**
 * The output of `clang -###`: a header, messages, and the commands, each a line that begins with a blank and a quote.
 * @param verbose the header and the commands are messages, too
 */
export function readPlan(text: string, verbose: boolean): { commands: string[][]; messages: string } {
  const commands: string[][] = []
  const messages: string[] = []
  for (const line of text.split(/(?<=\n)/)) {
    const isCommand = line.startsWith(' "')
    if (isCommand) {
      const words = [...line.matchAll(/ (?:"((?:[^"\\]|\\.)*)"|([^\s"]\S*))/gs)].map(([, quoted, plain]) =>
        quoted === undefined ? plain! : quoted.replace(/\\(.)/gs, '$1'),
      )
      // Without a folder in which it is installed clang names itself by nothing and its name.
      commands.push(words[0] === '' ? words.slice(1) : words)
    }
    if (verbose || (!isCommand && !HEADER.test(line))) messages.push(line)
  }
  return { commands, messages: messages.join('') }
}
