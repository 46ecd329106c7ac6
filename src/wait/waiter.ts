import type { Pollfds } from '../os/pollfds.ts'

/**
 * How a thread waits until descriptors are ready or time has passed.
 *
 * With one thread per process a socket call waits inside the kernel, in the call itself: that is the cheapest wait there
 * is, and a signal ends the process whatever it waits for. What comes here is the waiting that has no call of its own.
 */
export interface Waiter {
  /**
   * @param pollfds what to wait for; none makes this a sleep
   * @param timeoutNs undefined waits for ever; 0 does not wait
   * @returns how many entries are ready, 0 after the timeout, or a negative host errno: EINTR where another thread is closing one
   */
  poll(pollfds: Pollfds, timeoutNs: bigint | undefined): number
}
