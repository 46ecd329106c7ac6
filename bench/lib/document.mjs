/**
 * The tables of docs/performance.md: what is between `<!-- bench:GROUP -->` and `<!-- /bench -->` is written anew from the
 * results, and nothing else. `<!-- bench:machine -->` has the machine and the versions. Knows no files.
 */
import { hasPlot, plotName } from './plot-spec.mjs'
import { evaluate } from './statistics.mjs'
import { day, figure, list, ratio, sharedName, sideName, target } from './text.mjs'

const BLOCK = /(<!-- bench:([^>]*?) -->)[\s\S]*?(<!-- \/bench -->)/g
const MACHINE = 'machine'
/** Columns behind Berth's, in this order; a case's own sides come behind them. */
const PEERS = ['node', 'preview2', 'iwasm', 'wasmtime', 'wasmedge']

/**
 * @param {string} text the document as it is
 * @returns {{ text: string, withoutPlace: string[] }} groups with results that the document has no place for
 */
export function renderDocument(text, results) {
  const places = new Set()
  const rendered = text.replace(BLOCK, (_, begin, group, end) => {
    places.add(group)
    const content = group === MACHINE ? machineText(results) : groupText(group, results)
    return `${begin}\n${content}\n${end}`
  })
  const groups = [...new Set(results.cases.map((entry) => entry.group))]
  return { text: rendered, withoutPlace: groups.filter((group) => !places.has(group)) }
}

function groupText(group, results) {
  const entries = results.cases.filter((entry) => entry.group === group)
  if (entries.length === 0) return '\nNot measured.\n'
  const plot = hasPlot(entries)
    ? `\n![${group}: Berth's figures to the baseline's](plots/${plotName(group)}.svg)\n`
    : ''
  return `\n${table(entries, results)}\n${plot}`
}

/** @param {object[]} entries of one group, as the results have them */
export function table(entries, results) {
  const baselines = new Set(entries.filter(hasBaseline).map((entry) => sideName(entry.baseline, entry)))
  const native = sideName('native')
  const shared = baselines.has(native) ? native : baselines.size === 1 ? [...baselines][0] : undefined
  const peers = columnsOfPeers(entries)
  const names = Object.fromEntries(peers.map((peer) => [peer, sharedName(peer, entries)]))
  const head = ['Case']
  if (baselines.size > 0) head.push(`${shared ?? 'Baseline'} (min..max)`)
  head.push('Berth (min..max)')
  if (baselines.size > 0) head.push('Ratio')
  for (const peer of peers) head.push(`${names[peer]} (min..max), Berth to it`)
  head.push('Wanted')
  const rows = entries.map((entry) => row(entry, { results, shared, peers, names, hasBaselines: baselines.size > 0 }))
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

const hasBaseline = (entry) => entry.figures?.[entry.baseline] !== undefined

function columnsOfPeers(entries) {
  const sides = entries.flatMap((entry) => [...Object.keys(entry.figures ?? {}), ...Object.keys(entry.failures ?? {})])
  // The baseline of one case may be a peer of another.
  const isPeer = (side) => entries.some((entry) => has(entry, side) && side !== entry.baseline && side !== 'berth')
  const others = [...new Set(sides)].filter((side) => !PEERS.includes(side))
  return [...PEERS, ...others].filter(isPeer)
}

const has = ({ figures, failures }, side) => figures?.[side] !== undefined || failures?.[side] !== undefined

function row(entry, { results, shared, peers, names, hasBaselines }) {
  const name = escaped(entry.name) + ownDate(entry, results)
  const wanted = target(entry.target, entry.unit)
  const width = peers.length + (hasBaselines ? 3 : 1)
  if (entry.figures === undefined) {
    const why = entry.needs === undefined ? `**failed**: ${firstLine(entry.failures)}` : `not run: ${entry.needs}`
    return [name, escaped(why), ...Array(width - 1).fill('–'), wanted || '–']
  }
  const { sides, toBerth, toBaseline, isMet } = evaluate(entry)
  const labelled = (side, usual) => {
    const label = sideName(side, entry)
    return `${figure(sides[side], entry.unit)}${label === usual ? '' : `, ${escaped(label)}`}`
  }
  const cells = [name]
  if (hasBaselines) cells.push(hasBaseline(entry) ? labelled(entry.baseline, shared) : '–')
  cells.push(labelled('berth', sideName('berth')))
  if (hasBaselines) cells.push(toBaseline.berth === undefined ? '–' : ratio(toBaseline.berth.median))
  for (const peer of peers) {
    if (peer === entry.baseline) cells.push('–')
    else if (sides[peer] !== undefined) cells.push(`${labelled(peer, names[peer])}, ${ratio(toBerth[peer].median)}`)
    else cells.push(entry.failures?.[peer] === undefined ? '–' : 'failed')
  }
  cells.push(wanted === '' ? '–' : `${wanted}${verdict(isMet)}`)
  return cells
}

function verdict(isMet) {
  if (isMet === undefined) return ''
  return isMet ? ': met' : ': **missed**'
}

const firstLine = (failures) => Object.values(failures)[0].split('\n')[0]
const escaped = (text) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

/** Where a case is of another state than most, it says so. */
function ownDate(entry, results) {
  const isSame = entry.date.slice(0, 10) === results.date.slice(0, 10) && entry.commit === results.commit
  return isSame ? '' : ` (${day(entry.date)}, \`${entry.commit}\`)`
}

function machineText(results) {
  const { environments, cases } = results
  if (cases.length === 0) return '\nNot measured.\n'
  const rounds = Math.max(...cases.map((entry) => entry.rounds ?? 0))
  const [, ...others] = environments
  const lines = [
    `${day(results.date)}, \`${results.commit}\`, ${rounds} ${rounds === 1 ? 'round' : 'rounds'}${results.complete ? '' : ', **interrupted**'}.`,
    environmentText(environments[0]),
    ...others.map((environment) => `Some cases with: ${environmentText(environment)}`),
  ]
  return `\n${lines.join('\n')}\n`
}

function environmentText({ machine, network, versions, missing }) {
  const { berth, node, v8, koffi, kernel, libc, cc, clang, ...peers } = versions
  const parts = [
    `${machine.cores} cores (${machine.cpu}, ${machine.memoryGiB} GiB, ${machine.arch})`,
    `Linux ${/^[\d.]*\d/.exec(kernel)?.[0] ?? kernel}`,
    `network: ${network}`,
    `Node.js ${node} (V8 ${v8})`,
    `koffi ${koffi}`,
    `Berth ${berth}`,
    libc,
    cc,
    `@yowasp/clang ${clang}`,
    ...Object.entries(peers).map(([name, version]) => (version.includes(name) ? version : `${name} ${version}`)),
  ]
  return `${parts.filter(Boolean).join('; ')}.${missing.length === 0 ? '' : ` ${notMeasured(missing)}`}`
}

/** @param {readonly string[]} missing runtimes */
export function notMeasured(missing) {
  return `Not measured here: ${list(missing)} (not on PATH).`
}
