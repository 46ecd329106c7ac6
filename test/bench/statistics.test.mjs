/** Medians, ratios of rounds, and whether a target is met. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { evaluate, median, orderOfRound, targetRatio } from '../../bench/lib/statistics.mjs'
import { figure, number, ratio, target } from '../../bench/lib/text.mjs'

for (const [values, expected] of [
  [[7], 7],
  [[9, 1], 5],
  [[10, 9, 100], 10],
  [[4, 1, 3, 2], 2.5],
]) {
  test(`the median of ${values}`, () => assert.equal(median(values), expected))
}

test('each round begins with another side, and no side is left out', () => {
  const rounds = [0, 1, 2, 3].map((round) => orderOfRound(['a', 'b', 'c'], round).join(''))
  assert.deepEqual(rounds, ['abc', 'bca', 'cab', 'abc'])
  assert.deepEqual(orderOfRound(['a'], 5), ['a'])
})

test('the ratio is the median of those of the rounds, not that of the medians', () => {
  const figures = { native: [10, 20, 40], berth: [30, 20, 20] }
  const { sides, toBerth, toBaseline } = evaluate({ figures, baseline: 'native' })
  assert.deepEqual(sides.berth, { median: 20, least: 20, most: 30 })
  assert.deepEqual(toBaseline.berth, { median: 1, least: 0.5, most: 3 })
  assert.deepEqual(toBerth.native, toBaseline.berth)
})

test('Berth is compared with every side, every side with the baseline', () => {
  const { toBerth, toBaseline } = evaluate({
    figures: { native: [10], berth: [20], node: [40] },
    baseline: 'native',
  })
  assert.equal(toBerth.node.median, 0.5)
  assert.equal(toBaseline.node.median, 4)
})

const figures = { native: [10], berth: [12] }
for (const [wanted, isMet] of [
  [undefined, undefined],
  [{ ratioAtMost: 1.2 }, true],
  [{ ratioAtMost: 1.19 }, false],
  [{ ratioAtLeast: 1.2 }, true],
  [{ ratioAtLeast: 1.21 }, false],
  [{ atMost: 12 }, true],
  [{ atMost: 11.9 }, false],
  [{ atLeast: 12 }, true],
  [{ atLeast: 12.1 }, false],
  [{ differenceAtMost: 2 }, true],
  [{ differenceAtMost: 1.9 }, false],
]) {
  test(`12 against 10, wanted ${JSON.stringify(wanted)}`, () => {
    assert.equal(evaluate({ figures, baseline: 'native', target: wanted }).isMet, isMet)
  })
}

test('without a baseline an absolute target can be met, and one of a ratio can be neither', () => {
  const alone = { figures: { berth: [12] }, baseline: 'native' }
  assert.equal(evaluate({ ...alone, target: { atMost: 12 } }).isMet, true)
  assert.equal(evaluate({ ...alone, target: { ratioAtMost: 2 } }).isMet, undefined)
  assert.equal(evaluate({ ...alone, target: { differenceAtMost: 2 } }).isMet, undefined)
})

for (const [wanted, expected] of [
  [{ ratioAtMost: 1.15 }, 1.15],
  [{ ratioAtLeast: 0.9 }, 0.9],
  [{ atMost: 100 }, 10],
  [{ differenceAtMost: 5 }, 1.5],
  [undefined, undefined],
]) {
  test(`the mark of ${JSON.stringify(wanted)} above a baseline of 10`, () => {
    assert.equal(targetRatio(wanted, 10), expected)
  })
}

for (const [value, text] of [
  [0, '0'],
  [0.0000001234, '0.000000123'],
  [0.0556, '0.0556'],
  [1, '1.00'],
  [17.44, '17.4'],
  [150.4, '150'],
  [999.7, '1,000'],
  [-2.71, '-2.71'],
  [261000.4, '261,000'],
]) {
  test(`${value} is written ${text}`, () => assert.equal(number(value), text))
}

test('ratios have two decimals, large and small ones three digits', () => {
  assert.deepEqual([1, 0.858, 9.999, 12.34, 1107, 0.0123].map(ratio), [
    '1.00',
    '0.86',
    '10.00',
    '12.3',
    '1,107',
    '0.0123',
  ])
})

test('figures have their unit and their spread', () => {
  assert.equal(figure({ median: 17.4, least: 16.6, most: 18.3 }, 'µs'), '17.4 µs (16.6..18.3)')
})

for (const [wanted, text] of [
  [undefined, ''],
  [{ ratioAtMost: 1.6 }, 'at most 1.60'],
  [{ atMost: 1500 }, 'at most 1,500 ms'],
  [{ differenceAtMost: 0.5 }, 'at most 0.5 ms more'],
]) {
  test(`${JSON.stringify(wanted)} in words`, () => assert.equal(target(wanted, 'ms'), text))
}
