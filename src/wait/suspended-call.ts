import { MONOTONIC, now } from '../os/clock.ts'
import type { Pollfds } from '../os/pollfds.ts'
import { readiness, type Sleeper } from './readiness.ts'

const NS_PER_MS = 1_000_000n
/** The longest that a timer of Node.js takes; who wakes early goes on waiting. */
const MAX_TIMER_MS = 0x7fff_ffff

/** So often in a row may a descriptor be ready and the call find nothing, before each further attempt is delayed. */
const MAX_IN_VAIN = 4
const MAX_DELAY_MS = 16

/** Calls without a turn of the event loop between them. */
const CALLS_PER_TURN = 64

/**
 * The host function at work in an instance whose calls suspend its stack. The function runs synchronously: where it would have
 * to wait it says here for what, and returns; it is called again with the same arguments when that is there, and finds
 * here how far it had come.
 */
export class SuspendedCall implements Sleeper {
  /** Bytes that earlier attempts have transferred. */
  bytes = 0
  /** Whole messages, where a call has many. */
  messages = 0
  /** What it waited for, where that is no descriptor; or the answer that a first attempt got. */
  result: unknown
  /** Whether the attempt is to be repeated after {@link pause}. */
  isPending = false

  #isBusy = false
  #callsSinceTurn = 0
  #startNs: bigint | undefined
  #deadlineNs: bigint | undefined
  #hasDeadline = false
  /** The descriptors to wait for: two numbers each. */
  readonly #wanted: number[] = []
  #awaited: Promise<unknown> | undefined
  #inVain = 0
  #progress = 0
  #timer: NodeJS.Timeout | undefined
  #resolve: (() => void) | undefined
  #reject: ((reason: unknown) => void) | undefined
  #ended: (() => unknown) | undefined

  /**
   * A host function is called by the program.
   * @returns false if another call of the same instance is suspended
   * @throws if the program has been ended
   */
  begin(): boolean {
    if (this.#isBusy) return false
    if (this.#ended !== undefined) throw this.#ended()
    this.#isBusy = true
    this.bytes = 0
    this.messages = 0
    this.result = undefined
    this.isPending = false
    this.#startNs = undefined
    this.#hasDeadline = false
    this.#inVain = 0
    this.#progress = 0
    return true
  }

  end(): void {
    this.#isBusy = false
  }

  /** Whether the event loop has waited long enough for its turn: a program that never has to wait would never let it. */
  get isTurnDue(): boolean {
    return ++this.#callsSinceTurn > CALLS_PER_TURN
  }

  /** When the program made the call, on the monotonic clock: its timeouts are not prolonged by a repetition. */
  get startNs(): bigint {
    this.#startNs ??= now(MONOTONIC)
    return this.#startNs
  }

  /**
   * The call is to wait for a descriptor.
   * @param timeoutNs asked at the first wait of the call: from then on the time runs. undefined is for ever
   * @returns false if the time is over
   */
  waitFor(hostFd: number, events: number, timeoutNs?: () => bigint | undefined): boolean {
    if (this.#isOver(timeoutNs, now(MONOTONIC))) return false
    this.#wanted.length = 0
    this.#wanted.push(hostFd, events)
    return this.#wait()
  }

  /** The same for several, for a time that runs from the call's start. */
  waitForAny(pollfds: Pollfds, timeoutNs: bigint | undefined): boolean {
    if (this.#isOver(() => timeoutNs, this.startNs)) return false
    this.#wanted.length = 0
    for (let i = 0; i < pollfds.count; i++) {
      if (pollfds.fd(i) >= 0) this.#wanted.push(pollfds.fd(i), pollfds.events(i))
    }
    return this.#wait()
  }

  /** The call is to wait for something that is under way; {@link result} will be what comes of it. */
  waitForResult(promise: Promise<unknown>): void {
    this.#wanted.length = 0
    this.#awaited = promise
    this.#wait()
  }

  /** What the next wait may take is asked anew: a timeout that is each message's own. */
  restartTimeout(): void {
    this.#hasDeadline = false
  }

  #isOver(timeoutNs: (() => bigint | undefined) | undefined, fromNs: bigint): boolean {
    if (!this.#hasDeadline) {
      const timeout = timeoutNs?.()
      this.#deadlineNs = timeout === undefined ? undefined : fromNs + timeout
      this.#hasDeadline = true
    }
    return this.#deadlineNs !== undefined && now(MONOTONIC) >= this.#deadlineNs
  }

  #wait(): true {
    this.isPending = true
    return true
  }

  /** Waits for what the attempt asked for. Rejects if the program is ended meanwhile. */
  pause(): Promise<void> {
    this.isPending = false
    this.#callsSinceTurn = 0
    const { promise, resolve, reject } = withResolvers()
    if (this.#ended !== undefined) {
      reject(this.#ended())
      return promise
    }
    this.#resolve = resolve
    this.#reject = reject
    if (this.#awaited !== undefined) {
      this.#waitForAwaited(this.#awaited)
      return promise
    }
    const delayMs = this.#delayMs()
    if (delayMs > 0) {
      this.#timer = setTimeout(() => this.wake(), delayMs)
      return promise
    }
    const wanted = this.#wanted
    for (let i = 0; i < wanted.length; i += 2) readiness.add(wanted[i]!, wanted[i + 1]!, this)
    if (this.#deadlineNs === undefined) {
      // A wait for nothing, for ever: it keeps the process alive as it would a thread.
      if (wanted.length === 0) this.#timer = setTimeout(() => this.wake(), MAX_TIMER_MS)
    } else {
      const leftMs = (this.#deadlineNs - now(MONOTONIC) + NS_PER_MS - 1n) / NS_PER_MS
      const timeoutMs = leftMs > MAX_TIMER_MS ? MAX_TIMER_MS : Math.max(1, Number(leftMs))
      this.#timer = setTimeout(() => {
        this.#inVain = 0
        this.wake()
      }, timeoutMs)
    }
    return promise
  }

  /** What comes after the program has been ended is nobody's. */
  #waitForAwaited(awaited: Promise<unknown>): void {
    awaited.then(
      (result) => {
        if (this.#awaited !== awaited) return
        this.result = result
        this.wake()
      },
      (error) => {
        if (this.#awaited !== awaited) return
        const reject = this.#reject
        this.#stopWaiting()
        reject?.(error)
      },
    )
  }

  /** Lets the event loop have a turn. */
  turn(): Promise<void> {
    this.#callsSinceTurn = 0
    const { promise, resolve, reject } = withResolvers()
    this.#resolve = resolve
    this.#reject = reject
    setImmediate(() => this.wake())
    return promise
  }

  wake(): void {
    const resolve = this.#resolve
    this.#stopWaiting()
    resolve?.()
  }

  /** Ends the program at its present or next wait. @param reason makes what its calls throw */
  stop(reason: () => unknown): void {
    this.#ended = reason
    const reject = this.#reject
    this.#stopWaiting()
    reject?.(reason())
  }

  /** The program has been ended, and what it was ended with has been told. */
  reset(): void {
    this.#ended = undefined
    this.#isBusy = false
  }

  #stopWaiting(): void {
    if (this.#resolve === undefined) return
    this.#resolve = undefined
    this.#reject = undefined
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.#awaited = undefined
    for (let i = 0; i < this.#wanted.length; i += 2) readiness.remove(this.#wanted[i]!, this)
    this.#wanted.length = 0
  }

  /**
   * Some descriptors are ready for `poll` when the call still can not go on: a datagram socket whose receiver is full, one with
   * an unread error queue. Without a delay such a call would take the processor.
   */
  #delayMs(): number {
    const progress = this.bytes + this.messages
    this.#inVain = progress === this.#progress ? this.#inVain + 1 : 0
    this.#progress = progress
    // The first wait of a call is not in vain.
    const excess = this.#inVain - 1 - MAX_IN_VAIN
    return excess < 0 ? 0 : Math.min(2 ** excess, MAX_DELAY_MS)
  }
}

function withResolvers() {
  let resolve!: () => void
  let reject!: (reason: unknown) => void
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve
    reject = onReject
  })
  return { promise, resolve, reject }
}
