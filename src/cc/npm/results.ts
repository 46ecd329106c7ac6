import { existsSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hashOf, publishFolder } from '../cache.ts'
import type { Job, JobResult } from './job.ts'

/**
 * Results of earlier runs. The compiler's system calls tell exactly which files it read and which it looked for in vain;
 * when all of that is as it was, the result is what it was, and is taken from here.
 */
interface Manifest {
  readonly read: readonly (readonly [path: string, hash: string])[]
  readonly seen: readonly string[]
  readonly missing: readonly string[]
  /** In the order of the files `0`, `1`, … beside the manifest. */
  readonly written: readonly string[]
  readonly stdout: string
  readonly stderr: string
}

/** Of so many results the oldest half is forgotten. */
const MAX_RESULTS = 2000
/** What is larger than this together is not worth keeping. */
const MAX_BYTES = 64 * 1024 * 1024
/** File times lag behind the clock by as much. */
const CLOCK_STEP_MS = 10
/** The compiler reads a clock for these. */
const CLOCK_MACRO = /__(DATE|TIME|TIMESTAMP)__/

export class Results {
  readonly #folder: string
  readonly #identity: string

  constructor(cache: string, identity: string) {
    this.#folder = join(cache, 'results')
    this.#identity = identity
  }

  /** Puts the outputs of the same job in their places. @returns undefined if it has to be run */
  restore(job: Job): Omit<JobResult, 'trace'> | undefined {
    const folder = this.#folderOf(job)
    try {
      const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Manifest
      if (manifest.missing.some((path) => existsSync(path)) || manifest.seen.some((path) => !existsSync(path))) return
      if (manifest.read.some(([path, hash]) => hashOf(readFileSync(path)) !== hash)) return
      const contents = manifest.written.map((_path, i) => readFileSync(join(folder, String(i))))
      for (const [i, path] of manifest.written.entries())
        writeFileSync(path, contents[i]!, { mode: 0o666 & ~job.umask })
      const now = new Date()
      utimesSync(folder, now, now)
      const [stdout, stderr] = [manifest.stdout, manifest.stderr].map((text) => Buffer.from(text, 'base64'))
      return { code: 0, stdout: stdout!, stderr: stderr! }
    } catch {
      // Not there, not whole, or a file that it needs is gone: the compiler will tell.
      return undefined
    }
  }

  /** @param startedMs when the run began: what changed since may not be what the compiler has read */
  async keep(job: Job, result: JobResult, startedMs: number): Promise<void> {
    const { read, seen, missing, written } = result.trace
    if (result.code !== 0) return
    // An input that the run itself has changed says nothing about the next run.
    if ([...read].some((path) => written.has(path))) return
    try {
      const hashes: [string, string][] = []
      for (const path of read) {
        const bytes = readFileSync(path)
        if (statSync(path).ctimeMs >= startedMs - CLOCK_STEP_MS) return
        if (!job.known.some((folder) => path.startsWith(`${folder}/`)) && CLOCK_MACRO.test(bytes.toString('latin1')))
          return
        hashes.push([path, hashOf(bytes)])
      }
      const outputs = [...written]
      if (outputs.some((path) => !statSync(path).isFile())) return
      if (outputs.reduce((sum, path) => sum + statSync(path).size, 0) > MAX_BYTES) return
      const manifest: Manifest = {
        read: hashes,
        seen: [...seen].filter((path) => !read.has(path) && !written.has(path)),
        missing: [...missing].filter((path) => !written.has(path) && !seen.has(path)),
        written: outputs,
        stdout: result.stdout.toString('base64'),
        stderr: result.stderr.toString('base64'),
      }
      const folder = this.#folderOf(job)
      rmSync(folder, { recursive: true, force: true })
      await publishFolder(folder, (partial) => {
        for (const [i, path] of outputs.entries()) writeFileSync(join(partial, String(i)), readFileSync(path))
        writeFileSync(join(partial, 'manifest.json'), JSON.stringify(manifest))
      })
      this.#forgetOld()
    } catch {
      // Nothing is kept, and nothing is lost but time.
    }
  }

  #folderOf(job: Job): string {
    return join(
      this.#folder,
      hashOf(this.#identity, JSON.stringify([job.args, job.words, job.cwd, job.env, job.stdin])),
    )
  }

  #forgetOld(): void {
    const names = readdirSync(this.#folder)
    if (names.length <= MAX_RESULTS) return
    const folders = names.map((name) => join(this.#folder, name))
    const age = (folder: string) => statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? 0
    const oldestFirst = folders.map((folder) => ({ folder, used: age(folder) })).sort((a, b) => a.used - b.used)
    for (const { folder } of oldestFirst.slice(0, MAX_RESULTS / 2)) rmSync(folder, { recursive: true, force: true })
  }
}
