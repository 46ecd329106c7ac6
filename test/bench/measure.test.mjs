/** The turns of the sides, and what becomes of a side that fails, is late or leaves something behind. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { checkedCase } from '../../bench/lib/case.mjs'
import { measure } from '../../bench/lib/measure.mjs'
import {
  ended,
  endProcesses,
  figure,
  killProcesses,
  lastNumber,
  output,
  spawn,
  wallMs,
  withServer,
} from '../../bench/lib/processes.mjs'
import { findRuntimes } from '../../bench/lib/runtimes.mjs'

const caseOf = (sides, more) => checkedCase({ group: 'g', name: 'n', unit: 'ms', better: 'lower', sides, ...more })
const nothingLeft = async () => 0
const sh = (script) => ['sh', '-c', script]

test('sides have their turns, each round begins with another', async () => {
  const order = []
  const side = (name) => () => order.push(name)
  const sides = { native: side('n'), berth: side('b'), node: async () => side('j')() }
  const { figures, rounds, failures } = await measure(caseOf(sides), { rounds: 3, endProcesses: nothingLeft })
  assert.equal(order.join(''), 'nbjbjnjnb')
  assert.deepEqual(figures, { native: [1, 6, 8], berth: [2, 4, 9], node: [3, 5, 7] })
  assert.deepEqual([rounds, failures], [3, {}])
})

test('a slow case has fewer rounds', async () => {
  const { figures } = await measure(caseOf({ berth: () => 1 }, { rounds: 2 }), { rounds: 9, endProcesses: nothingLeft })
  assert.deepEqual(figures.berth, [1, 1])
})

const throwing = () => {
  throw new Error('broken')
}
for (const [name, sides, figures, failures] of [
  ['Berth', { native: () => 1, berth: throwing }, undefined, { berth: 'broken' }],
  ['the baseline', { native: throwing, berth: () => 1 }, undefined, { native: 'broken' }],
  [
    'a peer',
    { native: () => 1, berth: () => 2, node: throwing },
    { native: [1, 1], berth: [2, 2] },
    { node: 'broken' },
  ],
  ['what gives no number', { berth: () => undefined }, undefined, { berth: 'gave undefined instead of a number' }],
]) {
  test(`a failure of ${name}`, async () => {
    const measured = await measure(caseOf(sides), { rounds: 2, endProcesses: nothingLeft })
    assert.deepEqual([measured.figures, measured.failures], [figures, failures])
  })
}

test('a run that takes too long is ended, with its processes', async () => {
  let child
  const sides = {
    berth: () => {
      child = spawn(sh('sleep 60 & sleep 60'))
      return ended(child)
    },
  }
  const { failures } = await measure(caseOf(sides, { timeoutSeconds: 0.05 }), { rounds: 1, endProcesses })
  assert.equal(failures.berth, 'took more than 0.05 s and was ended')
  assert.equal(child.signalCode, 'SIGKILL')
})

test('a run that leaves a process has failed, and the process is ended', async () => {
  let child
  const sides = {
    berth: () => {
      child = spawn(['sleep', '60'])
      return 1
    },
  }
  const { failures } = await measure(caseOf(sides), { rounds: 1, endProcesses })
  assert.equal(failures.berth, 'left a process running')
  assert.equal(child.signalCode, 'SIGKILL')
})

test('what a process has started ends with it', async () => {
  const child = spawn(sh('sleep 60 & echo started; wait'))
  // When nobody has its standard output any more.
  const closed = once(child, 'close')
  await once(child.stdout, 'data')
  killProcesses()
  await ended(child, 'SIGKILL')
  await closed
})

test('what a process has left behind when it ended ends as well', async () => {
  const child = spawn(sh('sleep 60 & sleep 60 & exit 0'))
  const closed = once(child, 'close')
  await ended(child)
  assert.equal(await endProcesses(), 2)
  await closed
})

test('the figure is the number at the end', async () => {
  assert.equal(await figure(sh('echo 1 of 2; echo median 17.5')), 17.5)
  assert.equal(await figure(sh('read x; echo $x$Y'), { input: '4', env: { Y: '2' } }), 42)
  await assert.rejects(figure(sh('echo none')), /sh -c echo none: no number at the end of "none\\n"/)
  assert.deepEqual(['', '\n', '3 \n\n', '1e3', 'x1', '-0.5'].map(lastNumber), [
    undefined,
    undefined,
    3,
    1000,
    undefined,
    -0.5,
  ])
})

test('a program that fails is reported with what it has printed', async () => {
  await assert.rejects(output(sh('echo out of memory >&2; exit 3')), /ended with 3 instead of 0\nout of memory$/)
  await assert.rejects(wallMs(['berth-no-such-command']), /berth-no-such-command: .*ENOENT/)
  assert.ok((await wallMs(['true'])) > 0)
})

test('a server is used when it is ready, and ended', async () => {
  const program = sh('echo starting; echo port 4711; exec sleep 60')
  let server
  const found = await withServer(program, {}, async (port, child) => {
    server = child
    return port
  })
  assert.equal(found, 4711)
  assert.equal(server.signalCode, 'SIGTERM')
  assert.equal(await endProcesses(), 0)
})

test('a server that ends by itself has to end well', async () => {
  const use = async () => 1
  assert.equal(await withServer(sh('echo 1; exit 0'), { endsItself: true }, use), 1)
  await assert.rejects(withServer(sh('echo 1; exit 2'), { endsItself: true }, use), /ended with 2 instead of 0/)
})

test('a server that is never ready, and one whose client fails, are reported with what they have printed', async () => {
  const fail = async () => {
    throw new Error('no echo')
  }
  await assert.rejects(
    withServer(sh('echo no port >&2; exit 1'), {}, fail),
    /ended with 1 before it was ready\nno port/,
  )
  const server = sh('echo lost >&2; sleep 0.02; echo 1; exec sleep 60')
  await assert.rejects(withServer(server, {}, fail), /no echo\nthe server: lost/)
  await endProcesses()
})

test('no other runtime is found where there is no folder', () => {
  assert.deepEqual(findRuntimes(''), { found: {}, missing: ['iwasm', 'wasmtime', 'wasmedge'] })
})
