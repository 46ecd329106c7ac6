/** A Worker for the threads of spawned programs: the main thread of one after the other, or one further thread. */
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { SocketAddress } from '../address/socket-address.ts'
import { keepCompiledCode } from '../boot/keep-code.ts'
import { SharedDescriptorTable } from '../fd/shared-table.ts'
import { Host } from '../host/host.ts'
import { endOf, endProgram } from '../host/trap.ts'
import { GuestMemory } from '../memory/guest-memory.ts'
import { MeteredMessages, MeteredNetwork } from '../net/metered.ts'
import { Network } from '../net/network.ts'
import { Quota } from '../net/quota.ts'
import { hasNoName, type Resolver, wantsNoName } from '../net/resolver.ts'
import { addressOf } from '../os/ffi.ts'
import { type AddressInfo, type AddressInfoFailure, addressInfo, type NameInfo, nameInfo } from '../os/resolver.ts'
import type { Refusal } from '../policy/policy.ts'
import { isGuestFault, LoadError, ProcessExit, trapReason } from '../runtime/errors.ts'
import { Instance } from '../runtime/instance.ts'
import { importMemory } from '../runtime/link.ts'
import { type Connection, cString, runThread } from '../runtime/thread.ts'
import { ThreadGroup } from '../threads/group.ts'
import { BlockingWaiter } from '../wait/blocking-waiter.ts'
import { createPolicy, denyEvent } from './options.ts'
import {
  type AnswerMessage,
  type End,
  MAX_UNHEARD,
  type Question,
  type RunMessage,
  type SpawnedProgram,
  Word,
  type WorkerMessage,
} from './worker-messages.ts'

/** Deep enough to show where a trap came from. */
Error.stackTraceLimit = 64

const port: MessagePort = parentPort!
const words = new Int32Array(workerData as SharedArrayBuffer)
let isPreparing = true

port.on('message', ({ program, place }: RunMessage) => {
  isPreparing = true
  let memoryBytes = 0
  let end: End
  try {
    if (place === 0) memoryBytes = runMain(program)
    else runFurther(program, place)
    end = { kind: 'exit', code: 0 }
  } catch (error) {
    end = endFor(error)
  }
  prepared()
  tell({ kind: 'ended', end, memoryBytes })
})
prepared()

/** From now on this Worker can be ended at any time, but in a host call. */
function prepared(): void {
  if (isPreparing) Atomics.sub(words, Word.PREPARING, 1)
  isPreparing = false
}

function tell(message: WorkerMessage): void {
  port.postMessage(message)
}

/** @returns the size of its memory */
function runMain(program: SpawnedProgram): number {
  const { shared, main, memoryPages } = program
  // Where it is not limited and no threads share it, the module makes its memory.
  const memory = program.memory ?? (memoryPages === undefined ? undefined : importMemory(shared.shape, memoryPages))
  const threads = new ThreadGroup(shared.group, 0, wantThread)
  const table = new SharedDescriptorTable(shared.descriptors, threads)
  const guestMemory = new GuestMemory(addressOf)
  const host = new Host({
    memory: guestMemory,
    table,
    ...connect(program, threads),
    waiter: new BlockingWaiter(() => table.isInterrupted, shared.busyPollUs),
    args: shared.args.map(cString),
    env: shared.env.map(cString),
    exit,
    threads,
  })
  // What is missing was found when the module was loaded.
  const warn = (): void => {}
  const instance = new Instance(host, { module: main, shape: shared.shape, memory, pthread: shared.pthread, warn })
  keepCompiledCode()
  instance.run()
  return guestMemory.sizeBytes
}

function runFurther(program: SpawnedProgram, place: number): never {
  const { shared, thread, memory } = program
  runThread({ ...shared, module: thread!, memory: memory! }, place, {
    connect: (threads) => connect(program, threads),
    startWorker: (_, other) => wantThread(other),
    exit,
  })
}

/** Only the embedding thread starts Workers: it can, since it is never blocked, and so has them all. */
function wantThread(place: number): void {
  tell({ kind: 'thread wanted', place })
}

function exit(code: number): never {
  endProgram(new ProcessExit(code))
}

function endFor(error: unknown): End {
  const reason = endOf(error)
  if (reason instanceof ProcessExit) return { kind: 'exit', code: reason.code }
  if (reason instanceof LoadError) return { kind: 'load', message: reason.message }
  const stack = error instanceof Error ? error.stack : undefined
  if (isGuestFault(error)) return { kind: 'trap', reason: trapReason(error), stack: guestFrames(stack) }
  return { kind: 'defect', message: String((error as Error)?.message ?? error), stack }
}

/** The stack with the functions of the program alone. */
function guestFrames(stack: string | undefined): string | undefined {
  const lines = stack?.split('\n').filter((line, i) => i === 0 || line.includes('wasm://'))
  // The one by which the host ends a program.
  if (lines?.[1]?.startsWith('    at t (wasm://')) lines.splice(1, 1)
  return lines?.join('\n')
}

function connect({ grants, reportsRefusals, quota }: SpawnedProgram, threads: ThreadGroup): Connection {
  const onRefusal = (refusal: Refusal): void => report(threads, { kind: 'refused', event: denyEvent(refusal) })
  const policy = createPolicy(grants, reportsRefusals ? onRefusal : undefined)
  const resolver = askingResolver(threads)
  const counter = quota && new Quota(quota)
  const connection =
    counter === undefined
      ? { network: new Network(policy, resolver) }
      : { network: new MeteredNetwork(policy, resolver, counter), messages: new MeteredMessages(policy, counter) }
  // What the guest's functions are made of is there, and the guest's own comes next.
  prepared()
  return connection
}

/** Tells of a refusal, and waits while too many have not been heard. */
function report(threads: ThreadGroup, message: WorkerMessage): void {
  tell(message)
  let unheard = Atomics.add(words, Word.REFUSALS, 1) + 1
  if (unheard <= MAX_UNHEARD) return
  threads.outsideCall(() => {
    while (unheard > MAX_UNHEARD) {
      Atomics.wait(words, Word.REFUSALS, unheard)
      unheard = Atomics.load(words, Word.REFUSALS)
    }
  })
}

function ask(threads: ThreadGroup, question: Question): AnswerMessage {
  const answers = Atomics.load(words, Word.ANSWERS)
  tell({ kind: 'question', question })
  threads.outsideCall(() => Atomics.wait(words, Word.ANSWERS, answers))
  return receiveMessageOnPort(port)!.message as AnswerMessage
}

/** Leaves to the embedding thread what would block in the C library, where nothing could interrupt it. */
function askingResolver(threads: ThreadGroup): Resolver {
  return {
    addressInfo(host, service, hints) {
      if (hasNoName(host, hints)) return addressInfo(host, service, hints)
      const question: Question = { about: 'name', host, service, hints }
      const found = ask(threads, question) as AddressInfo | AddressInfoFailure
      if (!('entries' in found)) return found
      // Addresses have come as plain objects.
      const entries = found.entries.map((entry) => ({ ...entry, address: new SocketAddress().copyFrom(entry.address) }))
      return { ...found, entries }
    },
    nameInfo(address, hostRoom, serviceRoom, flags) {
      if (wantsNoName(hostRoom, flags)) return nameInfo(address, hostRoom, serviceRoom, flags)
      const question: Question = { about: 'address', parameters: [address, hostRoom, serviceRoom, flags] }
      return ask(threads, question) as NameInfo | AddressInfoFailure
    },
  }
}
