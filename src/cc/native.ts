import { type SpawnSyncOptions, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import { CompilerError } from './errors.ts'
import { type NativeToolchain, toolOf } from './find-toolchain.ts'
import type { Builder } from './guest-library.ts'
import { EMULATIONS, type Runner } from './runner.ts'

/** A clang of this machine, as a process. */
export class NativeRunner implements Runner {
  readonly name: string
  readonly flags: readonly string[]
  readonly builder: Builder
  readonly #toolchain: NativeToolchain

  constructor(toolchain: NativeToolchain) {
    this.#toolchain = toolchain
    this.name = toolchain.name
    this.flags = toolchain.flags
    this.builder = {
      identity: toolchain.identity,
      compile: async (args, cwd) => build(toolchain.clang, [...toolchain.flags, ...args], cwd),
      archive: async (args, cwd) => build(this.#tool('llvm-ar'), args, cwd),
    }
  }

  emulations(): readonly string[] {
    const { sysroot, flags } = this.#toolchain
    const triple = flags.find((flag) => flag.startsWith('--target='))!.slice('--target='.length)
    return EMULATIONS.filter((name) => existsSync(join(sysroot, 'lib', triple, `libwasi-emulated-${name}.a`)))
  }

  async compile(command: 'cc' | 'c++', args: readonly string[]): Promise<number> {
    return run(command === 'cc' ? this.#toolchain.clang : this.#toolchain.clangxx, args, { stdio: 'inherit' }).code
  }

  async tool(tool: 'ar' | 'ranlib', args: readonly string[]): Promise<number> {
    return run(this.#tool(`llvm-${tool}`), args, { stdio: 'inherit' }).code
  }

  #tool(tool: 'llvm-ar' | 'llvm-ranlib'): string {
    return toolOf(this.#toolchain, tool, process.env.PATH ?? '')
  }
}

function build(file: string, args: readonly string[], cwd: string): void {
  const { code, messages } = run(file, args, { cwd, stdio: 'pipe' })
  if (code !== 0) throw new CompilerError(`the guest library cannot be compiled with ${file}:\n${messages}`)
}

function run(file: string, args: readonly string[], options: SpawnSyncOptions): { code: number; messages: string } {
  const { error, status, signal, stdout, stderr } = spawnSync(file, args, options)
  if (error !== undefined)
    throw new CompilerError(`${file}: cannot be started (${(error as NodeJS.ErrnoException).code})`)
  const code = status ?? 128 + (signal === null ? 0 : constants.signals[signal])
  return { code, messages: `${stdout ?? ''}${stderr ?? ''}` }
}
