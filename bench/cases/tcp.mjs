/** TCP on 127.0.0.1: round trips, streams in both directions, and connections. The other end is always a native program. */
import { everywhere, measured } from '../lib/sides.mjs'
import { preview2Pingpong } from '../peers/preview2/peer.mjs'

const ROUND_TRIPS = 30_000
/** Of the one that takes ten times as long. */
const PREVIEW2_ROUND_TRIPS = 4000
const BUSY_POLL_US = 200
const STREAM_SECONDS = 0.7
const CONNECTIONS = 15_000

/** @param {import('../lib/case.mjs').Tools} tools */
export async function cases(tools) {
  return [...(await pingPong(tools)), ...(await streams(tools)), ...(await connections(tools))]
}

/** Mostly with both ends on one core: waking a program on an idle virtual core costs more than the round trip, and varies. */
async function pingPong(tools) {
  const programs = await everywhere(tools, 'pingpong', { node: true, iwasm: true })
  const { argv: preview2 } = await preview2Pingpong(tools)
  const everyone = { ...programs, ffi: (args) => tools.node('pingpong_ffi', args), ...(preview2 && { preview2 }) }
  const peer = tools.native('peer')
  const common = { group: 'TCP', unit: 'µs', better: 'lower' }
  const between = (peerCore, bytes) => (argv, side) =>
    tools.withServer([peer, 'echo'], { core: peerCore, endsItself: true }, (port) =>
      tools.figure(argv([port, bytes, side === 'preview2' ? PREVIEW2_ROUND_TRIPS : ROUND_TRIPS]), { core: 0 }),
    )
  const of = (bytes, size) => ({
    ...common,
    name: `TCP ping-pong, ${size}, one core`,
    target: { ratioAtMost: 1.05 },
    labels: { ffi: 'FFI alone', preview2: 'preview 2 (jco)' },
    sides: measured(everyone, between(0, bytes)),
  })
  const busyPoll = { options: ['--addr-pool=127.0.0.1/32', `--busy-poll=${BUSY_POLL_US}`] }
  const { native, berth } = programs
  const { berth: busy } = await everywhere(tools, 'pingpong', busyPoll)
  return [
    of(1, '1 B'),
    of(64, '64 B'),
    of(4096, '4 KiB'),
    {
      ...common,
      name: 'TCP ping-pong, 64 B, two cores',
      labels: { busy: `Berth, --busy-poll=${BUSY_POLL_US}` },
      sides: measured({ native, berth, busy }, between(1, 64)),
    },
  ]
}

/** Each end has a core: one produces while the other consumes. */
async function streams(tools) {
  const programs = await everywhere(tools, 'stream', { node: true, iwasm: true })
  const peer = tools.native('peer')
  const of = (mode, bytes, size, ratioAtLeast) => ({
    group: 'TCP',
    name: mode === 'send' ? `TCP stream, ${size} writes` : `TCP stream, ${size} reads`,
    unit: 'MB/s',
    better: 'higher',
    target: { ratioAtLeast },
    sides: measured(programs, (argv) =>
      tools.withServer([peer, mode === 'send' ? 'sink' : 'source'], { core: 1, endsItself: true }, (port) =>
        tools.figure(argv([mode, port, bytes, STREAM_SECONDS]), { core: 0 }),
      ),
    ),
  })
  return ['send', 'receive'].flatMap((mode) => [
    of(mode, 1 << 10, '1 KiB', 0.85),
    of(mode, 1 << 14, '16 KiB', 0.97),
    of(mode, 1 << 16, '64 KiB', 0.97),
    of(mode, 1 << 20, '1 MiB', 0.97),
  ])
}

/** One after the other, so that the ends take turns: on one core, as a ping-pong. */
async function connections(tools) {
  const programs = await everywhere(tools, 'connections', { node: true, iwasm: true })
  const common = { group: 'TCP', unit: '/s', better: 'higher', target: { ratioAtLeast: 0.95 } }
  const measure = (server, client) =>
    tools.withServer(server(['serve']), { core: 0, endsItself: true }, (port) =>
      tools.figure(client(['connect', port, CONNECTIONS]), { core: 0 }),
    )
  return [
    {
      ...common,
      name: 'TCP connect and close, one core',
      sides: measured(programs, (argv) => measure(programs.native, argv)),
    },
    {
      ...common,
      name: 'TCP accept and close, one core',
      sides: measured(programs, (argv) => measure(argv, programs.native)),
    },
  ]
}
