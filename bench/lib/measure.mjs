/** Runs the sides of one case by turns. Knows no processes: what ends them comes as an argument. */
import { setTimeout as delay } from 'node:timers/promises'
import { orderOfRound } from './statistics.mjs'

/** For a side that was late, to come to an end. */
const GRACE_MS = 1000

/**
 * A side that fails does not run again. Without Berth or the baseline there is nothing to say, and the case has failed; without
 * one of the others, only that one is missing.
 * @param {ReturnType<typeof import('./case.mjs').checkedCase>} measured
 * @param {{ rounds: number, endProcesses: () => Promise<number>, onRun?: (side: string, round: number) => void }} options
 *   `endProcesses` ends what a run has left running, and tells how many that were
 * @returns {Promise<{ rounds: number, figures?: Record<string, number[]>, failures: Record<string, string> }>}
 */
export async function measure(measured, { rounds: wanted, endProcesses, onRun = () => {} }) {
  const { sides, baseline, timeoutSeconds } = measured
  const rounds = Math.min(wanted, measured.rounds)
  const figures = Object.fromEntries(Object.keys(sides).map((side) => [side, []]))
  const failures = {}
  for (let round = 0; round < rounds; round++) {
    for (const side of orderOfRound(Object.keys(sides), round)) {
      if (failures[side] !== undefined) continue
      onRun(side, round)
      try {
        figures[side].push(await oneRun(sides[side], timeoutSeconds, endProcesses))
      } catch (error) {
        failures[side] = error instanceof Error ? error.message : String(error)
        delete figures[side]
        if (side === 'berth' || side === baseline) return { rounds, failures }
      }
    }
  }
  return { rounds, figures, failures }
}

async function oneRun(side, timeoutSeconds, endProcesses) {
  let timer
  const late = new Promise((_, reject) => {
    const message = `took more than ${timeoutSeconds} s and was ended`
    timer = setTimeout(() => reject(new Error(message)), timeoutSeconds * 1000)
  })
  // In an async function, so that what a side throws at once is a rejection as well.
  const run = (async () => side())()
  let figure
  try {
    figure = await Promise.race([run, late])
  } catch (error) {
    await endProcesses()
    // A side that is late notices that its processes have gone; what it starts then goes as well.
    await Promise.race([run.catch(() => {}), delay(GRACE_MS, undefined, { ref: false })])
    await endProcesses()
    throw error
  } finally {
    clearTimeout(timer)
  }
  const left = await endProcesses()
  if (left > 0) throw new Error(`left ${left === 1 ? 'a process' : `${left} processes`} running`)
  if (!Number.isFinite(figure)) throw new Error(`gave ${figure} instead of a number`)
  return figure
}
