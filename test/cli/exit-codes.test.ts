/** How programs end: exit codes, the reasons of traps in the original's words, `-f` and `--repl`. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { finish, HANG_MS, iwasm, start, untilShown, wasm } from './harness.ts'

const EXIT = '(import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))'
const RAISE = '(import "wasi_snapshot_preview1" "proc_raise" (func $proc_raise (param i32) (result i32)))'

/** @param body of `_start`; @param fields further parts of the module */
function startBody(body: string, fields = ''): string {
  return wasm(`(module ${EXIT} ${RAISE} (memory (export "memory") 1) ${fields} (func (export "_start") ${body}))`)
}

describe('proc_exit', () => {
  for (const [code, exit] of [
    [0, 0],
    [1, 1],
    [7, 7],
    [126, 126],
    [255, 255],
    [256, 0],
    [257, 1],
    [-1, 255],
    [-2147483648, 0],
    [2147483647, 255],
  ] as const) {
    test(`proc_exit(${code}) ends the process with ${exit} and prints nothing`, async () => {
      const path = startBody(`(call $proc_exit (i32.const ${code})) unreachable`)
      assert.deepEqual(await iwasm([path]), { exit, stdout: '', stderr: '' })
    })
  }

  test('_start that returns is exit code 0', async () => {
    assert.deepEqual(await iwasm([startBody('')]), { exit: 0, stdout: '', stderr: '' })
  })

  test('proc_exit ends the process from a start function, too', async () => {
    const path = wasm(`(module ${EXIT} (memory (export "memory") 1)
      (func $start (call $proc_exit (i32.const 9))) (start $start) (func (export "_start") unreachable))`)
    assert.deepEqual(await iwasm([path]), { exit: 9, stdout: '', stderr: '' })
  })
})

const TABLE = '(type $v (func)) (table 4 funcref) (func $one (param i32)) (elem (i32.const 0) $one)'

const TRAPS: readonly (readonly [name: string, body: string, reason: string, fields?: string])[] = [
  ['unreachable', 'unreachable', 'unreachable'],
  ['i32.div_s by zero', '(drop (i32.div_s (i32.const 1) (i32.const 0)))', 'integer divide by zero'],
  ['i32.rem_u by zero', '(drop (i32.rem_u (i32.const 1) (i32.const 0)))', 'integer divide by zero'],
  ['i64.div_u by zero', '(drop (i64.div_u (i64.const 1) (i64.const 0)))', 'integer divide by zero'],
  ['i64.rem_s by zero', '(drop (i64.rem_s (i64.const 1) (i64.const 0)))', 'integer divide by zero'],
  ['the least i32 by -1', '(drop (i32.div_s (i32.const 0x80000000) (i32.const -1)))', 'integer overflow'],
  ['the least i64 by -1', '(drop (i64.div_s (i64.const 0x8000000000000000) (i64.const -1)))', 'integer overflow'],
  ['nan to an integer', '(drop (i32.trunc_f32_s (f32.const nan)))', 'invalid conversion to integer'],
  ['1e30 to an integer', '(drop (i64.trunc_f64_u (f64.const 1e30)))', 'invalid conversion to integer'],
  ['a load behind memory', '(drop (i32.load (i32.const 65536)))', 'out of bounds memory access'],
  ['a load across the end', '(drop (i32.load (i32.const 65533)))', 'out of bounds memory access'],
  ['a load at -1', '(drop (i32.load8_u (i32.const -1)))', 'out of bounds memory access'],
  ['a store behind memory', '(i64.store (i32.const 65529) (i64.const 0))', 'out of bounds memory access'],
  [
    'a fill across the end',
    '(memory.fill (i32.const 0) (i32.const 0) (i32.const 65537))',
    'out of bounds memory access',
  ],
  [
    'a copy across the end',
    '(memory.copy (i32.const 1) (i32.const 0) (i32.const 65536))',
    'out of bounds memory access',
  ],
  ['a call of the wrong type', '(call_indirect (type $v) (i32.const 0))', 'indirect call type mismatch', TABLE],
  ['a call behind the table', '(call_indirect (type $v) (i32.const 4))', 'undefined element', TABLE],
  ['a call at -1 of the table', '(call_indirect (type $v) (i32.const -1))', 'undefined element', TABLE],
  // The engine does not tell an empty element from one of another type, as the original does.
  ['a call of an empty element', '(call_indirect (type $v) (i32.const 1))', 'indirect call type mismatch', TABLE],
  ['endless recursion', '(call $again)', 'wasm operand stack overflow', '(func $again (call $again))'],
  ['proc_raise', '(drop (call $proc_raise (i32.const 6)))', 'wasi proc raise 6'],
  [
    'an unaligned atomic access',
    '(drop (i32.atomic.load (i32.const 1)))',
    'unaligned atomic', // the original's list of reasons; nothing is out of bounds here
  ],
]
describe('traps', () => {
  for (const [name, body, reason, fields] of TRAPS) {
    test(`${name}: exit code 1 and one line, '${reason}'`, async () => {
      const path = startBody(body, fields)
      assert.deepEqual(await iwasm([path]), { exit: 1, stdout: '', stderr: `Exception: ${reason}\n` })
    })
  }

  test('a trap is reported also with -v=0', async () => {
    assert.equal((await iwasm(['-v=0', startBody('unreachable')])).stderr, 'Exception: unreachable\n')
  })

  test('an exception that the program throws and nobody catches is one line, too', async () => {
    const { exit, stdout, stderr } = await iwasm([startBody('(throw $t)', '(tag $t)')])
    assert.deepEqual([exit, stdout], [1, ''])
    assert.match(stderr, /^Exception: .*uncaught exception.*\n$/)
  })

  // C++ code with catch (...) is such a program: what the host ends must not go on.
  for (const [name, call, reason] of [
    ['proc_raise', '(drop (call $proc_raise (i32.const 6)))', 'wasi proc raise 6'],
    ['a missing import', '(call $missing)', 'failed to call unlinked import function (env, missing)'],
    ['unreachable', 'unreachable', 'unreachable'],
  ] as const) {
    test(`a program that catches every exception does not survive ${name}`, async () => {
      const path = wasm(`(module ${EXIT} ${RAISE} (import "env" "missing" (func $missing)) (memory (export "memory") 1)
        (func (export "_start") (try (do ${call}) (catch_all)) (call $proc_exit (i32.const 99))))`)
      const { exit, stderr } = await iwasm(['-v=1', path])
      assert.deepEqual({ exit, stderr }, { exit: 1, stderr: `Exception: ${reason}\n` })
    })
  }
})

const FUNCTIONS = wasm(`(module ${EXIT} (memory (export "memory") 1)
  (global $initialized (mut i32) (i32.const 0))
  (func (export "_initialize") (global.set $initialized (i32.add (global.get $initialized) (i32.const 1))))
  (func (export "initialized") (result i32) (global.get $initialized))
  (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
  (func (export "long") (param i64) (result i64) (local.get 0))
  (func (export "single") (param f32) (result f32) (local.get 0))
  (func (export "double") (param f64) (result f64) (local.get 0))
  (func (export "reference") (param externref) (result externref) (local.get 0))
  (func (export "several") (result i32 i64 f64) (i32.const 3) (i64.const -1) (f64.const 1.5))
  (func (export "function reference") (result funcref) (ref.null func))
  (func (export "vector") (result v128) (v128.const i32x4 1 2 3 4))
  (func (export "nothing"))
  (func (export "two words") (result i32) (i32.const 2))
  (func (export "boom") unreachable)
  (func (export "leave") (call $proc_exit (i32.const 3)))
  (func (export "leave caught") (try (do (call $proc_exit (i32.const 3))) (catch_all))))`)

describe('-f', () => {
  for (const [words, stdout] of [
    [['add', '1', '2'], '0x3:i32'],
    [['add', '0x10', '-17'], '0xffffffff:i32'],
    [['long', '-1'], '0xffffffffffffffff:i64'],
    [['single', '3.5'], '3.5:f32'],
    [['double', '1.5'], '1.5:f64'],
    [['double', 'nan'], 'nan:f64'],
    [['reference', '3'], '0x3:ref.extern'],
    [['several'], '0x3:i32,0xffffffffffffffff:i64,1.5:f64'],
    [['nothing'], ''],
    [['two words'], '0x2:i32'],
    [['initialized'], '0x1:i32'],
  ] as const) {
    test(`${words.join(' ')} prints '${stdout}' and is a success whatever the value`, async () => {
      const [name, ...args] = words
      assert.deepEqual(await iwasm(['-f', name, FUNCTIONS, ...args]), { exit: 0, stdout: `${stdout}\n`, stderr: '' })
    })
  }

  for (const [words, reason] of [
    [['absent'], 'lookup function absent failed'],
    [['memory'], 'lookup function memory failed'],
    [['toString'], 'lookup function toString failed'],
    [[''], 'lookup function  failed'],
    [['add'], 'invalid input argument count'],
    [['add', '1', '2', '3'], 'invalid input argument count'],
    [['add', 'zz', '1'], 'invalid input argument 0: zz'],
    [['boom'], 'unreachable'],
    [['leave'], 'wasi proc exit'],
    [['leave caught'], 'wasi proc exit'],
  ] as const) {
    test(`${words.join(' ') || '(an empty name)'}: exit code 1 and '${reason}'`, async () => {
      const [name, ...args] = words
      const outcome = await iwasm(['--function', name, FUNCTIONS, ...args])
      assert.deepEqual(outcome, { exit: 1, stdout: '', stderr: `Exception: ${reason}\n` })
    })
  }

  test('a result that JavaScript cannot hold is an error in one line', async () => {
    const { exit, stdout, stderr } = await iwasm(['-f', 'vector', FUNCTIONS])
    assert.deepEqual([exit, stdout], [1, ''])
    assert.match(stderr, /^Exception: [^\n]+\n$/)
  })

  test('a null function reference prints on one line', async () => {
    const { exit, stdout } = await iwasm(['-f', 'function reference', FUNCTIONS])
    assert.equal(exit, 0)
    assert.match(stdout, /^[^\n]*null[^\n]*\n$/)
  })
})

describe('--repl', () => {
  test('each line is a call; failing ones do not end the session, __exit__ does', async () => {
    const input = 'add 1 2\n\n  add   3   4  \nboom\nabsent\nadd 1\nleave\ntwo\\words\nnothing\n__exit__\nadd 5 6\n'
    assert.deepEqual(await iwasm(['--repl', FUNCTIONS], input), {
      exit: 0,
      stdout: `${['', '0x3:i32\n', '', '0x7:i32\n', '', '', '', '', '0x2:i32\n', '\n'].join('webassembly> ')}webassembly> `,
      stderr: `${['unreachable', 'lookup function absent failed', 'invalid input argument count', 'wasi proc exit']
        .map((reason) => `Exception: ${reason}\n`)
        .join('')}`,
    })
  })

  test('the session ends with its input, also in the middle of a line', async () => {
    const { exit, stdout } = await iwasm(['--repl', FUNCTIONS], 'add 1 2')
    assert.equal(exit, 0)
    assert.match(stdout, /^webassembly> 0x3:i32\nwebassembly> /)
    assert.equal((await iwasm(['--repl', FUNCTIONS])).exit, 0)
  })

  test('the module is initialized once and keeps its state from line to line', async () => {
    const { stdout } = await iwasm(['--repl', FUNCTIONS], 'initialized\nadd 1 1\ninitialized\n')
    assert.deepEqual(stdout.match(/0x\w+:i32/g), ['0x1:i32', '0x2:i32', '0x1:i32'])
  })

  test('a line is answered before the next one is typed', async () => {
    const child = start(['--repl', FUNCTIONS])
    try {
      await untilShown(child.stdout!, 'webassembly> ')
      child.stdin!.write('add 1 2\n')
      await untilShown(child.stdout!, '0x3:i32\n', HANG_MS / 4)
      child.stdin!.write('__exit__\n')
      assert.equal((await finish(child)).exit, 0)
    } finally {
      child.kill('SIGKILL')
    }
  })
})
