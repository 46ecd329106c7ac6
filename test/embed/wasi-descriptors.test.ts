/** What `new WASI` opens and closes: in a process of its own, where no garbage of others is collected meanwhile. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { compileGuest } from '../../scripts/guest-compiler.mjs'
import { WASI } from '../../src/index.ts'
import { openHostDescriptors } from '../host/fixture.ts'

const CASES = new URL('guest/cases.c', import.meta.url).pathname
const version = 'preview1'

for (const [more, message] of [
  [{ preopens: { '/': '/nowhere/at/all' } }, /no such file or directory/],
  [{ listen: ['192.0.2.1:80'] }, /EADDRNOTAVAIL/],
  [{ stdin: 999_999 }, /not open/],
] as const) {
  test(`what cannot be opened is a LoadError and leaves nothing open: ${JSON.stringify(more)}`, () => {
    const before = openHostDescriptors()
    assert.throws(() => new WASI({ version, preopens: { '/x': tmpdir() }, ...more }), {
      code: 'ERR_BERTH_LOAD',
      message,
    })
    assert.deepEqual(openHostDescriptors(), before)
  })
}

test('a descriptor that the program closes stays open here, and nothing is left open at its end', async () => {
  const cases = await compileGuest({ sources: [CASES], withGuestLibrary: false })
  const options = { args: ['cases', 'close'], preopens: { '/': tmpdir() }, listen: ['127.0.0.1:0'] }
  const before = openHostDescriptors()
  const wasi = new WASI({ version, ...options })
  const instance = await wasi.instantiate(new WebAssembly.Module(readFileSync(cases)))
  assert.equal(wasi.start(instance), 0)
  assert.deepEqual(openHostDescriptors(), before)
})

test('what is forgotten before it is started, or after, is closed with the garbage', async () => {
  const cases = await compileGuest({ sources: [CASES], withGuestLibrary: false })
  const module = new WebAssembly.Module(readFileSync(cases))
  const before = openHostDescriptors()
  const forget = () => {
    for (let i = 0; i < 10; i++) {
      const wasi = new WASI({ version, preopens: { '/': tmpdir() } })
      if (i % 2 === 0) new WebAssembly.Instance(module, wasi.getImportObject())
    }
    return openHostDescriptors()
  }
  assert.ok(forget() > before)
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  while (openHostDescriptors() > before) {
    collect()
    await new Promise((resolve) => setImmediate(resolve))
  }
  assert.equal(openHostDescriptors(), before)
})
