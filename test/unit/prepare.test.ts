/** Modules prepared for threads: that the engine takes them, and that their instances are threads of one program. */
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { Worker } from 'node:worker_threads'
import wabt from 'wabt'
import { compileGuest } from '../../scripts/guest-compiler.mjs'
import { LoadError } from '../../src/runtime/errors.ts'
import { type PreparedModule, prepareForThreads } from '../../src/runtime/prepare.ts'
import { Random } from './random.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

// Node.js 20 knows these constant expressions and does not take them yet.
setFlagsFromString('--experimental-wasm-extended-const')

interface Descriptor {
  module?: string
  name: string
  kind: string
}
/** What TypeScript knows from its browser library only. */
const engine = WebAssembly as unknown as {
  Module: {
    new (bytes: Uint8Array): WebAssembly.Module
    imports(module: WebAssembly.Module): Descriptor[]
    exports(module: WebAssembly.Module): Descriptor[]
    customSections(module: WebAssembly.Module, name: string): ArrayBuffer[]
  }
  Table: new (limits: { initial: number; element: string }) => object
  Global: new (type: { value: string; mutable?: boolean }, value: unknown) => WebAssembly.Global
  Tag: new (type: { parameters: string[] }) => object
}

const features = {
  exceptions: true,
  threads: true,
  reference_types: true,
  mutable_globals: true,
  simd: true,
  multi_value: true,
  bulk_memory: true,
  extended_const: true,
}
const { parseWat } = await wabt()

function assemble(wat: string, options: { write_debug_names?: boolean } = {}): Uint8Array {
  const module = parseWat('test.wat', wat, features)
  try {
    return module.toBinary(options).buffer
  } finally {
    module.destroy()
  }
}

/** Prepares, and checks what holds of every module: with the engine, and by preparing the result once more. */
function prepare(bytes: Uint8Array): PreparedModule {
  const original = new engine.Module(bytes)
  const before = bytes.slice()
  const prepared = prepareForThreads(bytes)
  assert.deepEqual(bytes, before, 'the bytes that were given are left alone')
  const { main, thread, memory, table, stackPointer } = prepared
  for (const part of [main, thread]) {
    const module = new engine.Module(part)
    const isNew = engine.Module.imports(module).length > engine.Module.imports(original).length
    const added = isNew ? [{ module: memory?.module, name: memory?.name, kind: 'memory' }] : []
    assert.deepEqual(engine.Module.imports(module), [...engine.Module.imports(original), ...added])
    const exported = engine.Module.exports(module)
    const known = engine.Module.exports(original)
    assert.deepEqual(exported.slice(0, known.length), known)
    for (const { name } of exported.slice(known.length)) assert.ok([table, stackPointer?.name].includes(name), name)
    for (const [name, kind] of [
      [table, 'table'],
      [stackPointer?.name, 'global'],
    ]) {
      if (name !== undefined) assert.ok(exported.some((entry) => entry.name === name && entry.kind === kind))
    }
    if (memory !== undefined) {
      assert.ok(engine.Module.imports(module).some(({ kind, name }) => kind === 'memory' && name === memory.name))
    }
    assert.deepEqual(customSections(part), customSections(bytes))
  }
  const { main: mainAgain, thread: threadAgain, ...told } = prepareForThreads(main)
  assert.equal(mainAgain, main)
  assert.deepEqual(threadAgain, thread)
  assert.deepEqual(told, { memory, table, stackPointer, heapBase: prepared.heapBase, dataEnd: prepared.dataEnd })
  const ofThread = prepareForThreads(thread)
  assert.equal(ofThread.main, thread)
  assert.equal(ofThread.thread, thread)
  return prepared
}

function prepareText(wat: string): PreparedModule {
  return prepare(assemble(wat))
}

/** The custom sections in their order. */
function customSections(bytes: Uint8Array): string[] {
  const found: string[] = []
  for (const { id, content } of sectionsOf(bytes)) if (id === 0) found.push(Buffer.from(content).toString('latin1'))
  return found
}

/** Reads sections without the code under test. */
function sectionsOf(bytes: Uint8Array): { id: number; content: Uint8Array }[] {
  const sections = []
  let at = 8
  while (at < bytes.length) {
    const id = bytes[at++]!
    let size = 0
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++]!
      size += (byte & 0x7f) * 2 ** shift
      if (byte < 0x80) break
    }
    sections.push({ id, content: bytes.subarray(at, at + size) })
    at += size
  }
  return sections
}

type Imports = Record<string, Record<string, unknown>>
// biome-ignore lint/suspicious/noExplicitAny: whatever a module of a test exports
type Exports = Record<string, any>

interface Threads {
  readonly prepared: PreparedModule
  readonly memory: Uint8Array
  readonly main: Exports
  /** Makes a further instance. */
  readonly start: () => Exports
}

/** The first instance over a new memory, and how to make further ones. */
function threads(wat: string, imports: Imports = {}): Threads {
  const prepared = prepareText(wat)
  const memory = createMemory(prepared)
  const all: Imports = { ...imports }
  const { module, name } = prepared.memory!
  all[module] = { ...all[module], [name]: memory }
  const instance = (bytes: Uint8Array) => new WebAssembly.Instance(new engine.Module(bytes), all).exports as Exports
  return {
    prepared,
    memory: new Uint8Array(memory.buffer),
    main: instance(prepared.main),
    start: () => instance(prepared.thread),
  }
}

function createMemory({ memory }: PreparedModule): WebAssembly.Memory {
  const { initial, maximum, shared } = memory!
  return new WebAssembly.Memory({ initial, ...(maximum === undefined ? {} : { maximum }), shared })
}

const text = (bytes: Uint8Array, from: number, length: number) =>
  Buffer.from(bytes.slice(from, from + length)).toString('latin1')

const SHARED = '(memory (export "memory") 1 2 shared)'

// ---- The memory.

test('a defined memory becomes an import, of the same limits, exported as before', () => {
  const { prepared, main, start, memory } = threads(`(module ${SHARED}
    (func (export "peek") (param i32) (result i32) (i32.load8_u (local.get 0)))
    (func (export "poke") (param i32 i32) (i32.store8 (local.get 0) (local.get 1))))`)
  assert.deepEqual(prepared.memory, { module: 'env', name: 'memory', initial: 1, maximum: 2, shared: true })
  assert.equal(prepared.thread, prepared.main)
  const thread = start()
  assert.equal(main.memory, thread.memory)
  main.poke(1000, 17)
  assert.equal(thread.peek(1000), 17)
  thread.poke(1001, 18)
  assert.equal(main.peek(1001), 18)
  assert.deepEqual([...memory.slice(1000, 1002)], [17, 18])
})

test('atomics of two instances meet', () => {
  const { main, start } = threads(`(module ${SHARED}
    (func (export "add") (result i32) (i32.atomic.rmw.add (i32.const 8) (i32.const 1))))`)
  const thread = start()
  assert.deepEqual([main.add(), thread.add(), main.add(), thread.add()], [0, 1, 2, 3])
})

test('a memory that is not shared is told as such, and handled alike', () => {
  const { prepared, main, start } = threads('(module (memory (export "memory") 3) (data (i32.const 0) "a"))')
  assert.deepEqual(prepared.memory, { module: 'env', name: 'memory', initial: 3, maximum: undefined, shared: false })
  assert.equal(main.memory, start().memory)
})

test('limits of several bytes of LEB128', () => {
  const { memory } = prepareText('(module (memory 128 65536 shared))')
  assert.deepEqual(memory, { module: 'env', name: 'memory', initial: 128, maximum: 65536, shared: true })
})

test('a memory that is imported stays where it is imported from', () => {
  const { prepared, main } = threads('(module (import "else" "where" (memory $m 1 1 shared)) (export "m" (memory $m)))')
  assert.deepEqual(prepared.memory, { module: 'else', name: 'where', initial: 1, maximum: 1, shared: true })
  assert.ok(main.m instanceof WebAssembly.Memory)
})

for (const [name, wat] of [
  ['of nothing', '(module)'],
  ['without a memory', '(module (func (export "f")) (data "passive") (global (mut i32) (i32.const 1)))'],
  ['that imports its memory', '(module (import "env" "memory" (memory 1 1 shared)) (func (export "f")))'],
  [
    'that exports everything itself',
    `(module (import "env" "memory" (memory 1 1 shared)) (table (export "t") 1 funcref)
      (global $sp (export "sp") (mut i32) (i32.const 64)) (global (export "__heap_base") i32 (i32.const 64))
      (global (export "__data_end") i32 (i32.const 0)) (data "passive"))`,
  ],
]) {
  test(`a module ${name} comes back unchanged`, () => {
    const bytes = assemble(wat!)
    const { main, thread } = prepare(bytes)
    assert.equal(main, bytes)
    assert.equal(thread, bytes)
  })
}

test('a module without a memory has none', () => {
  assert.equal(prepareText('(module)').memory, undefined)
})

test('nothing is numbered differently behind imports of every kind', () => {
  const calls: number[] = []
  const imports: Imports = {
    m: {
      f: () => calls.push(1),
      g: new engine.Global({ value: 'i32' }, 5),
      mg: new engine.Global({ value: 'i64', mutable: true }, 6n),
      t: new engine.Table({ initial: 3, element: 'anyfunc' }),
      x: new engine.Tag({ parameters: ['i32'] }),
    },
  }
  const { prepared, main, start, memory } = threads(
    `(module
      (import "m" "f" (func $f)) (import "m" "g" (global $g i32)) (import "m" "mg" (global $mg (mut i64)))
      (import "m" "t" (table $t 3 funcref)) (import "m" "x" (tag $x (param i32)))
      (table $own 2 funcref) ${SHARED} (tag (param i64)) (global $o (mut i32) (i32.const 7))
      (global (export "__heap_base") i32 (i32.const 100)) (global (export "__data_end") i32 (i32.const 50))
      (func $call (export "call") (result i32) (call $f) (i32.add (global.get $g) (global.get $o)))
      (func $caught (export "caught") (result i32) (try (result i32) (do (throw $x (i32.const 9))) (catch $x)))
      (func (export "indirect") (param i32) (result i32) (call_indirect $own (result i32) (local.get 0)))
      (elem (table $own) (i32.const 0) func $call $caught)
      (data (global.get $g) "data"))`,
    imports,
  )
  assert.deepEqual(prepared.stackPointer, { name: 'berth:stack_pointer', initial: 7 })
  for (const instance of [main, start()]) {
    assert.equal(instance.call(), 12)
    assert.equal(instance.caught(), 9)
    assert.equal(instance.indirect(1), 9)
    assert.equal(instance[prepared.table!], imports.m!.t)
    assert.equal(instance[prepared.stackPointer!.name].value, 7)
  }
  assert.deepEqual(calls, [1, 1])
  assert.equal(text(memory, 5, 4), 'data')
})

// ---- Data and start functions.

test('a thread does not write the data again', () => {
  const { main, start, memory } = threads(
    `(module ${SHARED} (data (i32.const 16) "before") (data (i32.const 32) "and"))`,
  )
  assert.equal(text(memory, 16, 6), 'before')
  assert.equal(text(memory, 32, 3), 'and')
  memory.set(Buffer.from('after!'), 16)
  memory[32] = 0
  assert.equal(start().memory, main.memory)
  assert.equal(text(memory, 16, 6), 'after!')
  assert.equal(memory[32], 0)
})

test('segments keep their numbers: a passive one serves every instance, an active one is used up in all', () => {
  const { main, start, memory } = threads(`(module ${SHARED}
    (data $first (i32.const 0) "active") (data $passive "passive") (data $last (memory 0) (offset i32.const 8) "end")
    (func (export "passive") (param i32) (memory.init $passive (local.get 0) (i32.const 0) (i32.const 7)))
    (func (export "active") (param i32) (memory.init $last (i32.const 100) (i32.const 0) (local.get 0)))
    (func (export "drop") (data.drop $first) (data.drop $passive)))`)
  for (const [i, instance] of [main, start(), start()].entries()) {
    instance.passive(200 + 10 * i)
    assert.equal(text(memory, 200 + 10 * i, 7), 'passive')
    instance.active(0)
    assert.throws(() => instance.active(1), WebAssembly.RuntimeError)
    instance.drop()
    assert.throws(() => instance.passive(0), WebAssembly.RuntimeError)
  }
})

/** Sizes around those where LEB128 takes another byte. */
for (const size of [0, 1, 127, 128, 16383, 16384]) {
  test(`a passive segment of ${size} bytes, and as many active ones`, () => {
    const active = '(data (i32.const 0) "x")'.repeat(size)
    const { start, memory } = threads(`(module (memory 1 1 shared) ${active} (data $p "${'y'.repeat(size)}")
      (func (export "init") (memory.init $p (i32.const 0) (i32.const 0) (i32.const ${size}))))`)
    memory.fill(0)
    const thread = start()
    assert.equal(memory[0], 0)
    thread.init()
    assert.equal(text(memory, 0, size + 1), `${'y'.repeat(size)}\0`)
  })
}

test('the start function runs in every instance, elements are set in every instance', () => {
  let started = 0
  const { main, start, memory } = threads(
    `(module (import "m" "started" (func $started)) ${SHARED} (table 2 funcref)
      (data $guarded "data")
      (func $start (call $started)
        (if (i32.eqz (i32.atomic.rmw.cmpxchg (i32.const 64) (i32.const 0) (i32.const 1)))
          (then (memory.init $guarded (i32.const 0) (i32.const 0) (i32.const 4))))
        (data.drop $guarded))
      (start $start)
      (func $ten (result i32) (i32.const 10)) (elem (i32.const 1) $ten)
      (func (export "call") (result i32) (call_indirect (result i32) (i32.const 1))))`,
    { m: { started: () => started++ } },
  )
  assert.equal(text(memory, 0, 4), 'data')
  memory[0] = 0
  const thread = start()
  assert.equal(started, 2)
  assert.equal(memory[0], 0)
  assert.deepEqual([main.call(), thread.call()], [10, 10])
})

// ---- The table.

test('the table is exported, and calls the functions of its own instance', () => {
  const { prepared, main, start } = threads(`(module ${SHARED} (table 3 funcref) (global $g (mut i32) (i32.const 0))
    (func $count (result i32) (global.set $g (i32.add (global.get $g) (i32.const 1))) (global.get $g))
    (elem (i32.const 2) $count))`)
  assert.equal(prepared.table, 'berth:table')
  const thread = start()
  const count = (instance: Exports) => instance[prepared.table!].get(2)()
  assert.deepEqual([count(main), count(main), count(thread)], [1, 2, 1])
})

for (const [wat, name] of [
  ['(table 1 funcref)', 'berth:table'],
  ['(table 1 funcref) (table 1 externref)', 'berth:table'],
  ['(import "m" "t" (table 1 funcref))', 'berth:table'],
  ['(table (export "mine") 1 funcref)', 'mine'],
  ['(table $t 1 funcref) (export "a" (table $t)) (export "b" (table $t))', 'a'],
  ['(table 1 funcref) (table (export "second") 1 funcref)', 'berth:table'],
  ['(table 1 funcref) (func (export "berth:table"))', "berth:table'"],
  [`(table 1 funcref) (func (export "berth:table")) (func (export "berth:table'"))`, "berth:table''"],
  ['(func (export "berth:table"))', undefined],
]) {
  test(`in ${wat}, table 0 is found as ${name}`, () => {
    assert.equal(prepareText(`(module ${wat})`).table, name)
  })
}

// ---- The stack pointer.

const HEAP = '(global (export "__heap_base") i32 (i32.const 1000))'
const DATA_END = '(global (export "__data_end") i32 (i32.const 500))'

test('the stack pointer can be set from outside, in each instance by itself', () => {
  const { prepared, main, start } =
    threads(`(module ${SHARED} (global $sp (mut i32) (i32.const 1000)) ${HEAP} ${DATA_END}
    (func (export "sp") (result i32) (global.get $sp)))`)
  assert.deepEqual(prepared.stackPointer, { name: 'berth:stack_pointer', initial: 1000 })
  const thread = start()
  const global = thread[prepared.stackPointer!.name]
  assert.ok(global instanceof WebAssembly.Global)
  global.value = 800
  assert.deepEqual([main.sp(), thread.sp()], [1000, 800])
})

const STACKS: readonly { wat: string; found: PreparedModule['stackPointer']; heapBase?: number; dataEnd?: number }[] = [
  { wat: '', found: undefined },
  { wat: `${HEAP} ${DATA_END}`, found: undefined, heapBase: 1000, dataEnd: 500 },
  { wat: `(global (mut i32) (i32.const 9)) ${HEAP}`, found: undefined, heapBase: 1000 },
  { wat: `(global (mut i32) (i32.const 9)) ${DATA_END}`, found: undefined, dataEnd: 500 },
  // Not exported, not constants.
  { wat: '(global $__heap_base i32 (i32.const 9)) (global (mut i32) (i32.const 9))', found: undefined },
  {
    wat: `(global (mut i32) (i32.const 9)) (global (export "__heap_base") (mut i32) (i32.const 1000)) ${DATA_END}`,
    found: undefined,
    dataEnd: 500,
  },
  {
    wat: `(import "m" "g" (global i32)) (global (mut i32) (i32.const 9)) (global (export "__heap_base") i32 (global.get 0))
      ${DATA_END}`,
    found: undefined,
    dataEnd: 500,
  },
  {
    wat: `(import "m" "g" (global $g i32)) (export "__heap_base" (global $g)) ${DATA_END}`,
    found: undefined,
    dataEnd: 500,
  },
  {
    wat: `(func (export "__heap_base")) (global i32 (i32.const 9)) (global (mut i32) (i32.const 9)) ${DATA_END}`,
    found: undefined,
    dataEnd: 500,
  },
  // The first that fits: others before it.
  ...[
    '(global i32 (i32.const 4))',
    '(global (mut i64) (i64.const 4))',
    '(global (mut i64) (i64.const -9223372036854775808))',
    '(global (mut f32) (f32.const 4))',
    '(global (mut f64) (f64.const 0x1.6161616161616p-1))', // bytes like those of other instructions
    '(global (mut f64) (f64.const 0x1.b0b0b0b0b0b0bp-1))',
    '(global (mut v128) (v128.const i32x4 0x0b0b0b0b 0x0b0b0b0b 0x0b0b0b0b 0x0b0b0b0b))',
    '(global (mut funcref) (ref.null func))',
    '(global (mut externref) (ref.null extern))',
    '(func $f) (global (mut funcref) (ref.func $f))',
    '(global (mut i32) (i32.const 1001))',
    '(global (mut i32) (i32.const -1))', // the highest address
    '(global (mut i32) (i32.const -2147483648))',
    '(import "m" "g" (global i32)) (global (mut i32) (global.get 0))',
    '(import "m" "g" (global (mut i32)))',
    '(global (mut i32) (i32.add (i32.const 4) (i32.mul (i32.const 2) (i32.const 3))))',
    '(global (mut i64) (i64.sub (i64.const 4) (i64.const 11)))',
  ].map((before) => ({
    wat: `${before} (global (mut i32) (i32.const 9)) (global (mut i32) (i32.const 8)) ${HEAP} ${DATA_END}`,
    found: { name: 'berth:stack_pointer', initial: 9 },
    heapBase: 1000,
    dataEnd: 500,
  })),
  {
    wat: `(global (export "__stack_pointer") (mut i32) (i32.const 0)) ${HEAP} ${DATA_END}`,
    found: { name: '__stack_pointer', initial: 0 },
    heapBase: 1000,
    dataEnd: 500,
  },
  {
    wat: `(global (mut i32) (i32.const 64)) (func (export "berth:stack_pointer")) ${HEAP} ${DATA_END}`,
    found: { name: "berth:stack_pointer'", initial: 64 },
    heapBase: 1000,
    dataEnd: 500,
  },
  // Constants of all lengths, the sign bit of the last byte among them.
  ...[
    63, 64, 8191, 8192, 1048575, 1048576, 134217727, 134217728, 2147483647, 2147483648, 4160749568, 4293918720,
    4294959104, 4294967232, 4294967295,
  ].map((value) => ({
    wat: `(global (mut i32) (i32.const ${value})) (global (export "__heap_base") i32 (i32.const ${value})) ${DATA_END}`,
    found: { name: 'berth:stack_pointer', initial: value },
    heapBase: value,
    dataEnd: 500,
  })),
]
for (const { wat, found, heapBase, dataEnd } of STACKS) {
  test(`the stack pointer of ${wat.slice(0, 110) || 'nothing'} is ${found?.initial}`, () => {
    const prepared = prepareText(`(module ${wat})`)
    assert.deepEqual(prepared.stackPointer, found)
    assert.deepEqual([prepared.heapBase, prepared.dataEnd], [heapBase, dataEnd])
  })
}

// ---- Names.

test('a name that another import has is not taken for the memory', () => {
  const { prepared, main } = threads(
    `(module (import "env" "memory" (func $f (result i32))) (import "env" "memory'" (global i32)) ${SHARED}
      (func (export "call") (result i32) (call $f)))`,
    { env: { memory: () => 3, "memory'": 4 } },
  )
  assert.equal(prepared.memory?.name, "memory''")
  assert.equal(main.call(), 3)
})

test('an import of that name from another module is none of it', () => {
  assert.equal(prepareText(`(module (import "other" "memory" (func)) ${SHARED})`).memory?.name, 'memory')
})

test('names that objects have by themselves', () => {
  const { main } = threads(`(module ${SHARED} (table 1 funcref)
    (func (export "__proto__") (result i32) (i32.const 1)) (func (export "constructor")) (func (export "")))`)
  const name = '__proto__'
  assert.equal(main[name](), 1)
})

// ---- Binaries put together by hand.

const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]

function section(id: number, ...bytes: number[]): number[] {
  return [id, bytes.length, ...bytes]
}

const SHARED_MEMORY = section(5, 1, 3, 1, 2)

test('custom sections stay where they stand; new sections keep the order', () => {
  const custom = (letter: string) => section(0, 1, letter.charCodeAt(0), 9)
  const { main } = prepare(
    Uint8Array.from([
      ...[...HEADER, ...custom('a'), ...section(4, 1, 0x70, 0, 1), ...custom('b'), ...SHARED_MEMORY, ...custom('c')],
      ...[...section(11, 1, 1, 0), ...custom('d')],
    ]),
  )
  const read = sectionsOf(main).map(({ id, content }) => (id === 0 ? String.fromCharCode(content[1]!) : id))
  assert.deepEqual(read, ['a', 2, 4, 7, 'b', 'c', 11, 'd'])
})

test('the export section is put before start, elements, data count, code and data', () => {
  const { main } = prepareText(`(module (memory 1 1 shared) (table 1 funcref) (tag) (global i32 (i32.const 0))
    (func $f (data.drop 0)) (start $f) (elem (i32.const 0) $f) (data (i32.const 0) "x"))`)
  assert.deepEqual(
    sectionsOf(main).map(({ id }) => id),
    [1, 2, 3, 4, 13, 6, 7, 8, 9, 12, 10, 11],
  )
})

test('a module of a memory and nothing else', () => {
  const { main } = prepare(Uint8Array.from([...HEADER, ...SHARED_MEMORY]))
  assert.deepEqual(
    [...main],
    [...HEADER, ...section(2, 1, 3, ...Buffer.from('env'), 6, ...Buffer.from('memory'), 2, 3, 1, 2)],
  )
})

test('names written for debugging stay', () => {
  const wat = `(module $name (memory $named 1 1 shared) (func $function) (data $segment (i32.const 0) "x"))`
  const bytes = assemble(wat, { write_debug_names: true })
  assert.equal(customSections(prepare(bytes).thread).length, 1)
})

test('an empty memory section behind an imported memory', () => {
  const memoryImport = section(2, 1, 1, 0x61, 1, 0x62, 2, 3, 1, 2)
  const bytes = Uint8Array.from([...HEADER, ...memoryImport, ...section(5, 0)])
  assert.equal(prepare(bytes).main, bytes)
})

test('numbers padded to five bytes', () => {
  const padded = (value: number) => [0x80 | value, 0x80, 0x80, 0x80, 0x00]
  const { memory, thread } = prepare(
    Uint8Array.from([
      ...[...HEADER, 5, ...padded(8), 1, 3, ...padded(1), 2],
      ...[11, ...padded(19), ...padded(1), ...padded(0), 0x41, ...padded(3), 0x0b, 1, 0x78],
    ]),
  )
  assert.deepEqual(memory, { module: 'env', name: 'memory', initial: 1, maximum: 2, shared: true })
  assert.deepEqual([...sectionsOf(thread).at(-1)!.content], [1, 1, 0])
})

test('a table with an initial value, and a segment that names its memory', () => {
  // Node.js 20 does not know such tables.
  const prepared = prepareForThreads(
    Uint8Array.from([
      ...[...HEADER, ...section(4, 1, 0x40, 0, 0x70, 0, 1, 0xd0, 0x70, 0x0b), ...SHARED_MEMORY],
      ...section(11, 2, 2, 0, 0x41, 5, 0x0b, 2, 0x78, 0x79, 1, 1, 0x7a),
    ]),
  )
  assert.equal(prepared.table, 'berth:table')
  assert.deepEqual([...sectionsOf(prepared.thread).at(-1)!.content], [2, 1, 0, 1, 1, 0x7a])
})

const [END, I32_CONST] = [0x0b, 0x41]
/** Whatever the engine takes or not yet: the segment behind each must be found. */
const EXPRESSIONS: readonly (readonly [name: string, ...bytes: number[]])[] = [
  ['i32.const', I32_CONST, END],
  ['i32.const of five bytes', I32_CONST, 0x8b, 0x8b, 0x8b, 0x8b, 0x0b],
  ['global.get', 0x23, END],
  ['i32.add', I32_CONST, END, 0x23, END, 0x6a],
  ['i32.sub and i32.mul', I32_CONST, 1, I32_CONST, END, I32_CONST, END, 0x6b, 0x6c],
  ['i64 operators', 0x42, END, 0x42, 1, 0x7c, 0x42, END, 0x7d, 0x42, 1, 0x7e],
  ['f32.const', 0x43, END, END, END, END],
  ['f64.const', 0x44, END, END, END, END, END, END, END, END],
  ['v128.const', 0xfd, 12, ...Array<number>(16).fill(END)],
  ['ref.null', 0xd0, 0x70],
  ['ref.null of a type of two bytes', 0xd0, 0x8b, 0x0b],
  ['ref.func', 0xd2, END],
  ['struct.new', I32_CONST, END, 0xfb, 0, END],
  ['struct.new_default', 0xfb, 1, END],
  ['array.new', 0xfb, 6, END],
  ['array.new_default', 0xfb, 7, END],
  ['array.new_fixed', 0xfb, 8, END, END],
  ['ref.i31', I32_CONST, END, 0xfb, 28],
  ['any.convert_extern', 0xd0, 0x6f, 0xfb, 26],
]
for (const [name, ...bytes] of EXPRESSIONS) {
  test(`behind an expression with ${name}, everything is found`, () => {
    const global = section(6, 2, 0x7f, 0, ...bytes, END, 0x7f, 0, I32_CONST, 7, END)
    const exports = section(7, 1, 11, ...Buffer.from('__heap_base'), 3, 1)
    const data = section(11, 2, 0, ...bytes, END, 1, 0x78, 1, 1, 0x79)
    const binary = Uint8Array.from([...HEADER, ...SHARED_MEMORY, ...global, ...exports, ...data])
    const { heapBase, thread } = prepareForThreads(binary)
    assert.equal(heapBase, 7)
    assert.deepEqual([...sectionsOf(thread).at(-1)!.content], [2, 1, 0, 1, 1, 0x79])
  })
}

for (const [name, ...bytes] of [
  ['two defined memories', ...section(5, 2, 3, 1, 2, 3, 1, 2)],
  ['two imported memories', ...section(2, 2, 1, 97, 1, 97, 2, 3, 1, 2, 1, 97, 1, 98, 2, 3, 1, 2)],
  ['an imported and a defined memory', ...section(2, 1, 1, 97, 1, 97, 2, 3, 1, 2), ...SHARED_MEMORY],
  ['a memory of 64-bit addresses', ...section(5, 1, 7, 1, 2)],
  ['an imported memory of 64-bit addresses', ...section(2, 1, 1, 97, 1, 97, 2, 7, 1, 2)],
  ['a memory of small pages', ...section(5, 1, 0xb, 1, 2, 0)],
] as const) {
  test(`${name}: not supported`, () => {
    assert.throws(() => prepareForThreads(Uint8Array.from([...HEADER, ...bytes])), LoadError)
  })
}

// ---- Real programs.

const THREADED_PROGRAM = `
  static int counter = 40;
  static int twice(int x) { return 2 * x; }
  static int thrice(int x) { return 3 * x; }
  static int (*volatile operation)(int) = twice;
  #define EXPORT(name) __attribute__((export_name(#name)))
  EXPORT(choose) void choose(int n) { operation = n == 2 ? twice : thrice; }
  EXPORT(stack) int stack(void) { volatile char room[64]; room[0] = 1; return (int)room; }
  EXPORT(add) int add(int times) {
    for (int i = 0; i < times; i++) __atomic_fetch_add(&counter, 1, __ATOMIC_SEQ_CST);
    return counter;
  }
  EXPORT(apply) int apply(int x) { return operation(x); }`

const directory = mkdtempSync(join(tmpdir(), 'berth-prepare-'))
after(() => rmSync(directory, { recursive: true }))

async function threadedProgram(...linkerFlags: string[]): Promise<Uint8Array> {
  const flags = ['--target=wasm32-unknown-unknown', '-O2', '-pthread', '-matomics', '-mbulk-memory', '-nostdlib']
  const linking = ['--shared-memory', '--max-memory=1048576', '--no-entry', ...linkerFlags].map((flag) => `-Wl,${flag}`)
  const sources = [join(directory, 'threaded.c')]
  writeFileSync(sources[0]!, THREADED_PROGRAM)
  return readFileSync(await compileGuest({ sources, withGuestLibrary: false, flags: [...flags, ...linking] }))
}

test('a C program with shared memory, as made for lib-pthread: four workers', { timeout: 30_000 }, async () => {
  const prepared = prepare(await threadedProgram('--export=__heap_base', '--export=__data_end'))
  const { stackPointer, heapBase, table } = prepared
  assert.ok(stackPointer !== undefined && heapBase !== undefined && table !== undefined)
  assert.equal(stackPointer.name, 'berth:stack_pointer')
  assert.ok(stackPointer.initial >= 65536 && stackPointer.initial <= heapBase)
  const memory = createMemory(prepared)
  const imports = { env: { memory } }
  const main = new WebAssembly.Instance(new engine.Module(prepared.main), imports).exports as Exports
  assert.equal(main.add(0), 40)
  assert.equal(main.apply(7), 14)
  main.choose(3)
  const run = `
    const { parentPort, workerData: { module, memory, name, stack } } = require('node:worker_threads')
    const { exports } = new WebAssembly.Instance(module, { env: { memory } })
    exports[name].value = stack
    exports.add(10000)
    parentPort.postMessage([exports.apply(7), exports.stack()])`
  const module = new engine.Module(prepared.thread)
  const stacks = [1, 2, 3, 4].map((i) => stackPointer.initial - 1024 * i)
  const results = await Promise.all(
    stacks.map(
      (stack) =>
        new Promise((resolve, reject) => {
          const workerData = { module, memory, name: stackPointer.name, stack }
          new Worker(run, { eval: true, workerData }).on('message', resolve).on('error', reject)
        }),
    ),
  )
  // 64 bytes below each stack's top.
  assert.deepEqual(
    results,
    stacks.map((stack) => [21, stack - 64]),
  )
  assert.equal(main.add(0), 40_040)
})

test('the same program with an imported memory, as made for wasi-threads', async () => {
  const prepared = prepare(await threadedProgram('--import-memory', '--export-memory'))
  assert.equal(prepared.memory?.name, 'memory')
  assert.equal(prepared.stackPointer, undefined)
  const imports = { env: { memory: createMemory(prepared) } }
  const [main, thread] = [prepared.main, prepared.thread].map(
    (bytes) => new WebAssembly.Instance(new engine.Module(bytes), imports).exports as Exports,
  )
  assert.deepEqual([main!.add(1), thread!.add(1), main!.add(1)], [41, 42, 43])
})

test('a large C program, whose memory is not shared', async () => {
  // As in oracle.test.ts, so that it is compiled once.
  const flags = ['-std=gnu11', '-O1', '-Wall', '-Wextra']
  const sources = [join(ROOT, 'test/oracle/programs/resolve_hints.c')]
  const includeDirs = [join(ROOT, 'test/oracle/')]
  const bytes = readFileSync(await compileGuest({ sources, flags, includeDirs, warningsAreErrors: true }))
  const { memory, main, thread, table } = prepare(bytes)
  assert.equal(memory?.shared, false)
  assert.ok(main.length > 20_000)
  assert.ok(thread.length < main.length - 1000, 'no data')
  assert.equal(table, 'berth:table')
})

test('every module in the texts of the tests, and of every program that was compiled', () => {
  let count = 0
  for (const path of readdirSync(join(ROOT, 'test'), { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('.ts')) continue
    for (const wat of modulesIn(readFileSync(join(ROOT, 'test', path), 'utf8'))) {
      let bytes: Uint8Array
      try {
        bytes = assemble(wat)
        new engine.Module(bytes)
      } catch {
        continue // a part of a text, or wrong on purpose
      }
      prepare(bytes)
      count++
    }
  }
  assert.ok(count >= 20, `${count} modules`)
  const cache = join(ROOT, 'build/guest-cache')
  // One of each program. What has `.part-` in its name, another test is about to fill.
  const folders = readdirSync(cache).filter((name) => !name.includes('.part-'))
  for (const folder of new Map(folders.map((name) => [name.replace(/-[^-]*$/, ''), name])).values()) {
    for (const name of readdirSync(join(cache, folder))) {
      if (name.endsWith('.wasm')) prepare(readFileSync(join(cache, folder, name)))
    }
  }
})

/** The balanced pieces of a source that begin like a module. */
function modulesIn(source: string): string[] {
  const found: string[] = []
  for (const { index } of source.matchAll(/\(module\b/g)) {
    let depth = 0
    for (let end = index; end < source.length; end++) {
      if (source[end] === '(') depth++
      if (source[end] === ')' && --depth === 0) {
        found.push(source.slice(index, end + 1))
        break
      }
    }
  }
  return found
}

// ---- Random modules.

const SEED = Number(process.env.FUZZ_SEED ?? 1)
const MODULES = 300

function randomModule(random: Random): string {
  const some = (most: number, parts: readonly string[]) =>
    Array.from({ length: random.below(most + 1) }, () => random.pick(parts)).join('\n')
  const memory = random.pick(['(memory 1 1 shared)', '(memory (export "memory") 2 300 shared)', '(memory 1)'])
  const isImported = random.below(3) === 0
  const name = (): string => random.pick(['f', 'memory', "memory'", 'x'.repeat(random.below(200))])
  const importOf = (what: string) => `(import "${random.pick(['env', 'm'])}" "${name()}" ${what})`
  const imports = [
    importOf('(func)'),
    importOf('(func (param i64 f32) (result f64))'),
    importOf('(global i32)'),
    importOf('(global (mut i64))'),
    importOf('(table 20 funcref)'),
    importOf('(tag (param i32))'),
  ]
  const globals = ['i32', 'i64', 'f32', 'f64'].flatMap((type) => [
    `(global ${type} (${type}.const ${random.below(2000)}))`,
    `(global (mut ${type}) (${type}.const ${random.u32()}))`,
    `(global (mut ${type}) (${type}.const ${random.below(2000)}))`,
  ])
  const number = random.below(4)
  const offset = () => {
    const value = `(i32.const ${random.below(65_000)})`
    return random.pick([
      value,
      value,
      `(offset (i32.sub ${value} (i32.mul (i32.const 0) (i32.const ${random.u32()}))))`,
    ])
  }
  const segments = Array.from({ length: number }, (_, i) => {
    const bytes = String.fromCharCode(97 + i).repeat(random.pick([0, 1, random.below(300)]))
    return random.pick([`(data "${bytes}")`, `(data ${offset()} "${bytes}")`, `(data ${offset()} "${bytes}")`])
  })
  const uses = Array.from({ length: random.below(number + 1) }, (_, i) =>
    random.pick([`(data.drop ${i})`, `(memory.init ${i} (i32.const 0) (i32.const 0) (i32.const 0))`]),
  )
  return `(module
    ${some(6, imports)}
    ${isImported ? `(import "env" "the memory" ${memory.replace(/\(export "memory"\)/, '')})` : ''}
    ${isImported ? '' : memory}
    (table ${random.pick(['', '(export "t")', '(export "berth:table")'])} 30 funcref)
    ${some(1, ['(tag)'])}
    ${some(8, globals)}
    ${some(1, ['(global (export "__heap_base") i32 (i32.const 1024))', '(global (export "__heap_base") i32 (i32.const -1))'])}
    ${some(1, ['(global (export "__data_end") i32 (i32.const 512))', '(global (export "__data_end") i64 (i64.const 512))'])}
    (func $own ${uses.join(' ')})
    ${some(1, ['(start $own)'])}
    ${some(1, ['(func (export "berth:stack_pointer"))', '(func (export "f"))'])}
    ${some(3, ['(elem (i32.const 0) $own)', '(elem func $own)', '(elem declare func $own)'])}
    ${segments.join('\n')})`
}

test(`${MODULES} random modules: the first instance finds the memory that the original makes, a thread leaves it`, () => {
  const random = new Random(SEED)
  let instances = 0
  for (let i = 0; i < MODULES; i++) {
    const wat = randomModule(random)
    const bytes = assemble(wat, { write_debug_names: random.below(2) === 0 })
    try {
      const prepared = prepare(bytes)
      if (engine.Module.imports(new engine.Module(prepared.main)).length > 1) continue
      instances++
      const { module, name } = prepared.memory!
      const memoryAfter = (binary: Uint8Array, memory: WebAssembly.Memory) => {
        new WebAssembly.Instance(new engine.Module(binary), { [module]: { [name]: memory } })
        return Buffer.from(memory.buffer).toString('latin1')
      }
      const memory = createMemory(prepared)
      const afterMain = memoryAfter(prepared.main, memory)
      assert.equal(
        memoryAfter(bytes, createMemory(prepared)),
        importsMemory(bytes) ? afterMain : '\0'.repeat(afterMain.length),
      )
      new Uint8Array(memory.buffer).fill(0x21)
      assert.equal(memoryAfter(prepared.thread, memory), '!'.repeat(afterMain.length))
    } catch (error) {
      throw new Error(`FUZZ_SEED=${SEED}, module ${i}: ${wat}`, { cause: error })
    }
  }
  assert.ok(instances > 10, `${instances} instances`)
})

function importsMemory(bytes: Uint8Array): boolean {
  return engine.Module.imports(new engine.Module(bytes)).some(({ kind }) => kind === 'memory')
}
