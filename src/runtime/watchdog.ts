import { Worker } from 'node:worker_threads'

/**
 * Ends the process after `timeoutMs` milliseconds, whatever it is doing: the thread that runs the program may be inside a
 * system call or an endless loop and is not asked.
 */
export function startWatchdog(timeoutMs: number): void {
  new Worker(new URL('./watchdog-worker.cjs', import.meta.url), { workerData: timeoutMs })
}
