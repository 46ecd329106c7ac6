/** Files: large pieces through one file, and many openings; in memory, so that no disk decides. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'

export async function cases({ native, wasm, berth, figure, output, runtimes, files }) {
  const program = native('files')
  const module = await wasm('files')
  const sides = (mode) => {
    const side = (argv) => async () => {
      // What is read, and written over, is there.
      if (!existsSync(join(files, 'large'))) await output([program, 'write', files])
      return figure(argv)
    }
    const wasmArgv = { options: [`--dir=${files}`], args: [mode, files] }
    const { iwasm, wasmtime, wasmedge } = runtimes
    return {
      native: side([program, mode, files]),
      berth: side(berth(module, wasmArgv)),
      iwasm: iwasm && side(iwasm(module, wasmArgv)),
      wasmtime: wasmtime && side(wasmtime(module, wasmArgv)),
      wasmedge: wasmedge && side(wasmedge(module, wasmArgv)),
    }
  }
  const common = { group: 'files', better: 'higher' }
  return [
    {
      ...common,
      name: 'write 256 MiB in 64 KiB pieces',
      unit: 'MB/s',
      target: { ratioAtLeast: 0.9 },
      sides: sides('write'),
    },
    { ...common, name: 'read the same', unit: 'MB/s', target: { ratioAtLeast: 0.9 }, sides: sides('read') },
    { ...common, name: 'open, fstat, close', unit: 'k/s', target: { ratioAtLeast: 0.5 }, sides: sides('open') },
  ]
}
