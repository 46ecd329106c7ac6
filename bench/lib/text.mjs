/** Figures as readers see them, in the console, the tables and the plots. */

/** Three digits that mean something; thousands have commas. */
export function number(value) {
  if (value === 0) return '0'
  if (Math.abs(value) >= 999.5) return Math.round(value).toLocaleString('en-US')
  // As text, since toPrecision would write 1.2e-7.
  const decimals = Math.min(Math.max(2 - Math.floor(Math.log10(Math.abs(value))), 0), 12)
  return value.toFixed(decimals)
}

export function ratio(value) {
  return Math.abs(value) >= 10 || Math.abs(value) < 0.1 ? number(value) : value.toFixed(2)
}

/** `17.4 µs (16.6..18.3)` */
export function figure({ median, least, most }, unit) {
  return `${number(median)} ${unit} (${number(least)}..${number(most)})`
}

/** What is wanted, in words; empty where nothing is. */
export function target(wanted, unit) {
  const { ratioAtMost, ratioAtLeast, atMost, atLeast, differenceAtMost } = wanted ?? {}
  const parts = []
  if (ratioAtMost !== undefined) parts.push(`at most ${ratio(ratioAtMost)}`)
  if (ratioAtLeast !== undefined) parts.push(`at least ${ratio(ratioAtLeast)}`)
  if (atMost !== undefined) parts.push(`at most ${absolute(atMost)} ${unit}`)
  if (atLeast !== undefined) parts.push(`at least ${absolute(atLeast)} ${unit}`)
  if (differenceAtMost !== undefined) parts.push(`at most ${absolute(differenceAtMost)} ${unit} more`)
  return parts.join(', ')
}

/** A number that somebody chose, without zeros that say nothing. */
const absolute = (value) => value.toLocaleString('en-US', { maximumFractionDigits: 6 })

const SIDES = { native: 'Native', berth: 'Berth', node: 'Node.js', preview2: 'preview 2' }

/** @param {{ labels?: Record<string, string> }} [entry] */
export function sideName(side, entry) {
  return entry?.labels?.[side] ?? SIDES[side] ?? side
}

/** What a side is called where several cases share a name for it: what they call it, if they all say the same. */
export function sharedName(side, entries) {
  if (side === 'berth') return sideName(side)
  const having = entries.filter(({ figures, failures }) => figures?.[side] ?? failures?.[side])
  const names = new Set(having.map((entry) => sideName(side, entry)))
  return names.size === 1 ? [...names][0] : sideName(side)
}

/** `24 November 2026`, from the beginning of an ISO date. */
export function day(iso) {
  const date = new Date(`${iso.slice(0, 10)}T00:00:00Z`)
  return date.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' })
}

/** Several as in `a, b and c`. */
export function list(words) {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}
