import type { THREADS_SIGNATURES } from '../abi/threads.ts'
import type { Host, HostFunctionsOf } from './host.ts'

/** wasi-threads. A program that cannot have threads is told so by the same number as one that has too many. */
export function threadFunctions(host: Host): HostFunctionsOf<typeof THREADS_SIGNATURES, 'thread-spawn'> {
  return { 'thread-spawn': (argument) => host.threads?.spawn({ argument, routine: 0, handle: 0 }) ?? -1 }
}
