import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import { cacheVariables } from '../boot/cache-folder.ts'
import type { RunMessage, WorkerMessage } from './worker-messages.ts'
import { Word } from './worker-messages.ts'

/** Workers that wait for a program. Each takes some 8 MB, and spares the next program most of its start. */
const MAX_PARKED = 4

/** A program whose memory was larger leaves its Worker waste that is only collected when it runs again. */
const MAX_MEMORY_BYTES = 16 << 20

/** Who runs in a Worker. */
export interface WorkerUser {
  /** @param answer sends what the Worker waits for */
  readonly onMessage: (message: WorkerMessage, worker: ProgramWorker) => void
  /** It has ended and nobody asked it to. */
  readonly onLost: (error: Error, worker: ProgramWorker) => void
}

const parked: ProgramWorker[] = []
const alive = new Set<ProgramWorker>()

/** After which Workers are left alone at the end of the process: it may hang or break then. */
const MAX_EXIT_WAITS_MS = 5000

/** At the end of the process, which takes the engine from all Workers: waits until that does no harm. */
export function awaitAtExit(isHarmless: () => boolean): void {
  const waiting = new Int32Array(new SharedArrayBuffer(4))
  for (let waits = 0; waits < MAX_EXIT_WAITS_MS && !isHarmless(); waits++) Atomics.wait(waiting, 0, 0, 1)
}

/** Until no Worker is in the middle of what must not be interrupted; see {@link Word.PREPARING}. */
function awaitPrepared(): void {
  awaitAtExit(() => ![...alive].some((worker) => worker.isPreparing))
}

/** A Worker that runs threads of programs. */
export class ProgramWorker {
  readonly words: Int32Array
  readonly #worker: Worker
  readonly #ended: Promise<void>
  #user: WorkerUser | undefined
  #isLost = false

  /** One that waits, or a new one. It keeps the process alive until it is given back. */
  static take(user: WorkerUser): ProgramWorker {
    const worker = parked.pop() ?? new ProgramWorker()
    worker.#user = user
    worker.ref()
    return worker
  }

  private constructor() {
    const shared = new SharedArrayBuffer(4 * Word.count)
    this.words = new Int32Array(shared)
    this.words[Word.PREPARING] = 1
    // Loaded when needed: who imports the package may never spawn.
    const { Worker } = process.getBuiltinModule('node:worker_threads')
    this.#worker = new Worker(workerFile(), {
      workerData: shared,
      // Left alone, a Worker touches the process's own standard streams. What options this process was started with, for
      // test runners and loaders, is not for it.
      stdout: true,
      stderr: true,
      execArgv: [],
      env: cacheVariables(process.env),
    })
    if (alive.size === 0) process.on('exit', awaitPrepared)
    alive.add(this)
    this.#worker.on('message', (message: WorkerMessage) => this.#user?.onMessage(message, this))
    this.#worker.on('error', (error: Error) => this.#lose(error))
    this.#ended = new Promise((resolve) => {
      this.#worker.once('exit', (code) => {
        alive.delete(this)
        if (alive.size === 0) process.off('exit', awaitPrepared)
        this.#lose(new Error(`a Worker of the program has ended with code ${code}`))
        resolve()
      })
    })
  }

  #lose(error: Error): void {
    const at = parked.indexOf(this)
    if (at >= 0) parked.splice(at, 1)
    if (this.#isLost) return
    this.#isLost = true
    this.#user?.onLost(error, this)
  }

  run(message: RunMessage): void {
    Atomics.add(this.words, Word.PREPARING, 1)
    this.#worker.postMessage(message)
  }

  /** Sends what the Worker waits for. */
  answer(message: unknown): void {
    this.#worker.postMessage(message)
    Atomics.add(this.words, Word.ANSWERS, 1)
    Atomics.notify(this.words, Word.ANSWERS)
  }

  /** A refusal that it told was heard. */
  heard(): void {
    Atomics.sub(this.words, Word.REFUSALS, 1)
    Atomics.notify(this.words, Word.REFUSALS)
  }

  ref(): void {
    this.#worker.ref()
  }

  unref(): void {
    this.#worker.unref()
  }

  /** Gives back a Worker that runs nothing: another program may use it. @param memoryBytes of the last one */
  park(memoryBytes: number): void {
    this.#user = undefined
    this.unref()
    if (this.#isLost || parked.length >= MAX_PARKED || memoryBytes > MAX_MEMORY_BYTES) void this.end()
    else parked.push(this)
  }

  /** Whether it must not be ended yet, since it is loading or preparing itself. */
  get isPreparing(): boolean {
    return !this.#isLost && Atomics.load(this.words, Word.PREPARING) > 0
  }

  /** Ends a Worker that is in no system call. */
  async end(): Promise<void> {
    while (this.isPreparing) await sleep(1)
    this.#isLost = true
    void this.#worker.terminate()
    await this.#ended
  }
}

/** Next to the built files; from the sources, as the tests run them, those that were built last. */
function workerFile(): string {
  const isSource = import.meta.filename.endsWith('.ts')
  return join(import.meta.dirname, isSource ? '../../dist' : '', 'program-worker.cjs')
}
