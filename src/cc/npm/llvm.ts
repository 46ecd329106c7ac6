import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CompilerError } from '../errors.ts'
import type { NpmToolchain } from '../find-toolchain.ts'
import { Exit, type Setting, wasiFiles } from './wasi-files.ts'

/**
 * clang, lld and llvm-ar are one WebAssembly module in the npm package, made for WASI preview 1. It is instantiated afresh
 * for each tool. The package's own JavaScript is not used: it works on a tree of files in memory, without `..`.
 */
export async function loadLlvm(toolchain: NpmToolchain): Promise<WebAssembly.Module> {
  return WebAssembly.compile(readFileSync(join(toolchain.folder, 'llvm.core.wasm')))
}

/** Runs the tool that `setting.args[0]` names. @returns its exit code */
export function runLlvm(module: WebAssembly.Module, setting: Setting): number {
  let memory: WebAssembly.Memory | undefined
  const files = wasiFiles(setting, () => memory!)
  const unknown = WebAssembly.Module.imports(module).find(({ name }) => files.imports[name] === undefined)
  if (unknown !== undefined)
    throw new CompilerError(`this version of @yowasp/clang needs '${unknown.name}', which Berth does not have`)
  const instance = new WebAssembly.Instance(module, { wasi_snapshot_preview1: files.imports })
  memory = instance.exports.memory as WebAssembly.Memory
  try {
    ;(instance.exports._start as () => void)()
    return 0
  } catch (error) {
    if (error instanceof Exit) return error.code
    if (!(error instanceof WebAssembly.RuntimeError) && !(error instanceof RangeError)) throw error
    // clang's own way to end after an internal error; it has written what it knows about it.
    setting.streams.stderr(Buffer.from(`${setting.args[0]}: the compiler failed: ${error.message}\n`))
    return 1
  } finally {
    files.close()
  }
}
