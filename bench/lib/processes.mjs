/**
 * Starts the processes of the cases and knows all that still run, so that none outlives its run or this program.
 *
 * They stay in this session: the kernel shares a processor between sessions first, and a client and a server that had one
 * each would wake each other otherwise than they do in a shell.
 */
import { spawn as nodeSpawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

/** In the environment of all that is started here. */
const MARK_NAME = 'BERTH_BENCH_RUN'
const MARK = randomUUID()
/** A program that starts others without end is not chased for ever; a millisecond each. */
const MOST_TRIES = 2000

const KEPT_STDERR = 8000
const UNTIL_SIGKILL_MS = 5000

/** @type {Map<import('node:child_process').ChildProcess, Running>} */
const running = new Map()
/** Also those that have ended. @type {WeakMap<import('node:child_process').ChildProcess, Running>} */
const started = new WeakMap()

/**
 * @typedef {object} Running
 * @property {Promise<{ code: number | null, signal: string | null, error?: Error }>} exited
 * @property {Promise<void>} closed when its output has come as well
 * @property {() => string} stderr
 * @property {string} command
 */

/** @returns {import('node:child_process').ChildProcess} */
export function spawn(argv, { core, input, env, cwd, stdio = ['pipe', 'pipe', 'pipe'] } = {}) {
  const [command, ...args] = core === undefined ? argv.map(String) : pinned(core, argv)
  const child = nodeSpawn(command, args, { cwd, env: { ...process.env, ...env, [MARK_NAME]: MARK }, stdio })
  let stderr = ''
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    stderr = (stderr + text).slice(-KEPT_STDERR)
  })
  // It may have ended without having read.
  child.stdin?.on('error', () => {})
  if (input !== undefined) child.stdin.end(input)
  const exited = new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }))
    child.once('error', (error) => resolve({ code: null, signal: null, error }))
  })
  const closed = new Promise((resolve) => {
    child.once('close', resolve)
    child.once('error', resolve)
  })
  const entry = { exited, closed, stderr: () => stderr, command: shown(argv) }
  running.set(child, entry)
  started.set(child, entry)
  exited.then(() => running.delete(child))
  return child
}

export function pinned(core, argv) {
  return ['taskset', '-c', String(core), ...argv.map(String)]
}

/** A command in a message: the last parts of its paths. */
function shown(argv) {
  return argv.map((word) => String(word).replace(/^.*\/(?=.)/s, '')).join(' ')
}

/** @throws unless it has ended, or ends now, with the code or by the signal that is expected; null: however it likes */
export async function ended(child, expected = 0) {
  const { exited, closed, stderr, command } = started.get(child)
  const { code, signal, error } = await exited
  if (error !== undefined) throw new Error(`${command}: ${error.message}`)
  if (expected === null || (code ?? signal) === expected) return
  await closed
  const text = stderr().trim()
  throw new Error(`${command}: ended with ${code ?? signal} instead of ${expected}${text && `\n${text}`}`)
}

/** What it prints, when it has ended well. @returns {Promise<string>} */
export async function output(argv, options = {}) {
  const child = spawn(argv, { input: '', ...options })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (more) => {
    text += more
  })
  await ended(child)
  await started.get(child).closed
  return text
}

export async function figure(argv, options) {
  const text = await output(argv, options)
  const found = lastNumber(text)
  if (found === undefined)
    throw new Error(`${shown(argv)}: no number at the end of ${JSON.stringify(text.slice(-200))}`)
  return found
}

/** The number at the end of a text: `262144.5`, `median 17`. */
export function lastNumber(text) {
  const [word] = /\S+$/.exec(text.trimEnd()) ?? ['']
  return word !== '' && Number.isFinite(Number(word)) ? Number(word) : undefined
}

export async function wallMs(argv, options = {}) {
  const start = performance.now()
  const child = spawn(argv, { stdio: ['ignore', 'ignore', 'pipe'], ...options })
  const { exited } = started.get(child)
  await exited
  const took = performance.now() - start
  await ended(child)
  return took
}

export async function withServer(argv, { ready = lastNumber, endsItself = false, ...options }, use) {
  const child = spawn(argv, { input: '', ...options })
  const { stderr } = started.get(child)
  const port = await readiness(child, ready)
  let result
  try {
    result = await use(port, child)
  } catch (error) {
    child.kill('SIGKILL')
    const text = stderr().trim()
    if (text !== '') error.message += `\nthe server: ${text}`
    throw error
  }
  if (endsItself) await ended(child)
  else await end(child)
  return result
}

/** What the first line says for which `ready` has something. Later lines are read and lost, so that it never waits. */
async function readiness(child, ready) {
  const { exited, closed, stderr, command } = started.get(child)
  const line = new Promise((resolve) => {
    let isReady = false
    createInterface(child.stdout).on('line', (text) => {
      const found = isReady ? undefined : ready(text)
      if (found === undefined) return
      isReady = true
      resolve({ found })
    })
  })
  const first = await Promise.race([line, exited.then(() => closed)])
  if (first?.found !== undefined) return first.found
  const { code, signal, error } = await exited
  throw new Error(`${command}: ended with ${error?.message ?? code ?? signal} before it was ready\n${stderr().trim()}`)
}

async function end(child) {
  const { exited } = started.get(child)
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), UNTIL_SIGKILL_MS)
  await exited
  clearTimeout(timer)
}

/** Ends all that still run, also what they have started themselves. @returns {Promise<number>} how many those were */
export async function endProcesses() {
  const left = killProcesses()
  await Promise.all([...running.values()].map(({ exited }) => exited))
  return left
}

/**
 * At once, for when this program ends as well. What a shell has left behind when it ended is nobody's child any more, but has
 * the environment that it was started with.
 * @returns {number} how many there were
 */
export function killProcesses() {
  const seen = new Set()
  // Again, for what one of them was just starting; and the end of a process takes a moment.
  for (let tries = 0, pids = marked(); pids.length > 0 && tries < MOST_TRIES; tries++, pids = marked()) {
    for (const pid of pids) {
      seen.add(pid)
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // It has just ended.
      }
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
  }
  return seen.size
}

function marked() {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return pids.map(Number).filter((pid) => environment(pid).includes(MARK))
}

/** Empty for one that has ended, or is not ours to read. */
function environment(pid) {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8')
  } catch {
    return ''
  }
}
