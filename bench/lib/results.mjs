/**
 * bench/results/latest.json: every figure of every case, and where, when and with what it was measured.
 *
 * Each case has the date and the commit of its own measurement, and the index of the machine and versions in `environments`,
 * since --keep puts cases of one day between those of another.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { isDeepStrictEqual } from 'node:util'

const FORMAT = 2

/** @param {{ date: string, commit: string }} measured of the run */
export function emptyResults({ date, commit }) {
  return { format: FORMAT, date, commit, complete: false, environments: [], cases: [] }
}

/** With a case in place of the one of the same name, or else behind the last of its group. */
export function withCase(results, entry, environment) {
  const known = results.environments.findIndex((other) => isDeepStrictEqual(other, environment))
  const environments = known < 0 ? [...results.environments, environment] : results.environments
  const placed = { ...entry, environment: known < 0 ? environments.length - 1 : known }
  const cases = [...results.cases]
  const same = cases.findIndex(({ group, name }) => group === entry.group && name === entry.name)
  const last = cases.findLastIndex(({ group }) => group === entry.group)
  if (same >= 0) cases[same] = placed
  else if (last >= 0) cases.splice(last + 1, 0, placed)
  else cases.push(placed)
  return withoutUnused({ ...results, environments, cases })
}

/** Without the cases that there are no more. @param {readonly { group: string, name: string }[]} existing */
export function onlyExisting(results, existing) {
  const keys = new Set(existing.map(key))
  return withoutUnused({ ...results, cases: results.cases.filter((entry) => keys.has(key(entry))) })
}

const key = ({ group, name }) => JSON.stringify([group, name])

function withoutUnused({ environments, cases, ...rest }) {
  const used = environments.map((_, i) => i).filter((i) => cases.some(({ environment }) => environment === i))
  return {
    ...rest,
    environments: used.map((i) => environments[i]),
    cases: cases.map((entry) => ({ ...entry, environment: used.indexOf(entry.environment) })),
  }
}

/** @returns undefined where there are none */
export function readResults(path) {
  let text
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw error
  }
  const results = JSON.parse(text)
  if (results.format !== FORMAT) throw new Error(`${path} is of another format: run all of \`npm run bench\` once`)
  return results
}

/** Complete or not at all: the run may be interrupted at any time. */
export function writeResults(path, results) {
  mkdirSync(dirname(path), { recursive: true })
  const partial = `${path}.${process.pid}`
  writeFileSync(partial, serialized(results))
  renameSync(partial, path)
}

/** Figures of a side on one line, so that a diff shows sides. */
function serialized(results) {
  const text = JSON.stringify(results, null, 1)
  return `${text.replace(/\[\s+(-?\d[^\]{"]*?)\s+\]/g, (_, numbers) => `[${numbers.replace(/\s+/g, ' ')}]`)}\n`
}
