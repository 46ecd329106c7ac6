/** Imports and exports read from the binary, compared with what the engine says about the same bytes. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import wabt from 'wabt'
import { inspectModule, type ModuleShape } from '../../src/runtime/inspect.ts'

/** What the engine tells: names and kinds. TypeScript knows these two functions from its browser library only. */
interface Descriptor {
  module?: string
  name: string
  kind: string
}
const engine = WebAssembly.Module as unknown as {
  new (bytes: Uint8Array): object
  imports(module: object): Descriptor[]
  exports(module: object): Descriptor[]
}

const features = {
  exceptions: true,
  threads: true,
  reference_types: true,
  simd: true,
  multi_value: true,
  bulk_memory: true,
}
const { parseWat } = await wabt()

function assemble(wat: string): Uint8Array {
  const module = parseWat('test.wat', wat, features)
  try {
    return module.toBinary({}).buffer
  } finally {
    module.destroy()
  }
}

/** Inspects, having made sure that the engine sees the same imports and exports in the same order. */
function inspect(wat: string): ModuleShape {
  const bytes = assemble(wat)
  const shape = inspectModule(bytes)
  const module = new engine(bytes)
  assert.deepEqual(
    shape.imports.map(({ module, name, kind }) => ({ module, name, kind })),
    engine.imports(module).map(({ module, name, kind }) => ({ module, name, kind })),
  )
  assert.deepEqual(
    shape.exports.map(({ name, kind }) => ({ name, kind })),
    engine.exports(module).map(({ name, kind }) => ({ name, kind })),
  )
  return shape
}

test('a module of nothing has neither imports nor exports', () => {
  assert.deepEqual(inspect('(module)'), { imports: [], exports: [] })
})

test('imports of every kind', () => {
  const { imports } = inspect(`(module
    (import "a" "f" (func (param i32 i64 f32 f64) (result i32)))
    (import "a" "t" (table 1 10 funcref))
    (import "a" "m" (memory 1 2))
    (import "a" "g" (global (mut i64)))
    (import "a" "x" (tag (param i32)))
    (import "b" "f" (func)))`)
  assert.deepEqual(imports, [
    { module: 'a', name: 'f', kind: 'function', signature: 'iIfF:i' },
    { module: 'a', name: 't', kind: 'table' },
    { module: 'a', name: 'm', kind: 'memory', limits: { initial: 1, maximum: 2, shared: false } },
    { module: 'a', name: 'g', kind: 'global' },
    { module: 'a', name: 'x', kind: 'tag' },
    { module: 'b', name: 'f', kind: 'function', signature: ':' },
  ])
})

test('exports of every kind, imported things exported again among them', () => {
  const { exports } = inspect(`(module
    (import "a" "f" (func $imported (param i64)))
    (import "a" "g" (global $gi i32))
    (table $t 1 funcref) (memory $m 1) (global $g i32 (i32.const 0)) (tag $x)
    (func $own (param f64) (result f32) (f32.const 0))
    (export "own" (func $own)) (export "imported" (func $imported))
    (export "t" (table $t)) (export "m" (memory $m)) (export "g" (global $g)) (export "gi" (global $gi)) (export "x" (tag $x))
    (export "own again" (func $own)))`)
  assert.deepEqual(exports, [
    { name: 'own', kind: 'function', signature: 'F:f' },
    { name: 'imported', kind: 'function', signature: 'I:' },
    { name: 't', kind: 'table' },
    { name: 'm', kind: 'memory' },
    { name: 'g', kind: 'global' },
    { name: 'gi', kind: 'global' },
    { name: 'x', kind: 'tag' },
    { name: 'own again', kind: 'function', signature: 'F:f' },
  ])
})

const SIGNATURES: readonly (readonly [wat: string, signature: string])[] = [
  ['', ':'],
  ['(param i32)', 'i:'],
  ['(result i32)', ':i'],
  ['(param i32 i64 f32 f64) (result f64)', 'iIfF:F'],
  ['(param externref) (result externref)', 'e:e'],
  ['(param i32) (result i32 i64 f32)', 'i:iIf'],
  // A type without a letter must never be taken for one that has one.
  ['(param funcref)', '?:'],
  ['(param v128) (result v128)', '?:?'],
  [`(param ${'i32 '.repeat(200)})`, `${'i'.repeat(200)}:`],
]
for (const [wat, signature] of SIGNATURES) {
  test(`the type ${wat.slice(0, 40) || '(none)'} reads as ${signature.slice(0, 12)}`, () => {
    const { imports, exports } = inspect(
      `(module (import "m" "f" (func ${wat})) (func (export "e") ${wat} unreachable))`,
    )
    assert.equal(imports[0]?.kind === 'function' && imports[0].signature, signature)
    assert.equal(exports[0]?.kind === 'function' && exports[0].signature, signature)
  })
}

const LIMITS: readonly (readonly [
  wat: string,
  limits: { initial: number; maximum: number | undefined; shared: boolean },
])[] = [
  ['0', { initial: 0, maximum: undefined, shared: false }],
  ['1', { initial: 1, maximum: undefined, shared: false }],
  ['127', { initial: 127, maximum: undefined, shared: false }],
  ['128', { initial: 128, maximum: undefined, shared: false }], // two bytes of LEB128 from here on
  ['0 0', { initial: 0, maximum: 0, shared: false }],
  ['1 65536', { initial: 1, maximum: 65536, shared: false }],
  ['16384 65535', { initial: 16384, maximum: 65535, shared: false }],
  ['1 2 shared', { initial: 1, maximum: 2, shared: true }],
]
for (const [wat, limits] of LIMITS) {
  test(`an imported memory of ${wat} has its limits`, () => {
    const { imports } = inspect(`(module (import "env" "memory" (memory ${wat})))`)
    assert.deepEqual(imports, [{ module: 'env', name: 'memory', kind: 'memory', limits }])
  })
}

/** As they stand in WebAssembly text, and as JavaScript strings. */
const NAMES: readonly (readonly [wat: string, name: string])[] = [
  ['', ''],
  [' ', ' '],
  ['__proto__', '__proto__'],
  ['constructor', 'constructor'],
  ['toString', 'toString'],
  ['hasOwnProperty', 'hasOwnProperty'],
  ['0', '0'],
  ['bücher-書-😀', 'bücher-書-😀'],
  ['\\00', '\0'],
  ['a\\0ab', 'a\nb'],
  ['\\1b[31m', '\x1b[31m'],
  ['\\e2\\80\\ae', '\u202e'],
  ['\\ef\\bf\\bd', '\ufffd'],
  ['\\ef\\bb\\bf', '\ufeff'], // a byte order mark is part of a name
  ['\\ef\\bb\\bfmemory', '\ufeffmemory'],
  ['x'.repeat(300), 'x'.repeat(300)],
]
for (const [wat, name] of NAMES) {
  test(`the name ${JSON.stringify(name).slice(0, 30)} is read exactly, wherever it stands`, () => {
    // The assembler takes its text for bytes.
    const escaped = wat.replace(/[^\x20-\x7e]+/g, (text) =>
      Buffer.from(text)
        .toString('hex')
        .replace(/../g, (byte) => `\\${byte}`),
    )
    const { imports, exports } = inspect(
      `(module (import "${escaped}" "${escaped}" (func)) (func (export "${escaped}")))`,
    )
    assert.deepEqual(imports, [{ module: name, name, kind: 'function', signature: ':' }])
    assert.deepEqual(exports, [{ name, kind: 'function', signature: ':' }])
  })
}

test('one name imported twice with two types stays two imports', () => {
  const { imports } = inspect('(module (import "m" "f" (func)) (import "m" "f" (func (param i32))))')
  assert.deepEqual(
    imports.map((entry) => entry.kind === 'function' && entry.signature),
    [':', 'i:'],
  )
})

test('every other kind of section is passed over', () => {
  const { imports, exports } = inspect(`(module
    (type $unused (func (param f64 f64)))
    (import "m" "f" (func $f))
    (table 2 funcref) (memory 1) (tag $t (param i64)) (global $g (mut i32) (i32.const 7))
    (func $start) (func (export "run") (param i64) (memory.init 0 (i32.const 0) (i32.const 0) (i32.const 1)))
    (start $start) (elem (i32.const 0) $f $start) (data "x"))`)
  assert.equal(imports.length, 1)
  assert.deepEqual(exports, [{ name: 'run', kind: 'function', signature: 'I:' }])
})

test('many types, functions, imports and exports: each export has its own type', () => {
  const letters = { i32: 'i', i64: 'I', f32: 'f', f64: 'F' }
  const types = Object.keys(letters) as (keyof typeof letters)[]
  const parameters = (i: number) => [types[i & 3]!, types[(i >> 2) & 3]!, types[(i >> 4) & 3]!, types[(i >> 6) & 3]!]
  let wat = '(module'
  for (let i = 0; i < 200; i++) wat += `(import "m" "f${i}" (func (param ${parameters(i).join(' ')})))`
  for (let i = 0; i < 256; i++) wat += `(func (export "e${i}") (param ${parameters(255 - i).join(' ')}))`
  const { imports, exports } = inspect(`${wat})`)
  const signature = (i: number) =>
    `${parameters(i)
      .map((type) => letters[type])
      .join('')}:`
  for (const [i, entry] of imports.entries()) assert.equal(entry.kind === 'function' && entry.signature, signature(i))
  for (const [i, entry] of exports.entries())
    assert.equal(entry.kind === 'function' && entry.signature, signature(255 - i))
})

// ---- Binaries that this assembler and this engine do not know yet, put together by hand.

const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]

function section(id: number, ...bytes: number[]): number[] {
  return [id, bytes.length, ...bytes]
}

/** The import "m" "f" of a function, by its type's index; and an export "e" of it. */
function functionOfType(index: number): number[] {
  return [...section(2, 1, 1, 0x6d, 1, 0x66, 0, index), ...section(7, 1, 1, 0x65, 0, 0)]
}

const [I32, I64, FUNCREF, EXTERNREF, I8] = [0x7f, 0x7e, 0x70, 0x6f, 0x78]
const FUNC_TYPE = [0x60, 2, I32, I64, 1, I32]

/** Types before a last one that is (i32, i64) -> i32; each must take exactly its share of indices and bytes. */
const TYPE_SECTIONS: readonly { name: string; count: number; bytes: number[]; index: number }[] = [
  { name: 'a structure of a number and a packed field', count: 2, bytes: [0x5f, 2, I32, 1, I8, 0], index: 1 },
  { name: 'an empty structure', count: 2, bytes: [0x5f, 0], index: 1 },
  { name: 'an array', count: 2, bytes: [0x5e, I8, 1], index: 1 },
  { name: 'an array of references to a type', count: 2, bytes: [0x5e, 0x64, 0xc0, 0x00, 1], index: 1 },
  { name: 'a structure with a nullable reference', count: 2, bytes: [0x5f, 1, 0x63, 0, 1], index: 1 },
  { name: 'a subtype with a supertype', count: 3, bytes: [0x50, 0, 0x5f, 0, 0x4f, 1, 0, 0x5f, 0], index: 2 },
  { name: 'a recursive group of two', count: 2, bytes: [0x4e, 2, 0x5f, 0, 0x5e, I32, 0], index: 2 },
  { name: 'an empty recursive group', count: 2, bytes: [0x4e, 0], index: 0 },
  { name: 'a function of typed references', count: 2, bytes: [0x60, 1, 0x63, 0x70, 1, 0x64, 0x00], index: 1 },
  { name: 'a function of short reference types', count: 2, bytes: [0x60, 2, FUNCREF, 0x6e, 1, 0x6a], index: 1 },
]
for (const { name, count, bytes, index } of TYPE_SECTIONS) {
  test(`behind ${name}, the function type of index ${index} is found`, () => {
    const binary = [...HEADER, ...section(1, count, ...bytes, ...FUNC_TYPE), ...functionOfType(index)]
    const { imports, exports } = inspectModule(Uint8Array.from(binary))
    assert.deepEqual(imports, [{ module: 'm', name: 'f', kind: 'function', signature: 'iI:i' }])
    assert.deepEqual(exports, [{ name: 'e', kind: 'function', signature: 'iI:i' }])
  })
}

for (const [name, parameter] of [
  ['a typed reference', [0x64, 0]],
  ['a nullable reference to externref', [0x63, EXTERNREF]],
  ['an abstract heap type', [0x6e]],
  ['a reference with a heap type of several bytes', [0x63, 0x80, 0x80, 0x01]],
] as const) {
  test(`a parameter that is ${name} matches nothing, and what follows it is read`, () => {
    const type = [0x60, 2, ...parameter, I32, 1, I64]
    const { imports } = inspectModule(Uint8Array.from([...HEADER, ...section(1, 1, ...type), ...functionOfType(0)]))
    assert.deepEqual(imports, [{ module: 'm', name: 'f', kind: 'function', signature: '?i:I' }])
  })
}

test('numbers padded to five bytes read as what they are', () => {
  const padded = (value: number) => [0x80 | value, 0x80, 0x80, 0x80, 0x00]
  const binary = [
    ...HEADER,
    ...[1, ...padded(8), ...padded(1), 0x60, 0, 0],
    ...section(2, ...padded(1), ...padded(1), 0x6d, ...padded(1), 0x66, 0, ...padded(0)),
  ]
  // Also the engine's reading: this is valid today.
  assert.doesNotThrow(() => new engine(Uint8Array.from(binary)))
  assert.deepEqual(inspectModule(Uint8Array.from(binary)).imports, [
    { module: 'm', name: 'f', kind: 'function', signature: ':' },
  ])
})

test('a custom section that looks like an import section is none', () => {
  const fake = section(2, 1, 1, 0x6d, 1, 0x66, 0, 0)
  const binary = [...HEADER, ...section(0, 1, 0x78, ...fake), ...section(0, 1, 0x79)]
  assert.deepEqual(inspectModule(Uint8Array.from(binary)), { imports: [], exports: [] })
})
