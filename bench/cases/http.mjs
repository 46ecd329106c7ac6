/**
 * An HTTP server under a native load that keeps one request on its way on each connection. All connections are busy, so that
 * with poll, too, what it costs to look through them all is shared by many answers.
 *
 * The load has about as much to do for a request as the native server. While that waits for the load the ratio flatters, so one
 * case has the processor time of the server.
 */
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { everywhere, measured, needsDescriptors } from '../lib/sides.mjs'

const WARM_UP = 20_000
/** One connection has nothing to do while its request is on its way: fewer take as long. */
const REQUESTS = { 1: 25_000, 50: 80_000, 1000: 80_000, 10000: 80_000 }
/** Processor time is counted in hundredths of a second. */
const LONG_RUN = 150_000
/** Descriptors of a program besides its connections. */
const OTHERS = 100

/** @param {import('../lib/case.mjs').Tools} tools */
export async function cases(tools) {
  const { node, ...inC } = await everywhere(tools, 'http_server', { node: true })
  // Node.js has only epoll.
  const servers = { poll: inC, epoll: { ...inC, node } }
  const load = tools.native('http_load')
  const common = { group: 'HTTP', unit: 'req/s', better: 'higher' }
  const of = (mode, count, more = {}) => {
    // One connection is a ping-pong: see tcp.mjs.
    const loadCore = count === 1 ? 0 : 1
    const shown = count.toLocaleString('en-US')
    return {
      ...common,
      name: `HTTP, ${mode}, ${count === 1 ? '1 connection, one core' : `${shown} connections`}`,
      needs: needsDescriptors(tools, count + OTHERS),
      sides: measured(servers[mode], (server) =>
        tools.withServer(server([mode]), { core: 0, endsItself: true }, (port) =>
          tools.figure([load, port, count, WARM_UP, REQUESTS[count]], { core: loadCore }),
        ),
      ),
      ...more,
    }
  }
  return [
    ...['poll', 'epoll'].flatMap((mode) => [
      of(mode, 1),
      of(mode, 50),
      of(mode, 1000, mode === 'epoll' ? { target: { ratioAtLeast: 0.85 } } : {}),
      of(mode, 10_000),
    ]),
    {
      ...common,
      name: 'HTTP, epoll, 1,000 connections, processor time of each request',
      unit: 'µs',
      better: 'lower',
      needs: needsDescriptors(tools, 1000 + OTHERS),
      sides: measured(servers.epoll, (server) =>
        tools.withServer(server(['epoll']), { core: 0, endsItself: true }, async (port, child) => {
          const client = tools.spawn([load, port, 1000, WARM_UP, LONG_RUN], { core: 1 })
          const before = processorSeconds(child.pid)
          const { done } = await createInterface(client.stdout)[Symbol.asyncIterator]().next()
          const taken = processorSeconds(child.pid) - before
          client.stdin.end()
          await tools.ended(client)
          if (done) throw new Error('the load printed nothing')
          return (taken * 1e6) / (WARM_UP + LONG_RUN)
        }),
      ),
    },
  ]
}

/** Source: proc_pid_stat(5), fields 14 and 15, and 100 ticks a second. */
function processorSeconds(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const behindName = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(behindName[11]) + Number(behindName[12])) / 100
}
