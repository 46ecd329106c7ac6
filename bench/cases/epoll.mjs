/** epoll: what an event costs among few and many descriptors, and what idle ones cost. */
import { needsDescriptors } from '../lib/sides.mjs'

/** What `epoll` with 10,000 sockets needs. */
const DESCRIPTORS = 10_100
/** Rounds, in each of which so many of the busy sockets are ready. */
const READY = 50
const ROUNDS = 2000

/** @param {import('../lib/case.mjs').Tools} tools */
export async function cases(tools) {
  const { native, wasm, berth, figure } = tools
  const program = native('epoll')
  const module = await wasm('epoll')
  const args = (watched, busy) => [watched, busy, READY, ROUNDS]
  const natively = (watched, busy) => () => figure([program, ...args(watched, busy)], { core: 0 })
  const underBerth = (watched, busy) => () => figure(berth(module, { args: args(watched, busy) }), { core: 0 })
  const needs = needsDescriptors(tools, DESCRIPTORS)
  const common = { group: 'epoll', unit: 'ns', better: 'lower' }
  return [
    {
      ...common,
      name: '100 descriptors watched and busy, each event',
      target: { ratioAtMost: 1.6 },
      sides: { native: natively(100, 100), berth: underBerth(100, 100) },
    },
    {
      ...common,
      name: '10,000 watched and busy',
      target: { ratioAtMost: 1.6 },
      needs,
      sides: { native: natively(10_000, 10_000), berth: underBerth(10_000, 10_000) },
    },
    {
      ...common,
      name: '9,900 idle ones more',
      target: { ratioAtMost: 1.15 },
      needs,
      baseline: 'few',
      labels: { few: 'Berth without', berth: 'with' },
      sides: { few: underBerth(100, 100), berth: underBerth(10_000, 100) },
    },
  ]
}
