import { createRequire } from 'node:module'
import { getSystemErrorName } from 'node:util'
import { THREADS_MODULE, THREADS_SIGNATURES } from '../abi/threads.ts'
import { SocketAddress } from '../address/socket-address.ts'
import type { PreopenedDirectory } from '../fd/descriptor.ts'
import { allocateSharedDescriptors, SharedDescriptorTable } from '../fd/shared-table.ts'
import { DescriptorTable } from '../fd/table.ts'
import { WASI_MODULES } from '../host/dialect.ts'
import { Host } from '../host/host.ts'
import { type Directory, openDirectory } from '../host/preopens.ts'
import { ThreadExit } from '../host/pthread.ts'
import { standardStreams } from '../host/standard-streams.ts'
import { endOf, Trap } from '../host/trap.ts'
import { GuestMemory } from '../memory/guest-memory.ts'
import { Network } from '../net/network.ts'
import { addressOf } from '../os/ffi.ts'
import { close } from '../os/libc.ts'
import { reachesProcesses } from '../os/mounts.ts'
import type { Policy } from '../policy/policy.ts'
import { allocateGroup, ThreadGroup } from '../threads/group.ts'
import { BlockingWaiter } from '../wait/blocking-waiter.ts'
import { LoadError } from './errors.ts'
import { inspectModule, type ModuleShape, type Signature } from './inspect.ts'
import { importMemory, link } from './link.ts'
import { prepareForThreads } from './prepare.ts'
import { asksForPthread, PthreadRun, preparePthread, type SharedPthread } from './pthread.ts'
import type { SharedProgram } from './thread.ts'

export interface ProgramOptions {
  /** `argv`, the program's own name first. */
  readonly args: readonly string[]
  /** `KEY=VALUE` each. Nothing of the host's environment is added. */
  readonly env: readonly string[]
  readonly policy: Policy
  /** In the order of their descriptors, from 3 on. */
  readonly directories: readonly Directory[]
  /** Where it is given sockets that listen, with the descriptors behind the directories. */
  readonly listeners: readonly SocketAddress[]
  /** Sockets that this process was started with, given to the program behind those. */
  readonly inheritedSockets: readonly { readonly hostFd: number; readonly name: string }[]
  /** Is told of each listener at the port that it got. */
  readonly onListen: (address: SocketAddress) => void
  /** Threads besides the main one. */
  readonly maxThreads: number
  /** Starts a Worker that calls `runThread` with these. */
  readonly startWorker: (program: SharedProgram, place: number) => void
  /** Ends the program for `proc_exit`; must not return. */
  readonly exit: (code: number) => never
  /** Something that the person should know and that does not stop the program. */
  readonly warn: (message: string) => void
}

/** In the order in which the original looks for them. */
const ENTRY_POINTS = ['_start', 'main', '__main_argc_argv', '_main'] as const

/** A module with everything that it imports, ready to run. */
export class Program {
  readonly shape: ModuleShape
  readonly #instance: WebAssembly.Instance
  readonly #memory: GuestMemory
  readonly #host: Host
  #importedMemory: WebAssembly.Memory | undefined
  #pthread: PthreadRun | undefined
  readonly #args: readonly Uint8Array[]

  /**
   * Compiles, links and instantiates.
   * @throws LoadError if the bytes are no module or an import that must be there is not
   */
  constructor(bytes: Uint8Array, options: ProgramOptions) {
    const compiled = compile(bytes)
    const threaded = prepareThreads(bytes, options)
    const module = threaded?.main ?? compiled
    this.shape = threaded?.shape ?? inspectModule(bytes)
    checkShape(this.shape)
    this.#args = options.args.map(cString)
    this.#memory = new GuestMemory(addressOf)
    const env = [...options.env, ...socketVariables(options)]
    const directories: PreopenedDirectory[] = []
    try {
      for (const directory of options.directories) directories.push(preopen(directory, options.warn))
    } catch (error) {
      for (const { hostFd } of directories) close(hostFd)
      throw error
    }
    const shared = threaded && {
      module: threaded.thread,
      shape: this.shape,
      args: options.args,
      env,
      group: allocateGroup(options.maxThreads),
      descriptors: allocateSharedDescriptors(directories.map(({ name }) => name)),
      pthread: threaded.pthread,
    }
    const startWorker = (place: number): void => {
      if (shared !== undefined) options.startWorker({ ...shared, memory: this.#importedMemory! }, place)
    }
    const threads = shared && new ThreadGroup(shared.group, 0, startWorker)
    const table = shared && threads ? new SharedDescriptorTable(shared.descriptors, threads) : new DescriptorTable()
    this.#host = new Host({
      memory: this.#memory,
      table,
      network: new Network(options.policy),
      waiter: new BlockingWaiter(() => table.isInterrupted),
      args: this.#args,
      env: env.map(cString),
      exit: options.exit,
      ...(threads && { threads }),
    })
    for (const descriptor of [...standardStreams(), ...directories]) table.add(descriptor)
    try {
      this.#addSockets(options)
      this.#instance = this.#instantiate(module, options.warn, threaded?.pthread)
    } catch (error) {
      this.close()
      throw error
    }
    this.#pthread?.attach(this.#instance.exports)
    const { memory } = this.#instance.exports
    if (memory instanceof WebAssembly.Memory) this.#memory.attach(memory)
  }

  #addSockets({ listeners, inheritedSockets, onListen }: ProgramOptions): void {
    const { network, table } = this.#host
    for (const address of listeners) {
      const listener = network.openListener(address)
      if (typeof listener === 'number')
        throw new LoadError(`error while listening on ${address}: ${errnoText(listener)}`)
      table.add(listener)
      const local = new SocketAddress()
      if (network.localAddress(listener, local) === 0) onListen(local)
    }
    for (const { hostFd, name } of inheritedSockets) {
      const socket = network.adopt(hostFd)
      if (typeof socket === 'number') {
        throw new LoadError(`descriptor ${hostFd} (${name}) of LISTEN_FDS: ${errnoText(socket)}`)
      }
      table.add(socket)
    }
  }

  #instantiate(
    module: WebAssembly.Module,
    warn: (message: string) => void,
    pthread: SharedPthread | undefined,
  ): WebAssembly.Instance {
    const memory = pthread && importMemory(this.shape)
    if (pthread && memory) this.#pthread = new PthreadRun(pthread, this.shape, this.#host, memory, 0)
    const { imports, importedMemory } = link(this.shape, this.#host, warn, memory)
    if (importedMemory !== undefined) this.#memory.attach(importedMemory)
    this.#importedMemory = importedMemory
    try {
      return new WebAssembly.Instance(module, imports)
    } catch (error) {
      // A RuntimeError with these words is data or elements that do not fit; any other is the start function's.
      const isSegment = error instanceof WebAssembly.RuntimeError && error.message.startsWith('WebAssembly.Instance()')
      if (error instanceof WebAssembly.LinkError || isSegment)
        throw new LoadError(`WASM module instantiate failed: ${error.message}`)
      throw error
    }
  }

  /** Runs the program from its entry point to its end. */
  run(): void {
    const name = ENTRY_POINTS.find((entry) => this.signatureOf(entry) !== undefined)
    if (name === undefined) {
      throw new Trap(`lookup the entry point symbol (like ${ENTRY_POINTS.join(', ')}) failed`)
    }
    if (name !== '_start') this.initialize()
    const signature = this.signatureOf(name)!
    if (signature.startsWith(':')) this.call(name, [])
    else if (signature.startsWith('ii:')) this.call(name, this.#passArguments())
    else throw new Trap(`the entry point ${name} takes neither no parameters nor (argc, argv)`)
  }

  /** Runs a reactor's `_initialize`, if there is one. */
  initialize(): void {
    if (this.signatureOf('_initialize') === ':') this.call('_initialize', [])
  }

  /** The type of an exported function, undefined where there is none of that name. */
  signatureOf(name: string): Signature | undefined {
    const found = this.shape.exports.find((entry) => entry.name === name)
    return found?.kind === 'function' ? found.signature : undefined
  }

  call(name: string, values: readonly unknown[]): unknown {
    try {
      return (this.#instance.exports[name] as (...values: readonly unknown[]) => unknown)(...values)
    } catch (error) {
      // `pthread_exit` of the main thread: the program ends with the last of the others.
      if (!(endOf(error) instanceof ThreadExit)) throw error
      this.#pthread?.leave()
      return undefined
    }
  }

  /** Closes what the program left open, the standard streams excepted: they are the process's. */
  close(): void {
    // Other threads still run, and would go on with what closing wakes them from: the end of the process closes it all.
    if (this.#host.threads === undefined) this.#host.releaseAll()
  }

  /** Copies the arguments into guest memory for a `main` that has no C library to fetch them. */
  #passArguments(): [argc: number, argv: number] {
    if (this.signatureOf('malloc') !== 'i:i') throw new Trap('allocate memory failed: the module exports no malloc')
    const pointerBytes = 4 * (this.#args.length + 1)
    const size = pointerBytes + this.#args.reduce((sum, arg) => sum + arg.length, 0)
    const argv = (this.call('malloc', [size]) as number) >>> 0
    if (argv === 0 || !this.#memory.contains(argv, size)) throw new Trap('allocate memory failed')
    let at = argv + pointerBytes
    for (const [i, arg] of this.#args.entries()) {
      this.#memory.setU32(argv + 4 * i, at)
      this.#memory.setBytes(at, arg)
      at += arg.length
    }
    this.#memory.setU32(argv + 4 * this.#args.length, 0)
    return [this.#args.length, argv]
  }
}

/**
 * Tells the program how many sockets it is given, and their names, as sd_listen_fds(3) does: a module has no other way to
 * know. Without directories they begin at descriptor 3, as there. What the person has set stays.
 */
function socketVariables({ listeners, inheritedSockets, env }: ProgramOptions): string[] {
  const names = [...listeners.map(() => 'listen'), ...inheritedSockets.map(({ name }) => name)]
  if (names.length === 0) return []
  return [`LISTEN_FDS=${names.length}`, `LISTEN_FDNAMES=${names.join(':')}`].filter(
    (variable) => !env.some((given) => given.startsWith(variable.slice(0, variable.indexOf('=') + 1))),
  )
}

function preopen(directory: Directory, warn: (message: string) => void): PreopenedDirectory {
  const opened = openDirectory(directory)
  if (typeof opened !== 'number') {
    if (reachesProcesses(directory.host)) {
      warn(`${directory.host}: /proc can be reached in it, and there the memory of this process, which knows no grants`)
    }
    return opened
  }
  const what = directory.guest === directory.host ? 'directory' : 'mapped directory'
  throw new LoadError(`error while pre-opening ${what} ${directory.host}: ${errnoText(opened)}`)
}

/** The host's name for a negative errno, or what it means where people meet it most. */
function errnoText(result: number): string {
  const name = getSystemErrorName(result)
  return (
    {
      ENOENT: 'no such file or directory',
      ENOTDIR: 'not a directory',
      EACCES: 'permission denied',
      ENOTSOCK: 'not a socket',
      EADDRINUSE: 'address in use',
    }[name] ?? name
  )
}

function cString(text: string): Uint8Array {
  return Buffer.from(`${text}\0`)
}

function compile(bytes: Uint8Array): WebAssembly.Module {
  const magic = String.fromCharCode(...bytes.subarray(0, 4))
  if (magic === '\0aot') {
    throw new LoadError(
      'WASM module load failed: this is an ahead-of-time compiled (.aot) file; Berth runs .wasm modules',
    )
  }
  if (bytes.length < 8 && '\0asm'.startsWith(magic)) throw new LoadError('WASM module load failed: unexpected end')
  if (magic !== '\0asm') throw new LoadError('WASM module load failed: magic header not detected')
  try {
    return new WebAssembly.Module(bytes)
  } catch (error) {
    if (!(error instanceof WebAssembly.CompileError)) throw error
    throw new LoadError(`WASM module load failed: ${error.message.replace(/^WebAssembly\.Module\(\): /, '')}`)
  }
}

/** The modules of a program with threads. */
interface ThreadedModules {
  readonly main: WebAssembly.Module
  readonly thread: WebAssembly.Module
  readonly shape: ModuleShape
  readonly pthread: SharedPthread | undefined
}

/** @returns undefined if the module asks for no threads, or cannot have any */
function prepareThreads(bytes: Uint8Array, { maxThreads, warn }: ProgramOptions): ThreadedModules | undefined {
  const original = inspectModule(bytes)
  const asksForWasiThreads = importsSpawn(original)
  if (!asksForWasiThreads && !asksForPthread(original)) return undefined
  const prepared = prepareForThreads(bytes)
  const pthread = preparePthread(original, prepared, maxThreads)
  const start = original.exports.find((entry) => entry.name === 'wasi_thread_start')
  let missing: string | undefined
  if (prepared.memory?.shared !== true) missing = 'has no shared memory'
  else if (asksForWasiThreads && (start?.kind !== 'function' || start.signature !== 'ii:')) {
    missing = 'exports no wasi_thread_start'
  } else if (typeof pthread === 'string') missing = pthread
  if (missing !== undefined || typeof pthread === 'string') {
    warn(`the module asks for threads and ${missing}: it will get none`)
    return undefined
  }
  if (Number.parseInt(process.versions.v8, 10) < FIRST_GOOD_V8) {
    const { setFlagsFromString } = createRequire(import.meta.url)('node:v8') as typeof import('node:v8')
    setFlagsFromString('--no-liftoff')
  }
  const main = compile(prepared.main)
  const thread = prepared.thread === prepared.main ? main : compile(prepared.thread)
  return { main, thread, shape: inspectModule(prepared.main), pthread }
}

function importsSpawn({ imports }: ModuleShape): boolean {
  const known: Readonly<Record<string, string>> = THREADS_SIGNATURES
  return imports.some(
    (entry) => entry.kind === 'function' && entry.module === THREADS_MODULE && known[entry.name] === entry.signature,
  )
}

/**
 * The baseline compiler of Node.js 20 gives a function that waits on memory (`memory.atomic.wait32` on a constant address)
 * wrong values of its local variables afterwards. Seen in 11.3, not in 12.4.
 */
const FIRST_GOOD_V8 = 12

function checkShape({ imports, exports }: ModuleShape): void {
  const exported = (name: string) => exports.find((entry) => entry.name === name)
  const start = exported('_start')
  if (start !== undefined && (start.kind !== 'function' || start.signature !== ':')) {
    throw new LoadError('WASM module load failed: _start must be a function without parameters and results')
  }
  const usesWasi = imports.some((entry) => entry.kind === 'function' && WASI_MODULES.includes(entry.module))
  const hasMemory = exported('memory')?.kind === 'memory' || imports.some((entry) => entry.kind === 'memory')
  if ((usesWasi || start !== undefined) && !hasMemory) {
    throw new LoadError('WASM module load failed: a module with WASI apis must export memory by default')
  }
}
