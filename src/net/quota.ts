import type { SocketDescriptor } from '../fd/descriptor.ts'
import { MSG_DONTWAIT, MSG_PEEK, MSG_TRUNC } from '../os/constants.ts'
import { HostErrno } from '../os/errno.ts'
import { recv } from '../os/libc.ts'

/** How much of the network a program may use; what is left out has no limit. */
export interface NetworkLimits {
  /** Sockets open at once. */
  readonly sockets?: number | undefined
  /** Payload, over all sockets. */
  readonly bytesSent?: number | undefined
  readonly bytesReceived?: number | undefined
}

/** What is left of each, as 64-bit words. */
const SOCKETS = 0
const TO_SEND = 1
const TO_RECEIVE = 2
const WORDS = 3

/** More than is ever used. */
const UNLIMITED = 2 ** 62

/** The buffers of one message. */
export interface Buffers {
  readonly totalBytes: number
  /** Leaves out what is beyond so many bytes. */
  limitTo(bytes: number): void
}

/** @returns undefined where there is nothing to count */
export function allocateQuota({ sockets, bytesSent, bytesReceived }: NetworkLimits): SharedArrayBuffer | undefined {
  const limits = [sockets, bytesSent, bytesReceived]
  if (limits.every((limit) => limit === undefined)) return undefined
  const left = new BigInt64Array(new SharedArrayBuffer(8 * WORDS))
  left.set(limits.map((limit) => BigInt(limit ?? UNLIMITED)))
  return left.buffer as SharedArrayBuffer
}

/**
 * Counts what a program uses of its limits, in memory that all its threads share. A transfer is cut to what is left, with
 * nothing left it answers EDQUOT; so does a datagram that does not fit whole, which then stays where it is.
 *
 * What is sent is taken from the limit before, and what was not sent given back: the limit holds whatever threads do. What
 * is received is counted after, since nobody knows before how much comes; what threads receive at the same moment beyond
 * the limit, the program does not get.
 */
export class Quota {
  readonly #left: BigInt64Array

  constructor(shared: SharedArrayBuffer) {
    this.#left = new BigInt64Array(shared)
  }

  /** @returns false if as many sockets are open as may be */
  takeSocket(): boolean {
    return this.#take(SOCKETS, 1) === 1
  }

  giveBackSocket(): void {
    this.#add(SOCKETS, 1)
  }

  /** Sends what the limit allows of one message. @param send answers bytes or a negative host errno, as this does */
  sending({ isStream }: SocketDescriptor, buffers: Buffers, send: () => number): number {
    const wanted = buffers.totalBytes
    const taken = this.takeToSend(wanted, isStream)
    if (taken < 0) return taken
    if (taken < wanted) buffers.limitTo(taken)
    let sent = 0
    try {
      sent = send()
      return sent
    } finally {
      this.giveBackUnsent(taken - Math.max(sent, 0))
    }
  }

  /** @param inPart whether less than all is of use. @returns bytes that may be sent, or a negative host errno */
  takeToSend(wantedBytes: number, inPart: boolean): number {
    const taken = this.#take(TO_SEND, wantedBytes)
    if (taken === wantedBytes || (inPart && taken > 0)) return taken
    this.giveBackUnsent(taken)
    return -HostErrno.EDQUOT
  }

  giveBackUnsent(bytes: number): void {
    if (bytes > 0) this.#add(TO_SEND, bytes)
  }

  /**
   * Receives what the limit allows of one message.
   * @param flags the host's; with MSG_PEEK nothing is counted
   * @param receive answers bytes or a negative host errno, as this does
   */
  receiving(socket: SocketDescriptor, buffers: Buffers, flags: number, receive: () => number): number {
    const refused = this.prepareReceive(socket, buffers, flags)
    if (refused < 0) return refused
    const wanted = buffers.totalBytes
    const received = receive()
    if (received <= 0 || (flags & MSG_PEEK) !== 0) return received
    const kept = this.received(Math.min(received, wanted))
    if (kept === 0) return -HostErrno.EDQUOT
    return kept < wanted ? Math.min(received, kept) : received
  }

  /** Makes a message fit into what is left. @returns a negative host errno if it cannot */
  prepareReceive(socket: SocketDescriptor, buffers: Buffers, flags: number): number {
    const left = this.receivable
    const wanted = buffers.totalBytes
    if (wanted <= left) return 0
    if (socket.isStream) {
      if (left === 0) return -HostErrno.EDQUOT
      buffers.limitTo(left)
      return 0
    }
    const length = nextDatagramBytes(socket, flags)
    if (length < 0) return length
    return Math.min(length, wanted) <= left ? 0 : -HostErrno.EDQUOT
  }

  /** Bytes that may still be received. */
  get receivable(): number {
    return Math.max(0, Number(Atomics.load(this.#left, TO_RECEIVE)))
  }

  /** Counts bytes that were received. @returns how many of them the program may have */
  received(bytes: number): number {
    const before = Number(Atomics.sub(this.#left, TO_RECEIVE, BigInt(bytes)))
    return Math.min(bytes, Math.max(0, before))
  }

  #take(word: number, wanted: number): number {
    let left = Atomics.load(this.#left, word)
    for (;;) {
      const taken = Math.min(wanted, Number(left))
      const seen = Atomics.compareExchange(this.#left, word, left, left - BigInt(taken))
      if (seen === left) return taken
      left = seen
    }
  }

  #add(word: number, amount: number): void {
    Atomics.add(this.#left, word, BigInt(amount))
  }
}

/** Waits as a receive would. @returns the length of the datagram that comes next, or a negative host errno */
function nextDatagramBytes(socket: SocketDescriptor, flags: number): number {
  for (;;) {
    const length = recv(socket.hostFd, 0, 0, MSG_PEEK | MSG_TRUNC | (flags & MSG_DONTWAIT))
    if (length !== -HostErrno.EINTR || socket.isClosing()) return length
  }
}
