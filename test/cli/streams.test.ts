/** Standard streams, arguments and environment, whatever the process was started with. */
import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { closeSync, constants, existsSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs'
import { Socket } from 'node:net'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { F_GETFL, F_SETFL, O_NONBLOCK } from '../../src/os/constants.ts'
import { fcntl } from '../../src/os/libc.ts'
import { load, print, program, type Step, silently, words } from './guest.ts'
import { collect, directory, file, finish, iwasm, lines, shell, start, untilShown, wasm } from './harness.ts'

const WASI = 'wasi_snapshot_preview1'
const RW = `(import "${WASI}" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "${WASI}" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "${WASI}" "proc_exit" (func $proc_exit (param i32)))`

/** Writes [$ptr, $ptr + $length) to $fd in as many calls as it takes; an errno becomes the exit code. */
const WRITE_ALL = `(func $write_all (param $fd i32) (param $ptr i32) (param $length i32)
  (local $errno i32)
  (loop $more
    (if (i32.eqz (local.get $length)) (then (return)))
    (i32.store (i32.const 0) (local.get $ptr))
    (i32.store (i32.const 4) (local.get $length))
    (local.set $errno (call $fd_write (local.get $fd) (i32.const 0) (i32.const 1) (i32.const 8)))
    (if (local.get $errno) (then (call $proc_exit (local.get $errno))))
    (local.set $ptr (i32.add (local.get $ptr) (i32.load (i32.const 8))))
    (local.set $length (i32.sub (local.get $length) (i32.load (i32.const 8))))
    (br $more)))`

/** Copies standard input to standard output until its end. The exit code is the errno of what failed. */
const CAT = wasm(`(module ${RW} (memory (export "memory") 4) ${WRITE_ALL}
  (func (export "_start") (local $errno i32)
    (loop $more
      (i32.store (i32.const 0) (i32.const 1024))
      (i32.store (i32.const 4) (i32.const 100000))
      (local.set $errno (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)))
      (if (local.get $errno) (then (call $proc_exit (local.get $errno))))
      (if (i32.eqz (i32.load (i32.const 8))) (then (return)))
      (call $write_all (i32.const 1) (i32.const 1024) (i32.load (i32.const 8)))
      (br $more))))`)

const [OUT, IOV, BUF] = [8, 200, 1024]
const READY = '4242\n'
const ENOSPC = 51
const EPIPE = 64

/** 3 MB: many times what a pipe holds. */
const big = randomBytes(3_000_000)

describe('standard input and output', () => {
  test('pipe to pipe', async () => {
    const child = start([CAT])
    const chunks: Buffer[] = []
    child.stdout!.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.stdin!.end(big)
    const { exit, stderr } = await finish(child)
    assert.deepEqual({ exit, stderr }, { exit: 0, stderr: '' })
    assert.ok(Buffer.concat(chunks).equals(big))
  })

  test('file to file', async () => {
    const input = file(big)
    const output = join(directory, 'copy')
    assert.equal((await shell(`$IWASM ${CAT} < ${input} > ${output}`)).exit, 0)
    assert.ok(readFileSync(output).equals(big))
  })

  test('appending to a file', async () => {
    const output = file('before ')
    assert.equal((await shell(`echo after | $IWASM ${CAT} >> ${output}`)).exit, 0)
    assert.equal(readFileSync(output, 'utf8'), 'before after\n')
  })

  test('through shell pipes on both sides', async () => {
    const output = join(directory, 'piped')
    assert.equal((await shell(`cat ${file(big)} | $IWASM ${CAT} | cat > ${output}`)).exit, 0)
    assert.ok(readFileSync(output).equals(big))
  })

  test('input that comes in pieces is passed on piece by piece', async () => {
    const child = start([CAT])
    const done = finish(child)
    for (const piece of ['one\n', 'two\n', 'three\n']) {
      child.stdin!.write(piece)
      await untilShown(child.stdout!, piece)
    }
    child.stdin!.end()
    assert.equal((await done).exit, 0)
  })

  for (const [redirection, exit] of [
    ['< /dev/null', 0],
    ['<&-', 0], // Node.js puts /dev/null where a standard stream is closed
    ['< /dev/null >&-', 0],
    ['< /dev/null 2>&-', 0],
    ['<&- >&- 2>&-', 0],
    [`< ${'/'}`, 31], // a directory can be opened and not read: EISDIR
  ] as const) {
    test(`${redirection} ends with ${exit}`, async () => {
      assert.deepEqual(await shell(`$IWASM ${CAT} ${redirection}`), { exit, stdout: '', stderr: '' })
    })
  }

  test('a closed standard output takes the output of the command, too, without an accident', async () => {
    assert.equal((await shell('$IWASM --help >&-')).exit, 0)
    assert.equal((await shell('$IWASM --bogus 2>&-')).exit, 1)
  })

  test('a full device is errno 51 for the program', async () => {
    assert.deepEqual(await shell(`echo x | $IWASM ${CAT} > /dev/full`), { exit: ENOSPC, stdout: '', stderr: '' })
  })

  test('messages that cannot be written change no exit code', async () => {
    const trap = wasm(
      '(module (import "env" "x" (func)) (memory (export "memory") 1) (func (export "_start") unreachable))',
    )
    assert.equal((await shell(`$IWASM ${trap} 2> /dev/full`)).exit, 1)
    assert.equal((await shell('$IWASM --version > /dev/full')).exit, 0)
  })

  test('a disk too full for the cache of compiled code changes nothing', async () => {
    const folder = join(directory, 'full-cache')
    // A limit of one block for any file: writing beyond it fails as on a full disk.
    const line = `ulimit -f 1; XDG_CACHE_HOME=${folder} $IWASM ${CAT} < /dev/null`
    assert.deepEqual(await shell(line), { exit: 0, stdout: '', stderr: '' })
    assert.deepEqual(readdirSync(join(folder, 'berth/code')), [])
  })

  test('standard error of the program is standard error', async () => {
    const path = wasm(program([['fd_write', 2, IOV, 1, OUT]], { [IOV]: words(BUF, 4), [BUF]: Buffer.from('oops') }))
    assert.deepEqual(await iwasm([path]), { exit: 0, stdout: '0\n', stderr: 'oops' })
  })
})

let fifos = 0

/** @returns the path of a new named pipe */
function fifo(): string {
  const path = join(directory, `fifo-${fifos++}`)
  execFileSync('mkfifo', [path])
  return path
}

describe('a reader that goes away', () => {
  test('gives the program EPIPE and does not kill the process', async () => {
    const child = start([CAT])
    const done = finish(child)
    child.stdin!.write('hello\n')
    await untilShown(child.stdout!, 'hello\n')
    child.stdout!.destroy()
    await once(child.stdout!, 'close')
    child.stdin!.end('more\n')
    const { exit, stderr } = await done
    assert.deepEqual({ exit, stderr }, { exit: EPIPE, stderr: '' })
  })

  test('in the shell as well: the program is told, and can go on', async () => {
    const go = fifo()
    const status = join(directory, 'status')
    // The reader closes its end and only then lets the program have its input.
    await shell(`{ $IWASM ${CAT} < ${go}; echo $? > ${status}; } | { exec <&-; echo late > ${go}; }`)
    assert.equal(readFileSync(status, 'utf8'), `${EPIPE}\n`)
  })

  test('a trap message to a closed standard error still ends with exit code 1', async () => {
    const path = wasm(program([['fd_read', 0, IOV, 1, OUT], 'unreachable'], { [IOV]: words(BUF, 4) }))
    const child = start([path])
    const done = finish(child)
    child.stderr!.destroy()
    await once(child.stderr!, 'close')
    child.stdin!.end('x')
    assert.equal((await done).exit, 1)
  })
})

/** Writes more than a pipe holds, 20 times with one call each, and then prints how many bytes each call took. */
const TIMES = 20
const PIECE = 100_000
const write: Step = silently(['fd_write', 1, IOV, 1, OUT])
const note = (i: number) => `(i32.store (i32.const ${400 + 4 * i}) (i32.load (i32.const ${OUT})))`
const BIG_WRITES = wasm(
  program(
    [
      ...Array.from({ length: TIMES }, (_, i) => [write, note(i)]).flat(),
      ...Array.from({ length: TIMES }, (_, i) => print(load(400 + 4 * i))),
    ],
    { [IOV]: words(BUF, PIECE) },
  ),
)

describe('large output', () => {
  test('a reader that takes its time gets all of it', async () => {
    const child = start([CAT])
    child.stdin!.end(big)
    const chunks: Buffer[] = []
    const ended = once(child, 'close')
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      await nextTurn()
    }
    assert.deepEqual(await ended, [0, null])
    assert.ok(Buffer.concat(chunks).equals(big))
  })

  test('a write that blocks takes everything', async () => {
    const { exit, stdout } = await iwasm([BIG_WRITES])
    assert.equal(exit, 0)
    assert.equal(stdout.length, TIMES * (PIECE + `${PIECE}\n`.length))
    assert.deepEqual(lines(stdout.slice(TIMES * PIECE)), Array(TIMES).fill(String(PIECE)))
  })

  test('also with --timeout, which must not change how the streams behave', async () => {
    const { stdout } = await iwasm(['--timeout=60000', BIG_WRITES])
    assert.deepEqual(lines(stdout.slice(TIMES * PIECE)), Array(TIMES).fill(String(PIECE)))
  })
})

/**
 * O_NONBLOCK belongs to the open pipe, not to a process: a parent with an event loop leaves it on. It is set here after the
 * start, since Node.js clears it for the processes that it starts.
 */
function makeNonBlocking(fd: number): void {
  assert.equal(fcntl(fd, F_SETFL, fcntl(fd, F_GETFL, 0) | O_NONBLOCK), 0)
}

/** Waits until the main thread of `child` waits in the kernel. @returns false if it ended instead */
async function untilAsleep(child: ChildProcess): Promise<boolean> {
  for (;;) {
    // The state is the first field behind the command's name, which stands in parentheses.
    const state = existsSync(`/proc/${child.pid}`)
      ? /.*\) (.)/s.exec(readFileSync(`/proc/${child.pid}/task/${child.pid}/stat`, 'utf8'))?.[1]
      : undefined
    if (state === 'S') return true
    if (state === undefined || state === 'Z') return false
    await nextTurn()
  }
}

describe('a pipe that another process made non-blocking', () => {
  /** Runs `args` with such a pipe as standard output and reads it slowly. */
  async function throughNonBlocking(args: readonly string[], input: Buffer | undefined): Promise<Buffer> {
    const path = fifo()
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const writer = openSync(path, constants.O_WRONLY)
    const child = start(args, { stdio: ['pipe', writer, 'pipe'] })
    makeNonBlocking(writer)
    closeSync(writer)
    child.stdin!.end(input)
    const done = finish(child)
    const chunks: Buffer[] = []
    for await (const chunk of new Socket({ fd: reader, readable: true, writable: false })) {
      chunks.push(chunk as Buffer)
      await nextTurn()
    }
    const { exit, stderr } = await done
    assert.deepEqual({ exit, stderr }, { exit: 0, stderr: '' })
    return Buffer.concat(chunks)
  }

  test('as output: nothing is lost', async () => {
    assert.ok((await throughNonBlocking([CAT], big)).equals(big))
  })

  test('as output: a write of the program, which blocks, takes everything', async () => {
    const output = await throughNonBlocking([BIG_WRITES], undefined)
    assert.deepEqual(lines(output.subarray(TIMES * PIECE).toString()), Array(TIMES).fill(String(PIECE)))
  })

  test('as output of the command itself: nothing is lost', async () => {
    const help = await iwasm(['--help'])
    assert.equal((await throughNonBlocking(['--help'], undefined)).toString(), help.stdout)
  })

  /** Starts `args` with such a pipe as standard input, and types `text` once `shown` has appeared and it waits for more. */
  async function typedInto(args: readonly string[], shown: string, text: string) {
    const path = fifo()
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const writer = openSync(path, constants.O_WRONLY)
    const child = start(args, { stdio: [reader, 'pipe', 'pipe'] })
    makeNonBlocking(reader)
    closeSync(reader)
    const stdout = collect(child.stdout)
    const done = finish(child)
    try {
      await untilShown(child.stdout!, shown)
      if (await untilAsleep(child)) writeSync(writer, text)
    } finally {
      closeSync(writer)
    }
    return { ...(await done), stdout: stdout() }
  }

  test('as input: the program waits for it', async () => {
    const path = wasm(program([print(4242), ['fd_read', 0, IOV, 1, OUT], print(load(OUT))], { [IOV]: words(BUF, 100) }))
    assert.deepEqual(await typedInto([path], READY, 'hello'), { exit: 0, stdout: `${READY}0\n5\n`, stderr: '' })
  })

  test('as input of --repl: the session waits for it', async () => {
    const path = wasm('(module (memory (export "memory") 1) (func (export "two") (result i32) (i32.const 2)))')
    const { exit, stdout, stderr } = await typedInto(['--repl', path], 'webassembly> ', 'two\n')
    assert.deepEqual({ exit, stderr }, { exit: 0, stderr: '' })
    assert.match(stdout, /0x2:i32\n/)
  })
})

/** Writes its arguments, then its environment, as they stand in memory: each string with its NUL. */
const DUMP = wasm(`(module ${RW}
  (import "${WASI}" "args_sizes_get" (func $args_sizes (param i32 i32) (result i32)))
  (import "${WASI}" "args_get" (func $args (param i32 i32) (result i32)))
  (import "${WASI}" "environ_sizes_get" (func $env_sizes (param i32 i32) (result i32)))
  (import "${WASI}" "environ_get" (func $env (param i32 i32) (result i32)))
  (memory (export "memory") 64) ${WRITE_ALL}
  (func (export "_start")
    (if (call $args_sizes (i32.const 16) (i32.const 20)) (then unreachable))
    (if (call $args (i32.const 65536) (i32.const 131072)) (then unreachable))
    (if (call $env_sizes (i32.const 24) (i32.const 28)) (then unreachable))
    (if (call $env (i32.const 1048576) (i32.const 2097152)) (then unreachable))
    ;; Both counts first, as u32s.
    (i32.store (i32.const 32) (i32.load (i32.const 16)))
    (i32.store (i32.const 36) (i32.load (i32.const 24)))
    (call $write_all (i32.const 1) (i32.const 32) (i32.const 8))
    (call $write_all (i32.const 1) (i32.const 131072) (i32.load (i32.const 20)))
    (call $write_all (i32.const 1) (i32.const 2097152) (i32.load (i32.const 28)))))`)

describe('arguments and environment', () => {
  async function dump(options: readonly string[], args: readonly string[], path = DUMP) {
    const child = start([...options, path, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    const chunks: Buffer[] = []
    child.stdout!.on('data', (chunk: Buffer) => chunks.push(chunk))
    assert.equal((await finish(child)).exit, 0)
    const bytes = Buffer.concat(chunks)
    const strings = bytes.subarray(8).toString().split('\0').slice(0, -1)
    const argc = bytes.readUInt32LE(0)
    assert.equal(strings.length, argc + bytes.readUInt32LE(4))
    return { args: strings.slice(0, argc), env: strings.slice(argc) }
  }

  test('no arguments: argv[0] alone, as it was typed; no environment, since the own one is not passed on', async () => {
    assert.deepEqual(await dump([], []), { args: [DUMP], env: [] })
  })

  const ODD = [
    '',
    ' ',
    'a b',
    '',
    '--',
    '-f',
    '--addr-pool=0.0.0.0/0',
    '"q"',
    "'",
    '$HOME',
    '*',
    '\\',
    'a\nb',
    '\t',
    'ü書😀',
    '\ufeffx',
    '',
  ]

  test('odd arguments arrive as they are', async () => {
    assert.deepEqual((await dump([], ODD)).args, [DUMP, ...ODD])
  })

  test('odd variables arrive as they are, in order, repeated ones too', async () => {
    const env = [
      'A=1',
      'B=',
      'C= ',
      'D=x=y',
      'E=ü書😀',
      'A=2',
      '=x'.padStart(3, 'F'),
      'with blank=1',
      'G=a\nb',
      '\ufeffH=\ufeff',
    ]
    assert.deepEqual(
      (
        await dump(
          env.map((entry) => `--env=${entry}`),
          [],
        )
      ).env,
      env,
    )
  })

  test('many and long ones', async () => {
    const args = Array.from({ length: 2000 }, (_, i) => `argument ${i}`)
    const env = Array.from({ length: 1000 }, (_, i) => `V${i}=${'x'.repeat(i % 50)}`)
    const long = 'y'.repeat(100_000)
    const seen = await dump([...env.map((entry) => `--env=${entry}`), `--env=LONG=${long}`], [...args, long])
    assert.deepEqual(seen, { args: [DUMP, ...args, long], env: [...env, `LONG=${long}`] })
  })
})
