import { HostBuffer } from './ffi.ts'
import { clockGetres, clockGettime } from './libc.ts'

const timespec = new HostBuffer(16)

/** Linux gives the four POSIX clocks the numbers that WASI gives them. */
export const MONOTONIC = 1

/** @returns nanoseconds; -1n for a clock that does not exist */
export function now(clock: number): bigint {
  return clockGettime(clock, timespec.address) < 0 ? -1n : readTimespec()
}

/** @returns nanoseconds; -1n for a clock that does not exist */
export function resolution(clock: number): bigint {
  return clockGetres(clock, timespec.address) < 0 ? -1n : readTimespec()
}

function readTimespec(): bigint {
  return timespec.view.getBigInt64(0, true) * 1_000_000_000n + timespec.view.getBigInt64(8, true)
}
