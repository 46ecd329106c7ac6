import { BERTH_MODULE } from '../abi/berth-socket.ts'
import { keepCompiledCode } from '../boot/keep-code.ts'
import { leaveFile } from '../fd/open-file.ts'
import { DescriptorTable } from '../fd/table.ts'
import { berthFunctions, unstableFunctions, wasiFunctions } from '../host/dialect.ts'
import { Host } from '../host/host.ts'
import { standardStreams } from '../host/standard-streams.ts'
import { endOf, endProgram, Trap } from '../host/trap.ts'
import { GuestMemory } from '../memory/guest-memory.ts'
import { Network } from '../net/network.ts'
import { addressOf } from '../os/ffi.ts'
import { close, duplicateFd } from '../os/libc.ts'
import type { Policy, Refusal } from '../policy/policy.ts'
import * as runtime from '../runtime/errors.ts'
import { giveSockets, openDirectories, socketVariables } from '../runtime/provisions.ts'
import { cString } from '../runtime/thread.ts'
import { BlockingWaiter } from '../wait/blocking-waiter.ts'
import {
  alreadyStarted,
  BerthError,
  invalidType,
  invalidValue,
  LinkError,
  LoadError,
  notStarted,
  TrapError,
  UnsupportedError,
} from './errors.ts'
import { socketName, takeSockets } from './hand-over.ts'
import { asLoadError } from './load-module.ts'
import { missingImports } from './missing-imports.ts'
import {
  abortSignal,
  boolean,
  createPolicy,
  denyEvent,
  functionOption,
  integer,
  list,
  object,
  readProgramOptions,
  string,
} from './options.ts'
import { hookResolver } from './resolve.ts'
import { requireSuspension, Suspension } from './suspending.ts'
import type { HandedSocket, ProgramOptions, ResolveFunction, WasmImports, WasmInstance } from './types.ts'
import { warnOnce } from './warnings.ts'

export interface WASIOptions extends ProgramOptions {
  /** Under which name the module imports WASI: `wasi_snapshot_preview1` or `wasi_unstable`. */
  readonly version: 'preview1' | 'unstable'
  /** Whether `proc_exit` ends the program and {@link WASI.start} returns the code, or this process ends. Default true. */
  readonly returnOnExit?: boolean | undefined
  /** Descriptors of this process that the program gets as 0, 1 and 2; it has duplicates of its own. Default 0, 1, 2. */
  readonly stdin?: number | undefined
  readonly stdout?: number | undefined
  readonly stderr?: number | undefined
  /** Sockets that the program gets behind its directories and listeners; see {@link HandedSocket}. */
  readonly sockets?: readonly HandedSocket[] | undefined
  /** Answers the names that the program looks up, in place of the host; for {@link WASI.startAsync} only. */
  readonly resolve?: ResolveFunction | undefined
}

/** How the functions are linked. */
export interface LinkOptions {
  /** What would wait suspends the stack of the program, for {@link WASI.startAsync}; default false. */
  readonly suspend?: boolean | undefined
}

export interface RunOptions {
  /** Ends the program when it waits next, and closes what it had open. */
  readonly signal?: AbortSignal | undefined
}

const MODULE_NAMES = { preview1: 'wasi_snapshot_preview1', unstable: 'wasi_unstable' } as const

type Functions = Record<string, (...parameters: never[]) => unknown>

/** Closes what a program had open when nothing of it is left. Holds the table alone: the host is what is waited for. */
const abandoned = new FinalizationRegistry<DescriptorTable>(closeAll)

function closeAll(table: DescriptorTable): void {
  for (const { hostFd, file } of table.removeAll()) {
    leaveFile(file)
    close(hostFd)
  }
}

/**
 * WASI for one instance of a module, in this thread: the class of `node:wasi` with a network. While the program runs, and
 * while it waits, this thread does nothing else; see {@link WASI.startAsync} and `spawn` for programs that wait.
 */
export class WASI {
  readonly #module: 'wasi_snapshot_preview1' | 'wasi_unstable'
  readonly #table = new DescriptorTable()
  readonly #args: readonly Uint8Array[]
  readonly #busyPollUs: number
  readonly #env: readonly Uint8Array[]
  readonly #policy: Policy
  readonly #returnOnExit: boolean
  readonly #resolve: ResolveFunction | undefined
  readonly #memory = new GuestMemory(addressOf, () => {
    throw notStarted()
  })
  #functions: { wasi: Functions; berth: Functions } | undefined
  #host: Host | undefined
  /** Where the functions are linked so that they suspend. */
  #suspension: Suspension | undefined
  #isStarted = false

  /**
   * @throws TypeError, RangeError with the codes of Node.js for a wrong option; LoadError for a directory or an address that
   *   cannot be opened
   */
  constructor(options: WASIOptions) {
    if (options === null || (options !== undefined && typeof options !== 'object')) {
      throw invalidType('options', 'of type object', options)
    }
    const given = object(options, 'options') as Partial<WASIOptions>
    const version = string(given.version, 'options.version')
    if (!Object.hasOwn(MODULE_NAMES, version))
      throw invalidValue('options.version', version, 'unsupported WASI version')
    this.#module = MODULE_NAMES[version as keyof typeof MODULE_NAMES]
    const config = readProgramOptions(given)
    const stdio = [
      integer(given.stdin ?? 0, 'options.stdin', 0),
      integer(given.stdout ?? 1, 'options.stdout', 0),
      integer(given.stderr ?? 2, 'options.stderr', 0),
    ]
    this.#returnOnExit = boolean(given.returnOnExit, 'options.returnOnExit', true)
    this.#resolve = functionOption(given.resolve, 'options.resolve')
    this.#policy = createPolicy(config.grants, refusalHandler(given.onDeny))
    this.#args = config.args.map(cString)
    this.#busyPollUs = config.busyPollUs
    const sockets = list(given.sockets, 'options.sockets')
    const names = sockets.map((_, i) => ({ name: socketName(i) }))
    this.#env = [...config.env, ...socketVariables(config.listeners, names, config.env)].map(cString)
    let notGiven = new Set<number>()
    try {
      for (const stream of standardStreams(stdio.map(duplicate))) this.#table.add(stream)
      for (const directory of openDirectories(config.directories, warnOnce)) this.#table.add(directory)
      const network = new Network(this.#policy)
      giveSockets(network, config.listeners, [], (socket) => this.#table.add(socket))
      // Last: what is taken from its owner is not lost to a wrong option.
      const taken = takeSockets(sockets)
      notGiven = new Set(taken.map(({ hostFd }) => hostFd))
      giveSockets(network, [], taken, (socket) => {
        this.#table.add(socket)
        notGiven.delete(socket.hostFd)
      })
    } catch (error) {
      for (const hostFd of notGiven) close(hostFd)
      closeAll(this.#table)
      throw error instanceof runtime.LoadError ? asLoadError(error) : error
    }
    abandoned.register(this, this.#table, this)
  }

  /** The functions that a module imports from WASI, by name. */
  get wasiImport(): Readonly<Functions> {
    return this.#linked().wasi
  }

  /** What to pass to `WebAssembly.instantiate`, for a module that imports nothing else. */
  getImportObject(options: LinkOptions = {}): WasmImports {
    const { wasi, berth } = this.#linked(boolean(object(options, 'options').suspend, 'options.suspend', false))
    return { [this.#module]: wasi, [BERTH_MODULE]: berth }
  }

  /**
   * Instantiates a module with these imports and those of the caller.
   * @throws LinkError that names every import which neither has
   */
  async instantiate(module: object, imports: WasmImports = {}, options: LinkOptions = {}): Promise<WasmInstance> {
    if (!(module instanceof WebAssembly.Module)) throw invalidType('module', 'a WebAssembly.Module', module)
    const all = { ...imports, ...this.getImportObject(options) }
    const missing = missingImports(module, all)
    if (missing.length > 0) throw new LinkError(missing)
    return WebAssembly.instantiate(module, all)
  }

  /**
   * Tells the functions which memory they work on, for an instance whose exports the caller calls itself.
   * @param options `memory` is by default the one that the instance exports
   */
  finalizeBindings(instance: WasmInstance, options: { readonly memory?: object } = {}): void {
    if (this.#isStarted) throw alreadyStarted()
    const exports = exportsOf(instance)
    const memory = options.memory ?? exports.memory
    if (!(memory instanceof WebAssembly.Memory)) {
      throw invalidType('instance.exports.memory', 'a WebAssembly.Memory object', memory)
    }
    this.#memory.attach(memory)
    this.#isStarted = true
    keepCompiledCode()
  }

  /**
   * Runs a command's `_start` to its end; what it had open is then closed.
   * @returns the code given to `proc_exit`, else 0
   * @throws what the program trapped with, a WebAssembly.RuntimeError; TrapError where the host ended it
   */
  start(instance: WasmInstance): number {
    if (this.#suspension !== undefined) throw linkedOtherwise(false)
    if (this.#resolve !== undefined) {
      throw new UnsupportedError('options.resolve needs a program that can wait for it: startAsync() or spawn()')
    }
    const _start = this.#bindCommand(instance)
    try {
      _start()
      return 0
    } catch (error) {
      return exitCodeOf(error)
    } finally {
      this.close()
    }
  }

  /** Runs a reactor's `_initialize`, if there is one; its exports can be called from then on. */
  initialize(instance: WasmInstance): void {
    this.#bindReactor(instance)?.()
  }

  /**
   * As {@link start}, of an instance that was linked with `suspend`: where a call has to wait, its stack is suspended and the
   * event loop goes on. The same instance can be in one such call at a time; others in this thread run meanwhile.
   * @returns a promise of the code. Rejects as {@link start} throws; with AbortError once `signal` is aborted and the program
   *   waits; with UnsupportedError where the engine cannot suspend a stack
   */
  async startAsync(instance: WasmInstance, options: RunOptions = {}): Promise<number> {
    const suspension = this.#suspending('startAsync()')
    const signal = signalOf(options)
    const _start = this.#bindCommand(instance)
    try {
      await suspension.run(_start, [], signal)
      return 0
    } catch (error) {
      return exitCodeOf(error)
    } finally {
      this.close()
    }
  }

  /** As {@link initialize}, of an instance that was linked with `suspend`. */
  async initializeAsync(instance: WasmInstance, options: RunOptions = {}): Promise<void> {
    const suspension = this.#suspending('initializeAsync()')
    const signal = signalOf(options)
    const _initialize = this.#bindReactor(instance)
    if (_initialize !== undefined) await suspension.run(_initialize, [], signal)
  }

  /**
   * An export of an instance that was linked with `suspend`, as a function that answers a promise: the export may wait. Called
   * while another call of the instance is suspended it rejects with BusyError.
   */
  promising(exported: unknown): (...parameters: readonly unknown[]) => Promise<unknown> {
    const suspension = this.#suspending('promising()')
    if (typeof exported !== 'function') throw invalidType('exported', 'of type function', exported)
    return (...parameters) => suspension.run(exported, parameters, undefined)
  }

  /** Closes all that the program has open. Without it that is done when the instance and this are garbage. */
  close(): void {
    if (this.#host === undefined) closeAll(this.#table)
    // Its standard streams as well: they are duplicates of its own.
    else for (const descriptor of this.#table.removeAll()) this.#host.release(descriptor)
  }

  [Symbol.dispose](): void {
    this.close()
  }

  /** @returns what runs a command. The checks come in the order of `node:wasi` */
  #bindCommand(instance: WasmInstance): () => unknown {
    const { _start, _initialize } = exportsOf(instance)
    this.finalizeBindings(instance)
    if (typeof _start !== 'function') throw invalidType('instance.exports._start', 'of type function', _start)
    if (_initialize !== undefined) throw invalidType('instance.exports._initialize', 'undefined', _initialize)
    return _start as () => unknown
  }

  /** @returns what initialises a library, if it needs that */
  #bindReactor(instance: WasmInstance): (() => unknown) | undefined {
    const { _start, _initialize } = exportsOf(instance)
    this.finalizeBindings(instance)
    if (_start !== undefined) throw invalidType('instance.exports._start', 'undefined', _start)
    if (_initialize === undefined || typeof _initialize === 'function') {
      return _initialize as (() => unknown) | undefined
    }
    throw invalidType('instance.exports._initialize', 'of type function', _initialize)
  }

  /** @param suspends whether what waits suspends; undefined for whichever way the functions are linked */
  #linked(suspends?: boolean): { wasi: Functions; berth: Functions } {
    if (this.#functions !== undefined) {
      if (suspends === undefined || suspends === (this.#suspension !== undefined)) return this.#functions
      throw linkedOtherwise(suspends)
    }
    const returnOnExit = this.#returnOnExit
    const suspension = suspends === true ? new Suspension() : undefined
    suspension?.adopt(this.#table.all())
    const host = new Host({
      ...(suspension?.parts(this.#policy, this.#resolve && hookResolver(this.#resolve)) ?? {
        network: new Network(this.#policy),
        waiter: new BlockingWaiter(() => false, this.#busyPollUs),
      }),
      memory: this.#memory,
      table: this.#table,
      args: this.#args,
      env: this.#env,
      exit: (code) => (returnOnExit ? endProgram(new runtime.ProcessExit(code)) : process.exit(code)),
    })
    // From now on the instance, which holds the host, may outlive this.
    abandoned.unregister(this)
    abandoned.register(host, this.#table)
    const wasi = this.#module === 'wasi_unstable' ? unstableFunctions(host) : wasiFunctions(host)
    const berth = berthFunctions(host)
    this.#functions = suspension
      ? { wasi: suspension.imports(wasi) as Functions, berth: suspension.imports(berth) as Functions }
      : { wasi, berth }
    this.#suspension = suspension
    this.#host = host
    return this.#functions
  }

  /** @throws UnsupportedError; BerthError if the functions that the instance was made with block */
  #suspending(caller: string): Suspension {
    requireSuspension(caller)
    this.#linked(true)
    return this.#suspension!
  }
}

function linkedOtherwise(suspends: boolean): BerthError {
  const message = suspends
    ? 'the functions of this WASI block: ask getImportObject({ suspend: true }) for those that the instance is made with'
    : 'the functions of this WASI suspend: run the instance with startAsync()'
  return new BerthError('ERR_BERTH_LINKED', message)
}

function signalOf(options: RunOptions): AbortSignal | undefined {
  return abortSignal(object(options, 'options').signal, 'options.signal')
}

/** @throws what is not the end of the program by itself */
function exitCodeOf(error: unknown): number {
  const reason = endOf(error)
  if (reason instanceof runtime.ProcessExit) return reason.code
  if (reason instanceof Trap) throw new TrapError(reason.message, (error as Error).stack, { cause: error })
  throw error
}

function exportsOf(instance: unknown): Record<string, unknown> {
  if (instance === null || typeof instance !== 'object') throw invalidType('instance', 'of type object', instance)
  const { exports } = instance as { exports?: unknown }
  if (exports === null || typeof exports !== 'object') throw invalidType('instance.exports', 'of type object', exports)
  return exports as Record<string, unknown>
}

/** A hook that throws is no reason to go on in the middle of a system call of the program's, nor to end that program. */
function refusalHandler(onDeny: WASIOptions['onDeny']): (refusal: Refusal) => void {
  if (onDeny === undefined) return () => {}
  return (refusal) => {
    try {
      onDeny(denyEvent(refusal))
    } catch (error) {
      queueMicrotask(() => {
        throw error
      })
    }
  }
}

/** A descriptor of the program's own: what it closes stays open here. */
function duplicate(hostFd: number, i: number): number {
  const copy = duplicateFd(hostFd)
  if (copy >= 0) return copy
  throw new LoadError(
    `descriptor ${hostFd} for ${['stdin', 'stdout', 'stderr'][i]} cannot be duplicated: it is not open`,
  )
}
