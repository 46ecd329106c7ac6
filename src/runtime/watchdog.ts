import { join } from 'node:path'

/**
 * Ends the process after `timeoutMs` milliseconds, whatever it is doing: the thread that runs the program may be inside a
 * system call or an endless loop and is not asked.
 */
export function startWatchdog(timeoutMs: number): void {
  // Loaded when needed: 2 ms that a start without a timeout does not pay.
  const { Worker } = process.getBuiltinModule('node:worker_threads')
  const file = join(import.meta.dirname, 'watchdog-worker.cjs')
  new Worker(file, { workerData: timeoutMs, stdout: true, stderr: true })
}
