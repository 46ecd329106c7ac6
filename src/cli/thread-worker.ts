import { createRequire } from 'node:module'
import type { SharedProgram } from '../runtime/thread.ts'
import type { RunConfig } from './options.ts'

/** What a Worker is started with. */
export interface ThreadData {
  readonly program: SharedProgram
  /** Which of the program's threads it is, from 1 on. */
  readonly place: number
  readonly command: string
  readonly config: RunConfig
}

/** Starts a Worker for a thread of the program. It runs although the calling thread never returns to its event loop. */
export function startThreadWorker(data: ThreadData): void {
  // Loaded when needed: most programs have one thread.
  const { Worker } = createRequire(import.meta.url)('node:worker_threads') as typeof import('node:worker_threads')
  // Left alone, a Worker makes the inherited standard output non-blocking.
  new Worker(new URL('./thread.cjs', import.meta.url), { workerData: data, stdout: true, stderr: true })
}
