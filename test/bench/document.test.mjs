/** The tables and the plots that are made from results. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { renderDocument, table } from '../../bench/lib/document.mjs'
import { plotName, plotSpec, rowsOf } from '../../bench/lib/plot-spec.mjs'
import { caseReport } from '../../bench/lib/report.mjs'
import { emptyResults, withCase } from '../../bench/lib/results.mjs'
import { entry, HERE, MEASURED } from './fixture.mjs'

const resultsOf = (...entries) => entries.reduce((all, each) => withCase(all, each, HERE), emptyResults(MEASURED))
const tableOf = (...entries) => table(entries, resultsOf(...entries)).split('\n')

describe('tables', () => {
  test('a case that meets what is wanted', () => {
    assert.deepEqual(tableOf(entry()), [
      '| Case | Native (min..max) | Berth (min..max) | Ratio | Wanted |',
      '| --- | --- | --- | --- | --- |',
      '| ping-pong | 20.0 µs (10.0..40.0) | 24.0 µs (11.0..40.0) | 1.10 | at most 1.15: met |',
    ])
  })

  test('a case that misses it', () => {
    const [, , row] = tableOf(entry({ target: { ratioAtMost: 1.05 } }))
    assert.match(row, /\| 1\.10 \| at most 1\.05: \*\*missed\*\* \|$/)
  })

  test('peers have columns of their own, and Berth to each; one that has failed is said', () => {
    const [head, , first, second] = tableOf(
      entry({ figures: { native: [10], berth: [12], node: [24], preview2: [48] } }),
      entry({ name: 'b', figures: { native: [10], berth: [12] }, failures: { node: 'node: ended with 1' } }),
    )
    assert.match(
      head,
      /\| Ratio \| Node\.js \(min\.\.max\), Berth to it \| preview 2 \(min\.\.max\), Berth to it \| Wanted/,
    )
    assert.match(first, /\| 1\.20 \| 24\.0 µs \(24\.0\.\.24\.0\), 0\.50 \| 48\.0 µs \(48\.0\.\.48\.0\), 0\.25 \|/)
    assert.match(second, /\| 1\.20 \| failed \| – \|/)
  })

  test('what did not run, and what has failed, have all columns and say why', () => {
    const rows = tableOf(
      entry(),
      entry({ name: 'b', figures: undefined, needs: 'needs 10,100 descriptors' }),
      entry({ name: 'c', figures: undefined, failures: { berth: 'iwasm: ended with 1\nout | of memory' } }),
    )
    assert.equal(rows[3], '| b | not run: needs 10,100 descriptors | – | – | at most 1.15 |')
    assert.equal(rows[4], '| c | **failed**: iwasm: ended with 1 | – | – | at most 1.15 |')
  })

  test('another baseline than most, and labels, are with the figures', () => {
    const few = { baseline: 'few', labels: { few: 'with 1 entry', berth: 'with 2' }, target: undefined }
    const rows = tableOf(entry(), entry({ ...few, name: 'b|c', figures: { few: [10], berth: [12] } }))
    assert.equal(rows[3], '| b\\|c | 10.0 µs (10.0..10.0), with 1 entry | 12.0 µs (12.0..12.0), with 2 | 1.20 | – |')
  })

  test('cases without any baseline have no column for one', () => {
    assert.deepEqual(tableOf(entry({ figures: { berth: [12] }, target: { atMost: 10 } })), [
      '| Case | Berth (min..max) | Wanted |',
      '| --- | --- | --- |',
      '| ping-pong | 12.0 µs (12.0..12.0) | at most 10 µs: **missed** |',
    ])
  })

  test('a case of another state says so', () => {
    const other = entry({ name: 'b', date: '2026-12-24T10:00:00.000Z', commit: 'def5678' })
    assert.match(tableOf(entry(), other)[3], /^\| b \(24 December 2026, `def5678`\) \|/)
  })
})

describe('the document', () => {
  const TEXT = 'Prose\n<!-- bench:TCP -->\nold\n<!-- /bench -->\nmore\n<!-- bench:UDP -->\n<!-- /bench -->\nend\n'

  test('only what is between the marks is written, and twice gives the same', () => {
    const results = resultsOf(entry(), entry({ group: 'names' }))
    const { text, withoutPlace } = renderDocument(TEXT, results)
    assert.match(text, /^Prose\n<!-- bench:TCP -->\n\n\| Case /)
    assert.match(text, /!\[TCP: [^\]]*\]\(plots\/TCP\.svg\)\n\n<!-- \/bench -->\nmore\n/)
    assert.match(text, /<!-- bench:UDP -->\n\nNot measured\.\n\n<!-- \/bench -->\nend\n$/)
    assert.ok(!text.includes('old'))
    assert.deepEqual(withoutPlace, ['names'])
    assert.equal(renderDocument(text, results).text, text)
  })

  test('the machine, the versions and what was not measured', () => {
    const { text } = renderDocument('<!-- bench:machine --><!-- /bench -->', resultsOf(entry()))
    assert.match(text, /1 December 2026, `abc1234`, 3 rounds, \*\*interrupted\*\*\./)
    assert.match(
      text,
      /2 cores \(a CPU, 24 GiB, x64\); Linux 6\.18\.44; network: own namespace, cubic; Node\.js 20\.20\.2 \(V8 11\.3\); koffi 3\.3\.4; Berth 0\.1\.0/,
    )
    assert.match(text, /Not measured here: iwasm, wasmtime and wasmedge \(not on PATH\)\./)
  })
})

describe('plots', () => {
  test('a row for each side that is not the baseline, Berth first, with its mark', () => {
    const rows = rowsOf([
      entry({ figures: { node: [30], native: [10], berth: [12] } }),
      entry({ name: 'alone', figures: { berth: [1] } }),
      entry({ name: 'not run', figures: undefined, needs: 'more' }),
    ])
    assert.deepEqual(
      rows.map(({ side, ratio, wanted, text }) => ({ side, ratio, wanted, text })),
      [
        { side: 'Berth', ratio: 1.2, wanted: 1.15, text: '1.20 missed' },
        { side: 'Node.js', ratio: 3, wanted: null, text: '3.00' },
      ],
    )
  })

  for (const [berth, type, from] of [
    [[12], 'linear', 0],
    [[400], 'log', 1],
    [[1], 'log', 1],
  ]) {
    test(`${berth} against 10 has a ${type} axis`, () => {
      const spec = plotSpec('TCP', [entry({ target: undefined, figures: { native: [10], berth } })])
      assert.equal(spec.layer[0].encoding.x.scale.type, type)
      assert.ok(spec.data.values.every((row) => row.from === from))
    })
  }

  test('rows and labels of one case do not reach into the next', () => {
    const name = 'a name that is much too long for one line, and that therefore has several of them'
    const figures = { native: [10], berth: [12] }
    const spec = plotSpec('TCP', [entry({ name, figures }), entry({ name: 'b', figures })])
    const heights = spec.layer.at(-1).data.values.map(({ y }) => y)
    assert.equal(heights.length, 6)
    for (let i = 1; i < heights.length; i++) assert.ok(heights[i] - heights[i - 1] >= 15)
    assert.ok(heights.at(-1) < spec.height)
  })

  test('a side has its color in every plot, and the name that all cases give it', () => {
    const colors = (...entries) => {
      const { domain, range } = plotSpec('start', entries).layer[0].encoding.color.scale
      return Object.fromEntries(domain.map((side, i) => [side, range[i]]))
    }
    const first = { baseline: 'node', labels: { first: 'the first time', native: 'in C' } }
    const one = colors(entry({ ...first, figures: { node: [10], berth: [12], native: [8], first: [20] } }))
    const other = colors(entry({ figures: { native: [10], berth: [12], node: [30] } }))
    assert.deepEqual(Object.keys(one), ['Berth', 'in C', 'the first time'])
    assert.equal(new Set(Object.values({ ...one, ...other })).size, 4)
    assert.equal(one.Berth, other.Berth)
  })

  test('the file of a group', () => assert.equal(plotName('start and end/2'), 'start-and-end-2'))
})

describe('the console', () => {
  test('sides, what is wanted and whether it is met', () => {
    const text = caseReport(entry({ figures: { native: [10], berth: [12], node: [24] } }))
    assert.deepEqual(text.split('\n'), [
      '  Berth      12.0 µs (12.0..12.0)',
      '  Native     10.0 µs (10.0..10.0)  Berth to it: 1.20; wanted: at most 1.15, MISSED',
      '  Node.js    24.0 µs (24.0..24.0)  Berth to it: 0.50',
      '',
    ])
  })

  test('what a program has printed is with its failure', () => {
    const text = caseReport(entry({ figures: undefined, failures: { berth: 'iwasm: ended with 1\nout of memory' } }))
    assert.equal(text, '  Berth FAILED: iwasm: ended with 1\n    out of memory\n')
  })
})
