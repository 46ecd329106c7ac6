/**
 * `node bench/render.mjs`: writes the tables of docs/performance.md and the plots of docs/plots/ from
 * bench/results/latest.json. The end of a run that keeps its results does the same.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { installDependencies } from '../scripts/install-dependencies.mjs'
import { inOrder } from './lib/case.mjs'
import { renderDocument } from './lib/document.mjs'
import { hasPlot, plotName } from './lib/plot-spec.mjs'
import { readResults } from './lib/results.mjs'

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url))
const DOCUMENT = path('../docs/performance.md')
const PLOTS = path('../docs/plots/')
export const RESULTS = path('results/latest.json')

/**
 * What draws plots, and the peers that are npm packages: not among the packages of Berth itself. Without them everything else
 * is done.
 * @returns {boolean} whether they are there
 */
export function installPackages() {
  try {
    // Some of their optional packages are not in every registry, which `npm ci` takes for a mistake in the lock file.
    const command = ['install', '--no-save']
    installDependencies({ folder: path('.'), what: 'those of bench/, for plots and peers', command })
    return true
  } catch (error) {
    process.stderr.write(
      `${error.message}\nWithout the packages of bench/ there are no new plots, and no peers from npm.\n`,
    )
    return false
  }
}

/** @param {{ draws?: boolean }} [options] whether plots can be drawn; without it, that is seen to */
export async function render({ draws = installPackages() } = {}) {
  const read = readResults(RESULTS)
  if (read === undefined) throw new Error('there are no results yet: `npm run bench` makes them')
  const results = { ...read, cases: inOrder(read.cases) }
  if (draws) await drawPlots(results)
  const { text, withoutPlace } = renderDocument(readFileSync(DOCUMENT, 'utf8'), results)
  writeFileSync(DOCUMENT, text)
  for (const group of withoutPlace) console.error(`docs/performance.md has no place <!-- bench:${group} -->`)
}

async function drawPlots({ cases }) {
  const { drawPlot } = await import('./lib/plot.mjs')
  // A group that has no plot any more leaves none.
  rmSync(PLOTS, { recursive: true, force: true })
  mkdirSync(PLOTS, { recursive: true })
  for (const [group, entries] of byGroup(cases)) {
    if (hasPlot(entries)) writeFileSync(`${PLOTS}${plotName(group)}.svg`, await drawPlot(group, entries))
  }
}

function byGroup(cases) {
  const groups = new Map()
  for (const entry of cases) groups.set(entry.group, [...(groups.get(entry.group) ?? []), entry])
  return groups
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await render()
