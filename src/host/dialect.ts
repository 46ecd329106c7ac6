import { BERTH_MODULE, BERTH_SIGNATURES } from '../abi/berth-socket.ts'
import { type FunctionName, SIGNATURES } from '../abi/signatures.ts'
import { berthNameFunctions } from './berth-names.ts'
import { berthSocketFunctions } from './berth-socket.ts'
import { berthWaitFunctions } from './berth-wait.ts'
import { fdFunctions } from './fd.ts'
import { fileFunctions } from './file.ts'
import type { Host, HostFunctions, HostFunctionsOf } from './host.ts'
import { pollFunctions } from './poll.ts'
import { processFunctions } from './process.ts'
import { sockFunctions } from './sock.ts'
import { sockOptionFunctions } from './sock-options.ts'

/** What a module may import under some module names: functions by name, each with its type. */
export interface Dialect {
  readonly modules: readonly string[]
  readonly signatures: Readonly<Record<string, string>>
  /** Whether a leading `_` of a name is ignored, as in the original. */
  readonly ignoresUnderscore: boolean
  /** Makes the functions, for a program that imports any. */
  readonly functions: (host: Host) => Readonly<Record<string, unknown>>
}

/** Preview 1 and the socket extension, by import name. */
export function wasiFunctions(host: Host): HostFunctions<FunctionName> {
  return {
    ...fdFunctions(host),
    ...fileFunctions(host),
    ...pollFunctions(host),
    ...processFunctions(host),
    ...sockFunctions(host),
    ...sockOptionFunctions(host),
  }
}

/** The additional module. */
export function berthFunctions(host: Host): HostFunctionsOf<typeof BERTH_SIGNATURES, keyof typeof BERTH_SIGNATURES> {
  return { ...berthSocketFunctions(host), ...berthWaitFunctions(host), ...berthNameFunctions(host) }
}

/** The original registers one table under both of its names. */
export const WASI: Dialect = {
  modules: ['wasi_snapshot_preview1', 'wasi_unstable'],
  signatures: SIGNATURES,
  ignoresUnderscore: true,
  functions: wasiFunctions,
}

export const DIALECTS: readonly Dialect[] = [
  WASI,
  { modules: [BERTH_MODULE], signatures: BERTH_SIGNATURES, ignoresUnderscore: false, functions: berthFunctions },
]
