import type { CompilerArguments } from './arguments.ts'
import type { Builder } from './guest-library.ts'

/** A toolchain that can be run; its output goes to this process's streams, unchanged. */
export interface Runner {
  readonly name: string
  /** What clang must be told before everything else. */
  readonly flags: readonly string[]
  readonly builder: Builder
  /** Which of the emulation libraries of the WASI sysroot there are: `signal` for libwasi-emulated-signal.a. */
  emulations(): readonly string[]
  /** @returns the exit code */
  compile(command: 'cc' | 'c++', args: readonly string[], known: CompilerArguments): Promise<number>
  tool(tool: 'ar' | 'ranlib', args: readonly string[]): Promise<number>
}

/** Network programs ignore SIGPIPE, measure time and print their process id; without these their headers refuse to. */
export const EMULATIONS = ['signal', 'process-clocks', 'getpid', 'mman']
