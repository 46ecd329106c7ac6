/**
 * What `spawn` costs until the first instruction of a program has run: with a Worker that must be started, and with one that
 * an earlier program has left. The program writes one byte; what is measured ends when the embedding program has it.
 *
 *   node bench/embed.mjs [rounds]
 *
 * Build first. Each cold start is a process of its own: what a Worker costs depends on whether it is the first.
 */
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
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

function median(values) {
  return values.toSorted((a, b) => a - b)[values.length >> 1]
}

const [, , first = '15'] = process.argv
if (first === 'once') {
  const { spawn } = await import(ENTRY)
  const cold = await firstByteMs(spawn)
  const parked = []
  for (let i = 0; i < 20; i++) parked.push(await firstByteMs(spawn))
  process.stdout.write(JSON.stringify({ cold, parked: median(parked) }))
} else {
  const rounds = Number(first)
  const env = { ...process.env }
  delete env.NODE_EXTRA_CA_CERTS
  const samples = Array.from({ length: rounds }, () =>
    JSON.parse(execFileSync(process.execPath, [HERE, 'once'], { env, encoding: 'utf8' })),
  )
  for (const kind of ['cold', 'parked']) {
    const values = samples.map((sample) => sample[kind])
    const [least, most] = [Math.min(...values), Math.max(...values)]
    console.log(`${kind.padEnd(7)} ${median(values).toFixed(1)} ms [${least.toFixed(1)}..${most.toFixed(1)}]`)
  }
}
