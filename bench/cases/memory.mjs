/** Memory: what an open connection costs on which nothing happens. What the kernel keeps for it is the same for all. */
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { everywhere, measured, needsDescriptors } from '../lib/sides.mjs'

/** Those that pay for what all have in common: code is compiled, tables grow. */
const FIRST = 2000
const COUNTED = 10_000
const ALL = FIRST + COUNTED
const DESCRIPTORS = ALL + 100

/** @param {import('../lib/case.mjs').Tools} tools */
export async function cases(tools) {
  const programs = await everywhere(tools, 'idle')
  const [node, ...inProcess] = tools.node('idle_heap', [await tools.wasm('idle'), FIRST, ALL])
  const common = { group: 'memory', unit: 'bytes', better: 'lower', needs: needsDescriptors(tools, DESCRIPTORS) }
  return [
    {
      ...common,
      name: 'JavaScript of each of 10,000 idle connections, without the kernel and the program',
      target: { atMost: 200 },
      sides: { berth: async () => Number(await withIdle(tools, [node, '--expose-gc', ...inProcess], () => {})) },
    },
    {
      ...common,
      name: 'resident memory of each of 10,000 idle connections',
      sides: measured(programs, async (argv) => {
        const resident = []
        await withIdle(tools, argv(['serve', FIRST, ALL]), (pid) => resident.push(residentBytes(pid)))
        return (resident[1] - resident[0]) / COUNTED
      }),
    },
  ]
}

/**
 * Gives a server the first connections and then all of them; `look` is called both times. @returns its last line: `accepted`
 * and their number, unless it prints more
 */
async function withIdle(tools, argv, look) {
  const server = tools.spawn(argv)
  const lines = createInterface(server.stdout)[Symbol.asyncIterator]()
  const next = async () => {
    const { value, done } = await lines.next()
    // The error that this throws tells why it has ended.
    if (done) await tools.ended(server, 'ready')
    return value
  }
  const port = await next()
  const holders = []
  let last
  for (const count of [FIRST, COUNTED]) {
    holders.push(tools.spawn([tools.native('idle'), 'hold', port, String(count)]))
    last = await next()
    look(server.pid)
  }
  for (const holder of holders) {
    holder.stdin.end()
    await tools.ended(holder)
  }
  for await (const line of lines) last = line
  await tools.ended(server)
  return last
}

function residentBytes(pid) {
  return Number(/VmRSS:\s*(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024
}
