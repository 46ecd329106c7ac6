import { MONOTONIC, now } from '../os/clock.ts'
import { POLLIN } from '../os/constants.ts'
import { HostErrno } from '../os/errno.ts'
import { poll } from '../os/libc.ts'
import { epollWait } from '../os/libc-further.ts'
import type { Pollfds } from '../os/pollfds.ts'
import type { SuspendedCall } from './suspended-call.ts'
import type { Waiter } from './waiter.ts'

/** Looks, and where there is nothing yet lets the call be repeated when there is: answers EAGAIN then. */
export class SuspendingWaiter implements Waiter {
  readonly #call: SuspendedCall

  constructor(call: SuspendedCall) {
    this.#call = call
  }

  /** The thread has other things to do than to look. */
  readonly spins = false
  spinUntilReadable(): void {}

  callStartNs(): bigint {
    return this.#call.startNs
  }

  poll(pollfds: Pollfds, timeoutNs: bigint | undefined): number {
    const ready = this.#look(pollfds)
    if (ready !== 0 || timeoutNs === 0n) return ready
    return this.#call.waitForAny(pollfds, timeoutNs) ? -HostErrno.EAGAIN : 0
  }

  epollWait(epollFd: number, events: number, room: number, deadlineNs: bigint | undefined): number {
    const count = epollWait(epollFd, events, room, 0)
    if (count !== 0 || (deadlineNs !== undefined && deadlineNs <= this.#call.startNs)) return count
    const timeoutNs = deadlineNs === undefined ? undefined : deadlineNs - now(MONOTONIC)
    return this.#call.waitFor(epollFd, POLLIN, () => timeoutNs) ? -HostErrno.EAGAIN : 0
  }

  #look(pollfds: Pollfds): number {
    if (pollfds.count === 0) return 0
    for (;;) {
      const ready = poll(pollfds.address, pollfds.count, 0)
      if (ready !== -HostErrno.EINTR) return ready
    }
  }
}
