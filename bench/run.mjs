/**
 * `npm run bench`: the same C programs natively and under iwasm, and under what else there is, by turns in one run, each time
 * in fresh processes. `npm run bench -- --help` has the options; bench/cases/ the cases, and lib/case.mjs what a case is.
 *
 * Keeps every figure in bench/results/latest.json after each case, and at the end writes the tables and plots of
 * docs/performance.md. With words, runs only what they choose, and keeps nothing unless --keep says so.
 */
import { readdirSync } from 'node:fs'
import { constants } from 'node:os'
import { build } from '../scripts/build.mjs'
import { installDependencies } from '../scripts/install-dependencies.mjs'
import { checkedCase, inOrder, selected } from './lib/case.mjs'
import { notMeasured } from './lib/document.mjs'
import { commit, environment } from './lib/environment.mjs'
import { measure } from './lib/measure.mjs'
import { inOwnNetwork } from './lib/network.mjs'
import { parseOptions, USAGE, UsageError } from './lib/options.mjs'
import { endProcesses, killProcesses } from './lib/processes.mjs'
import { caseHeading, caseReport, failureReport } from './lib/report.mjs'
import { emptyResults, onlyExisting, readResults, withCase, writeResults } from './lib/results.mjs'
import { createTools, describingTools } from './lib/tools.mjs'
import { installPackages, RESULTS, render } from './render.mjs'

const CASES = new URL('cases/', import.meta.url)

process.on('exit', killProcesses)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => process.exit(128 + constants.signals[signal]))
}

try {
  await main(parseOptions(process.argv.slice(2), process.env))
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  process.stderr.write(`${error.message}\n\n${USAGE}`)
  process.exitCode = 2
}

async function main(options) {
  if (options.help) {
    process.stdout.write(USAGE)
    return
  }
  // Before the cases are described: which sides they have depends on it.
  const draws = options.list || installPackages()
  if (!options.list) {
    // What is missing comes from outside, where a network of its own does not reach.
    installDependencies()
    const code = await inOwnNetwork()
    if (code !== undefined) {
      process.exitCode = code
      return
    }
  }
  const tools = createTools()
  const described = await describe(describingTools(tools))
  const chosen = selected(described.cases, options.words)
  if (options.list) {
    for (const { group, name, needs } of chosen) console.log(`${group}: ${name}${needs ? ` (not here: ${needs})` : ''}`)
  } else if (chosen.length > 0) await run(chosen, described, { ...options, draws }, tools)
  else if (described.failures === 0) throw new UsageError(`no case has ${options.words.join(' or ')} in its name`)
  if (described.failures > 0) process.exitCode = 1
}

/** Which cases there are; each knows its file, and has no sides that could run. */
async function describe(tools) {
  const cases = []
  let failures = 0
  const files = readdirSync(CASES).filter((name) => name.endsWith('.mjs'))
  for (const file of files.sort()) {
    try {
      for (const each of await casesOf(file, tools)) cases.push({ ...each, file })
    } catch (error) {
      failures++
      process.stderr.write(failureReport(`bench/cases/${file}`, error.stack))
    }
  }
  return { cases: inOrder(cases), failures }
}

async function casesOf(file, tools) {
  const { cases } = await import(new URL(file, CASES))
  return (await cases(tools)).map(checkedCase)
}

async function run(chosen, described, { words, keep, rounds, draws }, tools) {
  const keeps = words.length === 0 || keep
  await build()
  // With this variable Node.js 20 reads every certificate of the system at each start. Until here npm may have needed it.
  delete process.env.NODE_EXTRA_CA_CERTS
  const here = environment()
  console.log(`Network: ${here.network}.`)
  const measured = { date: new Date().toISOString(), commit: commit() }
  if (here.missing.length > 0) console.log(notMeasured(here.missing))
  let results = (keep && readResults(RESULTS)) || emptyResults(measured)
  if (described.failures === 0) results = onlyExisting(results, described.cases)
  const compiled = new Map()
  for (const { file, ...outline } of chosen) {
    process.stdout.write(caseHeading(outline))
    const entry = { ...(await measuredEntry(file, outline, rounds, tools, compiled)), ...measured }
    process.stdout.write(caseReport(entry))
    if (Object.keys(entry.failures).length > 0) process.exitCode = 1
    if (!keeps) continue
    results = withCase(results, entry, here)
    writeResults(RESULTS, results)
  }
  if (!keeps) return
  if (words.length === 0) writeResults(RESULTS, { ...results, ...measured, complete: true })
  await render({ draws })
}

/** A case as the results have it. What it needs is compiled when its turn has come, and with it the rest of its file. */
async function measuredEntry(file, outline, wantedRounds, tools, compiled) {
  const { group, name, unit, better, target, baseline, labels, needs } = outline
  const entry = { group, name, unit, better, target, baseline, labels, needs, failures: {} }
  if (needs !== undefined) return entry
  try {
    if (!compiled.has(file)) compiled.set(file, await casesOf(file, tools))
    const found = compiled.get(file).find((each) => each.group === group && each.name === name)
    if (found === undefined)
      throw new Error(`bench/cases/${file} has no case of this name when its programs are compiled`)
    const onRun = (side, round) => progress(`  ${side}, round ${round + 1}`)
    const { figures, rounds, failures } = await measure(found, { rounds: wantedRounds, endProcesses, onRun })
    return { ...entry, rounds, figures, failures }
  } catch (error) {
    return { ...entry, failures: { berth: error.message } }
  } finally {
    progress('')
  }
}

/** On a terminal only: what is running, in a line that goes away. */
function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`)
}
