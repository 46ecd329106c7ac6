import { Errno } from '../abi/errno.ts'
import { ClockId } from '../abi/preview1.ts'
import { now, resolution } from '../os/clock.ts'
import { HostErrno } from '../os/errno.ts'
import { getrandom, schedYield } from '../os/libc.ts'
import { errnoOf, type Host, type HostFunctions } from './host.ts'
import { endProgram, Trap } from './trap.ts'

type ProcessFunction =
  | 'args_get'
  | 'args_sizes_get'
  | 'clock_res_get'
  | 'clock_time_get'
  | 'environ_get'
  | 'environ_sizes_get'
  | 'proc_exit'
  | 'proc_raise'
  | 'random_get'
  | 'sched_yield'

/** Arguments, environment, clocks, random bytes and the end of the program. Source: WASI snapshot-01. */
export function processFunctions(host: Host): HostFunctions<ProcessFunction> {
  const { memory } = host

  /** Stores how many strings there are and the bytes they take together. */
  function sizes(strings: readonly Uint8Array[], countPtr: number, bytesPtr: number): Errno {
    if (!memory.contains(countPtr, 4) || !memory.contains(bytesPtr, 4)) return Errno.FAULT
    memory.setU32(countPtr, strings.length)
    memory.setU32(bytesPtr, totalBytes(strings))
    return Errno.SUCCESS
  }

  /** Stores the strings one after the other at `bytesPtr`, and pointers to them at `pointersPtr`. */
  function strings(list: readonly Uint8Array[], pointersPtr: number, bytesPtr: number): Errno {
    if (!memory.contains(pointersPtr, 4 * list.length) || !memory.contains(bytesPtr, totalBytes(list))) {
      return Errno.FAULT
    }
    for (const [i, bytes] of list.entries()) {
      memory.setU32(pointersPtr + 4 * i, bytesPtr)
      memory.setBytes(bytesPtr, bytes)
      bytesPtr += bytes.length
    }
    return Errno.SUCCESS
  }

  function storeTime(clock: number, timePtr: number, read: (clock: number) => bigint): Errno {
    if (!memory.contains(timePtr, 8)) return Errno.FAULT
    if (clock < ClockId.REALTIME || clock > ClockId.THREAD_CPUTIME) return Errno.INVAL
    memory.setU64(timePtr, read(clock))
    return Errno.SUCCESS
  }

  return {
    args_sizes_get: (countPtr, bytesPtr) => sizes(host.args, countPtr >>> 0, bytesPtr >>> 0),
    args_get: (pointersPtr, bytesPtr) => strings(host.args, pointersPtr >>> 0, bytesPtr >>> 0),
    environ_sizes_get: (countPtr, bytesPtr) => sizes(host.env, countPtr >>> 0, bytesPtr >>> 0),
    environ_get: (pointersPtr, bytesPtr) => strings(host.env, pointersPtr >>> 0, bytesPtr >>> 0),

    clock_res_get: (clock, timePtr) => storeTime(clock, timePtr >>> 0, resolution),
    /** The precision asked for is a hint; the clock's own is given. */
    clock_time_get: (clock, _precision, timePtr) => storeTime(clock, timePtr >>> 0, now),

    random_get(ptr, lengthBytes) {
      ptr >>>= 0
      lengthBytes >>>= 0
      if (!memory.contains(ptr, lengthBytes)) return Errno.FAULT
      for (let done = 0; done < lengthBytes; ) {
        const bytes = getrandom(memory.hostAddress(ptr + done), lengthBytes - done, 0)
        if (bytes === -HostErrno.EINTR) continue
        if (bytes < 0) return errnoOf(bytes)
        done += bytes
      }
      return Errno.SUCCESS
    },

    sched_yield() {
      schedYield()
      return Errno.SUCCESS
    },

    proc_exit(code) {
      host.exit(code >>> 0)
    },

    proc_raise(signal) {
      endProgram(new Trap(`wasi proc raise ${signal}`))
    },
  }
}

function totalBytes(strings: readonly Uint8Array[]): number {
  return strings.reduce((sum, bytes) => sum + bytes.length, 0)
}
