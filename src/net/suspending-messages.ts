import type { SocketDescriptor } from '../fd/descriptor.ts'
import { MONOTONIC, now } from '../os/clock.ts'
import {
  MSG_DONTWAIT,
  MSG_ERRQUEUE,
  MSG_NOSIGNAL,
  MSG_OOB,
  MSG_PEEK,
  MSG_WAITALL,
  MSG_WAITFORONE,
  POLLIN,
  POLLOUT,
  SO_RCVTIMEO,
  SO_SNDTIMEO,
} from '../os/constants.ts'
import { HostErrno } from '../os/errno.ts'
import { sendmsg } from '../os/libc.ts'
import type { MessageBatch } from '../os/message-batch.ts'
import type { Policy } from '../policy/policy.ts'
import type { SuspendedCall } from '../wait/suspended-call.ts'
import { Messages } from './messages.ts'
import { takePendingError } from './network.ts'
import { timeoutOf, transfer } from './suspending-transfer.ts'

/** Messages of a program whose calls suspend its stack; see `SuspendingNetwork`. */
export class SuspendingMessages extends Messages {
  readonly #call: SuspendedCall

  constructor(policy: Policy, call: SuspendedCall) {
    super(policy)
    this.#call = call
  }

  override get done(): number {
    return this.#call.messages
  }
  override set done(count: number) {
    this.#call.messages = count
  }

  override send(socket: SocketDescriptor, batch: MessageBatch, flags: number): number {
    if (!mayWait(socket, flags)) return super.send(socket, batch, flags)
    return this.#sendOne(socket, batch, 0, () => super.send(socket, batch, flags))
  }

  override sendMany(socket: SocketDescriptor, batch: MessageBatch, flags: number): number {
    if (!mayWait(socket, flags)) return super.sendMany(socket, batch, flags)
    return socket.isStream ? this.#sendStream(socket, batch, flags) : this.#sendDatagrams(socket, batch, flags)
  }

  #sendDatagrams(socket: SocketDescriptor, batch: MessageBatch, flags: number): number {
    const sent = super.sendMany(socket, batch, flags)
    const isShort = sent >= 0 ? sent < batch.count : sent === -HostErrno.EAGAIN
    if (sent > 0) this.#call.restartTimeout()
    // The next attempt tells whether it was for want of room.
    if (isShort) this.#call.waitFor(socket.hostFd, POLLOUT, timeoutOf(socket, SO_SNDTIMEO))
    return sent
  }

  /** One by one: the kernel would leave a message unfinished and go on. */
  #sendStream(socket: SocketDescriptor, batch: MessageBatch, flags: number): number {
    const call = this.#call
    if (call.bytes === 0 && socket.file.pendingError !== 0) return takePendingError(socket)
    for (let i = 0; i < batch.count; i++) {
      const wanted = batch.totalBytes(i)
      const sent = this.#sendOne(socket, batch, i, () =>
        sendmsg(socket.hostFd, batch.addressOf(i), flags | MSG_NOSIGNAL),
      )
      if (sent < 0) return i === 0 ? sent : i
      batch.setBytes(i, sent)
      call.bytes = 0
      call.restartTimeout()
      if (sent < wanted) return i + 1
    }
    return batch.count
  }

  #sendOne(socket: SocketDescriptor, batch: MessageBatch, index: number, attempt: () => number): number {
    return transfer(this.#call, {
      socket,
      events: POLLOUT,
      timeoutOption: SO_SNDTIMEO,
      wantedBytes: batch.totalBytes(index),
      isWhole: socket.isStream,
      skip: (bytes) => batch.skip(index, bytes),
      attempt,
    })
  }

  override receive(socket: SocketDescriptor, batch: MessageBatch, flags: number): number {
    if (!mayWait(socket, flags)) return super.receive(socket, batch, flags)
    return transfer(this.#call, {
      socket,
      events: POLLIN,
      timeoutOption: SO_RCVTIMEO,
      wantedBytes: batch.totalBytes(0),
      isWhole: socket.isStream && (flags & (MSG_WAITALL | MSG_PEEK)) === MSG_WAITALL,
      skip: (bytes) => batch.skip(0, bytes),
      attempt: () => super.receive(socket, batch, flags),
    })
  }

  override receiveMany(socket: SocketDescriptor, batch: MessageBatch, flags: number, timeoutNs?: bigint): number {
    if (!mayWait(socket, flags)) return super.receiveMany(socket, batch, flags, timeoutNs)
    const call = this.#call
    const received = super.receiveMany(socket, batch, flags, undefined)
    if (received < 0 && received !== -HostErrno.EAGAIN) {
      if (call.messages > 0) socket.file.pendingError = -received
      return received
    }
    const hasAny = received > 0 || call.messages > 0
    if (received === batch.count || (hasAny && (flags & MSG_WAITFORONE) !== 0)) return received
    if (received > 0) {
      // As in the kernel, the call's own time is looked at when a message has come.
      if (timeoutNs !== undefined && now(MONOTONIC) >= call.startNs + timeoutNs) return received
      call.restartTimeout()
    }
    call.waitFor(socket.hostFd, POLLIN, timeoutOf(socket, SO_RCVTIMEO))
    return received
  }
}

/** Urgent data and the error queue are never waited for. */
function mayWait(socket: SocketDescriptor, flags: number): boolean {
  return !socket.file.nonBlocking && (flags & (MSG_DONTWAIT | MSG_OOB | MSG_ERRQUEUE)) === 0
}
