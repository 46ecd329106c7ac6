/**
 * Runs a module with the class of one implementation: `run-wasi.ts node|berth MODULE OPTIONS [EXPORT [ARGUMENT]]`. Without an
 * export it is a command. What became of it goes, as JSON, to descriptor 3.
 */
import { readFileSync, writeSync } from 'node:fs'
import * as berth from '../../src/index.ts'

const [, , implementation, path, json, exported, argument] = process.argv as string[] as [string, ...string[]]
const { WASI } = implementation === 'node' ? await import('node:wasi') : berth

function run(): unknown {
  const wasi = new WASI(JSON.parse(json!)) as berth.WASI
  const module = new WebAssembly.Module(readFileSync(path!))
  const instance = new WebAssembly.Instance(module, wasi.getImportObject())
  if (exported === undefined) return wasi.start(instance)
  wasi.initialize(instance)
  return (instance.exports[exported] as (value: number) => unknown)(Number(argument))
}

let outcome: Record<string, unknown>
try {
  outcome = { result: run() ?? 'undefined' }
} catch (error) {
  const { name, stack } = error as Error
  // Functions of the program, by their names.
  outcome = {
    error: name,
    constructor: (error as Error).constructor.name,
    frames: /\bmain|descend|abort\b/.test(stack ?? ''),
  }
}
writeSync(3, JSON.stringify(outcome))
