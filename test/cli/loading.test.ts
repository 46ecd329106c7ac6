/** From a file to a running program: what is no module, what does not link, and where a program starts. */
import assert from 'node:assert/strict'
import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { assemble, directory, file, iwasm, lines, run, wasm } from './harness.ts'

const OK = { exit: 0, stdout: '', stderr: '' }
const MEMORY = '(memory (export "memory") 1)'

/** `_start` that ends with the exit code `code`, so that it shows that it ran. */
function exitsWith(code: string, imports = '', fields = MEMORY): string {
  return `(module (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32))) ${imports} ${fields}
    (func (export "_start") (call $proc_exit ${code})))`
}

const HEADER = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)
const whole = assemble(exitsWith('(i32.const 0)'))

mkdirSync(join(directory, 'a-directory'))

/** Each one line on stderr and exit code 255, as the original's for what cannot be loaded. */
const NO_MODULES: readonly (readonly [name: string, path: string, says: RegExp])[] = [
  ['a missing file', join(directory, 'absent.wasm'), /open file .*absent\.wasm failed/],
  ['an empty name', '', /open file .* failed/],
  ['a name with a control character', 'a\nb', /open file a\\x0ab failed/],
  ['a path through a file', `${file('x')}/m.wasm`, /open file .* failed/],
  ['a name longer than names are', 'x'.repeat(300), /open file x+ failed/],
  ['a directory', join(directory, 'a-directory'), /magic header not detected/],
  ['an empty file', file(''), /unexpected end/],
  ['a file of one byte', file(HEADER.subarray(0, 1)), /unexpected end/],
  ['the magic number alone', file(HEADER.subarray(0, 4)), /unexpected end/],
  ['a header that is cut', file(HEADER.subarray(0, 7)), /unexpected end/],
  ['a module that is cut in its last section', file(whole.subarray(0, whole.length - 1)), /WASM module load failed: /],
  ['a module that is cut in the middle', file(whole.subarray(0, whole.length >> 1)), /WASM module load failed: /],
  ['a text', file('#!/bin/sh\necho hello\n'), /magic header not detected/],
  ['one byte that is not the magic number', file('x'), /magic header not detected/],
  ['the text format', file('(module)'), /magic header not detected/],
  ['an ahead-of-time compiled file', file('\0aot\x05\0\0\0'), /ahead-of-time/],
  [
    'another version of the format',
    file(Uint8Array.of(...HEADER.subarray(0, 4), 2, 0, 0, 0)),
    /WASM module load failed: .*version/,
  ],
  ['a component', file(Uint8Array.of(...HEADER.subarray(0, 4), 0x0d, 0, 1, 0)), /WASM module load failed: /],
  ['a module that does not validate', file(Uint8Array.of(...HEADER, 1, 1, 0xff)), /WASM module load failed: /],
]
describe('what is no module', () => {
  for (const [name, path, says] of NO_MODULES) {
    test(name, async () => {
      const { exit, stdout, stderr } = await iwasm([path])
      assert.deepEqual([exit, stdout], [255, ''])
      assert.equal(lines(stderr).length, 1, stderr)
      assert.match(stderr, says)
      assert.match(stderr, /^iwasm: /)
    })
  }

  const isRoot = process.getuid?.() === 0 && 'root may read every file'
  test('a file that may not be read', { skip: isRoot }, async () => {
    const path = file('x')
    chmodSync(path, 0)
    assert.match((await iwasm([path])).stderr, /failed \(EACCES\)/)
  })

  test('berth says its own name', async () => {
    const { exit, stderr } = await run('berth', ['run', join(directory, 'absent.wasm')])
    assert.equal(exit, 255)
    assert.match(stderr, /^berth: /)
  })
})

function warning(module: string, name: string): string {
  return `iwasm: warning: failed to link import function (${module}, ${name})\n`
}
function unlinked(module: string, name: string): string {
  return `Exception: failed to call unlinked import function (${module}, ${name})\n`
}

/** Functions that nothing provides. Names as they stand in WebAssembly text, and as they are shown. */
const UNLINKED: readonly (readonly [module: string, name: string, type: string, shown?: readonly [string, string]])[] =
  [
    ['env', 'missing', ''],
    ['env', 'printf', '(param i32 i32) (result i32)'],
    ['wasi_snapshot_preview1', 'sock_frobnicate', '(param i32) (result i32)'],
    ['wasi_snapshot_preview1', 'fd_write', '(param i32) (result i32)'], // known, and of another type
    ['wasi_snapshot_preview1', 'sock_accept', '(param i32 i32) (result i32)'], // of very old modules
    ['wasi_snapshot_preview1', 'fd_seek', '(param i32 i32 i32 i32) (result i32)'],
    ['wasi_snapshot_preview1', 'sched_yield', ''],
    ['wasi_snapshot_preview1', 'sched_yield', '(result i64)'],
    ['wasi_snapshot_preview1', 'sched_yield', '(result i32 i32)'],
    ['wasi_snapshot_preview1', 'sched_yield', '(result externref)'],
    ['wasi_snapshot_preview1', '', ''],
    ['wasi_snapshot_preview1', '_', ''],
    ['wasi_snapshot_preview1', '__sched_yield', '(result i32)'], // one _ is left out, not two
    ['wasi_snapshot_preview2', 'sched_yield', '(result i32)'],
    ['wasi', 'sched_yield', '(result i32)'],
    ['env', 'sched_yield', '(result i32)'],
    ['', 'sched_yield', '(result i32)'],
    ['wasi', 'thread-spawn', '(param i64) (result i32)'],
    ['__proto__', '__proto__', ''],
    ['constructor', 'prototype', ''],
    ['toString', 'valueOf', ''],
    ['wasi_snapshot_preview1', '__proto__', ''],
    ['wasi_snapshot_preview1', 'toString', '(result i32)'],
    ['wasi_snapshot_preview1', 'constructor', ''],
    ['wasi_snapshot_preview1', 'hasOwnProperty', '(param i32) (result i32)'],
    ['a\\0ab', '\\1b[31m', '', ['a\\x0ab', '\\x1b[31m']],
    ['b\\c3\\bc', '\\e2\\82\\ac', '', ['bü', '€']],
  ]
describe('a function that nothing provides', () => {
  for (const [module, name, type, shown = [module, name] as const] of UNLINKED) {
    const results = /\(result ([^)]*)\)/.exec(type)?.[1]?.split(' ') ?? []
    const parameters = /\(param ([^)]*)\)/.exec(type)?.[1]?.split(' ') ?? []
    const call = `(call $f ${parameters.map((t) => `(${t}.const 0)`).join(' ')}) ${results.map(() => 'drop').join(' ')}`
    test(`(${shown}) ${type}: a warning, the program runs, and a call of it ends the program`, async () => {
      const field = `(import "${module}" "${name}" (func $f ${type}))`
      assert.deepEqual(await iwasm([wasm(exitsWith('(i32.const 7)', field))]), {
        exit: 7,
        stdout: '',
        stderr: warning(...shown),
      })
      const called = wasm(`(module ${field} ${MEMORY} (func (export "_start") ${call}))`)
      assert.deepEqual(await iwasm([called]), { exit: 1, stdout: '', stderr: warning(...shown) + unlinked(...shown) })
    })
  }

  test('-v=1 silences the warning and not the end', async () => {
    const path = wasm(`(module (import "env" "x" (func $x)) ${MEMORY} (func (export "_start") (call $x)))`)
    assert.equal((await iwasm(['-v=1', path])).stderr, unlinked('env', 'x'))
  })

  test('one with a vector parameter ends the program like any other', async () => {
    const call = '(call $x (v128.const i32x4 1 2 3 4))'
    const path = wasm(`(module (import "env" "x" (func $x (param v128))) ${MEMORY} (func (export "_start") ${call}))`)
    const { exit, stdout, stderr } = await iwasm(['-v=1', path])
    assert.deepEqual([exit, stdout], [1, ''])
    // The engine refuses such a call before it is made; its words will do.
    assert.match(stderr, /^Exception: [^\n]+\n$/)
  })

  test('a name that begins with a byte order mark is a name like any other', async () => {
    const path = wasm(exitsWith('(i32.const 7)', '(import "\\ef\\bb\\bfm" "\\ef\\bb\\bff" (func))'))
    const { exit, stderr } = await iwasm([path])
    assert.equal(exit, 7)
    assert.equal(lines(stderr).length, 1)
    assert.match(stderr, /^iwasm: warning: failed to link import function \(/)
    const start = wasm(`(module ${MEMORY} (func (export "\\ef\\bb\\bf_start") unreachable))`)
    assert.match((await iwasm([start])).stderr, /^Exception: lookup the entry point symbol/, 'and is not _start')
  })

  test('the same import once of the right type and once of another: each is what its type says', async () => {
    for (const [first, second] of [
      ['(func $right (result i32))', '(func $wrong)'],
      ['(func $wrong)', '(func $right (result i32))'],
    ] as const) {
      const imports = [first, second].map((f) => `(import "wasi_snapshot_preview1" "sched_yield" ${f})`).join(' ')
      const right = wasm(`(module ${imports} ${MEMORY} (func (export "_start") (drop (call $right))))`)
      assert.equal((await iwasm(['-v=1', right])).stderr, '')
      const wrong = wasm(`(module ${imports} ${MEMORY} (func (export "_start") (call $wrong)))`)
      assert.equal((await iwasm(['-v=1', wrong])).stderr, unlinked('wasi_snapshot_preview1', 'sched_yield'))
    }
  })
})

describe('names that link', () => {
  for (const [module, name] of [
    ['wasi_snapshot_preview1', 'sched_yield'],
    ['wasi_unstable', 'sched_yield'],
    ['wasi_snapshot_preview1', '_sched_yield'],
    ['wasi_unstable', '_sched_yield'],
  ] as const) {
    test(`${module} ${name}`, async () => {
      const path = wasm(exitsWith('(call $f)', `(import "${module}" "${name}" (func $f (result i32)))`))
      assert.deepEqual(await iwasm([path]), OK)
    })
  }

  test('_sock_open is sock_open', async () => {
    const sockOpen = '(import "wasi_unstable" "_sock_open" (func $f (param i32 i32 i32 i32) (result i32)))'
    const code = '(i32.add (call $f (i32.const -1) (i32.const 0) (i32.const 1) (i32.const 0)) (i32.load (i32.const 0)))'
    assert.deepEqual(await iwasm([wasm(exitsWith(code, sockOpen))]), { ...OK, exit: 3 })
  })

  test('the same function imported several times', async () => {
    const twice = ['$a', '$b', '$c'].map(
      (f) => `(import "wasi_snapshot_preview1" "sched_yield" (func ${f} (result i32)))`,
    )
    const code = '(i32.add (call $a) (i32.add (call $b) (call $c)))'
    assert.deepEqual(await iwasm([wasm(exitsWith(code, twice.join(' ')))]), OK)
  })

  test('an imported function that is exported again', async () => {
    const path = wasm(
      `(module (import "wasi_snapshot_preview1" "sched_yield" (func $f (result i32))) ${MEMORY} (export "f" (func $f)))`,
    )
    assert.deepEqual(await iwasm(['-f', 'f', path]), { ...OK, stdout: '0x0:i32\n' })
  })
})

describe('an import that must be there', () => {
  for (const [kind, field] of [
    ['global', '(import "env" "x" (global i32))'],
    ['global', '(import "wasi_snapshot_preview1" "x" (global (mut i64)))'],
    ['table', '(import "env" "x" (table 1 funcref))'],
    ['memory', '(import "other" "x" (memory 1))'],
    ['tag', '(import "env" "x" (tag (param i32)))'],
  ] as const) {
    test(`${field} stops the program before it starts`, async () => {
      const memory = kind === 'memory' ? '' : MEMORY
      const module = /"(.*?)"/.exec(field)![1]
      const { exit, stdout, stderr } = await iwasm([wasm(exitsWith('(i32.const 0)', field, memory))])
      assert.deepEqual([exit, stdout], [255, ''])
      assert.equal(stderr, `iwasm: WASM module instantiate failed: failed to link import ${kind} (${module}, x)\n`)
    })
  }
})

describe('memory', () => {
  for (const module of ['env', '', 'wasi_snapshot_preview1', 'wasi_unstable']) {
    test(`imported from "${module}" it is made as declared, with its data, and host functions use it`, async () => {
      const imports = `(import "${module}" "anything" (memory 2 3))
        (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))`
      // 2 pages are there, the third can be had, a fourth cannot; the data is in place; the host reaches the last byte.
      const code = `(i32.add (i32.add
        (i32.mul (i32.const 100) (i32.ne (memory.grow (i32.const 1)) (i32.const 2)))
        (i32.mul (i32.const 50) (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
        (i32.add (i32.load8_u (i32.const 131071)) (call $random (i32.const 0) (i32.const 196608))))`
      const fields = '(export "memory" (memory 0)) (data (i32.const 131071) "\\07")'
      const exported = wasm(exitsWith(code, imports, fields))
      assert.deepEqual(await iwasm([exported]), { ...OK, exit: 7 })
      const notExported = wasm(exitsWith(code, imports, '(data (i32.const 131071) "\\07")'))
      assert.deepEqual(await iwasm([notExported]), { ...OK, exit: 7 })
    })
  }

  test('shared memory, imported or own', async () => {
    const random = '(import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))'
    const code = '(call $random (i32.const 0) (i32.const 65536))'
    const imported = exitsWith(
      code,
      `${random} (import "env" "memory" (memory 1 2 shared))`,
      '(export "memory" (memory 0))',
    )
    assert.deepEqual(await iwasm([wasm(imported)]), OK)
    assert.deepEqual(await iwasm([wasm(exitsWith(code, random, '(memory (export "memory") 1 2 shared)'))]), OK)
  })

  for (const [name, fields] of [
    ['none at all', ''],
    ['one that is not exported', '(memory 1)'],
    ['one exported under another name', '(memory (export "mem") 1)'],
    ['something else exported as memory', '(memory 1) (func (export "memory"))'],
  ] as const) {
    test(`a program with ${name} is not run`, async () => {
      const says = 'iwasm: WASM module load failed: a module with WASI apis must export memory by default\n'
      const failed = { exit: 255, stdout: '', stderr: says }
      assert.deepEqual(await iwasm([wasm(exitsWith('(i32.const 0)', '', fields))]), failed)
      assert.deepEqual(await iwasm([wasm(`(module ${fields} (func (export "_start")))`)]), failed)
    })
  }

  test('a module without WASI needs no memory', async () => {
    assert.deepEqual(await iwasm(['-f', 'f', wasm('(module (func (export "f")))')]), { ...OK, stdout: '\n' })
    assert.deepEqual(await iwasm([wasm('(module (func (export "main")))')]), OK)
  })

  test('data that does not fit stops the program before it starts', async () => {
    const path = wasm(exitsWith('(i32.const 0)', '', `${MEMORY} (data (i32.const 65536) "x")`))
    const { exit, stdout, stderr } = await iwasm([path])
    assert.deepEqual([exit, stdout], [255, ''])
    assert.equal(lines(stderr).length, 1)
    assert.match(stderr, /^iwasm: WASM module instantiate failed: /)
  })
})

const FAULT = 21

describe('the start function', () => {
  test('runs before memory is known to the host: a pointer is a fault, a call without one works', async () => {
    const path = wasm(`(module
      (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
      (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
      (import "wasi_snapshot_preview1" "sched_yield" (func $yield (result i32)))
      ${MEMORY} (global $errno (mut i32) (i32.const 0))
      (func $start (global.set $errno (i32.add (call $random (i32.const 0) (i32.const 4)) (call $yield))))
      (start $start)
      (func (export "_start") (call $proc_exit (i32.add (global.get $errno) (call $random (i32.const 0) (i32.const 4))))))`)
    assert.deepEqual(await iwasm([path]), { ...OK, exit: FAULT })
  })

  test('with imported memory everything works', async () => {
    const path = wasm(`(module
      (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
      (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
      (import "env" "memory" (memory 1)) (export "memory" (memory 0)) (global $errno (mut i32) (i32.const 9))
      (func $start (global.set $errno (call $random (i32.const 0) (i32.const 4)))) (start $start)
      (func (export "_start") (call $proc_exit (global.get $errno))))`)
    assert.deepEqual(await iwasm([path]), OK)
  })

  test('a trap in it is a trap', async () => {
    const path = wasm(`(module ${MEMORY} (func $start unreachable) (start $start) (func (export "_start")))`)
    assert.deepEqual(await iwasm([path]), { exit: 1, stdout: '', stderr: 'Exception: unreachable\n' })
  })
})

const EXIT = '(import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))'

describe('the entry point', () => {
  for (const [name, field] of [
    ['a parameter', '(func (export "_start") (param i32))'],
    ['a result', '(func (export "_start") (result i32) (i32.const 0))'],
    ['being a global', '(global (export "_start") i32 (i32.const 0))'],
    ['being a table', '(table (export "_start") 1 funcref)'],
  ] as const) {
    test(`_start with ${name} is refused`, async () => {
      const { exit, stdout, stderr } = await iwasm([wasm(`(module ${MEMORY} ${field})`)])
      assert.deepEqual([exit, stdout], [255, ''])
      assert.match(stderr, /^iwasm: WASM module load failed: _start must be a function[^\n]*\n$/)
    })
  }

  test('none: a trap that names what was looked for', async () => {
    for (const fields of ['', '(func (export "Main"))', '(global (export "main") i32 (i32.const 0))']) {
      assert.deepEqual(await iwasm([wasm(`(module ${MEMORY} ${fields})`)]), {
        exit: 1,
        stdout: '',
        stderr: 'Exception: lookup the entry point symbol (like _start, main, __main_argc_argv, _main) failed\n',
      })
    }
  })

  const all = ['_start', 'main', '__main_argc_argv', '_main']
  for (const [i, name] of all.entries()) {
    test(`${name} is taken before ${all.slice(i + 1).join(' and ') || 'nothing'}`, async () => {
      const functions = all.slice(i).map((n, k) => `(func (export "${n}") (call $proc_exit (i32.const ${i + k + 1})))`)
      // In the other order in the module, so that it is the name that decides.
      const path = wasm(`(module ${EXIT} ${MEMORY} ${functions.reverse().join(' ')})`)
      assert.deepEqual(await iwasm([path]), { ...OK, exit: i + 1 })
    })
  }

  test("the result of main is dropped, as the original's is", async () => {
    const path = wasm(`(module ${MEMORY} (func (export "main") (result i32) (i32.const 7)))`)
    assert.deepEqual(await iwasm([path]), OK)
  })

  /** Allocates upwards from 4096 and remembers nothing. */
  const MALLOC = '(func (export "malloc") (param i32) (result i32) (i32.const 4096))'

  test('main(argc, argv) gets its arguments through malloc, with a NULL behind the last', async () => {
    // Exits with argc + 10 * the first byte of argv[2] being 'z' + 100 * argv[argc] being NULL.
    const path = wasm(`(module ${EXIT} ${MEMORY} ${MALLOC} (data (i32.const 4096) "${'\\ff'.repeat(200)}")
      (func (export "main") (param i32 i32) (result i32)
        (call $proc_exit (i32.add (local.get 0) (i32.add
          (i32.mul (i32.const 10) (i32.eq (i32.const 122) (i32.load8_u (i32.load offset=8 (local.get 1)))))
          (i32.mul (i32.const 100) (i32.eqz (i32.load offset=16 (local.get 1))))))) (i32.const 0)))`)
    assert.deepEqual(await iwasm([path, 'a', 'zü', '']), { ...OK, exit: 4 + 10 + 100 })
  })

  for (const [name, malloc] of [
    ['no malloc', ''],
    ['a malloc of another type', '(func (export "malloc") (param i64) (result i32) (i32.const 4096))'],
    ['a malloc that has nothing left', '(func (export "malloc") (param i32) (result i32) (i32.const 0))'],
    [
      'a malloc that answers an address behind memory',
      '(func (export "malloc") (param i32) (result i32) (i32.const 65535))',
    ],
    ['a malloc that answers -1', '(func (export "malloc") (param i32) (result i32) (i32.const -1))'],
  ] as const) {
    test(`main(argc, argv) with ${name} is not called`, async () => {
      const path = wasm(`(module ${MEMORY} ${malloc} (func (export "main") (param i32 i32) (result i32) unreachable))`)
      const { exit, stdout, stderr } = await iwasm([path])
      assert.deepEqual([exit, stdout], [1, ''])
      assert.match(stderr, /^Exception: allocate memory failed[^\n]*\n$/)
    })
  }

  test('main with any other parameters is not called', async () => {
    for (const parameters of ['i32', 'i64 i32', 'i32 i32 i32', 'f64']) {
      const path = wasm(`(module ${MEMORY} ${MALLOC} (func (export "main") (param ${parameters}) unreachable))`)
      const { exit, stderr } = await iwasm([path])
      assert.equal(exit, 1)
      assert.match(stderr, /^Exception: the entry point main takes neither [^\n]*\n$/)
    }
  })

  const INITIALIZE = `(global $g (mut i32) (i32.const 0))
    (func (export "_initialize") (global.set $g (i32.add (global.get $g) (i32.const 1))))`

  test('a reactor is initialized once before its main and before a function called with -f', async () => {
    const main = wasm(
      `(module ${EXIT} ${MEMORY} ${INITIALIZE} (func (export "main") (call $proc_exit (global.get $g))))`,
    )
    assert.deepEqual(await iwasm([main]), { ...OK, exit: 1 })
    const library = wasm(`(module ${MEMORY} ${INITIALIZE} (func (export "g") (result i32) (global.get $g)))`)
    assert.deepEqual(await iwasm(['-f', 'g', library]), { ...OK, stdout: '0x1:i32\n' })
  })

  test('a command is not initialized as a reactor', async () => {
    const path = wasm(
      `(module ${EXIT} ${MEMORY} ${INITIALIZE} (func (export "_start") (call $proc_exit (global.get $g))))`,
    )
    assert.deepEqual(await iwasm([path]), OK)
  })

  test('a trap in _initialize ends the program before its main', async () => {
    const path = wasm(`(module ${EXIT} ${MEMORY} (func (export "_initialize") unreachable)
      (func (export "main") (call $proc_exit (i32.const 5))))`)
    assert.deepEqual(await iwasm([path]), { exit: 1, stdout: '', stderr: 'Exception: unreachable\n' })
  })
})
