/** What it costs a call that its address is looked for among many that are granted. */

const CONNECTS = 500_000
/** As policy.c has it. */
const PEERS = 16
const BLOCK = 512
const APART = 625
const PLACE = 64
/** One argument of a program has at most 128 KiB. */
const ENTRIES_A_FLAG = 2000

/** @param {import('../lib/case.mjs').Tools} tools */
export async function cases(tools) {
  const native = tools.native('policy')
  const module = await tools.wasm('policy')
  const under = (count) => () =>
    tools.figure(tools.berth(module, { options: flags(pool(count)), args: [CONNECTS] }), { core: 0 })
  const of = (count) => ({
    group: 'policy',
    name: `connect of UDP, ${count.toLocaleString('en-US')} entries in the pool`,
    unit: 'ns',
    better: 'lower',
    target: { differenceAtMost: 200 },
    baseline: 'one',
    labels: { one: '1 entry', berth: `${count.toLocaleString('en-US')} entries`, native: 'native, without a policy' },
    sides: { one: under(1), berth: under(count), native: () => tools.figure([native, CONNECTS], { core: 0 }) },
  })
  return [of(100), of(10_000)]
}

/**
 * So many blocks of 127.0.0.0/8 of several sizes, none beside another, so that no two can become one; among them those of the
 * peers.
 */
function pool(count) {
  if (count === 1) return ['127.0.0.0/8']
  return Array.from({ length: count }, (_, i) => {
    const block = (i % PEERS) * APART + Math.floor(i / PEERS)
    const address = block * BLOCK + PLACE
    return `127.${address >> 16}.${(address >> 8) & 255}.${address & 255}/${26 + (block % 7)}`
  })
}

function flags(entries) {
  const parts = Array.from({ length: Math.ceil(entries.length / ENTRIES_A_FLAG) }, (_, i) =>
    entries.slice(i * ENTRIES_A_FLAG, (i + 1) * ENTRIES_A_FLAG),
  )
  return parts.map((part) => `--addr-pool=${part.join(',')}`)
}
