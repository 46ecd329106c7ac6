/**
 * Runs a program with the options of `iwasm` on the event loop: its calls suspend its stack. For versions of Node.js that can do
 * that, with the built library.
 */
import { readFileSync } from 'node:fs'
import { WASI } from '../../dist/index.cjs'

const words = process.argv.slice(2)
const given = { addrPool: [], allowResolve: [], allowAbstract: [], preopens: {}, env: {} }
while (words[0]?.startsWith('--')) {
  const [, name, value] = /^--([a-z-]+)=(.*)$/s.exec(words.shift())
  if (name === 'addr-pool') given.addrPool.push(...value.split(','))
  else if (name === 'allow-resolve') given.allowResolve.push(value)
  else if (name === 'allow-abstract') given.allowAbstract.push(value)
  else if (name === 'dir') given.preopens[value] = value
  else if (name === 'env') given.env[value.slice(0, value.indexOf('='))] = value.slice(value.indexOf('=') + 1)
  else throw new Error(`no such option: --${name}`)
}

const wasi = new WASI({ version: 'preview1', args: words, ...given })
const module = new WebAssembly.Module(readFileSync(words[0]))
const instance = await wasi.instantiate(module, {}, { suspend: true })
process.exitCode = await wasi.startAsync(instance)
