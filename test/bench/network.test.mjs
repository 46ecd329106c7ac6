/** What is measured runs in a network of its own, and a program run there again says how it ended. */
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'

const MODULE = new URL('../../bench/lib/network.mjs', import.meta.url).href
const SCRIPT = `
  const { inOwnNetwork, network } = await import(${JSON.stringify(MODULE)})
  const code = await inOwnNetwork()
  if (code === undefined) {
    const { networkInterfaces } = await import('node:os')
    console.log(network(), '-', Object.keys(networkInterfaces()).join())
  }
  process.exitCode = code ?? 3`

const canIsolate = spawnSync('unshare', ['--net', 'ip', 'link', 'set', 'lo', 'up']).status === 0

function run(env = {}) {
  const child = spawnSync(process.execPath, ['--input-type=module', '-e', SCRIPT], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  })
  assert.equal(child.stderr, '')
  return child
}

test('a network with a loopback interface and the usual congestion control', {
  skip: !canIsolate && 'no network namespace can be made here',
}, () => {
  const { stdout, status } = run()
  assert.equal(stdout, 'own namespace, cubic - lo\n')
  assert.equal(status, 3, 'the exit code of what ran there')
})

test('where none can be made, the machine’s own is used, and named', () => {
  const { stdout, status } = run({ PATH: '/nowhere' })
  assert.match(stdout, /^the machine's, \w+ - /)
  assert.equal(status, 3)
})
