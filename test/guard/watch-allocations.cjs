/**
 * Loaded before a program that runs calls.c, in a process with `--expose-gc`: writes to descriptor 3 a line for each pair of
 * marks, with how many bytes of the engine's heap were used between them and how many collections there were.
 */
const { writeSync } = require('node:fs')
const { GCProfiler } = require('node:v8')

let before = 0
let profiler

/** The guest's marks come by turns. The last thing before the calls, and the first after them, is to look at the heap. */
function mark() {
  if (profiler === undefined) {
    global.gc()
    profiler = new GCProfiler()
    profiler.start()
    before = process.memoryUsage().heapUsed
    return
  }
  const bytes = process.memoryUsage().heapUsed - before
  writeSync(3, `${bytes} ${profiler.stop().statistics.length}\n`)
  profiler = undefined
}

WebAssembly.Instance = class extends WebAssembly.Instance {
  constructor(module, imports) {
    const wasi = imports.wasi_snapshot_preview1
    const { fd_write } = wasi
    const watched = (fd, iovsPtr, iovsLen, sizePtr) => {
      if (fd === 1) mark()
      return fd_write(fd, iovsPtr, iovsLen, sizePtr)
    }
    // What is not replaced is inherited: it may be there for whoever asks by name alone.
    const replaced = Object.create(wasi, { fd_write: { value: watched } })
    super(module, Object.create(imports, { wasi_snapshot_preview1: { value: replaced } }))
  }
}
