/**
 * What it costs until the first instruction of a program has run: of `spawn` with a Worker that must be started, and with one
 * that an earlier program has left; of `new WASI` in this thread, once it is warm. With `spawn` the program writes one byte, and
 * what is measured ends when the embedding program has it.
 *
 *   node bench/embed.mjs [rounds]
 *
 * Build first. Each cold start is a process of its own: what a Worker costs depends on whether it is the first.
 */
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'

const HERE = fileURLToPath(import.meta.url)
const ENTRY = new URL('../dist/index.cjs', import.meta.url)

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

async function firstByteMs(spawn) {
  const begun = performance.now()
  const program = spawn(ONE_BYTE)
  await once(program.stdout, 'data')
  const tookMs = performance.now() - begun
  await program.result
  return tookMs
}

/** (module (memory (export "memory") 1) (import "env" "begun" (func)) (func (export "_start") (call 0))) */
const CALLS_BACK = Buffer.from(
  '0061736d01000000010401600000020d0103656e7605626567756e00000302010005030100010713' +
    '02066d656d6f72790200065f737461727400010a0601040010000b',
  'hex',
)

/** `new WASI`, the instance of a module that is compiled already, and `start` until the program calls back. */
function firstInstructionMs(WASI, module) {
  const begun = performance.now()
  let tookMs
  const wasi = new WASI({
    version: 'preview1',
    args: ['program'],
    preopens: { '/': tmpdir() },
    addrPool: ['127.0.0.0/8'],
  })
  const env = {
    begun: () => {
      tookMs = performance.now() - begun
    },
  }
  wasi.start(new WebAssembly.Instance(module, { ...wasi.getImportObject(), env }))
  return tookMs
}

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1]
}

const [, , first = '15'] = process.argv
if (first === 'once') {
  const { spawn, WASI } = await import(ENTRY)
  const cold = await firstByteMs(spawn)
  const parked = []
  for (let i = 0; i < 20; i++) parked.push(await firstByteMs(spawn))
  const module = new WebAssembly.Module(CALLS_BACK)
  const inThread = Array.from({ length: 200 }, () => firstInstructionMs(WASI, module))
  process.stdout.write(JSON.stringify({ cold, parked: median(parked), WASI: median(inThread) }))
} else {
  const rounds = Number(first)
  const env = { ...process.env }
  delete env.NODE_EXTRA_CA_CERTS
  const samples = Array.from({ length: rounds }, () =>
    JSON.parse(execFileSync(process.execPath, [HERE, 'once'], { env, encoding: 'utf8' })),
  )
  for (const kind of ['cold', 'parked', 'WASI']) {
    const values = samples.map((sample) => sample[kind])
    const [least, most] = [Math.min(...values), Math.max(...values)]
    console.log(`${kind.padEnd(7)} ${median(values).toFixed(2)} ms [${least.toFixed(2)}..${most.toFixed(2)}]`)
  }
}
