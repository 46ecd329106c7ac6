/**
 * Reporter for node:test: failures whole as they come, then one line a file, and the counts into the file that
 * TEST_COUNTS names, for the line that closes `npm test`.
 */
import { writeFileSync } from 'node:fs'
import { relative } from 'node:path'

export default async function* report(events) {
  const files = new Map()
  const total = { passed: 0, failed: 0, skipped: 0 }
  for await (const { type, data } of events) {
    if (type === 'test:stdout' || type === 'test:stderr') yield data.message
    // A suite is its tests; a file appears by itself only where it failed as a whole.
    if ((type !== 'test:pass' && type !== 'test:fail') || data.details?.type === 'suite') continue
    const file = relative(process.cwd(), data.file)
    const outcome = type === 'test:fail' ? 'failed' : data.skip === undefined ? 'passed' : 'skipped'
    const tally = files.get(file) ?? { passed: 0, failed: 0, skipped: 0 }
    files.set(file, tally)
    tally[outcome]++
    total[outcome]++
    if (outcome === 'skipped') yield `skipped: ${file}: ${data.name}${data.skip === true ? '' : `: ${data.skip}`}\n`
    if (outcome === 'failed') {
      const { error } = data.details
      yield `\nfailed: ${file}: ${data.name}\n${error.cause?.stack ?? error.cause ?? error.stack}\n\n`
    }
  }
  for (const [file, tally] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) yield `${file}: ${formatCounts(tally)}\n`
  writeFileSync(process.env.TEST_COUNTS, JSON.stringify(total))
}

/** `N passed, N failed`, and how many were skipped if any were. */
export function formatCounts({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`
}
