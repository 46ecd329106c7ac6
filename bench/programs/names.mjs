/** `names NODE COUNT`: what names.c does, with node:dns. */
import { lookup } from 'node:dns/promises'

const WARM_UP = 2000
const [, , node, count] = process.argv

async function lookUp(times) {
  for (let i = 0; i < times; i++) {
    const { address } = await lookup(node, { family: 4 })
    if (address !== '127.0.0.1') throw new Error('wrong address')
  }
}

await lookUp(WARM_UP)
const start = performance.now()
await lookUp(Number(count))
console.log(((count * 1000) / (performance.now() - start)).toFixed(0))
