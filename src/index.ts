/** The public surface of the package. */
export {
  AbortError,
  BerthError,
  BusyError,
  LinkError,
  LoadError,
  type MissingImport,
  TrapError,
  UnsupportedError,
} from './embed/errors.ts'
export { GuestListener } from './embed/guest-listener.ts'
export { spawn, type WasiProcess } from './embed/spawn.ts'
export type * from './embed/types.ts'
export { type LinkOptions, type RunOptions, WASI, type WASIOptions } from './embed/wasi.ts'
