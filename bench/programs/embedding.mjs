/**
 * What it costs until the first instruction of a program has run, in milliseconds; `embedding.mjs KIND` prints one figure:
 *
 *   cold    `spawn` to the first byte that a program writes, the first time, so that a Worker must be started
 *   parked  the same with the Worker of an earlier program, the median of 20
 *   worker  a plain Worker of Node.js to its first message: the least that a program in a Worker could take
 *   berth   `new WASI`, an instance and `start` in this thread to the program's first call, the median of 200
 *   node    the same with node:wasi
 */
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { Worker } from 'node:worker_threads'

const PARKED = 20
const IN_THREAD = 200

/**
 * (module (import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32)))
 *   (memory (export "memory") 1) (data (i32.const 4) "\01")
 *   (func (export "_start") (drop (call 0 (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))
 */
const ONE_BYTE = Buffer.from(
  '0061736d01000000010c0260047f7f7f7f017f60000002230116776173695f736e617073686f745f70726576' +
    '696577310866645f77726974650000030201010503010001071302066d656d6f72790200065f737461727400' +
    '010a0f010d00410141004101410810001a0b0b07010041040b0101',
  'hex',
)

/** (module (memory (export "memory") 1) (import "env" "begun" (func)) (func (export "_start") (call 0))) */
const CALLS_BACK = Buffer.from(
  '0061736d01000000010401600000020d0103656e7605626567756e00000302010005030100010713' +
    '02066d656d6f72790200065f737461727400010a0601040010000b',
  'hex',
)

const library = () => import(new URL('../../dist/index.cjs', import.meta.url))

async function firstByteMs(spawn) {
  const begun = performance.now()
  const program = spawn(ONE_BYTE)
  await once(program.stdout, 'data')
  const tookMs = performance.now() - begun
  await program.result
  return tookMs
}

async function firstMessageMs() {
  const begun = performance.now()
  const worker = new Worker("require('node:worker_threads').parentPort.postMessage(1)", { eval: true })
  await once(worker, 'message')
  return performance.now() - begun
}

/** `new WASI`, the instance of a module that is compiled already, and `start` until the program calls back. */
function firstInstructionMs(WASI, module, options) {
  const begun = performance.now()
  let tookMs
  const wasi = new WASI({ version: 'preview1', args: ['program'], preopens: { '/': tmpdir() }, ...options })
  const env = {
    begun: () => {
      tookMs = performance.now() - begun
    },
  }
  wasi.start(new WebAssembly.Instance(module, { ...wasi.getImportObject(), env }))
  return tookMs
}

function warm(WASI, options) {
  const module = new WebAssembly.Module(CALLS_BACK)
  return median(Array.from({ length: IN_THREAD }, () => firstInstructionMs(WASI, module, options)))
}

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1]
}

const KINDS = {
  cold: async () => firstByteMs((await library()).spawn),
  parked: async () => {
    const { spawn } = await library()
    await firstByteMs(spawn)
    const times = []
    while (times.length < PARKED) times.push(await firstByteMs(spawn))
    return median(times)
  },
  worker: firstMessageMs,
  berth: async () => warm((await library()).WASI, { addrPool: ['127.0.0.0/8'] }),
  node: async () => warm((await import('node:wasi')).WASI, {}),
}

console.log((await KINDS[process.argv[2]]()).toFixed(3))
