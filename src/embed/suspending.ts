import { type Descriptor, SocketDescriptor } from '../fd/descriptor.ts'
import { SuspendingStreams } from '../fd/suspending-streams.ts'
import { SuspendingFiles } from '../fs/suspending-files.ts'
import type { Host } from '../host/host.ts'
import { endOf, endProgram } from '../host/trap.ts'
import type { BackgroundResolver } from '../net/resolver.ts'
import { SuspendingMessages } from '../net/suspending-messages.ts'
import { SuspendingNetwork } from '../net/suspending-network.ts'
import { setNonBlockingMode } from '../os/libc.ts'
import type { Policy } from '../policy/policy.ts'
import { readiness } from '../wait/readiness.ts'
import { SuspendedCall } from '../wait/suspended-call.ts'
import { SuspendingWaiter } from '../wait/suspending-waiter.ts'
import { AbortError, BerthError, BusyError, UnsupportedError } from './errors.ts'

/** The host functions that may wait, of all import modules. The others stay plain: suspending costs, and a plain export may call them. */
const WAITING: ReadonlySet<string> = new Set([
  // Preview 1, snapshot 0 and the socket extension.
  'fd_read',
  'fd_write',
  'poll_oneoff',
  'sched_yield',
  'sock_accept',
  'sock_addr_resolve',
  'sock_connect',
  'sock_recv',
  'sock_recv_from',
  'sock_send',
  'sock_send_to',
  // The additional module.
  'accept',
  'address_info',
  'connect',
  'epoll_wait',
  'name_info',
  'poll',
  'receive_message',
  'receive_messages',
  'send_message',
  'send_messages',
])

type HostFunction = (...parameters: unknown[]) => unknown

/** What a host is made of whose calls suspend. */
type SuspendingParts = Pick<Host, 'network' | 'waiter' | 'streams' | 'messages'> & {
  readonly createFiles: () => SuspendingFiles
}

/** @throws UnsupportedError where the engine cannot suspend a stack */
export function requireSuspension(name: string): void {
  // On Bun the FFI's way of waiting ends the process, on Deno it never calls back for an epoll set.
  for (const other of ['bun', 'deno']) {
    const version = (process.versions as Record<string, string | undefined>)[other]
    if (version !== undefined)
      throw new UnsupportedError(`${name} runs on Node.js, not on ${other} ${version}: use spawn()`)
  }
  if (typeof WebAssembly.Suspending === 'function' && typeof WebAssembly.promising === 'function') return
  throw new UnsupportedError(
    `${name} needs JavaScript Promise Integration for WebAssembly, which Node.js has from 24.20.0 on; this is ` +
      `${process.version}. Use spawn() here`,
  )
}

/**
 * Makes the waiting calls of one instance suspend its stack, so that the event loop goes on. The instance can be in one such
 * call at a time.
 */
export class Suspension {
  readonly #call = new SuspendedCall()
  #isRunning = false

  constructor() {
    requireSuspension('getImportObject({ suspend: true })')
  }

  /** For the {@link Host} of the instance. */
  parts(policy: Policy, resolver?: BackgroundResolver): SuspendingParts {
    const call = this.#call
    const waiter = new SuspendingWaiter(call)
    return {
      network: new SuspendingNetwork(policy, call, resolver),
      waiter,
      streams: new SuspendingStreams(waiter, call),
      messages: new SuspendingMessages(policy, call),
      createFiles: () => new SuspendingFiles(call),
    }
  }

  /** Sockets that were made for calls that block. */
  adopt(descriptors: Iterable<Descriptor>): void {
    for (const descriptor of descriptors) {
      if (descriptor instanceof SocketDescriptor) setNonBlockingMode(descriptor.hostFd, true)
    }
  }

  /** The functions of an import module, those that may wait as suspending ones. */
  imports(functions: Readonly<Record<string, unknown>>): Record<string, unknown> {
    const imports: Record<string, unknown> = {}
    for (const [name, found] of Object.entries(functions)) imports[name] = this.importOf(name, found)
    return imports
  }

  /** One of them. */
  importOf(name: string, found: unknown): unknown {
    return WAITING.has(name) ? this.#suspending(found as HostFunction, name === 'sched_yield') : found
  }

  /**
   * Calls an export, in which the suspending imports may be called.
   * @returns what it returns; rejects with what it throws, or with AbortError when `signal` ends the program at a wait
   */
  async run(exported: unknown, parameters: readonly unknown[], signal: AbortSignal | undefined): Promise<unknown> {
    if (signal?.aborted === true) throw new AbortError(signal.reason)
    if (this.#isRunning) throw new BusyError()
    this.#isRunning = true
    const abort = () => this.#call.stop(() => thrownBy(new AbortError(signal?.reason)))
    signal?.addEventListener('abort', abort)
    readiness.enter()
    try {
      return await WebAssembly.promising(exported)(...parameters)
    } catch (error) {
      const end = endOf(error)
      throw end instanceof AbortError ? end : error
    } finally {
      readiness.leave()
      signal?.removeEventListener('abort', abort)
      this.#call.reset()
      this.#isRunning = false
    }
  }

  #suspending(found: HostFunction, isYield: boolean): WebAssembly.Suspending {
    const call = this.#call
    const again: HostFunction = async (a, b, c, d, e, f, g, h, i) => {
      try {
        for (;;) {
          await call.pause()
          const result = found(a, b, c, d, e, f, g, h, i)
          if (!call.isPending) return result
        }
      } finally {
        call.end()
      }
    }
    const afterTurn = async (result: unknown) => {
      try {
        await call.turn()
        return result
      } finally {
        call.end()
      }
    }
    // Nine parameters, which the longest function has: an array for each call would be garbage.
    const attempt: HostFunction = (a, b, c, d, e, f, g, h, i) => {
      // Newer versions of the engine find this out before they call.
      if (!this.#isRunning) throw notPromising()
      if (!call.begin()) throw new BusyError()
      let result: unknown
      try {
        result = found(a, b, c, d, e, f, g, h, i)
      } catch (error) {
        call.end()
        throw error
      }
      if (call.isPending) return again(a, b, c, d, e, f, g, h, i)
      if (isYield || call.isTurnDue) return afterTurn(result)
      call.end()
      return result
    }
    return new WebAssembly.Suspending(attempt)
  }
}

function notPromising(): BerthError {
  return new BerthError('ERR_BERTH_NOT_PROMISING', 'an export that may wait is called through promising()')
}

/** The error with which a program is ended that cannot catch it. */
function thrownBy(reason: Error): unknown {
  try {
    return endProgram(reason)
  } catch (error) {
    return error
  }
}
