/** The network of a program whose use of it is limited; see {@link Quota}. */
import type { SocketAddress } from '../address/socket-address.ts'
import type { SocketDescriptor } from '../fd/descriptor.ts'
import { MSG_PEEK } from '../os/constants.ts'
import { HostErrno } from '../os/errno.ts'
import type { Iovecs } from '../os/iovecs.ts'
import type { MessageBatch } from '../os/message-batch.ts'
import type { Policy } from '../policy/policy.ts'
import { Messages } from './messages.ts'
import { Network, type ReceiveFlags } from './network.ts'
import type { Buffers, Quota } from './quota.ts'
import type { Resolver } from './resolver.ts'

export class MeteredNetwork extends Network {
  readonly #quota: Quota

  constructor(policy: Policy, resolver: Resolver, quota: Quota) {
    super(policy, resolver)
    this.#quota = quota
  }

  override open(family: 4 | 6, protocol: 'tcp' | 'udp'): SocketDescriptor | number {
    return this.#counted(() => super.open(family, protocol))
  }

  override openUnix(type: number): SocketDescriptor | number {
    return this.#counted(() => super.openUnix(type))
  }

  override openUnixPair(type: number): [SocketDescriptor, SocketDescriptor] | number {
    return this.#counted(() => this.#counted(() => super.openUnixPair(type)))
  }

  override accept(descriptor: SocketDescriptor, nonBlocking: boolean): SocketDescriptor | number {
    return this.#counted(() => super.accept(descriptor, nonBlocking))
  }

  override duplicate(descriptor: SocketDescriptor): number {
    return this.#counted(() => super.duplicate(descriptor))
  }

  override close(descriptor: SocketDescriptor, isLast?: boolean): number {
    this.#quota.giveBackSocket()
    return super.close(descriptor, isLast)
  }

  override receive(descriptor: SocketDescriptor, buffers: Iovecs, flags: ReceiveFlags): number {
    const receive = (): number => super.receive(descriptor, buffers, flags)
    return this.#quota.receiving(descriptor, buffers, flags.peek ? MSG_PEEK : 0, receive)
  }

  override receiveFrom(
    descriptor: SocketDescriptor,
    buffers: Iovecs,
    flags: ReceiveFlags,
    from: SocketAddress,
  ): number {
    const receive = (): number => super.receiveFrom(descriptor, buffers, flags, from)
    // Of a stream it goes through `receive`.
    if (descriptor.isStream) return receive()
    return this.#quota.receiving(descriptor, buffers, flags.peek ? MSG_PEEK : 0, receive)
  }

  override send(descriptor: SocketDescriptor, buffers: Iovecs): number {
    return this.#quota.sending(descriptor, buffers, () => super.send(descriptor, buffers))
  }

  override sendTo(descriptor: SocketDescriptor, buffers: Iovecs, to: SocketAddress): number {
    if (!this.policy.allows('send to', descriptor.protocol, to)) return -HostErrno.EACCES
    return this.#quota.sending(descriptor, buffers, () => super.sendTo(descriptor, buffers, to))
  }

  /** Makes a socket, if there may be one more. @param open answers it, or a negative host errno */
  #counted<T>(open: () => T | number): T | number {
    if (!this.#quota.takeSocket()) return -HostErrno.EMFILE
    const opened = open()
    if (typeof opened === 'number' && opened < 0) this.#quota.giveBackSocket()
    return opened
  }
}

export class MeteredMessages extends Messages {
  readonly #quota: Quota

  constructor(policy: Policy, quota: Quota) {
    super(policy)
    this.#quota = quota
  }

  override send(socket: SocketDescriptor, batch: MessageBatch, flags: number): number {
    return this.#quota.sending(socket, buffersOf(batch, 0), () => super.send(socket, batch, flags))
  }

  override receive(socket: SocketDescriptor, batch: MessageBatch, flags: number): number {
    return this.#quota.receiving(socket, buffersOf(batch, 0), flags, () => super.receive(socket, batch, flags))
  }

  override sendMany(socket: SocketDescriptor, batch: MessageBatch, flags: number): number {
    let taken = 0
    let count = 0
    for (; count < batch.count; count++) {
      const wanted = batch.totalBytes(count)
      // Only the first message is sent in part: what is behind a part would come out of order.
      const room = this.#quota.takeToSend(wanted, socket.isStream && count === 0)
      if (room < 0) break
      taken += room
      if (room < wanted) batch.limitTo(count, room)
    }
    if (count === 0) return -HostErrno.EDQUOT
    batch.count = count
    const sent = super.sendMany(socket, batch, flags)
    for (let i = 0; i < sent; i++) taken -= batch.bytes(i)
    this.#quota.giveBackUnsent(taken)
    return sent
  }

  override receiveMany(
    socket: SocketDescriptor,
    batch: MessageBatch,
    flags: number,
    timeoutNs: bigint | undefined,
  ): number {
    const totals = Array.from({ length: batch.count }, (_, i) => batch.totalBytes(i))
    let left = this.#quota.receivable
    const fitting = totals.findIndex((total) => {
      left -= total
      return left < 0
    })
    if (fitting === 0) {
      const refused = this.#quota.prepareReceive(socket, buffersOf(batch, 0), flags)
      if (refused < 0) return refused
    }
    if (fitting >= 0) batch.count = Math.max(fitting, 1)
    const received = super.receiveMany(socket, batch, flags, timeoutNs)
    if ((flags & MSG_PEEK) === 0) {
      for (let i = 0; i < received; i++) this.#quota.received(Math.min(batch.bytes(i), totals[i]!))
    }
    return received
  }
}

function buffersOf(batch: MessageBatch, index: number): Buffers {
  return { totalBytes: batch.totalBytes(index), limitTo: (bytes) => batch.limitTo(index, bytes) }
}
