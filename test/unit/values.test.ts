/** Arguments and results of `-f`, section 6.4 of the reference. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatResults, parseArguments } from '../../src/cli/values.ts'
import { Trap } from '../../src/host/trap.ts'

/** The types of the parameters, the words, and what the function is called with. */
const ARGUMENTS: readonly (readonly [types: string, words: string[], values: unknown[]])[] = [
  ['', [], []],
  ['i', ['0'], [0]],
  ['i', ['3'], [3]],
  ['i', ['+3'], [3]],
  ['i', ['-3'], [-3]],
  ['i', ['007'], [7]], // decimal: C's octal would be 7 as well, but 010 would not
  ['i', ['010'], [10]],
  ['i', ['0x10'], [16]],
  ['i', ['0XfF'], [255]],
  ['i', ['-0x10'], [-16]],
  ['i', ['2147483647'], [2147483647]],
  ['i', ['-2147483648'], [-2147483648]],
  ['i', ['2147483648'], [-2147483648]], // unsigned spellings of the same 32 bits
  ['i', ['4294967295'], [-1]],
  ['i', ['0xffffffff'], [-1]],
  ['I', ['0'], [0n]],
  ['I', ['-1'], [-1n]],
  ['I', ['9007199254740993'], [9007199254740993n]], // no double holds it
  ['I', ['9223372036854775807'], [0x7fff_ffff_ffff_ffffn]],
  ['F', ['1.5'], [1.5]],
  ['F', ['.5'], [0.5]],
  ['F', ['5.'], [5]],
  ['F', ['-1e-3'], [-0.001]],
  ['F', ['1E3'], [1000]],
  ['F', ['-0'], [-0]],
  ['F', ['nan'], [Number.NaN]],
  ['F', ['NaN'], [Number.NaN]],
  ['F', ['inf'], [Number.POSITIVE_INFINITY]],
  ['F', ['-infinity'], [Number.NEGATIVE_INFINITY]],
  ['f', ['3.5'], [3.5]],
  ['f', ['-nan'], [Number.NaN]],
  ['e', ['3'], [3]],
  ['e', ['0x3'], [3]],
  ['iIfFe', ['1', '2', '3', '4', '5'], [1, 2n, 3, 4, 5]],
]
for (const [types, words, values] of ARGUMENTS) {
  test(`(${types}) is called with ${words.join(' ') || 'nothing'}`, () => {
    assert.deepEqual(parseArguments(`${types}:`, words), values)
  })
}

const MISTAKES: readonly (readonly [types: string, words: string[], message: string])[] = [
  ['', ['1'], 'invalid input argument count'],
  ['i', [], 'invalid input argument count'],
  ['ii', ['1'], 'invalid input argument count'],
  ['ii', ['1', '2', '3'], 'invalid input argument count'],
  ['i', ['zz'], 'invalid input argument 0: zz'],
  ['ii', ['1', 'zz'], 'invalid input argument 1: zz'],
  ['i', [''], 'invalid input argument 0: '],
  ['i', ['1x'], 'invalid input argument 0: 1x'],
  ['i', ['1.5'], 'invalid input argument 0: 1.5'],
  ['i', ['1e3'], 'invalid input argument 0: 1e3'],
  ['i', [' 1'], 'invalid input argument 0:  1'],
  ['i', ['0x'], 'invalid input argument 0: 0x'],
  ['i', ['--1'], 'invalid input argument 0: --1'],
  ['i', ['1n'], 'invalid input argument 0: 1n'],
  ['i', ['1_0'], 'invalid input argument 0: 1_0'],
  ['I', ['x'], 'invalid input argument 0: x'],
  ['F', [''], 'invalid input argument 0: '],
  ['F', ['.'], 'invalid input argument 0: .'],
  ['F', ['1.5f'], 'invalid input argument 0: 1.5f'],
  ['F', ['e5'], 'invalid input argument 0: e5'],
  ['f', ['nano'], 'invalid input argument 0: nano'],
  ['e', ['x'], 'invalid input argument 0: x'],
  ['?', ['1'], 'invalid input argument 0: 1'], // a type that no word can be written for
]
for (const [types, words, message] of MISTAKES) {
  test(`(${types}) refuses ${JSON.stringify(words)}`, () => {
    assert.throws(
      () => parseArguments(`${types}:`, words),
      (error) => error instanceof Trap && error.message === message,
    )
  })
}

const RESULTS: readonly (readonly [types: string, value: unknown, text: string])[] = [
  ['', undefined, ''],
  ['i', 3, '0x3:i32'],
  ['i', 0, '0x0:i32'],
  ['i', -1, '0xffffffff:i32'],
  ['i', -2147483648, '0x80000000:i32'],
  ['I', 3n, '0x3:i64'],
  ['I', -1n, '0xffffffffffffffff:i64'],
  ['I', 0x7fff_ffff_ffff_ffffn, '0x7fffffffffffffff:i64'],
  ['f', 3.5, '3.5:f32'],
  ['f', Math.fround(0.1), '0.100000001:f32'], // nine digits tell any two floats apart
  ['f', 16777216, '16777216:f32'],
  ['F', 1.5, '1.5:f64'],
  ['F', 0.1, '0.1:f64'],
  ['F', 1e21, '1e+21:f64'],
  ['F', -0, '-0:f64'],
  ['f', -0, '-0:f32'],
  ['F', Number.NaN, 'nan:f64'],
  ['F', Number.POSITIVE_INFINITY, 'inf:f64'],
  ['f', Number.NEGATIVE_INFINITY, '-inf:f32'],
  ['e', 3, '0x3:ref.extern'],
  ['e', null, 'extern:ref.null'],
  ['iI', [1, 2n], '0x1:i32,0x2:i64'],
  ['fFi', [0.5, 2.25, 7], '0.5:f32,2.25:f64,0x7:i32'],
]
for (const [types, value, text] of RESULTS) {
  test(`a result of type (${types}) prints as '${text}'`, () => assert.equal(formatResults(`ii:${types}`, value), text))
}

test('every f32 that is printed reads back as the same f32', () => {
  const bits = new DataView(new ArrayBuffer(4))
  for (let i = 0; i < 20_000; i++) {
    bits.setUint32(0, Math.imul(i, 0x9e3779b1))
    const value = bits.getFloat32(0)
    if (!Number.isFinite(value)) continue
    const text = formatResults(':f', value)
    assert.ok(Object.is(Math.fround(Number(text.slice(0, -':f32'.length))), value), text)
  }
})
