import { join } from 'node:path'
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
  const { Worker } = process.getBuiltinModule('node:worker_threads')
  // Left alone, a Worker makes the inherited standard output non-blocking.
  new Worker(join(import.meta.dirname, 'thread.cjs'), { workerData: data, stdout: true, stderr: true })
}
