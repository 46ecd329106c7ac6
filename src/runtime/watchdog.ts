import { createRequire } from 'node:module'

/**
 * Ends the process after `timeoutMs` milliseconds, whatever it is doing: the thread that runs the program may be inside a
 * system call or an endless loop and is not asked.
 */
export function startWatchdog(timeoutMs: number): void {
  // Loaded when needed: 2 ms that a start without a timeout does not pay.
  const { Worker } = createRequire(import.meta.url)('node:worker_threads') as typeof import('node:worker_threads')
  new Worker(new URL('./watchdog-worker.cjs', import.meta.url), { workerData: timeoutMs, stdout: true, stderr: true })
}
