/** The command line of `npm run bench`. */

export class UsageError extends Error {}

export const USAGE = `npm run bench [-- [OPTION...] [WORD...]]

Without words: every case; replaces bench/results/latest.json and writes its tables and plots into docs/.
With words: only the cases whose group or name contains one of them, in any case; keeps nothing.

  --rounds=N   runs of each side (default 9, or BENCH_ROUNDS)
  --keep       also keeps what words have chosen, in place of the same cases of the last results
  --list       only says which cases there are
  --help       only prints this
`

const DEFAULT_ROUNDS = 9

/**
 * @param {readonly string[]} argv
 * @param {Record<string, string | undefined>} [env]
 */
export function parseOptions(argv, env = {}) {
  const options = { words: [], rounds: undefined, keep: false, list: false, help: false }
  for (const word of argv) {
    const [, name, value] = /^--([^=]*)(?:=(.*))?$/s.exec(word) ?? []
    if (name === undefined && word.startsWith('-')) throw new UsageError(`unknown option ${word}`)
    else if (name === undefined) options.words.push(word)
    else if (name === 'rounds') options.rounds = roundsIn(word, value)
    else if (name !== 'keep' && name !== 'list' && name !== 'help') throw new UsageError(`unknown option ${word}`)
    else if (value !== undefined) throw new UsageError(`--${name} takes no value`)
    else options[name] = true
  }
  const { BENCH_ROUNDS } = env
  options.rounds ??= BENCH_ROUNDS ? roundsIn(`BENCH_ROUNDS=${BENCH_ROUNDS}`, BENCH_ROUNDS) : DEFAULT_ROUNDS
  return options
}

function roundsIn(word, value) {
  if (!/^[1-9]\d{0,3}$/.test(value ?? '')) throw new UsageError(`${word}: a number of rounds from 1 to 9999 is needed`)
  return Number(value)
}
