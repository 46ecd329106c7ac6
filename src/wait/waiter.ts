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

  /**
   * The same for an epoll set.
   * @param events where the kernel puts at most `room` events; @param deadlineNs on the monotonic clock
   * @returns how many events there are, 0 after the timeout, or a negative host errno
   */
  epollWait(epollFd: number, events: number, room: number, deadlineNs: bigint | undefined): number

  /** Whether a wait begins awake; see {@link spinUntilReadable}. */
  readonly spins: boolean

  /**
   * Before a call that sleeps until `hostFd` can be read (or has a connection to accept): looks for a while whether that is
   * already so. Waking a thread on another processor takes longer than many a peer needs to answer.
   */
  spinUntilReadable(hostFd: number): void

  /** When the call at work began, on the monotonic clock: where it is attempted several times, its timeouts run from there. */
  callStartNs(): bigint
}
