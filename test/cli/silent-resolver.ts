/**
 * Name resolution that never ends, without touching the machine. Before glibc asks a server for a name without dots it reads
 * the user's file of aliases; here that is a FIFO to which nobody writes.
 */
import type { ChildProcess } from 'node:child_process'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { constants, type FileHandle, open } from 'node:fs/promises'
import { join } from 'node:path'
import { directory, ENVIRONMENT, startProcess } from './harness.ts'

/** A name that no file of hosts has. */
export const UNANSWERED_NAME = 'berth-unanswered'

let fifos = 0

export class SilentResolver {
  /** For the processes that are to wait. */
  readonly env: NodeJS.ProcessEnv
  readonly #path: string
  readonly #writer: Promise<FileHandle>

  constructor() {
    this.#path = join(directory, `aliases-${fifos++}`)
    execFileSync('mkfifo', [this.#path])
    this.env = { ...ENVIRONMENT, HOSTALIASES: this.#path }
    // Opens when somebody reads: a lookup has begun. As long as it stays open, reading waits.
    this.#writer = open(this.#path, constants.O_WRONLY)
  }

  /** Waits until `child` is inside a lookup. @returns false if it has ended without */
  async isAsked(child: ChildProcess): Promise<boolean> {
    const ended = new AbortController()
    try {
      return await Promise.race([
        this.#writer.then(() => true),
        once(child, 'exit', { signal: ended.signal }).then(() => false),
      ])
    } finally {
      ended.abort()
    }
  }

  async close(): Promise<void> {
    const reader = await open(this.#path, constants.O_RDONLY | constants.O_NONBLOCK)
    await (await this.#writer).close()
    await reader.close()
  }
}

let reason: Promise<string | undefined> | undefined

/** Why this machine's resolver cannot be silenced so; undefined if it can. */
export function whyNoSilence(): Promise<string | undefined> {
  reason ??= probe()
  return reason
}

async function probe(): Promise<string | undefined> {
  const resolver = new SilentResolver()
  const lookUp = `require('node:dns').lookup('${UNANSWERED_NAME}', () => {})`
  const child = startProcess(process.execPath, ['-e', lookUp], { env: resolver.env, stdio: 'ignore' })
  const isAsked = await resolver.isAsked(child)
  child.kill('SIGKILL')
  await resolver.close()
  return isAsked ? undefined : "this C library's resolver does not read HOSTALIASES before it asks"
}
