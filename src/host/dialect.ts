import { BERTH_MODULE, BERTH_SIGNATURES } from '../abi/berth-socket.ts'
import { PTHREAD_MODULE, PTHREAD_SIGNATURES } from '../abi/pthread.ts'
import { type FunctionName, SIGNATURES } from '../abi/signatures.ts'
import { THREADS_MODULE, THREADS_SIGNATURES } from '../abi/threads.ts'
import { PREVIEW1_LAYOUTS, UNSTABLE_LAYOUTS } from '../abi/unstable.ts'
import { berthNameFunctions } from './berth-names.ts'
import { berthSocketFunctions } from './berth-socket.ts'
import { berthWaitFunctions } from './berth-wait.ts'
import { fdFunctions } from './fd.ts'
import { fileFunctions } from './file.ts'
import type { Host, HostFunctions, HostFunctionsOf } from './host.ts'
import { pathFunctions } from './path.ts'
import { pollFunctions } from './poll.ts'
import { processFunctions } from './process.ts'
import { pthreadFunctions } from './pthread.ts'
import { sockFunctions } from './sock.ts'
import { sockOptionFunctions } from './sock-options.ts'
import { threadFunctions } from './threads.ts'

/** What a module may import under some module names: functions by name, each with its type. */
export interface Dialect {
  readonly modules: readonly string[]
  readonly signatures: Readonly<Record<string, string>>
  /** Whether a leading `_` of a name is ignored, as in the original. */
  readonly ignoresUnderscore: boolean
  /** Whether a program can have these at all; if not, its imports stay unlinked. */
  readonly isAvailable?: (host: Host) => boolean
  /** Whether its functions make no system calls, and wait in shared memory only. */
  readonly waitsInMemory?: true
  /** Makes the functions, for a program that imports any. */
  readonly functions: (host: Host) => Readonly<Record<string, unknown>>
}

/** Preview 1 and the socket extension, by import name. */
export function wasiFunctions(host: Host, layouts = PREVIEW1_LAYOUTS): HostFunctions<FunctionName> {
  return {
    ...fdFunctions(host, layouts),
    ...fileFunctions(host),
    ...pathFunctions(host, layouts),
    ...pollFunctions(host, layouts),
    ...processFunctions(host),
    ...sockFunctions(host),
    ...sockOptionFunctions(host),
  }
}

/** The additional module. */
export function berthFunctions(host: Host): HostFunctionsOf<typeof BERTH_SIGNATURES, keyof typeof BERTH_SIGNATURES> {
  return { ...berthSocketFunctions(host), ...berthWaitFunctions(host), ...berthNameFunctions(host) }
}

/** The same functions under the name and with the records of snapshot 0. */
export function unstableFunctions(host: Host): HostFunctions<FunctionName> {
  return wasiFunctions(host, UNSTABLE_LAYOUTS)
}

/** The module names of WASI; the socket extension is there under both, as in the original. */
export const WASI_MODULES: readonly string[] = ['wasi_snapshot_preview1', 'wasi_unstable']

export const DIALECTS: readonly Dialect[] = [
  {
    modules: ['wasi_snapshot_preview1'],
    signatures: SIGNATURES,
    ignoresUnderscore: true,
    functions: (host) => wasiFunctions(host),
  },
  { modules: ['wasi_unstable'], signatures: SIGNATURES, ignoresUnderscore: true, functions: unstableFunctions },
  {
    modules: [THREADS_MODULE],
    signatures: THREADS_SIGNATURES,
    ignoresUnderscore: false,
    waitsInMemory: true,
    functions: threadFunctions,
  },
  {
    modules: [PTHREAD_MODULE],
    signatures: PTHREAD_SIGNATURES,
    ignoresUnderscore: false,
    isAvailable: (host) => host.pthread !== undefined,
    waitsInMemory: true,
    functions: (host) => pthreadFunctions(host.pthread!),
  },
  { modules: [BERTH_MODULE], signatures: BERTH_SIGNATURES, ignoresUnderscore: false, functions: berthFunctions },
]
