/** Runs a module with `new WASI` of the built library: `embedding.cjs LIBRARY MODULE ARGS...`, in the working directory. */
const { readFileSync } = require('node:fs')

const [, , library, path, ...args] = process.argv
const { WASI } = require(library)
const wasi = new WASI({
  version: 'preview1',
  args: [path, ...args],
  preopens: { '.': '.' },
  addrPool: ['127.0.0.1/32'],
})
const program = new WebAssembly.Module(readFileSync(path))
process.exitCode = wasi.start(new WebAssembly.Instance(program, wasi.getImportObject()))
