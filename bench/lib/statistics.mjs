/** From figures to medians, ratios and whether a target is met. Knows no processes and no files. */

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** @returns {{ median: number, least: number, most: number }} */
export function summary(values) {
  return { median: median(values), least: Math.min(...values), most: Math.max(...values) }
}

/** The ratio of each round by itself: what the machine did to both sides of a round does not count. */
export function ratios(figures, baseline) {
  return figures.map((figure, round) => figure / baseline[round])
}

/** The sides of a round in turn, beginning with another one each round. */
export function orderOfRound(sides, round) {
  const first = round % sides.length
  return [...sides.slice(first), ...sides.slice(0, first)]
}

/**
 * What the figures of a case come to.
 * @param {{ figures: Record<string, number[]>, baseline: string, target?: import('./case.mjs').Target }} measured
 */
export function evaluate({ figures, baseline, target }) {
  const sides = Object.fromEntries(Object.entries(figures).map(([side, values]) => [side, summary(values)]))
  /** Of Berth to each other side. */
  const toBerth = {}
  /** Of each side to the baseline. */
  const toBaseline = {}
  for (const side of Object.keys(figures)) {
    if (side !== 'berth') toBerth[side] = summary(ratios(figures.berth, figures[side]))
    if (side !== baseline && figures[baseline]) toBaseline[side] = summary(ratios(figures[side], figures[baseline]))
  }
  return { sides, toBerth, toBaseline, isMet: isMet(target, sides.berth.median, sides[baseline], toBaseline.berth) }
}

/** Undefined where nothing is wanted, or there is nothing to compare with. */
function isMet(target, berth, baseline, ratio) {
  if (target === undefined) return undefined
  const { atMost = Infinity, atLeast = -Infinity, differenceAtMost, ratioAtMost, ratioAtLeast } = target
  if (berth > atMost || berth < atLeast) return false
  if (ratioAtMost !== undefined || ratioAtLeast !== undefined) {
    if (ratio === undefined) return undefined
    return ratio.median <= (ratioAtMost ?? Infinity) && ratio.median >= (ratioAtLeast ?? -Infinity)
  }
  if (differenceAtMost === undefined) return true
  return baseline === undefined ? undefined : berth - baseline.median <= differenceAtMost
}

/** The ratio to the baseline at which a target is just met: where its mark is in a plot. */
export function targetRatio(target, baseline) {
  if (target === undefined || baseline === undefined) return undefined
  const { ratioAtMost, ratioAtLeast, atMost, atLeast, differenceAtMost } = target
  if (differenceAtMost !== undefined) return (baseline + differenceAtMost) / baseline
  const absolute = atMost ?? atLeast
  return ratioAtMost ?? ratioAtLeast ?? (absolute === undefined ? undefined : absolute / baseline)
}
