import { setFlagsFromString } from 'node:v8'
import type { Worker } from 'node:worker_threads'
import { CompilerError } from '../errors.ts'
import type { NpmToolchain } from '../find-toolchain.ts'
import { runOnServer } from './client.ts'
import type { Job, JobResult } from './job.ts'
import { loadLlvm } from './llvm.ts'
import { Results } from './results.ts'
import { type Answer, startWorker } from './worker.ts'

/** The compiler of the npm package: answers from earlier results, lets the server work, or works in this process. */
export class NpmCompiler {
  readonly #toolchain: NpmToolchain
  readonly #cache: string
  readonly #env: NodeJS.ProcessEnv
  readonly #results: Results
  #worker: Worker | undefined

  constructor(toolchain: NpmToolchain, cache: string, env: NodeJS.ProcessEnv) {
    this.#toolchain = toolchain
    this.#cache = cache
    this.#env = env
    this.#results = new Results(cache, toolchain.identity)
  }

  async run(job: Job): Promise<Omit<JobResult, 'trace'>> {
    const cacheable = this.#env.BERTH_CC_CACHE !== '0' && job.args[0]!.startsWith('clang')
    const earlier = cacheable ? this.#results.restore(job) : undefined
    if (earlier !== undefined) return earlier
    const startedMs = Date.now()
    const useServer = this.#env.BERTH_CC_SERVER !== '0'
    const result =
      (useServer && (await runOnServer(this.#cache, this.#toolchain, job, this.#env))) || (await this.runHere(job))
    if (cacheable) await this.#results.keep(job, result, startedMs)
    return result
  }

  /** Works in a thread of this process. */
  async runHere(job: Job): Promise<JobResult> {
    // One compile is over before code optimized for many could pay for itself: measured, docs/cc.md.
    setFlagsFromString('--liftoff-only')
    this.#worker ??= startWorker(await loadLlvm(this.#toolchain))
    const answer = new Promise<Answer>((resolve, reject) => {
      this.#worker!.once('message', resolve).once('error', reject)
    })
    this.#worker.postMessage(job)
    const result = await answer
    if ('refused' in result) throw new CompilerError(result.refused)
    // A buffer arrives from the thread as a plain array.
    return { ...result, stdout: Buffer.from(result.stdout), stderr: Buffer.from(result.stderr) }
  }
}
