import { fileURLToPath } from 'node:url'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { CompilerError } from '../errors.ts'
import { type Job, type JobResult, runJob } from './job.ts'

/** What a job comes to: a result, or a reason that the person should read. */
export type Answer = JobResult | { readonly refused: string }

/** Compilers recurse as deep as the source is nested; the main thread's stack is too small for what clang accepts. */
const STACK_MB = 64

/** A thread in which {@link work} does one job after another; it answers each message with a message. */
export function startWorker(module: WebAssembly.Module): Worker {
  const file = fileURLToPath(new URL('./berth-cc-worker.cjs', import.meta.url))
  return new Worker(file, { workerData: module, resourceLimits: { stackSizeMb: STACK_MB } })
}

function work(module: WebAssembly.Module): void {
  parentPort!.on('message', (job: Job) => parentPort!.postMessage(answer(module, job)))
}

function answer(module: WebAssembly.Module, job: Job): Answer {
  try {
    return runJob(module, job)
  } catch (error) {
    if (error instanceof CompilerError) return { refused: error.message }
    throw error
  }
}

if (!isMainThread) work(workerData as WebAssembly.Module)
