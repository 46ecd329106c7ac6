/** Names: how many can be looked up in a second, one after the other. `localhost` is in /etc/hosts: no server is asked. */
import { everywhere, measured } from '../lib/sides.mjs'

/** @param {import('../lib/case.mjs').Tools} tools */
export async function cases(tools) {
  const programs = await everywhere(tools, 'names', { options: ['--allow-resolve=localhost'], node: true })
  const of = (name, node, counts) => ({
    group: 'names',
    name,
    unit: '/s',
    better: 'higher',
    sides: measured(programs, (argv, side) => tools.figure(argv([node, counts[side]]))),
  })
  return [
    of('getaddrinfo of localhost', 'localhost', { native: 50_000, berth: 50_000, node: 10_000 }),
    of('getaddrinfo of 127.0.0.1', '127.0.0.1', { native: 2_000_000, berth: 500_000, node: 200_000 }),
  ]
}
