import type { SocketAddress } from '../address/socket-address.ts'
import { allocateSharedDescriptors, SharedDescriptorTable } from '../fd/shared-table.ts'
import { DescriptorTable } from '../fd/table.ts'
import { Host } from '../host/host.ts'
import type { Directory } from '../host/preopens.ts'
import { standardStreams } from '../host/standard-streams.ts'
import { GuestMemory } from '../memory/guest-memory.ts'
import { Network } from '../net/network.ts'
import { addressOf } from '../os/ffi.ts'
import type { Policy } from '../policy/policy.ts'
import { allocateGroup, ThreadGroup } from '../threads/group.ts'
import { BlockingWaiter } from '../wait/blocking-waiter.ts'
import { inspectModule, type ModuleShape, type Signature } from './inspect.ts'
import { Instance } from './instance.ts'
import { importMemory } from './link.ts'
import { checkShape, compile, prepareThreads } from './load.ts'
import { giveSockets, type InheritedSocket, openDirectories, socketVariables } from './provisions.ts'
import { cString, type SharedProgram } from './thread.ts'

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
  readonly inheritedSockets: readonly InheritedSocket[]
  /** Is told of each listener at the port that it got. */
  readonly onListen: (address: SocketAddress) => void
  /** Threads besides the main one. */
  readonly maxThreads: number
  /** Microseconds for which a wait looks before it sleeps. */
  readonly busyPollUs: number
  /** Starts a Worker that calls `runThread` with these. */
  readonly startWorker: (program: SharedProgram, place: number) => void
  /** Ends the program for `proc_exit`; must not return. */
  readonly exit: (code: number) => never
  /** Something that the person should know and that does not stop the program. */
  readonly warn: (message: string) => void
}

/** A module with everything that it imports, ready to run. */
export class Program {
  readonly shape: ModuleShape
  readonly #instance: Instance
  readonly #host: Host

  /**
   * Compiles, links and instantiates.
   * @throws LoadError if the bytes are no module or an import that must be there is not
   */
  constructor(bytes: Uint8Array, options: ProgramOptions) {
    const { listeners, inheritedSockets, warn } = options
    const compiled = compile(bytes)
    const original = inspectModule(bytes)
    const threaded = prepareThreads(bytes, original, options.maxThreads, warn)
    this.shape = threaded?.shape ?? original
    checkShape(this.shape)
    const module = threaded === undefined ? compiled : compile(threaded.main)
    const memory = threaded && importMemory(this.shape)
    const env = [...options.env, ...socketVariables(listeners, inheritedSockets, options.env)]
    const directories = openDirectories(options.directories, warn)
    const shared = threaded && {
      module: threaded.thread === threaded.main ? module : compile(threaded.thread),
      shape: this.shape,
      args: options.args,
      env,
      busyPollUs: options.busyPollUs,
      group: allocateGroup(options.maxThreads),
      descriptors: allocateSharedDescriptors(directories.map(({ name }) => name)),
      pthread: threaded.pthread,
    }
    const startWorker = (place: number): void => {
      if (shared !== undefined && memory !== undefined) options.startWorker({ ...shared, memory }, place)
    }
    const threads = shared && new ThreadGroup(shared.group, 0, startWorker)
    const table = shared && threads ? new SharedDescriptorTable(shared.descriptors, threads) : new DescriptorTable()
    this.#host = new Host({
      memory: new GuestMemory(addressOf),
      table,
      network: new Network(options.policy),
      waiter: new BlockingWaiter(() => table.isInterrupted, options.busyPollUs),
      args: options.args.map(cString),
      env: env.map(cString),
      exit: options.exit,
      ...(threads && { threads }),
    })
    for (const descriptor of [...standardStreams(), ...directories]) table.add(descriptor)
    try {
      giveSockets(this.#host.network, listeners, inheritedSockets, (socket) => table.add(socket), options.onListen)
      this.#instance = new Instance(this.#host, {
        module,
        shape: this.shape,
        memory,
        pthread: threaded?.pthread,
        warn,
      })
    } catch (error) {
      this.close()
      throw error
    }
  }

  /** Runs the program from its entry point to its end. */
  run(): void {
    this.#instance.run()
  }

  /** Runs a reactor's `_initialize`, if there is one. */
  initialize(): void {
    this.#instance.initialize()
  }

  /** The type of an exported function, undefined where there is none of that name. */
  signatureOf(name: string): Signature | undefined {
    return this.#instance.signatureOf(name)
  }

  call(name: string, values: readonly unknown[]): unknown {
    return this.#instance.call(name, values)
  }

  /** Closes what the program left open, the standard streams excepted: they are the process's. */
  close(): void {
    // Other threads still run, and would go on with what closing wakes them from: the end of the process closes it all.
    if (this.#host.threads === undefined) this.#host.releaseAll()
  }
}
