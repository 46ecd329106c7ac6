/** What a case must have, and which ones words choose. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkedCase, inOrder, selected } from '../../bench/lib/case.mjs'

const side = () => 1
const GOOD = { group: 'TCP', name: 'ping-pong', unit: 'µs', better: 'lower', sides: { native: side, berth: side } }

test('a case is completed, and sides that are not there are left out', () => {
  const checked = checkedCase({ ...GOOD, sides: { ...GOOD.sides, iwasm: undefined } })
  assert.deepEqual(Object.keys(checked.sides), ['native', 'berth'])
  assert.equal(checked.baseline, 'native')
  assert.equal(checked.rounds, Infinity)
  assert.equal(checked.timeoutSeconds, 120)
})

test('a case that cannot run here needs no sides', () => {
  assert.deepEqual(checkedCase({ ...GOOD, needs: 'more', sides: undefined }).sides, {})
})

for (const [wrong, message] of [
  [{ group: undefined }, /has no group/],
  [{ name: '' }, /has no name/],
  [{ unit: undefined }, /has no unit/],
  [{ better: 'less' }, /better/],
  [{ target: { ratioAtmost: 1 } }, /unknown target: ratioAtmost/],
  [{ sides: { native: side } }, /no side `berth`/],
  [{ sides: undefined }, /no side `berth`/],
]) {
  test(`not with ${JSON.stringify(wrong)}`, () => assert.throws(() => checkedCase({ ...GOOD, ...wrong }), message))
}

const CASES = [
  { group: 'files', name: 'read' },
  { group: 'memory', name: 'of a thread' },
  { group: 'a group of its own', name: 'read' },
  { group: 'threads', name: 'start' },
  { group: 'TCP', name: 'ping-pong, 64 B' },
]

for (const [words, chosen] of [
  [[], [0, 1, 2, 3, 4]],
  [['THREAD'], [1, 3]],
  [
    ['tcp', 'files'],
    [0, 4],
  ],
  [['64 B'], [4]],
  [['nothing'], []],
]) {
  test(`words choose by group and name, in any case: ${words}`, () => {
    assert.deepEqual(
      selected(CASES, words),
      chosen.map((i) => CASES[i]),
    )
  })
}

test('groups have the order of the document, unknown ones come last', () => {
  const groups = inOrder(CASES).map(({ group }) => group)
  assert.deepEqual(groups, ['TCP', 'files', 'memory', 'threads', 'a group of its own'])
})
