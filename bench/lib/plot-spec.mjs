/**
 * The plot of a group, as a specification for Vega-Lite: a bar for the ratio of each side to the baseline of its case, a line
 * at 1, whiskers from the lowest to the highest round, a mark for what is wanted. Needs no package, and knows no files.
 */
import { evaluate, targetRatio } from './statistics.mjs'
import { ratio, sharedName } from './text.mjs'

/**
 * Of the light theme, with what stands for each in the dark one. They differ from each other, so that one can be found in the
 * drawing and replaced.
 */
export const COLORS = {
  background: ['#ffffff', '#0d1117'],
  text: ['#1f2328', '#e6edf3'],
  muted: ['#59636e', '#9198a1'],
  grid: ['#e4e8ed', '#2a313a'],
  line: ['#6e7781', '#8b949f'],
  whisker: ['#24292f', '#f0f6fc'],
  target: ['#bf3989', '#f778ba'],
  missed: ['#cf222e', '#ff7b72'],
}
/** Readable on both backgrounds, and told apart also without red and green; a side has the same in every plot. */
const SIDE_COLORS = {
  berth: '#3b82c4',
  node: '#d98a1f',
  preview2: '#2f9e83',
  iwasm: '#a06cc8',
  wasmtime: '#b8b03a',
  wasmedge: '#c8655a',
  native: '#7d8590',
}
/** Of the sides that cases have of their own. */
const OTHER_COLORS = ['#7fb2dd', '#e8bd7a', '#7cc7b2', '#c6a5de']

const WIDTH = 420
/** Pixels, downwards. */
const BAR = 11
const ROW = 16
const LINE = 15
const GAP = 12
/** Letters in a line of a label; longer names have several lines. */
const LABEL_LETTERS = 40
/** A plot in which all bars fit between these has a linear axis. */
const LINEAR = { least: 0.25, most: 4 }

export const plotName = (group) => group.replace(/[^\w-]+/g, '-')

/** Whether there is a case with a ratio. */
export function hasPlot(entries) {
  return rowsOf(entries).length > 0
}

/** A row for each side that is not the baseline, in the order in which they are drawn. */
export function rowsOf(entries) {
  return entries
    .filter((entry) => entry.figures?.[entry.baseline] !== undefined)
    .flatMap((entry) => {
      const { sides, toBaseline, isMet } = evaluate(entry)
      return Object.entries(toBaseline)
        .filter(([, { least }]) => Number.isFinite(least) && least > 0)
        .sort(([a], [b]) => (b === 'berth') - (a === 'berth'))
        .map(([side, { median, least, most }]) => ({
          case: entry.name,
          key: side,
          about: `${entry.unit}, ${entry.better} is better`,
          side: sharedName(side, entries),
          ratio: median,
          least,
          most,
          wanted: side === 'berth' ? (targetRatio(entry.target, sides[entry.baseline].median) ?? null) : null,
          isMissed: side === 'berth' && isMet === false,
          text: `${ratio(median)}${side === 'berth' && isMet === false ? ' missed' : ''}`,
        }))
    })
}

/** Where the rows and the labels of the cases are. */
function laidOut(rows) {
  const placed = []
  const labels = []
  let top = 0
  for (const name of new Set(rows.map((row) => row.case))) {
    const ofCase = rows.filter((row) => row.case === name)
    const lines = [...wrapped(name.replaceAll('`', '')), ofCase[0].about]
    const height = Math.max(lines.length * LINE, ofCase.length * ROW)
    const first = (count, step) => top + (height - (count - 1) * step) / 2
    for (const [i, row] of ofCase.entries()) placed.push({ ...row, y: first(ofCase.length, ROW) + i * ROW })
    for (const [i, text] of lines.entries()) {
      labels.push({ text, y: first(lines.length, LINE) + i * LINE, isName: i < lines.length - 1 })
    }
    top += height + GAP
  }
  return { placed, labels, height: top - GAP }
}

/** In as few lines as it takes, which are about as long as each other. */
function wrapped(name) {
  const least = wrappedAt(name, LABEL_LETTERS).length
  for (let letters = Math.ceil(name.length / least); letters < LABEL_LETTERS; letters++) {
    const lines = wrappedAt(name, letters)
    if (lines.length === least) return lines
  }
  return wrappedAt(name, LABEL_LETTERS)
}

function wrappedAt(name, letters) {
  const lines = ['']
  for (const word of name.split(' ')) {
    const longer = `${lines.at(-1)} ${word}`.trim()
    if (longer.length > letters && lines.at(-1) !== '') lines.push(word)
    else lines[lines.length - 1] = longer
  }
  return lines
}

function colorsOf(sides, rows) {
  const keys = sides.map((side) => rows.find((row) => row.side === side).key)
  const others = keys.filter((key) => SIDE_COLORS[key] === undefined)
  return keys.map((key) => SIDE_COLORS[key] ?? OTHER_COLORS[others.indexOf(key) % OTHER_COLORS.length])
}

/** @param {object[]} entries of one group, as the results have them */
export function plotSpec(group, entries) {
  const rows = rowsOf(entries)
  const { placed, labels, height } = laidOut(rows)
  const sides = [...new Set(rows.map((row) => row.side))]
  const values = rows.flatMap(({ least, most, wanted }) => (wanted === null ? [least, most] : [least, most, wanted]))
  const scale = axisScale(Math.min(...values), Math.max(...values))
  const from = scale.type === 'log' ? 1 : 0
  const color = (name) => ({ value: COLORS[name][0] })
  const y = {
    field: 'y',
    type: 'quantitative',
    scale: { domain: [height, 0], nice: false, zero: false, padding: 0 },
    axis: null,
  }
  const x = (field) => ({ field, type: 'quantitative', scale, title: null })
  const text = { type: 'text', baseline: 'middle', fontSize: 12 }
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    background: COLORS.background[0],
    padding: 14,
    width: WIDTH,
    height,
    title: {
      text: `${group}: ratio to the baseline (= 1)${from === 1 ? ', logarithmic' : ''}`,
      subtitle: 'bars: median of the rounds; whiskers: lowest and highest round; coloured marks: what is wanted',
    },
    data: { values: placed.map((row) => ({ ...row, from })) },
    layer: [
      {
        mark: { type: 'bar', height: BAR },
        encoding: {
          y,
          x: { ...x('ratio'), axis: axis(scale) },
          x2: { field: 'from' },
          color: {
            field: 'side',
            type: 'nominal',
            scale: { domain: sides, range: colorsOf(sides, rows) },
            legend: sides.length === 1 ? null : { title: null, orient: 'bottom' },
          },
        },
      },
      {
        mark: { type: 'rule', strokeWidth: 1.5 },
        encoding: { x: { datum: 1, type: 'quantitative' }, color: color('line') },
      },
      {
        mark: { type: 'rule', strokeWidth: 1.2 },
        encoding: { y, x: x('least'), x2: { field: 'most' }, color: color('whisker') },
      },
      ...['least', 'most'].map((field) => ({
        mark: { type: 'tick', orient: 'vertical', thickness: 1.2, size: 7 },
        encoding: { y, x: x(field), color: color('whisker') },
      })),
      {
        transform: [{ filter: 'datum.wanted !== null' }],
        mark: { type: 'tick', orient: 'vertical', thickness: 3, size: ROW + 4 },
        encoding: { y, x: x('wanted'), color: color('target') },
      },
      {
        mark: { ...text, align: 'left' },
        encoding: {
          y,
          x: { value: WIDTH + 10 },
          text: { field: 'text' },
          color: { condition: { test: 'datum.isMissed', ...color('missed') }, ...color('text') },
        },
      },
      {
        data: { values: labels },
        mark: { ...text, align: 'right' },
        encoding: {
          y,
          x: { value: -10 },
          text: { field: 'text' },
          color: { condition: { test: 'datum.isName', ...color('text') }, ...color('muted') },
        },
      },
    ],
    config: config(),
  }
}

function axisScale(least, most) {
  const isLinear = least >= LINEAR.least && most <= LINEAR.most
  if (isLinear) return { type: 'linear', domain: [0, Math.max(most, 1) * 1.04], nice: false, padding: 0 }
  return { type: 'log', domain: [Math.min(least, 1) / 1.15, Math.max(most, 1) * 1.15], nice: false, padding: 0 }
}

function axis({ type, domain: [least, most] }) {
  const common = { title: null, domain: false, tickSize: 4 }
  if (type === 'linear') return { ...common, format: '~g', tickCount: 6 }
  const decades = Math.log10(most / least)
  const steps = decades > 2.2 ? [1] : decades > 1.2 ? [1, 3] : [1, 2, 5]
  const values = []
  for (let exponent = -6; exponent <= 6; exponent++) {
    for (const step of steps) values.push(Number(`${step}e${exponent}`))
  }
  return { ...common, format: '~g', values: values.filter((value) => value >= least && value <= most) }
}

function config() {
  const [text] = COLORS.text
  const [muted] = COLORS.muted
  const [grid] = COLORS.grid
  const font = 'system-ui, -apple-system, "Segoe UI", "DejaVu Sans", Helvetica, Arial, sans-serif'
  return {
    font,
    view: { stroke: null },
    title: {
      anchor: 'start',
      color: text,
      fontSize: 14,
      fontWeight: 600,
      subtitleColor: muted,
      subtitleFontSize: 11,
      subtitlePadding: 5,
      offset: 12,
      frame: 'bounds',
    },
    axis: { labelColor: text, labelFontSize: 12, gridColor: grid, tickColor: grid, labelLimit: 0, labelPadding: 5 },
    legend: { labelColor: text, labelFontSize: 12, labelLimit: 0, symbolType: 'square' },
  }
}
