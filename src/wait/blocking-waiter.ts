import { MONOTONIC, now } from '../os/clock.ts'
import { POLLIN } from '../os/constants.ts'
import { HostErrno } from '../os/errno.ts'
import { HostBuffer } from '../os/ffi.ts'
import { poll, ppoll } from '../os/libc.ts'
import { epollWait } from '../os/libc-further.ts'
import { type Pollfds, readyEvents } from '../os/pollfds.ts'
import type { Waiter } from './waiter.ts'

/** The longest timeout the kernel takes, in seconds; nobody sees it end. */
const MAX_SECONDS = 0x7fff_ffff_ffffn
/** The same for `epoll_wait`. */
const MAX_TIMEOUT_MS = 0x7fff_ffff

/** Longer is no short while: so long a thread may be deaf to what ends it. In microseconds. */
export const MAX_BUSY_POLL_US = 100_000

/** Blocks the thread in `poll`. */
export class BlockingWaiter implements Waiter {
  readonly #timespec = new HostBuffer(16)
  readonly #isInterrupted: () => boolean
  readonly #busyPollMs: number
  readonly spins: boolean

  /**
   * @param isInterrupted asked when a signal has ended a wait: whether it is not to go on
   * @param busyPollUs microseconds for which a wait looks before it sleeps; at most {@link MAX_BUSY_POLL_US}
   */
  constructor(isInterrupted: () => boolean = () => false, busyPollUs = 0) {
    this.#isInterrupted = isInterrupted
    this.#busyPollMs = busyPollUs / 1000
    this.spins = busyPollUs > 0
  }

  spinUntilReadable(hostFd: number): void {
    this.#spin(undefined, () => readyEvents(hostFd, POLLIN))
  }

  /** Looks as long as nothing is found and the time is not over. @returns what was found, 0 for nothing */
  #spin(timeoutNs: bigint | undefined, look: () => number): number {
    const start = performance.now()
    const timeoutMs = timeoutNs === undefined ? this.#busyPollMs : Math.min(this.#busyPollMs, Number(timeoutNs) / 1e6)
    for (;;) {
      const found = look()
      // A signal for another descriptor's sake is nothing that was found.
      if (found === -HostErrno.EINTR && !this.#isInterrupted()) continue
      if (found !== 0 || this.#isInterrupted() || performance.now() - start >= timeoutMs) return found
    }
  }

  poll(pollfds: Pollfds, timeoutNs: bigint | undefined): number {
    if (!this.spins || timeoutNs === 0n || pollfds.count === 0) return this.#poll(pollfds, timeoutNs)
    const deadline = timeoutNs && now(MONOTONIC) + timeoutNs
    const found = this.#spin(timeoutNs, () => poll(pollfds.address, pollfds.count, 0))
    if (found !== 0) return found
    const left = deadline && deadline - now(MONOTONIC)
    return this.#poll(pollfds, left !== undefined && left < 0n ? 0n : left)
  }

  #poll(pollfds: Pollfds, timeoutNs: bigint | undefined): number {
    if (timeoutNs === undefined || timeoutNs === 0n) {
      for (;;) {
        const ready = poll(pollfds.address, pollfds.count, timeoutNs === undefined ? -1 : 0)
        if (ready !== -HostErrno.EINTR || this.#isInterrupted()) return ready
      }
    }
    const deadline = now(MONOTONIC) + timeoutNs
    for (let left = timeoutNs; ; left = deadline - now(MONOTONIC)) {
      if (left < 0n) left = 0n
      const seconds = left / 1_000_000_000n
      this.#timespec.view.setBigInt64(0, seconds < MAX_SECONDS ? seconds : MAX_SECONDS, true)
      this.#timespec.view.setBigInt64(8, left % 1_000_000_000n, true)
      const ready = ppoll(pollfds.address, pollfds.count, this.#timespec.address, 0)
      if (ready !== -HostErrno.EINTR || this.#isInterrupted()) return ready
    }
  }

  epollWait(epollFd: number, events: number, room: number, deadlineNs: bigint | undefined): number {
    if (this.spins) {
      const timeoutNs = deadlineNs && deadlineNs - now(MONOTONIC)
      const found = this.#spin(timeoutNs, () => epollWait(epollFd, events, room, 0))
      if (found !== 0) return found
    }
    for (;;) {
      const count = epollWait(epollFd, events, room, millisecondsUntil(deadlineNs))
      // A timeout beyond the kernel's longest ends early.
      if (count === 0 && deadlineNs !== undefined && now(MONOTONIC) < deadlineNs) continue
      if (count !== -HostErrno.EINTR || this.#isInterrupted()) return count
    }
  }

  callStartNs(): bigint {
    return now(MONOTONIC)
  }
}

/** Rounded up: waking early would be a busy loop. -1 for no deadline. */
function millisecondsUntil(deadlineNs: bigint | undefined): number {
  if (deadlineNs === undefined) return -1
  const left = deadlineNs - now(MONOTONIC)
  if (left <= 0n) return 0
  const milliseconds = (left + 999_999n) / 1_000_000n
  return milliseconds > BigInt(MAX_TIMEOUT_MS) ? MAX_TIMEOUT_MS : Number(milliseconds)
}
