/** docs/abi.md names every import with its type. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { SIGNATURES } from '../../src/abi/signatures.ts'

const document = readFileSync(new URL('../../docs/abi.md', import.meta.url), 'utf8')

for (const [name, signature] of Object.entries(SIGNATURES)) {
  if (name.startsWith('path_')) continue
  test(`docs/abi.md has ${name}`, () => {
    const option = /^sock_(get|set)_(.*)$/.exec(name)
    const row = document.split('\n').find((line) => line.startsWith('|') && line.includes(`\`${option?.[2] ?? name}\``))
    assert.ok(row !== undefined, 'no row')
    const type = signature.slice(0, signature.indexOf(':'))
    const hasOwnTypes = !row.includes('as in WASI')
    if (hasOwnTypes && type !== '') assert.match(row, new RegExp(`[| ,]${type}[ ,]`), `type ${type}`)
  })
}
