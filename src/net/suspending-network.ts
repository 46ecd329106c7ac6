import type { SocketAddress } from '../address/socket-address.ts'
import type { SocketDescriptor } from '../fd/descriptor.ts'
import { POLLIN, POLLOUT, SO_RCVTIMEO, SO_SNDTIMEO, SOCK_CLOEXEC, SOCK_NONBLOCK } from '../os/constants.ts'
import { HostErrno } from '../os/errno.ts'
import type { Iovecs } from '../os/iovecs.ts'
import { setNonBlockingMode } from '../os/libc.ts'
import type { Policy } from '../policy/policy.ts'
import { readiness } from '../wait/readiness.ts'
import type { SuspendedCall } from '../wait/suspended-call.ts'
import { Network, type ReceiveFlags, setUnknown } from './network.ts'
import { endLingering } from './options.ts'
import { type BackgroundResolver, HOST_RESOLVER_IN_BACKGROUND } from './resolver.ts'
import { SuspendingResolver } from './suspending-resolver.ts'
import { noteTimeout, timeoutOf, transfer, waitToReceive } from './suspending-transfer.ts'

/** Answers of a `connect` that goes on; EAGAIN is that of a Unix-domain socket whose listener has no room. */
const CONNECTING: readonly number[] = [-HostErrno.EINPROGRESS, -HostErrno.EALREADY, -HostErrno.EAGAIN]

/**
 * The network of a program whose calls suspend its stack: host sockets never block, and the mode that the program gave a
 * socket is only noted. A call that would block is repeated when the socket is ready, until it has done what it does on a
 * blocking socket of Linux.
 */
export class SuspendingNetwork extends Network {
  protected override readonly socketFlags = SOCK_CLOEXEC | SOCK_NONBLOCK
  readonly #call: SuspendedCall

  /** @param resolver who looks up the names that policy allows */
  constructor(policy: Policy, call: SuspendedCall, resolver: BackgroundResolver = HOST_RESOLVER_IN_BACKGROUND) {
    super(policy, new SuspendingResolver(call, resolver))
    this.#call = call
  }

  override adopt(hostFd: number): SocketDescriptor | number {
    const adopted = super.adopt(hostFd)
    if (typeof adopted === 'number' || adopted.file.nonBlocking) return adopted
    const result = setNonBlockingMode(hostFd, true)
    return result < 0 ? result : adopted
  }

  override setNonBlocking(descriptor: SocketDescriptor, nonBlocking: boolean): number {
    descriptor.file.nonBlocking = nonBlocking
    return 0
  }

  override optionChanged(socket: SocketDescriptor, level: number, option: number, value: Uint8Array): void {
    noteTimeout(socket, level, option, value)
  }

  /** A close that lingers would hold up everybody else: the kernel sends what is left by itself. */
  override close(descriptor: SocketDescriptor, isLast = true): number {
    if (isLast) endLingering(descriptor.hostFd)
    const result = super.close(descriptor, isLast)
    readiness.closed(descriptor.hostFd)
    return result
  }

  override connect(descriptor: SocketDescriptor, address: SocketAddress): number {
    return this.awaitConnection(descriptor, super.connect(descriptor, address))
  }

  /** Asked again when the socket is ready, the kernel answers 0 or why there is no connection. */
  override awaitConnection(descriptor: SocketDescriptor, result: number): number {
    if (descriptor.file.nonBlocking || !CONNECTING.includes(result)) return result
    this.#call.result ??= result
    const waits = this.#call.waitFor(descriptor.hostFd, POLLOUT, timeoutOf(descriptor, SO_SNDTIMEO))
    return waits ? result : (this.#call.result as number)
  }

  override accept(descriptor: SocketDescriptor, nonBlocking: boolean): SocketDescriptor | number {
    const accepted = super.accept(descriptor, nonBlocking)
    if (accepted !== -HostErrno.EAGAIN || descriptor.file.nonBlocking) return accepted
    return waitToReceive(this.#call, descriptor)
  }

  override receive(descriptor: SocketDescriptor, buffers: Iovecs, flags: ReceiveFlags): number {
    if (descriptor.file.nonBlocking) return super.receive(descriptor, buffers, flags)
    return transfer(this.#call, {
      socket: descriptor,
      events: POLLIN,
      timeoutOption: SO_RCVTIMEO,
      wantedBytes: buffers.totalBytes,
      isWhole: flags.waitAll && descriptor.isStream && !flags.peek,
      skip: (bytes) => buffers.skip(bytes),
      attempt: () => super.receive(descriptor, buffers, flags),
    })
  }

  override receiveFrom(socket: SocketDescriptor, buffers: Iovecs, flags: ReceiveFlags, from: SocketAddress): number {
    const received = super.receiveFrom(socket, buffers, flags, from)
    // A stream's bytes come from `receive`, which has waited.
    if (received !== -HostErrno.EAGAIN || socket.isStream || socket.file.nonBlocking) return received
    setUnknown(from, socket)
    return waitToReceive(this.#call, socket)
  }

  override send(descriptor: SocketDescriptor, buffers: Iovecs): number {
    return this.#send(descriptor, buffers, () => super.send(descriptor, buffers))
  }

  override sendTo(descriptor: SocketDescriptor, buffers: Iovecs, to: SocketAddress): number {
    return this.#send(descriptor, buffers, () => super.sendTo(descriptor, buffers, to))
  }

  #send(descriptor: SocketDescriptor, buffers: Iovecs, attempt: () => number): number {
    if (descriptor.file.nonBlocking) return attempt()
    return transfer(this.#call, {
      socket: descriptor,
      events: POLLOUT,
      timeoutOption: SO_SNDTIMEO,
      wantedBytes: buffers.totalBytes,
      isWhole: descriptor.isStream,
      skip: (bytes) => buffers.skip(bytes),
      attempt,
    })
  }
}
