/** UDP on 127.0.0.1: datagrams one by one and many at a time, and round trips with a native peer. */
import { everywhere, measured } from '../lib/sides.mjs'

/** Of 64. */
const BATCHES = 1500
const ROUND_TRIPS = 30_000

/** @param {import('../lib/case.mjs').Tools} tools */
export async function cases(tools) {
  const programs = await everywhere(tools, 'udp', { node: true })
  // There is nothing in Node.js that sends or receives many with one call.
  const { node: _, ...inC } = programs
  const peer = tools.native('peer')
  const batches = (mode, bytes, argvs) =>
    measured(argvs, (argv) => tools.figure(argv([mode, bytes, BATCHES]), { core: 0 }))
  const common = { group: 'UDP', unit: '/s', better: 'higher' }
  const of = (bytes, size) => [
    {
      ...common,
      name: `UDP sendto and recvfrom, ${size}`,
      target: { ratioAtLeast: 0.9 },
      sides: batches('single', bytes, programs),
    },
    {
      ...common,
      name: `UDP sendmmsg and recvmmsg of 64, ${size}`,
      target: { ratioAtLeast: 0.95 },
      sides: batches('many', bytes, inC),
    },
    {
      ...common,
      name: `UDP ping-pong, ${size}, one core`,
      unit: 'µs',
      better: 'lower',
      sides: measured(programs, (argv) =>
        tools.withServer([peer, 'udp'], { core: 0, endsItself: true }, (port) =>
          tools.figure(argv(['echo', port, bytes, ROUND_TRIPS]), { core: 0 }),
        ),
      ),
    },
  ]
  return [...of(64, '64 B'), ...of(1400, '1,400 B')]
}
