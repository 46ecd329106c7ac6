import type { SocketDescriptor } from '../fd/descriptor.ts'
import type { OpenFile } from '../fd/open-file.ts'
import { POLLIN, POLLRDHUP, SO_RCVTIMEO, SO_SNDTIMEO, SOL_SOCKET } from '../os/constants.ts'
import { HostErrno } from '../os/errno.ts'
import { readyEvents } from '../os/pollfds.ts'
import type { SuspendedCall } from '../wait/suspended-call.ts'
import { getTimeout } from './options.ts'

type TimeoutOption = typeof SO_RCVTIMEO | typeof SO_SNDTIMEO

/** Of which open sockets the timeout was set below 0: the kernel then does not wait, and tells 0 as of one that waits for ever. */
const impatient = { [SO_RCVTIMEO]: new WeakSet<OpenFile>(), [SO_SNDTIMEO]: new WeakSet<OpenFile>() }

/** An option of a socket was set. */
export function noteTimeout({ file }: SocketDescriptor, level: number, option: number, value: Uint8Array): void {
  if (level !== SOL_SOCKET || (option !== SO_RCVTIMEO && option !== SO_SNDTIMEO)) return
  if (new DataView(value.buffer, value.byteOffset).getBigInt64(0, true) < 0n) impatient[option].add(file)
  else impatient[option].delete(file)
}

/** The kernel keeps the timeouts of a socket whether it uses them or not. @returns nanoseconds; undefined is for ever */
export function timeoutOf(socket: SocketDescriptor, option: TimeoutOption) {
  return (): bigint | undefined => {
    if (impatient[option].has(socket.file)) return 0n
    const microseconds = getTimeout(socket.hostFd, SOL_SOCKET, option)
    return typeof microseconds === 'number' || microseconds === 0n ? undefined : microseconds * 1000n
  }
}

/** What a blocking socket would do where one that does not block has nothing to do; the host's never block. */
export interface Transfer {
  readonly socket: SocketDescriptor
  readonly events: number
  readonly timeoutOption: TimeoutOption
  /** All bytes of the call. */
  readonly wantedBytes: number
  /** Whether it goes on until all of them are transferred; else it ends with the first. */
  readonly isWhole: boolean
  /** Leaves out what earlier attempts have transferred. */
  readonly skip: (bytes: number) => void
  /** @returns bytes, or a negative host errno; EAGAIN where a blocking socket would wait */
  readonly attempt: () => number
}

/**
 * Has a call repeated when there is something to receive.
 * @returns EAGAIN for now; 0 where reception was shut down, which of datagram sockets only those that block are told
 */
export function waitToReceive(call: SuspendedCall, socket: SocketDescriptor): number {
  if (!socket.isStream && (readyEvents(socket.hostFd, POLLRDHUP) & POLLRDHUP) !== 0) return 0
  call.waitFor(socket.hostFd, POLLIN, timeoutOf(socket, SO_RCVTIMEO))
  return -HostErrno.EAGAIN
}

/** Makes one attempt. @returns what the call answers, if it is not to be repeated */
export function transfer(call: SuspendedCall, what: Transfer): number {
  const { socket, wantedBytes, isWhole } = what
  if (call.bytes > 0) {
    // Only who changes the program's memory from outside makes less of it.
    if (call.bytes >= wantedBytes) return call.bytes
    what.skip(call.bytes)
  }
  const moved = what.attempt()
  if (moved < 0 && moved !== -HostErrno.EAGAIN) {
    if (call.bytes === 0) return moved
    // As from the kernel, what was transferred is told first, and the next operation meets the error.
    socket.file.pendingError = -moved
    return call.bytes
  }
  if (moved >= 0) {
    call.bytes += moved
    if (!isWhole || moved === 0 || call.bytes >= wantedBytes) return call.bytes
  }
  if (call.bytes === 0 && what.events === POLLIN) return waitToReceive(call, socket)
  const waits = call.waitFor(socket.hostFd, what.events, timeoutOf(socket, what.timeoutOption))
  return waits || call.bytes === 0 ? -HostErrno.EAGAIN : call.bytes
}
