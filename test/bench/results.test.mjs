/** What is kept of a run, and how a part of one goes into an earlier one. */
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { emptyResults, onlyExisting, readResults, withCase, writeResults } from '../../bench/lib/results.mjs'
import { entry, HERE, MEASURED } from './fixture.mjs'

const LATER = { date: '2026-12-24T10:00:00.000Z', commit: 'def5678' }
const ELSEWHERE = { ...HERE, machine: { ...HERE.machine, cores: 64 } }

const folder = mkdtempSync(join(tmpdir(), 'berth-bench-test-'))
after(() => rmSync(folder, { recursive: true }))

const three = ['a', 'b', 'c'].reduce(
  (results, name) => withCase(results, entry({ name, group: name === 'c' ? 'UDP' : 'TCP' }), HERE),
  emptyResults(MEASURED),
)
const names = ({ cases }) => cases.map(({ name }) => name)

test('a case replaces the one of its name, and keeps its place, its date and its commit', () => {
  const results = withCase(three, entry({ ...LATER, name: 'b', figures: { berth: [1] } }), HERE)
  assert.deepEqual(names(results), ['a', 'b', 'c'])
  assert.deepEqual(results.cases[1].figures, { berth: [1] })
  assert.deepEqual(
    results.cases.map(({ commit }) => commit),
    ['abc1234', 'def5678', 'abc1234'],
  )
  assert.equal(results.commit, 'abc1234')
  assert.equal(three.cases[1].commit, 'abc1234', 'the earlier results are as they were')
})

test('the same name in another group is another case', () => {
  assert.deepEqual(names(withCase(three, entry({ name: 'a', group: 'UDP' }), HERE)), ['a', 'b', 'c', 'a'])
})

test('a new case goes behind the last of its group', () => {
  assert.deepEqual(names(withCase(three, entry({ name: 'new' }), HERE)), ['a', 'b', 'new', 'c'])
})

test('each machine is there once, as long as a case is of it', () => {
  assert.deepEqual(three.environments, [HERE])
  let results = withCase(three, entry({ name: 'b' }), ELSEWHERE)
  assert.deepEqual(results.environments, [HERE, ELSEWHERE])
  assert.deepEqual(
    results.cases.map(({ environment }) => environment),
    [0, 1, 0],
  )
  for (const { name, group } of three.cases) results = withCase(results, entry({ name, group }), ELSEWHERE)
  assert.deepEqual(results.environments, [ELSEWHERE])
  assert.deepEqual(
    results.cases.map(({ environment }) => environment),
    [0, 0, 0],
  )
})

test('cases that there are no more go', () => {
  assert.deepEqual(
    names(
      onlyExisting(three, [
        { group: 'TCP', name: 'b' },
        { group: 'TCP', name: 'c' },
      ]),
    ),
    ['b'],
  )
})

test('what is written is read again, and nothing else is left', () => {
  const path = join(folder, 'results/latest.json')
  assert.equal(readResults(path), undefined)
  writeResults(path, emptyResults(MEASURED))
  writeResults(path, three)
  assert.deepEqual(readResults(path), JSON.parse(JSON.stringify(three)))
  assert.deepEqual(readdirSync(join(folder, 'results')), ['latest.json'])
})

test('results of another format are an error', () => {
  const path = join(folder, 'old.json')
  writeFileSync(path, '{"results":[]}')
  assert.throws(() => readResults(path), /another format/)
})
