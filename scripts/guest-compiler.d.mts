/** A C compiler refused the source; `message` is what it printed. */
export class CompileError extends Error {}

export interface GuestProgram {
  /** C files, by path */
  sources: string[]
  /** further clang options, before the sources */
  flags?: string[]
  /** folders of headers the sources include by name */
  includeDirs?: string[]
  /** link guest/src (default: true) */
  withGuestLibrary?: boolean
  toolchain?: 'yowasp' | 'system'
  /** a compiler that prints anything has failed (default: false) */
  warningsAreErrors?: boolean
}

/** Compiles to a module and returns its path. */
export function compileGuest(program: GuestProgram): Promise<string>

/** The command of a clang that can target WASI with its sysroot, or an empty list where there is none. */
export function systemClang(): string[]
