import { spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { VERSION } from '../../cli/version.ts'
import { hashOf } from '../cache.ts'
import type { NpmToolchain } from '../find-toolchain.ts'
import type { Job, JobResult } from './job.ts'
import { decodeResult, SILENCE_MS } from './protocol.ts'

const SERVER = fileURLToPath(new URL('./berth-cc-server.cjs', import.meta.url))
const DEFAULT_IDLE_S = 60
/** A second compile within this time of the first: probably more follow. */
const SOON_MS = 60_000
/** A server that has not come up after this time will not. */
const START_MS = 10_000
/** Of a Unix socket's path the kernel takes 107 bytes. */
const MAX_SOCKET_PATH = 107

/** @returns undefined when there is no server, or any trouble with it: then the work is done here, as if there were none */
export async function runOnServer(
  cache: string,
  toolchain: NpmToolchain,
  job: Job,
  env: NodeJS.ProcessEnv,
): Promise<JobResult | undefined> {
  // Another Berth, compiler or Node.js is another server.
  const socket = join(cache, `server-${hashOf(VERSION, SERVER, toolchain.folder, toolchain.identity, process.version)}`)
  if (socket.length > MAX_SOCKET_PATH) return undefined
  const answer = await ask(socket, JSON.stringify(job))
  if (answer === 'no server') startServer(socket, toolchain, env)
  else if (answer !== undefined) return decodeResult(answer)
  return undefined
}

function ask(socket: string, request: string): Promise<string | 'no server' | undefined> {
  return new Promise((resolve) => {
    const connection = connect(socket)
    let text = ''
    let isConnected = false
    connection.setTimeout(SILENCE_MS, () => connection.destroy())
    connection.once('connect', () => {
      isConnected = true
      connection.write(`${request}\n`)
    })
    connection.setEncoding('utf8')
    connection.on('data', (part: string) => {
      text += part
    })
    connection.on('error', () => {})
    connection.once('close', () => {
      const line = text.trim()
      resolve(!isConnected ? 'no server' : line.endsWith(']') ? line : undefined)
    })
  })
}

function startServer(socket: string, toolchain: NpmToolchain, env: NodeJS.ProcessEnv): void {
  const lock = `${socket}.lock`
  const stamp = `${socket}.last`
  try {
    if (!existsSync(SERVER)) return
    const isFirst = ageMs(stamp) > SOON_MS
    writeFileSync(stamp, '')
    if (isFirst) return
    if (ageMs(lock) > START_MS) rmSync(lock, { force: true })
    closeSync(openSync(lock, 'wx'))
    const idle = Number(env.BERTH_CC_SERVER) || DEFAULT_IDLE_S
    const server = spawn(process.execPath, [SERVER, socket, lock, JSON.stringify(toolchain), String(idle)], {
      cwd: '/',
      detached: true,
      stdio: 'ignore',
    })
    server.on('error', () => {})
    server.unref()
  } catch {
    // Somebody else is starting it, or it cannot be started.
  }
}

function ageMs(file: string): number {
  const stat = statSync(file, { throwIfNoEntry: false })
  return stat === undefined ? Number.POSITIVE_INFINITY : Date.now() - stat.mtimeMs
}
