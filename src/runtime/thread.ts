import { type SharedDescriptors, SharedDescriptorTable } from '../fd/shared-table.ts'
import { Host } from '../host/host.ts'
import { GuestMemory } from '../memory/guest-memory.ts'
import { Network } from '../net/network.ts'
import { addressOf } from '../os/ffi.ts'
import type { Policy } from '../policy/policy.ts'
import { type SharedGroup, ThreadGroup } from '../threads/group.ts'
import { BlockingWaiter } from '../wait/blocking-waiter.ts'
import type { ModuleShape } from './inspect.ts'
import { link } from './link.ts'
import { PthreadRun, type SharedPthread } from './pthread.ts'

/** What all threads of a program have in common, as it travels to a Worker. */
export interface SharedProgram {
  readonly module: WebAssembly.Module
  readonly shape: ModuleShape
  readonly memory: WebAssembly.Memory
  readonly args: readonly string[]
  readonly env: readonly string[]
  readonly group: SharedGroup
  readonly descriptors: SharedDescriptors
  /** For a program of lib-pthread. */
  readonly pthread: SharedPthread | undefined
}

/** What a thread does by itself. */
export interface ThreadOptions {
  readonly policy: Policy
  /** Ends the whole program; must not return. */
  readonly exit: (code: number) => never
  readonly startWorker: (program: SharedProgram, place: number) => void
}

/**
 * Takes the jobs of one place and runs each in an instance of its own, over the memory that all share.
 * @throws what ends a thread, and with it the program
 */
export function runThread(program: SharedProgram, place: number, options: ThreadOptions): never {
  const threads = new ThreadGroup(program.group, place, (other) => options.startWorker(program, other))
  const table = new SharedDescriptorTable(program.descriptors, threads)
  const memory = new GuestMemory(addressOf)
  memory.attach(program.memory)
  const cString = (text: string): Uint8Array => Buffer.from(`${text}\0`)
  const host = new Host({
    memory,
    table,
    network: new Network(options.policy),
    waiter: new BlockingWaiter(() => table.isInterrupted),
    args: program.args.map(cString),
    env: program.env.map(cString),
    exit: options.exit,
    threads,
  })
  // What is missing was told when the program was loaded.
  const silent = (): void => {}
  const once = program.pthread === undefined ? link(program.shape, host, silent, program.memory) : undefined
  for (;;) {
    const job = threads.nextJob()
    if (program.pthread === undefined || job.handle === 0) {
      // Not those of the thread that ran here before.
      host.pthread = undefined
      table.isCancelled = () => false
      const { imports } = once ?? link(program.shape, host, silent, program.memory)
      const { exports } = new WebAssembly.Instance(program.module, imports)
      ;(exports.wasi_thread_start as (thread: number, argument: number) => void)(place, job.argument)
      threads.jobDone()
    } else {
      const run = new PthreadRun(program.pthread, program.shape, host, program.memory, job.handle)
      const { imports } = link(program.shape, host, silent, program.memory)
      const { exports } = new WebAssembly.Instance(program.module, imports)
      run.attach(exports)
      run.run(job, place, () => threads.jobDone())
    }
  }
}
