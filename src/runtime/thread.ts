import { keepCompiledCode } from '../boot/keep-code.ts'
import { type SharedDescriptors, SharedDescriptorTable } from '../fd/shared-table.ts'
import { Host } from '../host/host.ts'
import { GuestMemory } from '../memory/guest-memory.ts'
import { addressOf } from '../os/ffi.ts'
import { type SharedGroup, ThreadGroup } from '../threads/group.ts'
import { BlockingWaiter } from '../wait/blocking-waiter.ts'
import type { ModuleShape } from './inspect.ts'
import { InstanceGarbage } from './instance-garbage.ts'
import { type Linked, link } from './link.ts'
import { PthreadRun, type SharedPthread } from './pthread.ts'

/** What all threads of a program have in common, as it travels to a Worker. */
export interface SharedProgram {
  readonly module: WebAssembly.Module
  readonly shape: ModuleShape
  readonly memory: WebAssembly.Memory
  readonly args: readonly string[]
  readonly env: readonly string[]
  /** Microseconds for which a wait looks before it sleeps. */
  readonly busyPollUs: number
  readonly group: SharedGroup
  readonly descriptors: SharedDescriptors
  /** For a program of lib-pthread. */
  readonly pthread: SharedPthread | undefined
}

/** The parts of a host that reach the network. */
export type Connection = Pick<Host, 'network'> & Partial<Pick<Host, 'messages'>>

/** What a thread does by itself. */
export interface ThreadOptions {
  /** Makes the network that the thread uses. */
  readonly connect: (threads: ThreadGroup) => Connection
  /** Ends the whole program; must not return. */
  readonly exit: (code: number) => never
  readonly startWorker: (program: SharedProgram, place: number) => void
}

type Imports = Linked['imports']

/**
 * Takes the jobs of one place and runs each in an instance of its own, over the memory that all share.
 * @throws what ends a thread, and with it the program
 */
export function runThread(program: SharedProgram, place: number, options: ThreadOptions): never {
  const threads = new ThreadGroup(program.group, place, (other) => options.startWorker(program, other))
  const table = new SharedDescriptorTable(program.descriptors, threads)
  const memory = new GuestMemory(addressOf)
  memory.attach(program.memory)
  const host = new Host({
    memory,
    table,
    ...options.connect(threads),
    waiter: new BlockingWaiter(() => table.isInterrupted, program.busyPollUs),
    args: program.args.map(cString),
    env: program.env.map(cString),
    exit: options.exit,
    threads,
  })
  // What is missing was told when the program was loaded.
  const silent = (): void => {}
  const { module, shape } = program
  const pthread = program.pthread && new PthreadRun(program.pthread, shape, host, program.memory)
  // Linking takes longer than all else that a waiting Worker does to start a thread: once for each of the two kinds.
  let pthreadImports: Imports | undefined
  let wasiImports: Imports | undefined
  const garbage = new InstanceGarbage()
  for (;;) {
    const job = threads.nextJob()
    if (pthread === undefined || job.handle === 0) {
      // Not those of the thread that ran here before.
      host.pthread = undefined
      table.isCancelled = () => false
      wasiImports ??= link(shape, host, silent, program.memory).imports
      const { exports } = new WebAssembly.Instance(module, wasiImports)
      keepCompiledCode()
      ;(exports.wasi_thread_start as (thread: number, argument: number) => void)(place, job.argument)
      threads.jobDone()
    } else {
      pthread.begin(job.handle)
      pthreadImports ??= link(shape, host, silent, program.memory).imports
      const { exports } = new WebAssembly.Instance(module, pthreadImports)
      pthread.attach(exports)
      keepCompiledCode()
      pthread.run(job, place, () => threads.jobDone())
    }
    garbage.add()
  }
}

/** A string as C programs have it. */
export function cString(text: string): Uint8Array {
  return Buffer.from(`${text}\0`)
}
