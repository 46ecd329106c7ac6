import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { SocketAddress } from '../address/socket-address.ts'
import { keepCompiledCode } from '../boot/keep-code.ts'
import { SocketDescriptor } from '../fd/descriptor.ts'
import { leaveFile } from '../fd/open-file.ts'
import { allocateSharedDescriptors, SharedDescriptorTable } from '../fd/shared-table.ts'
import { standardStreams } from '../host/standard-streams.ts'
import { Network } from '../net/network.ts'
import { endLingering } from '../net/options.ts'
import { allocateQuota, type NetworkLimits } from '../net/quota.ts'
import type { BackgroundResolver, Resolver } from '../net/resolver.ts'
import { EAI_FAIL } from '../os/constants.ts'
import { close } from '../os/libc.ts'
import { LoadError as RuntimeLoadError } from '../runtime/errors.ts'
import { giveSockets, type InheritedSocket, openDirectories, socketVariables } from '../runtime/provisions.ts'
import { allocateGroup, GroupStopper } from '../threads/group.ts'
import { BerthError, LoadError, TrapError } from './errors.ts'
import { asLoadError, type CheckedSource, type LoadedModule, loadModule } from './load-module.ts'
import { createPolicy, type ProgramConfig } from './options.ts'
import type { DenyEvent } from './types.ts'
import { warnOnce } from './warnings.ts'
import type { AnswerMessage, End, Question, SpawnedProgram, WorkerMessage } from './worker-messages.ts'
import { awaitAtExit, ProgramWorker } from './worker-pool.ts'

/** How a program ended. */
export type Outcome =
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'signal'; readonly signal: NodeJS.Signals }
  | { readonly kind: 'trap'; readonly trap: TrapError }
  /** It never ran, or was ended for a reason that is not its own. */
  | { readonly kind: 'error'; readonly error: Error; readonly signal?: NodeJS.Signals | undefined }

export interface RunLimits extends NetworkLimits {
  readonly threads: number
  readonly memoryPages: number | undefined
}

export interface RunOptions {
  readonly config: ProgramConfig
  readonly limits: RunLimits
  /** Descriptors of this process for the program's 0, 1 and 2; closed at its end, as are those of `sockets`. */
  readonly hostFds: readonly number[]
  readonly sockets: readonly InheritedSocket[]
  readonly resolver: BackgroundResolver
  readonly onDeny: ((event: DenyEvent) => void) | undefined
  /** Is told where each of the listeners listens. */
  readonly onListen: (address: SocketAddress) => void
  readonly onStart: () => void
  /** All that the program had is closed by then. */
  readonly onEnd: (outcome: Outcome) => void
}

/** Looks at a Worker in a system call so often without a pause, then each millisecond. */
const TURNS_BEFORE_SLEEP = 3

const running = new Set<ProgramRun>()

/** Node.js ends only when its Workers do, and would wait for ever for one in a system call. */
function endAllCalls(): void {
  // All of them are interrupted each time, not only those up to the first that is in a call.
  awaitAtExit(() => [...running].filter((run) => run.interruptCalls()).length === 0)
}

/** One program from its module to its end, in Workers that the embedding thread starts, answers and ends. */
export class ProgramRun {
  readonly #options: RunOptions
  /** By the place of their thread; 0 is the main one. */
  readonly #workers = new Map<number, ProgramWorker>()
  #program: SpawnedProgram | undefined
  #table: SharedDescriptorTable | undefined
  #stopper: GroupStopper | undefined
  #outcome: Outcome | undefined
  /** The size of the memory of a main thread that has returned. */
  #returnedBytes: number | undefined
  #isRef = true
  /** Descriptors that the program is to have and that its table does not have yet. */
  readonly #notGiven: Set<number>

  constructor(options: RunOptions) {
    this.#options = options
    this.#notGiven = new Set([...options.hostFds, ...options.sockets.map(({ hostFd }) => hostFd)])
    if (running.size === 0) process.on('exit', endAllCalls)
    running.add(this)
  }

  async start(source: CheckedSource): Promise<void> {
    if (this.#outcome !== undefined) return
    const { limits } = this.#options
    try {
      // It starts while the module is compiled.
      this.#takeWorker(0)
      const { threads: maxThreads, memoryPages } = limits
      const loaded = await loadModule(source, { maxThreads, memoryPages, warn: warnOnce })
      if (this.#outcome !== undefined) return
      this.#program = this.#prepare(loaded)
      this.#workers.get(0)!.run({ program: this.#program, place: 0 })
      keepCompiledCode()
    } catch (error) {
      this.stop({ kind: 'error', error: error instanceof RuntimeLoadError ? asLoadError(error) : (error as Error) })
      return
    }
    this.#options.onStart()
  }

  /** Opens what the program is given, and lays out what its threads share. */
  #prepare({ main, thread, shape, memory, pthread }: LoadedModule): SpawnedProgram {
    const { config, limits, hostFds, sockets, onDeny, onListen } = this.#options
    const group = allocateGroup(thread === undefined ? 0 : limits.threads)
    const directories = openDirectories(config.directories, warnOnce)
    const descriptors = allocateSharedDescriptors(directories.map(({ name }) => name))
    this.#table = new SharedDescriptorTable(descriptors, { hold: () => {}, wakeUsers: () => {} })
    for (const descriptor of [...standardStreams(hostFds), ...directories]) this.#table.add(descriptor)
    for (const hostFd of hostFds) this.#notGiven.delete(hostFd)
    const give = (socket: SocketDescriptor): void => {
      this.#table?.add(socket)
      this.#notGiven.delete(socket.hostFd)
    }
    giveSockets(new Network(createPolicy(config.grants)), config.listeners, sockets, give, onListen)
    const given = config.listeners.length + sockets.length
    this.#stopper = new GroupStopper(group)
    return {
      main,
      thread,
      memory,
      memoryPages: limits.memoryPages,
      shared: {
        shape,
        args: config.args,
        env: this.#environment(),
        busyPollUs: config.busyPollUs,
        group,
        descriptors,
        pthread,
      },
      grants: config.grants,
      reportsRefusals: onDeny !== undefined,
      quota: allocateQuota({ ...limits, sockets: limits.sockets && Math.max(0, limits.sockets - given) }),
    }
  }

  #environment(): string[] {
    const { config, sockets } = this.#options
    return [...config.env, ...socketVariables(config.listeners, sockets, config.env)]
  }

  #takeWorker(place: number): ProgramWorker {
    const worker = ProgramWorker.take({
      onMessage: (message) => this.#receive(message, place, worker),
      onLost: (error) => this.#lose(error, place),
    })
    if (!this.#isRef) worker.unref()
    this.#workers.set(place, worker)
    return worker
  }

  #receive(message: WorkerMessage, place: number, worker: ProgramWorker): void {
    switch (message.kind) {
      case 'ended':
        if (place === 0) this.#returnedBytes = message.memoryBytes
        this.stop(outcomeOf(message.end))
        return
      case 'thread wanted':
        if (this.#outcome === undefined)
          this.#takeWorker(message.place).run({ program: this.#program!, place: message.place })
        return
      case 'refused':
        worker.heard()
        this.#options.onDeny?.(message.event)
        return
      case 'question':
        void this.#answer(message.question, worker)
    }
  }

  async #answer(question: Question, worker: ProgramWorker): Promise<void> {
    const { resolver } = this.#options
    let answer: AnswerMessage
    try {
      answer =
        question.about === 'name'
          ? await resolver.addressInfo(question.host, question.service, question.hints)
          : await resolver.nameInfo(...revived(question.parameters))
    } catch {
      answer = { status: EAI_FAIL, hostErrno: 0 }
    }
    // A program that was stopped meanwhile has no use for it, and its Worker may be another's.
    if (this.#outcome === undefined) worker.answer(answer)
  }

  #lose(error: Error, place: number): void {
    this.#workers.delete(place)
    const lost = new BerthError('ERR_BERTH_WORKER', `the program was lost: ${error.message}`, { cause: error })
    this.stop({ kind: 'error', error: lost })
  }

  get hasEnded(): boolean {
    return this.#outcome !== undefined
  }

  /** Ends the program, whatever it is doing. The first reason counts. */
  stop(outcome: Outcome): void {
    if (this.#outcome !== undefined) return
    this.#outcome = outcome
    void this.#end(outcome)
  }

  async #end(outcome: Outcome): Promise<void> {
    // Whoever stops a program is told of its end later, whatever there is to do.
    await null
    const [main] = this.#workers.values()
    const hasReturned = outcome.kind === 'exit' && this.#returnedBytes !== undefined && this.#workers.size === 1
    if (main !== undefined && (hasReturned || this.#program === undefined)) main.park(this.#returnedBytes ?? 0)
    else {
      this.#stopper?.stop()
      await Promise.all([...this.#workers].map(([place, worker]) => this.#endWorker(place, worker)))
    }
    this.#workers.clear()
    this.#closeDescriptors()
    running.delete(this)
    if (running.size === 0) process.off('exit', endAllCalls)
    this.#options.onEnd(outcome)
  }

  async #endWorker(place: number, worker: ProgramWorker): Promise<void> {
    // A signal that comes just before the call goes by unheard, so it is sent until it is heard.
    for (let turns = 0; this.#workers.has(place) && this.#stopper?.interrupt(place) === true; turns++) {
      await (turns < TURNS_BEFORE_SLEEP ? nextTurn() : sleep(1))
    }
    await worker.end()
  }

  /** From now on no thread begins a call. @returns whether one was in a call, which is then interrupted */
  interruptCalls(): boolean {
    this.#stopper?.stop()
    let isInCall = false
    for (const place of this.#workers.keys()) isInCall = this.#stopper?.interrupt(place) === true || isInCall
    return isInCall
  }

  /** When no thread is left: nobody can open anything any more. */
  #closeDescriptors(): void {
    for (const hostFd of this.#notGiven) close(hostFd)
    for (const descriptor of this.#table?.abandoned() ?? []) {
      const { file, hostFd } = descriptor
      leaveFile(file)
      if (descriptor instanceof SocketDescriptor) endLingering(hostFd)
      close(hostFd)
    }
  }

  ref(): void {
    this.#isRef = true
    for (const worker of this.#workers.values()) worker.ref()
  }

  unref(): void {
    this.#isRef = false
    for (const worker of this.#workers.values()) worker.unref()
  }
}

/** Addresses have come as plain objects. */
function revived([address, ...others]: Parameters<Resolver['nameInfo']>): Parameters<Resolver['nameInfo']> {
  return [new SocketAddress().copyFrom(address), ...others]
}

function outcomeOf(end: End): Outcome {
  switch (end.kind) {
    case 'exit':
      return { kind: 'exit', code: end.code }
    case 'trap':
      return { kind: 'trap', trap: new TrapError(end.reason, end.stack) }
    case 'load':
      return { kind: 'error', error: asLoadError(new LoadError(end.message)) }
    case 'defect': {
      const error = new BerthError('ERR_BERTH_INTERNAL', end.message)
      if (end.stack !== undefined) error.stack = end.stack
      return { kind: 'error', error }
    }
  }
}
