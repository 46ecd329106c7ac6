/** What the console shows of a case. */
import { evaluate } from './statistics.mjs'
import { figure, ratio, sideName, target } from './text.mjs'

const NAME_WIDTH = 10

/** @param {{ group: string, name: string }} outline */
export function caseHeading({ group, name }) {
  return `\n${group}: ${name}\n`
}

/** @param {object} entry as the results have it */
export function caseReport(entry) {
  if (entry.needs !== undefined) return `  not run: ${entry.needs}\n`
  const lines = entry.figures === undefined ? [] : sideLines(entry)
  const failures = Object.entries(entry.failures).map(([side, text]) => failureReport(sideName(side, entry), text))
  return `${lines.map((line) => `  ${line}\n`).join('')}${failures.join('')}`
}

function sideLines(entry) {
  const { sides, toBerth, isMet } = evaluate(entry)
  const others = Object.keys(sides).filter((side) => side !== 'berth')
  others.sort((a, b) => (b === entry.baseline) - (a === entry.baseline))
  const names = ['berth', ...others].map((side) => sideName(side, entry))
  const width = Math.max(NAME_WIDTH, ...names.map((name) => name.length))
  const figures = Object.fromEntries(Object.keys(sides).map((side) => [side, figure(sides[side], entry.unit)]))
  const figureWidth = Math.max(...Object.values(figures).map((text) => text.length))
  const line = (side, more) =>
    `${sideName(side, entry).padEnd(width)} ${figures[side].padEnd(figureWidth)}  ${more}`.trimEnd()
  const wanted = target(entry.target, entry.unit)
  const verdict = wanted && `wanted: ${wanted}${isMet === undefined ? '' : isMet ? ', met' : ', MISSED'}`
  const isAbsolute = entry.target?.atMost !== undefined || entry.target?.atLeast !== undefined
  const toBaseline = (side) =>
    [`Berth to it: ${ratio(toBerth[side].median)}`, side === entry.baseline && !isAbsolute && verdict].filter(Boolean)
  return [
    line('berth', isAbsolute || sides[entry.baseline] === undefined ? verdict : ''),
    ...others.map((side) => line(side, toBaseline(side).join('; '))),
  ]
}

/** @param {string} text the message with what a program has printed, or a stack */
export function failureReport(what, text) {
  return `  ${what} FAILED: ${text.trim().replaceAll('\n', '\n    ')}\n`
}
