import { writeSync } from 'node:fs'
import { workerData } from 'node:worker_threads'
import { exitNow } from '../os/libc.ts'

/** The longest delay of a timer; longer ones fire at once. */
const MAX_DELAY_MS = 2 ** 31 - 1

let leftMs = workerData as number

function wait(): void {
  const delayMs = Math.min(leftMs, MAX_DELAY_MS)
  leftMs -= delayMs
  setTimeout(leftMs > 0 ? wait : end, delayMs)
}

function end(): void {
  try {
    writeSync(2, 'Exception: terminated by user\n')
  } finally {
    exitNow(1)
  }
}

wait()
