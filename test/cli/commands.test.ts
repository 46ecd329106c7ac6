/** The commands themselves: help, version, usage errors and every option, as a person or a script types them. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { test } from 'node:test'
import { assemble, directory, file, finish, iwasm, lines, run, start, wasm } from './harness.ts'

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string
}
const nothing = wasm('(module (memory (export "memory") 1) (func (export "_start")))')

test('help is the same for both spellings and goes to stdout', async () => {
  const long = await iwasm(['--help'])
  assert.deepEqual([long.exit, long.stderr], [0, ''])
  assert.deepEqual(await iwasm(['-h']), long)
  assert.deepEqual(await iwasm(['-v=0', '-h', nothing]), long)
})

test('help names every option that is accepted', async () => {
  const { stdout } = await iwasm(['--help'])
  const options = `--addr-pool= --allow-resolve= --env= -f --function --repl --timeout= --listen= --dir= --map-dir= -v= --help -h
    --version --interp --stack-size= --heap-size= --max-threads= --native-lib=`
  for (const option of options.split(/\s+/)) assert.ok(stdout.includes(option), option)
  for (const line of lines(stdout)) assert.ok(line.length <= 120, `fits a terminal: ${line}`)
})

test('the version is that of the package', async () => {
  assert.deepEqual(await iwasm(['--version']), { exit: 0, stdout: `iwasm ${version} (Berth)\n`, stderr: '' })
  assert.deepEqual(await run('berth', ['--version']), { exit: 0, stdout: `berth ${version} (Berth)\n`, stderr: '' })
})

test('berth --help and berth run --help show how it is called, on stdout', async () => {
  const help = await run('berth', ['--help'])
  assert.deepEqual([help.exit, help.stderr], [0, ''])
  assert.match(help.stdout, /^Usage: berth run/)
  assert.match(help.stdout, /--addr-pool=/)
  assert.deepEqual(await run('berth', ['-h']), help)
  assert.deepEqual(await run('berth', ['run', '--help']), help)
})

test('berth alone shows its help on stderr and fails', async () => {
  const { exit, stdout, stderr } = await run('berth', [])
  assert.deepEqual([exit, stdout], [1, ''])
  assert.match(stderr, /^Usage: berth run/)
})

test('berth run is iwasm under its own name', async () => {
  assert.deepEqual(await run('berth', ['run', nothing]), { exit: 0, stdout: '', stderr: '' })
  const { exit, stderr } = await run('berth', ['run', '--bogus', nothing])
  assert.equal(exit, 1)
  assert.match(stderr, /^berth: unknown option '--bogus'/)
})

/** Each one line on stderr that names the word at fault; stdout stays empty for scripts that read it. */
const MISTAKES: readonly (readonly [command: 'iwasm' | 'berth', words: string[], named: string, exit: number])[] = [
  ['iwasm', [], 'no module', 1],
  ['iwasm', ['--bogus', nothing], "'--bogus'", 1],
  ['iwasm', ['-', nothing], "'-'", 1],
  ['iwasm', ['--', nothing], "'--'", 1],
  ['iwasm', ['--function=main', nothing], '--function main', 1],
  ['iwasm', ['--addr-pool', '127.0.0.1/8', nothing], '--addr-pool=VALUE', 1],
  ['iwasm', ['--addr-pool=', nothing], '--addr-pool=', 1],
  ['iwasm', ['--env=A', nothing], '--env=A', 1],
  ['iwasm', ['-v=6', nothing], '-v=6', 1],
  ['iwasm', ['--map-dir=x', nothing], '--map-dir=x', 255],
  ['iwasm', ['--bo\ngus\x1b[31m', nothing], '--bo\\x0agus\\x1b[31m', 1],
  ['iwasm', ['--addr-pool=127.0.0.1/33', nothing], "'127.0.0.1/33'", 255],
  ['iwasm', ['--addr-pool=10.0.0.0/8,localhost/8', nothing], "'localhost/8'", 255],
  ['iwasm', ['--addr-pool=127.0.0.1/8\n', nothing], '127.0.0.1/8\\x0a', 255],
  ['iwasm', ['--allow-resolve=*example.com', nothing], "'*example.com'", 255],
  ['iwasm', ['--allow-resolve=a.com,b.com', nothing], "'a.com,b.com'", 255],
  ['iwasm', ['--dir=/nonexistent', nothing], '/nonexistent', 255],
  ['iwasm', [`--dir=${nothing}`, nothing], 'not a directory', 255],
  ['iwasm', [`--dir=${nothing}/below`, nothing], basename(nothing), 255], // ENOTDIR
  ['iwasm', [`--dir=${'x'.repeat(300)}`, nothing], 'xxx', 255], // ENAMETOOLONG
  ['iwasm', ['--map-dir=g::/nonexistent', nothing], '/nonexistent', 255],
  ['iwasm', ['--map-dir=g::', nothing], 'mapped directory', 255],
  ['berth', ['frob'], "'frob'", 1],
  ['berth', ['fr\nob'], "'fr\\x0aob'", 1],
  ['berth', [nothing], nothing, 1],
  ['berth', ['--addr-pool=127.0.0.1/8', 'run'], '--addr-pool=127.0.0.1/8', 1],
  ['berth', ['run'], 'no module', 1],
]
for (const [command, words, named, exit] of MISTAKES) {
  test(`a mistake: ${command} ${words
    .map((word) => JSON.stringify(basename(word)))
    .join(' ')
    .slice(0, 70)}`, async () => {
    const outcome = await run(command, words)
    assert.equal(outcome.stdout, '')
    assert.equal(lines(outcome.stderr).length, 1, outcome.stderr)
    assert.ok(outcome.stderr.startsWith(`${command}: `), outcome.stderr)
    assert.ok(outcome.stderr.includes(named), outcome.stderr)
    assert.equal(outcome.exit, exit)
  })
}

/** Runs a command line as the documentation prints it, in a directory where its module is. */
async function inDirectory(line: string) {
  const [command, ...words] = line.split(' ')
  assert.equal(command, 'iwasm')
  return finish(start(words, { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] }))
}

const SEED = [
  'iwasm --addr-pool=1.2.3.4/15,2.3.4.6/16 socket_example.wasm',
  'iwasm --allow-resolve=*.example.com --allow-resolve=domain.com socket_example.wasm',
]
const exitWith42 = assemble(`(module (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1) (func (export "_start") (call $exit (i32.const 42))))`)
for (const line of SEED) {
  test(`the command line of the documentation runs: ${line}`, async () => {
    file(exitWith42, 'socket_example.wasm')
    assert.deepEqual(await inDirectory(line), { exit: 42, stdout: '', stderr: '' })
  })
}

for (const word of [
  '--interp',
  '--stack-size=65536',
  '--heap-size=16384',
  '--max-threads=8',
  '--timeout=60000',
  '--timeout=-1',
  '-v=0',
  '-v=5',
  '--env=KEY=VALUE',
  '--addr-pool=127.0.0.1/8',
  '--addr-pool=,',
  '--allow-resolve=*',
]) {
  test(`${word} is accepted without a word`, async () => {
    assert.deepEqual(await iwasm([word, nothing]), { exit: 0, stdout: '', stderr: '' })
  })
}

test('--native-lib is accepted with a warning that -v=1 silences', async () => {
  const { exit, stdout, stderr } = await iwasm(['--native-lib=libx.so', nothing])
  assert.deepEqual([exit, stdout], [0, ''])
  assert.equal(lines(stderr).length, 1)
  assert.match(stderr, /^iwasm: warning: .*libx\.so/)
  assert.deepEqual(await iwasm(['-v=1', '--native-lib=libx.so', nothing]), { exit: 0, stdout: '', stderr: '' })
})

test('more than eight of every repeatable option', async () => {
  const twenty = Array.from({ length: 20 }, (_, i) => i)
  const { exit, stderr } = await iwasm([
    ...twenty.map((i) => `--addr-pool=10.0.0.${i}/32`),
    `--addr-pool=${twenty.map((i) => `10.0.1.${i}/32`).join(',')}`,
    ...twenty.map((i) => `--allow-resolve=h${i}.test`),
    ...twenty.map((i) => `--env=V${i}=x`),
    ...twenty.map(() => `--dir=${directory}`),
    ...twenty.map((i) => `--map-dir=g${i}::${directory}`),
    ...twenty.map((i) => `--native-lib=l${i}.so`),
    nothing,
  ])
  assert.equal(exit, 0)
  assert.equal(lines(stderr).length, 20, 'one warning for each library')
})

test('a module in the current directory, in another one, and with odd characters in its name', async () => {
  const odd = 'odd näme; $(x) "quoted".wasm'
  file(exitWith42, odd)
  for (const path of [odd, `./${odd}`, join(directory, odd), `../${basename(directory)}/${odd}`]) {
    const { exit } = await finish(start([path], { cwd: directory, stdio: ['ignore', 'pipe', 'pipe'] }))
    assert.equal(exit, 42, path)
  }
})
