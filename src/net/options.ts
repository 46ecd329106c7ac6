import { SO_LINGER, SOL_SOCKET } from '../os/constants.ts'
import { HostErrno } from '../os/errno.ts'
import { HostBuffer } from '../os/ffi.ts'
import { getsockopt, setsockopt } from '../os/libc.ts'

/** The largest option value here: `struct timeval`, 16 bytes; then room for a membership request (20) and a length. */
const LENGTH_OFFSET = 24
const buffer = new HostBuffer(32)

/** @returns an int option's value, or a negative host errno (options here are never negative) */
export function getOption(hostFd: number, level: number, option: number): number {
  return getRaw(hostFd, level, option, 4) ?? buffer.view.getInt32(0, true)
}

export function setOption(hostFd: number, level: number, option: number, value: number): number {
  buffer.view.setInt32(0, value, true)
  return setsockopt(hostFd, level, option, buffer.address, 4)
}

/** @returns microseconds; 0 is no timeout */
export function getTimeout(hostFd: number, level: number, option: number): bigint | number {
  return (
    getRaw(hostFd, level, option, 16) ??
    buffer.view.getBigInt64(0, true) * 1_000_000n + buffer.view.getBigInt64(8, true)
  )
}

/** @param microseconds 0 or more; 0 is no timeout */
export function setTimeoutOption(hostFd: number, level: number, option: number, microseconds: bigint): number {
  buffer.view.setBigInt64(0, microseconds / 1_000_000n, true)
  buffer.view.setBigInt64(8, microseconds % 1_000_000n, true)
  return setsockopt(hostFd, level, option, buffer.address, 16)
}

export interface Linger {
  readonly enabled: boolean
  readonly seconds: number
}

export function getLinger(hostFd: number, level: number, option: number): Linger | number {
  const failure = getRaw(hostFd, level, option, 8)
  if (failure !== undefined) return failure
  return { enabled: buffer.view.getInt32(0, true) !== 0, seconds: buffer.view.getInt32(4, true) }
}

export function setLinger(hostFd: number, level: number, option: number, linger: Linger): number {
  buffer.view.setInt32(0, linger.enabled ? 1 : 0, true)
  buffer.view.setInt32(4, linger.seconds, true)
  return setsockopt(hostFd, level, option, buffer.address, 8)
}

/** Lets the kernel send by itself what is left when a socket is closed: closing it then blocks nobody. */
export function endLingering(hostFd: number): void {
  const linger = getLinger(hostFd, SOL_SOCKET, SO_LINGER)
  // Without seconds, closing resets the connection at once: that is the program's wish.
  if (typeof linger === 'number' || !linger.enabled || linger.seconds === 0) return
  setLinger(hostFd, SOL_SOCKET, SO_LINGER, { enabled: false, seconds: 0 })
}

/** @param value the option's structure, at most 24 bytes */
export function setStructure(hostFd: number, level: number, option: number, value: Uint8Array): number {
  if (value.length > LENGTH_OFFSET) return -HostErrno.EINVAL
  buffer.bytes.set(value)
  return setsockopt(hostFd, level, option, buffer.address, value.length)
}

/** Reads an option into the buffer. @returns undefined, or a negative host errno */
function getRaw(hostFd: number, level: number, option: number, size: number): number | undefined {
  buffer.bytes.fill(0, 0, size)
  buffer.view.setUint32(LENGTH_OFFSET, size, true)
  const result = getsockopt(hostFd, level, option, buffer.address, buffer.address + LENGTH_OFFSET)
  return result < 0 ? result : undefined
}
