import { SocketAddress } from '../address/socket-address.ts'
import type { SocketDescriptor } from '../fd/descriptor.ts'
import { MSG_DONTWAIT, MSG_NOSIGNAL } from '../os/constants.ts'
import { HostErrno } from '../os/errno.ts'
import { HostBuffer } from '../os/ffi.ts'
import { recvmsg, sendmsg } from '../os/libc.ts'
import { recvmmsg, sendmmsg } from '../os/libc-further.ts'
import type { MessageBatch } from '../os/message-batch.ts'
import { decodeSockaddr, encodeSockaddr } from '../os/sockaddr.ts'
import type { Policy } from '../policy/policy.ts'
import { type ControlMessage, passesFromProgram, requestedSource } from './control.ts'
import { takePendingError } from './network.ts'

/** Sending and receiving with names, flags and control data, one message or many. Flags are the host's. */
export class Messages {
  readonly #policy: Policy
  readonly #source = new SocketAddress()
  readonly #timespec = new HostBuffer(16)

  /** Messages of a batch that earlier attempts of the same call have sent or received, where calls are repeated. */
  get done(): number {
    return 0
  }
  set done(_: number) {}

  constructor(policy: Policy) {
    this.#policy = policy
  }

  /** Gives the message begun last its destination. @returns a negative host errno if it may not be used */
  setDestination(socket: SocketDescriptor, batch: MessageBatch, to: SocketAddress): number {
    if (!this.#policy.allows('send to', socket.protocol, to)) return -HostErrno.EACCES
    const index = batch.count - 1
    batch.setName(index, encodeSockaddr(batch.names, batch.nameOffset(index), to))
    return 0
  }

  /** Gives the message begun last a control message. @returns a negative host errno if it may or can not have it */
  addControl(socket: SocketDescriptor, batch: MessageBatch, message: ControlMessage): number {
    if (!passesFromProgram(message)) return -HostErrno.EINVAL
    const source = requestedSource(message)
    if (source !== undefined) {
      const view = new DataView(source.buffer, source.byteOffset, source.length)
      if (source.length === 4) this.#source.setIpv4(view.getUint32(0), 0)
      else this.#source.setIpv6(view.getUint32(0), view.getUint32(4), view.getUint32(8), view.getUint32(12), 0)
      if (!this.#policy.allows('bind', socket.protocol, this.#source)) return -HostErrno.EACCES
    }
    return batch.addControl(batch.count - 1, message.level, message.type, message.data) ? 0 : -HostErrno.ENOBUFS
  }

  /** Sends the only message of `batch`. @returns bytes, or a negative host errno */
  send(socket: SocketDescriptor, batch: MessageBatch, flags: number): number {
    if (socket.file.pendingError !== 0) return takePendingError(socket)
    for (;;) {
      const sent = sendmsg(socket.hostFd, batch.address, flags | MSG_NOSIGNAL)
      if (sent !== -HostErrno.EINTR || socket.isClosing()) return sent
    }
  }

  /** Sends all messages of `batch`. @returns how many were sent, or a negative host errno if none was */
  sendMany(socket: SocketDescriptor, batch: MessageBatch, flags: number): number {
    if (socket.file.pendingError !== 0) return takePendingError(socket)
    for (;;) {
      const sent = sendmmsg(socket.hostFd, batch.address, batch.count, flags | MSG_NOSIGNAL)
      if (sent !== -HostErrno.EINTR || socket.isClosing()) return sent
    }
  }

  /** Receives into the only message of `batch`. @returns bytes, or a negative host errno */
  receive(socket: SocketDescriptor, batch: MessageBatch, flags: number): number {
    const hasError = socket.file.pendingError !== 0
    if (hasError && !socket.isStream) return takePendingError(socket)
    for (;;) {
      const received = recvmsg(socket.hostFd, batch.address, hasError ? flags | MSG_DONTWAIT : flags)
      if (received === -HostErrno.EINTR && !socket.isClosing()) continue
      return hasError && received <= 0 ? takePendingError(socket) : received
    }
  }

  /**
   * Receives messages until all of `batch` are filled, none is there (MSG_DONTWAIT, MSG_WAITFORONE), or the time is over.
   * @param timeoutNs looked at between messages; undefined waits for ever
   * @returns how many were received, or a negative host errno if none was
   */
  receiveMany(socket: SocketDescriptor, batch: MessageBatch, flags: number, timeoutNs: bigint | undefined): number {
    if (socket.file.pendingError !== 0) return takePendingError(socket)
    let timespec = 0
    if (timeoutNs !== undefined) {
      this.#timespec.view.setBigInt64(0, timeoutNs / 1_000_000_000n, true)
      this.#timespec.view.setBigInt64(8, timeoutNs % 1_000_000_000n, true)
      timespec = this.#timespec.address
    }
    for (;;) {
      const received = recvmmsg(socket.hostFd, batch.address, batch.count, flags, timespec)
      if (received !== -HostErrno.EINTR || socket.isClosing()) return received
    }
  }

  /** The name of a received message. @returns false if it has none, or one that is no internet address */
  nameOf(batch: MessageBatch, index: number, into: SocketAddress): boolean {
    return batch.nameLength(index) > 0 && decodeSockaddr(batch.names, batch.nameOffset(index), into)
  }
}
