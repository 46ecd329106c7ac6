/** The command line of the benchmarks. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseOptions, UsageError } from '../../bench/lib/options.mjs'

const DEFAULTS = { words: [], rounds: 9, keep: false, list: false, help: false }

for (const [argv, env, expected] of [
  [[], {}, {}],
  [['TCP', 'open, close'], {}, { words: ['TCP', 'open, close'] }],
  [['--rounds=3'], {}, { rounds: 3 }],
  [[], { BENCH_ROUNDS: '5' }, { rounds: 5 }],
  [[], { BENCH_ROUNDS: '' }, {}],
  [['--rounds=1'], { BENCH_ROUNDS: '5' }, { rounds: 1 }],
  [['--keep', 'epoll'], {}, { keep: true, words: ['epoll'] }],
  [['--list'], {}, { list: true }],
  [['--help'], {}, { help: true }],
]) {
  test(`${JSON.stringify(argv)} with ${JSON.stringify(env)}`, () => {
    assert.deepEqual(parseOptions(argv, env), { ...DEFAULTS, ...expected })
  })
}

for (const [argv, env] of [
  [['--round=3']],
  [['--rounds']],
  [['--rounds=']],
  [['--rounds=0']],
  [['--rounds=-1']],
  [['--rounds=2.5']],
  [['--rounds=10000']],
  [['--keep=yes']],
  [['--words']],
  [['--__proto__']],
  [['-l']],
  [['--']],
  [[], { BENCH_ROUNDS: 'many' }],
]) {
  test(`not ${JSON.stringify(argv)} with ${JSON.stringify(env)}`, () => {
    assert.throws(() => parseOptions(argv, env), UsageError)
  })
}
