import { rmSync, statSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { availableParallelism } from 'node:os'
import type { Worker } from 'node:worker_threads'
import type { NpmToolchain } from '../find-toolchain.ts'
import type { Job, JobResult } from './job.ts'
import { loadLlvm } from './llvm.ts'
import { ALIVE_MS, encodeResult } from './protocol.ts'
import { type Answer, startWorker } from './worker.ts'

/**
 * A process that has the compiler loaded, and optimized by use, and works for `berth cc` until nobody has asked for a while.
 * It has no state but the loaded compiler: clients do without it whenever anything is wrong, so it may end at any time.
 */
async function serve([path, lock, toolchainText, idleText]: readonly string[]): Promise<void> {
  // Belongs to this user: others may neither ask nor listen.
  process.umask(0o077)
  const module = await loadLlvm(JSON.parse(toolchainText!) as NpmToolchain)
  const pool = new Pool(module, Math.min(availableParallelism(), 8))
  const idleMs = Number(idleText) * 1000
  let lastUse = Date.now()
  const connections = new Set<Socket>()

  const server = createServer((connection) => {
    connections.add(connection)
    const alive = setInterval(() => connection.write('\n'), ALIVE_MS)
    let request = ''
    let cancel = () => {}
    connection.setEncoding('utf8')
    connection.on('data', (part: string) => {
      const wasComplete = request.endsWith('\n')
      request += part
      if (wasComplete || !request.endsWith('\n')) return
      cancel = pool.run(JSON.parse(request) as Job, (result) => {
        // Without an answer the client works for itself.
        connection.end(result === undefined ? '' : encodeResult(result))
      })
    })
    connection.on('error', () => {})
    connection.once('close', () => {
      clearInterval(alive)
      // An interrupted build must not find, later, what it did not wait for.
      cancel()
      connections.delete(connection)
      lastUse = Date.now()
    })
  })
  // A socket that a killed server left behind. The lock keeps two servers from starting at once.
  rmSync(path!, { force: true })
  server.on('error', () => process.exit(1))
  await new Promise<void>((resolve) => server.listen(path, resolve))
  const { ino } = statSync(path!)
  rmSync(lock!, { force: true })
  setInterval(() => {
    // Nobody can find a server whose socket is gone, or another's.
    const isReachable = statSync(path!, { throwIfNoEntry: false })?.ino === ino
    if (connections.size > 0 || (isReachable && Date.now() - lastUse < idleMs)) return
    if (isReachable) rmSync(path!, { force: true })
    process.exit(0)
  }, 500)
}

type Done = (result: JobResult | undefined) => void

interface Task {
  readonly job: Job
  readonly done: Done
  worker?: Worker
}

class Pool {
  readonly #module: WebAssembly.Module
  readonly #max: number
  readonly #waiting: Task[] = []
  readonly #idle: Worker[] = []
  #count = 0

  constructor(module: WebAssembly.Module, max: number) {
    this.#module = module
    this.#max = max
  }

  /** @returns how to take the task back; nothing is called after that */
  run(job: Job, done: Done): () => void {
    const task: Task = { job, done }
    this.#waiting.push(task)
    this.#next()
    return () => {
      const at = this.#waiting.indexOf(task)
      if (at >= 0) this.#waiting.splice(at, 1)
      else void task.worker?.terminate()
    }
  }

  #next(): void {
    const task = this.#waiting[0]
    if (task === undefined) return
    const worker = this.#idle.pop() ?? (this.#count < this.#max ? this.#start() : undefined)
    if (worker === undefined) return
    this.#waiting.shift()
    task.worker = worker
    const finish = (result: JobResult | undefined) => {
      delete task.worker
      worker.removeAllListeners('message')
      worker.removeAllListeners('exit')
      if (result !== undefined) this.#idle.push(worker)
      else this.#count--
      task.done(result)
      this.#next()
    }
    // What is refused here is refused there, too, where it can be said.
    worker.once('message', (answer: Answer) => ('refused' in answer ? void worker.terminate() : finish(answer)))
    worker.once('exit', () => finish(undefined))
    worker.postMessage(task.job)
  }

  #start(): Worker {
    this.#count++
    const worker = startWorker(this.#module)
    worker.on('error', () => {})
    return worker
  }
}

void serve(process.argv.slice(2))
