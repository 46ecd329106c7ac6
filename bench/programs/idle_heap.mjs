/**
 * `node --expose-gc idle_heap.mjs MODULE FIRST ALL`: runs `idle serve` of idle.c inside this process and prints how many bytes of
 * JavaScript each connection beyond the first ones keeps: objects, and memory outside the heap that they hold. The program's own
 * memory does not grow meanwhile, and the kernel's is not seen here.
 *
 * What the program writes says when to look. Inside the call that writes nothing else runs, and all that the connections need is
 * there; what is garbage has gone.
 */
import { readFileSync } from 'node:fs'
import { WASI } from '../../dist/index.cjs'

const [, , module, first, all] = process.argv
/** After the port, after the first connections, after all. */
const WRITES = 3
const used = []

const wasi = new WASI({ version: 'preview1', args: ['idle', 'serve', first, all], addrPool: ['127.0.0.1/32'] })
const imports = wasi.getImportObject()
const { fd_write: write } = imports.wasi_snapshot_preview1
const writeAndLook = (...args) => {
  used.push(usedBytes())
  return write(...args)
}
const wasiImports = { ...imports.wasi_snapshot_preview1, fd_write: writeAndLook }
const compiled = new WebAssembly.Module(readFileSync(module))
const code = wasi.start(new WebAssembly.Instance(compiled, { ...imports, wasi_snapshot_preview1: wasiImports }))
if (code !== 0) throw new Error(`the program ended with ${code}`)
if (used.length !== WRITES) throw new Error(`the program wrote ${used.length} times`)
console.log(((used[2] - used[1]) / (all - first)).toFixed(1))

function usedBytes() {
  globalThis.gc()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
