import { EventEmitter } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import { HOST_RESOLVER_IN_BACKGROUND } from '../net/resolver.ts'
import type { InheritedSocket } from '../runtime/provisions.ts'
import { AbortError, type TrapError } from './errors.ts'
import { type CheckedSource, checkSource, nameOf } from './load-module.ts'
import { object } from './options.ts'
import { type Outcome, ProgramRun } from './program-run.ts'
import { hookResolver } from './resolve.ts'
import { readSpawnOptions, type SpawnConfig, signalName } from './spawn-options.ts'
import { closeStdio, openStdio } from './stdio.ts'
import type { ListeningAddress, ModuleSource, SpawnOptions, WasiResult } from './types.ts'

interface WasiProcessEvents {
  /** The program begins to run. */
  spawn: []
  /** Once for each address of `listen`. */
  listening: [address: ListeningAddress]
  /** It has ended, and nothing of it is left but output to be read. Both are null if it trapped. */
  exit: [code: number | null, signal: NodeJS.Signals | null]
  /** After `exit`, when its standard streams are closed as well. */
  close: [code: number | null, signal: NodeJS.Signals | null]
  /** It could not be started, was aborted, or was lost. */
  error: [error: Error]
}

/** A program that runs in Workers; like a ChildProcess of `node:child_process`. */
export class WasiProcess extends EventEmitter<WasiProcessEvents> {
  /** Null unless it is a pipe. */
  readonly stdin: Writable | null
  readonly stdout: Readable | null
  readonly stderr: Readable | null
  /** Null while it runs, and if something else ended it. */
  exitCode: number | null = null
  signalCode: NodeJS.Signals | null = null
  trap: TrapError | null = null
  /** Whether {@link kill} has ended it. */
  killed = false

  readonly #run: ProgramRun
  readonly #result: Promise<WasiResult>
  #isResultWanted = false
  #settle!: { resolve: (result: WasiResult) => void; reject: (error: Error) => void }
  readonly #stopWatching: () => void

  /** @internal Use {@link spawn}. */
  constructor(source: CheckedSource, config: SpawnConfig) {
    super()
    this.#result = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject }
    })
    // Whoever does not look at the result has an 'error' event.
    this.#result.catch(() => {})
    const opened = openStdio(config.stdio)
    this.stdin = opened.stdin
    this.stdout = opened.stdout
    this.stderr = opened.stderr
    let sockets: readonly InheritedSocket[]
    try {
      sockets = config.takeSockets()
    } catch (error) {
      closeStdio(opened)
      throw error
    }
    this.#run = new ProgramRun({
      config: config.program,
      limits: config.limits,
      hostFds: opened.hostFds,
      sockets,
      resolver: config.resolve === undefined ? HOST_RESOLVER_IN_BACKGROUND : hookResolver(config.resolve),
      onDeny: config.onDeny,
      onListen: ({ host, family, port }) =>
        this.emit('listening', { address: host, family: family === 4 ? 'IPv4' : 'IPv6', port }),
      onStart: () => this.emit('spawn'),
      onEnd: (outcome) => this.#end(outcome),
    })
    this.#stopWatching = this.#watch(config)
    void this.#run.start(source)
  }

  /** Ends the program for the reasons that the options name. @returns what takes that back */
  #watch({ signal, timeoutMs, killSignal }: SpawnConfig): () => void {
    const timer = timeoutMs === undefined ? undefined : setTimeout(() => this.kill(killSignal), timeoutMs).unref()
    const abort = (): void =>
      this.#run.stop({ kind: 'error', error: new AbortError(signal?.reason), signal: killSignal })
    if (signal?.aborted) abort()
    else signal?.addEventListener('abort', abort, { once: true })
    return () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
    }
  }

  /**
   * Settles when the program has ended. Rejects only if it could not be started (LoadError, LinkError), was aborted
   * (AbortError), or was lost by a defect (BerthError).
   */
  get result(): Promise<WasiResult> {
    this.#isResultWanted = true
    return this.#result
  }

  /**
   * Ends the program, whatever it is doing. Programs have no handlers: each signal does the same.
   * @param signal 0 only asks whether the program still runs
   * @returns false if it has ended
   * @throws TypeError for an unknown signal
   */
  kill(signal: NodeJS.Signals | number = 'SIGTERM'): boolean {
    if (this.#run.hasEnded) {
      if (signal !== 0) signalName(signal)
      return false
    }
    if (signal === 0) return true
    this.#run.stop({ kind: 'signal', signal: signalName(signal) })
    this.killed = true
    return true
  }

  /** The embedding process waits for the program, which is so from the start. */
  ref(): void {
    this.#run.ref()
    for (const stream of this.#streams()) stream.ref?.()
  }

  /** The embedding process may end while the program runs. */
  unref(): void {
    this.#run.unref()
    for (const stream of this.#streams()) stream.unref?.()
  }

  /** Kills the program, and waits until nothing of it is left. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.kill()
    await this.result.catch(() => {})
  }

  #streams() {
    type Stream = (Readable | Writable) & { ref?: () => void; unref?: () => void }
    return [this.stdin, this.stdout, this.stderr].filter((stream): stream is Stream => stream !== null)
  }

  #end(outcome: Outcome): void {
    this.#stopWatching()
    this.stdin?.destroy()
    this.exitCode = outcome.kind === 'exit' ? outcome.code : null
    this.signalCode = outcome.kind === 'signal' || outcome.kind === 'error' ? (outcome.signal ?? null) : null
    this.trap = outcome.kind === 'trap' ? outcome.trap : null
    const { exitCode, signalCode, trap } = this
    const closed = Promise.all(this.#streams().map(untilClosed))
    setImmediate(() => this.#discardUnread())
    void closed.then(() => process.nextTick(() => this.emit('close', exitCode, signalCode)))
    if (outcome.kind === 'error') {
      this.#settle.reject(outcome.error)
      // Who looks at the result alone is told there.
      const isTold = this.#isResultWanted && this.listenerCount('error') === 0
      process.nextTick(() => {
        if (!isTold) this.emit('error', outcome.error)
        if (signalCode !== null) this.emit('exit', null, signalCode)
      })
      return
    }
    this.#settle.resolve({ exitCode, signal: signalCode, trap })
    process.nextTick(() => this.emit('exit', exitCode, signalCode))
  }

  /** Output that nobody has begun to read by now goes nowhere, or its descriptors would stay open. */
  #discardUnread(): void {
    for (const stream of [this.stdout, this.stderr]) {
      if (stream !== null && stream.readableFlowing === null && stream.listenerCount('readable') === 0) stream.resume()
    }
  }
}

function untilClosed(stream: Readable | Writable): Promise<void> | undefined {
  return stream.closed ? undefined : new Promise((resolve) => stream.once('close', resolve))
}

/**
 * Runs a program in Workers, and returns at once: nothing that the program does blocks the calling thread.
 * @param module a path, a `file:` URL, the bytes of a module, or one that is compiled; threads, an imported memory and a limit
 *   of memory need the bytes
 * @throws TypeError, RangeError for options that mean nothing, with the codes of Node.js; an Error with `code` and `syscall` if
 *   there is no descriptor left for a pipe. What is wrong with the module is told later
 */
export function spawn(module: ModuleSource, options: SpawnOptions = {}): WasiProcess {
  checkSource(module)
  return new WasiProcess(module, readSpawnOptions(object(options, 'options') as SpawnOptions, nameOf(module)))
}
