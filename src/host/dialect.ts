import type { FunctionName } from '../abi/signatures.ts'
import { fdFunctions } from './fd.ts'
import { fileFunctions } from './file.ts'
import type { Host, HostFunctions } from './host.ts'
import { pollFunctions } from './poll.ts'
import { processFunctions } from './process.ts'
import { sockFunctions } from './sock.ts'
import { sockOptionFunctions } from './sock-options.ts'

/** The import modules that hold the functions: the original registers one table under both names. */
export const WASI_MODULES: readonly string[] = ['wasi_snapshot_preview1', 'wasi_unstable']

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
