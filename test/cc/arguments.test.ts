import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspectArguments, splitWords } from '../../src/cc/arguments.ts'
import { readPlan } from '../../src/cc/npm/job.ts'
import { Folder } from './fixture.ts'

const folder = new Folder()
folder.write({ objects: '-c "a file.c"', self: '@self b.c' })

for (const [line, wanted] of [
  ['a.c', { links: true }],
  ['a.o b.o -o prog.wasm', { links: true }],
  ['-lm', { links: true }],
  ['- -x c', { links: true, readsStandardInput: true }],
  ['-c a.c -o a.o', { links: false, isOneJob: true }],
  ['-c a.c b.c', { links: false, isOneJob: false }],
  ['-E a.c', { links: false, isOneJob: true }],
  ['-S a.c', { links: false, isOneJob: true }],
  ['-fsyntax-only a.c', { links: false, isOneJob: true }],
  ['-M a.c', { links: false, isOneJob: true }],
  ['-MMD -MF dep.d a.c', { links: true }],
  ['-r a.o b.o', { links: false }],
  ['-nostdlib a.c', { links: false }],
  ['--version', { links: false }],
  ['-v', { links: false, verbose: true }],
  ['-v a.c', { links: true, verbose: true }],
  ['-print-search-dirs a.c', { links: false }],
  ['-o out -I inc -include x.h', { links: false }],
  ['-o -c a.c', { links: true, isOneJob: false }],
  ['@objects', { links: false, isOneJob: true }],
  ['@self', { links: true }],
  ['@nowhere', { links: true }],
  ['--sysroot=/s a.c', { sysroot: '/s', abiFlags: ['--sysroot=/s'] }],
  ['--sysroot /s a.c', { sysroot: '/s', abiFlags: ['--sysroot', '/s'] }],
  [
    '-pthread -O2 -msimd128 -mexec-model=reactor -mllvm -x -target t a.c',
    { abiFlags: ['-pthread', '-msimd128', '-target', 't'] },
  ],
] as const) {
  test(`berth cc ${line}`, () => {
    const known = inspectArguments(line.split(' '), folder.path)
    for (const [name, value] of Object.entries(wanted)) assert.deepEqual(known[name as 'links'], value, name)
  })
}

test('the words of a response file', () => {
  assert.deepEqual(splitWords(` -c  "a b"c\n'd "e"' f\\ g "h\\"i" '' `), ['-c', 'a bc', 'd "e"', 'f g', 'h"i', ''])
})

test('the plan of clang -###', () => {
  const text = [
    'clang version 1\nTarget: t\nThread model: posix\nInstalledDir: \n',
    'clang: warning: something\n (in-process)\n "" "clang" "-cc1" "-D" "A=\\"b \\\\ \\$c\\"" "a.c"\n "wasm-ld" "a b.o" -o "x"\n',
  ].join('')
  assert.deepEqual(readPlan(text, false), {
    commands: [
      ['clang', '-cc1', '-D', 'A="b \\ $c"', 'a.c'],
      ['wasm-ld', 'a b.o', '-o', 'x'],
    ],
    messages: 'clang: warning: something\n',
  })
  assert.equal(readPlan(text, true).messages, text)
})
