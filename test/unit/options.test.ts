/** The command line of the original: every option and every mistake. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SocketAddress } from '../../src/address/socket-address.ts'
import { parseCommandLine, type RunConfig, UsageError } from '../../src/cli/options.ts'

const DEFAULTS: RunConfig = {
  module: 'm.wasm',
  args: [],
  env: [],
  addressPool: [],
  resolvable: [],
  devices: [],
  abstractNames: [],
  directories: [],
  listeners: [],
  nativeLibraries: [],
  logLevel: 2,
  functionName: undefined,
  repl: false,
  maxThreads: 4,
  timeoutMs: undefined,
  busyPollUs: 0,
}

const ACCEPTED: readonly (readonly [words: string[], config: Partial<RunConfig>])[] = [
  [['m.wasm'], {}],
  [[''], { module: '' }],
  [['./-m.wasm'], { module: './-m.wasm' }],
  [['m.wasm', 'a', 'b c', ''], { args: ['a', 'b c', ''] }],
  // Behind the module nothing is ours, whatever it looks like.
  [
    ['m.wasm', '--help', '-f', 'x', '--addr-pool=0.0.0.0/0', '--', '-', '--bogus'],
    { args: ['--help', '-f', 'x', '--addr-pool=0.0.0.0/0', '--', '-', '--bogus'] },
  ],
  [
    ['--addr-pool=1.2.3.4/15,2.3.4.6/16', 'socket_example.wasm'],
    { module: 'socket_example.wasm', addressPool: ['1.2.3.4/15', '2.3.4.6/16'] },
  ],
  [
    ['--allow-resolve=*.example.com', '--allow-resolve=domain.com', 'm.wasm'],
    { resolvable: ['*.example.com', 'domain.com'] },
  ],
  [['--addr-pool=a/1,,b/2,', '--addr-pool=c/3', 'm.wasm'], { addressPool: ['a/1', 'b/2', 'c/3'] }],
  [['--addr-pool=,', 'm.wasm'], {}],
  [['--allow-resolve=a,b', 'm.wasm'], { resolvable: ['a,b'] }], // one pattern an option: checked later, by its name
  [['--env=A=1', '--env=B=', '--env=C=x=y z', 'm.wasm'], { env: ['A=1', 'B=', 'C=x=y z'] }],
  [['--env=A=1', '--env=A=2', 'm.wasm'], { env: ['A=1', 'A=2'] }],
  [['--dir=.', 'm.wasm'], { directories: [{ guest: '.', host: '.', isReadOnly: false, isMapped: false }] }],
  [['--dir=a=b', 'm.wasm'], { directories: [{ guest: 'a=b', host: 'a=b', isReadOnly: false, isMapped: false }] }],
  [
    ['--map-dir=/data::/srv', 'm.wasm'],
    { directories: [{ guest: '/data', host: '/srv', isReadOnly: false, isMapped: true }] },
  ],
  [['--map-dir=a::b::c', 'm.wasm'], { directories: [{ guest: 'a', host: 'b::c', isReadOnly: false, isMapped: true }] }],
  [['--dir=a::ro', 'm.wasm'], { directories: [{ guest: 'a', host: 'a', isReadOnly: true, isMapped: false }] }],
  [
    ['--dir=a::ro/', 'm.wasm'],
    { directories: [{ guest: 'a::ro/', host: 'a::ro/', isReadOnly: false, isMapped: false }] },
  ],
  [
    ['--map-dir=/d::/srv::ro', 'm.wasm'],
    { directories: [{ guest: '/d', host: '/srv', isReadOnly: true, isMapped: true }] },
  ],
  [['--map-dir=a::ro', 'm.wasm'], { directories: [{ guest: 'a', host: 'ro', isReadOnly: false, isMapped: true }] }],
  [
    ['--map-dir=a::b', '--dir=c', '--map-dir=d::e', '--dir=f', 'm.wasm'],
    {
      directories: [
        { guest: 'c', host: 'c', isReadOnly: false, isMapped: false },
        { guest: 'f', host: 'f', isReadOnly: false, isMapped: false },
        { guest: 'a', host: 'b', isReadOnly: false, isMapped: true },
        { guest: 'd', host: 'e', isReadOnly: false, isMapped: true },
      ],
    },
  ],
  [['--listen=127.0.0.1:80', 'm.wasm'], { listeners: [SocketAddress.ipv4(0x7f00_0001, 80)] }],
  [
    ['--listen=[::1]:0', '--listen=0.0.0.0:65535', 'm.wasm'],
    { listeners: [SocketAddress.ipv6(0, 0, 0, 1, 0), SocketAddress.ipv4(0, 65_535)] },
  ],
  [['--map-dir=::/srv', 'm.wasm'], { directories: [{ guest: '', host: '/srv', isReadOnly: false, isMapped: true }] }],
  [['--native-lib=libx.so', 'm.wasm'], { nativeLibraries: ['libx.so'] }],
  [['-v=0', 'm.wasm'], { logLevel: 0 }],
  [['-v=5', 'm.wasm'], { logLevel: 5 }],
  [['-v=1', '-v=3', 'm.wasm'], { logLevel: 3 }],
  [['-f', 'main', 'm.wasm', '1', '-2'], { functionName: 'main', args: ['1', '-2'] }],
  [['--function', 'two words', 'm.wasm'], { functionName: 'two words' }],
  [['-f', '--help', 'm.wasm'], { functionName: '--help' }],
  [['-f', '', 'm.wasm'], { functionName: '' }],
  [['--repl', 'm.wasm'], { repl: true }],
  [['--interp', 'm.wasm'], {}],
  [['--stack-size=65536', '--heap-size=0', '--max-threads=4', 'm.wasm'], {}],
  [['--busy-poll=0', 'm.wasm'], { busyPollUs: 0 }],
  [['--busy-poll=100000', 'm.wasm'], { busyPollUs: 100_000 }],
  [['--timeout=0', 'm.wasm'], { timeoutMs: 0 }],
  [['--timeout=1500', 'm.wasm'], { timeoutMs: 1500 }],
  [['--timeout=-1', 'm.wasm'], { timeoutMs: undefined }],
  [['--timeout=5', '--timeout=-1', 'm.wasm'], { timeoutMs: undefined }],
  [['--timeout=999999999999999', 'm.wasm'], { timeoutMs: 999_999_999_999_999 }],
]
for (const [words, config] of ACCEPTED) {
  test(`accepted: ${words.join(' ').slice(0, 80)}`, () => {
    assert.deepEqual(parseCommandLine(words), { kind: 'run', config: { ...DEFAULTS, ...config } })
  })
}

const OTHER: readonly (readonly [words: string[], kind: string])[] = [
  [['--help'], 'help'],
  [['-h'], 'help'],
  [['--version'], 'version'],
  [['--addr-pool=1.2.3.4/8', '--help', 'm.wasm'], 'help'],
  [['-v=0', '--version', '--help'], 'version'],
  [['--version', '--bogus'], 'version'],
]
for (const [words, kind] of OTHER) {
  test(`${words.join(' ')} asks for the ${kind}`, () => assert.deepEqual(parseCommandLine(words), { kind }))
}

/** What the message must name, so that the person finds the word at fault. */
const MISTAKES: readonly (readonly [words: string[], named: string | RegExp, exitCode?: number])[] = [
  [[], /no module/],
  [['--repl'], /no module/],
  [['-f', 'x'], /no module/],
  [['-f'], /-f needs/],
  [['--function'], /--function needs/],
  [['--function=x', 'm.wasm'], '--function x'],
  [['-f=x', 'm.wasm'], '-f=x'],
  [['--bogus', 'm.wasm'], "'--bogus'"],
  [['--bogus=1', 'm.wasm'], "'--bogus=1'"],
  [['--bogus', '--help'], "'--bogus'"],
  [['--ver', 'm.wasm'], "'--ver'"],
  [['--help=x', 'm.wasm'], "'--help=x'"],
  [['--version=1', 'm.wasm'], "'--version=1'"],
  [['--repl=1', 'm.wasm'], "'--repl=1'"],
  [['--interp=1', 'm.wasm'], "'--interp=1'"],
  [['-', 'm.wasm'], "'-'"],
  [['--', 'm.wasm'], "'--'"],
  [['-x', 'm.wasm'], "'-x'"],
  [['-vv', 'm.wasm'], "'-vv'"],
  [['--Addr-pool=1.2.3.4/8', 'm.wasm'], "'--Addr-pool"],
  [['--addr-pool', '1.2.3.4/8', 'm.wasm'], '--addr-pool=VALUE'],
  [['--allow-resolve', 'x', 'm.wasm'], '--allow-resolve=VALUE'],
  [['--env', 'A=1', 'm.wasm'], '--env=VALUE'],
  [['--dir', '.', 'm.wasm'], '--dir=VALUE'],
  [['--timeout', '5', 'm.wasm'], '--timeout=VALUE'],
  [['-v', '5', 'm.wasm'], '-v=VALUE'],
  [['--addr-pool=', 'm.wasm'], '--addr-pool='],
  [['--allow-resolve=', 'm.wasm'], '--allow-resolve='],
  [['--dir=', 'm.wasm'], '--dir='],
  ...[
    '',
    '80',
    ':80',
    'localhost:80',
    '127.0.0.1',
    '127.0.0.1:',
    '127.0.0.1:65536',
    '127.0.0.1:-1',
    '1.2.3:80',
    '::1:80',
  ]
    .concat(['[127.0.0.1]:80', '[::1]', '[::1]80', '[::1%lo]:80', '127.0.0.1:80x', ' 127.0.0.1:80', '127.0.0.1:0x50'])
    .map((value): [string[], string] => [[`--listen=${value}`, 'm.wasm'], `--listen=${value}`]),
  [['--native-lib=', 'm.wasm'], '--native-lib='],
  [['--stack-size=', 'm.wasm'], '--stack-size='],
  [['--stack-size=x', 'm.wasm'], '--stack-size=x'],
  [['--stack-size=-1', 'm.wasm'], '--stack-size=-1'],
  [['--stack-size=1k', 'm.wasm'], '--stack-size=1k'],
  [['--heap-size=', 'm.wasm'], '--heap-size='],
  [['--heap-size=0x10', 'm.wasm'], '--heap-size=0x10'],
  [['--max-threads=', 'm.wasm'], '--max-threads='],
  [['--max-threads=1.5', 'm.wasm'], '--max-threads=1.5'],
  [['--busy-poll=', 'm.wasm'], '--busy-poll='],
  [['--busy-poll', '50', 'm.wasm'], '--busy-poll=VALUE'],
  [['--busy-poll=-1', 'm.wasm'], '--busy-poll=-1'],
  [['--busy-poll=50us', 'm.wasm'], '--busy-poll=50us'],
  [['--busy-poll=100001', 'm.wasm'], 'at most 100000'],
  [['--timeout=', 'm.wasm'], '--timeout='],
  [['--timeout=soon', 'm.wasm'], '--timeout=soon'],
  [['--timeout=1e3', 'm.wasm'], '--timeout=1e3'],
  [['--timeout=- 1', 'm.wasm'], '--timeout=- 1'],
  [['--timeout=1000000000000000', 'm.wasm'], '--timeout=1000000000000000'],
  [['-v=', 'm.wasm'], '-v='],
  [['-v=6', 'm.wasm'], '-v=6'],
  [['-v=-1', 'm.wasm'], '-v=-1'],
  [['-v=x', 'm.wasm'], '-v=x'],
  [['-v=05', 'm.wasm'], '-v=05'],
  [['--env=', 'm.wasm'], '--env='],
  [['--env=A', 'm.wasm'], '--env=A'],
  [['--env==1', 'm.wasm'], '--env==1'],
  [['--map-dir=a', 'm.wasm'], '--map-dir=a', 255],
  [['--map-dir=a:b', 'm.wasm'], '--map-dir=a:b', 255],
  [['--map-dir=', 'm.wasm'], '--map-dir=', 255],
]
for (const [words, named, exitCode = 1] of MISTAKES) {
  test(`refused: ${words.join(' ') || '(nothing)'}`, () => {
    assert.throws(
      () => parseCommandLine(words),
      (error) => {
        assert.ok(error instanceof UsageError)
        assert.equal(error.exitCode, exitCode)
        if (typeof named === 'string') assert.ok(error.message.includes(named), error.message)
        else assert.match(error.message, named)
        return true
      },
    )
  })
}

test('no repeatable option ends at eight', () => {
  const numbers = Array.from({ length: 1000 }, (_, i) => i)
  const request = parseCommandLine([
    ...numbers.map((i) => `--addr-pool=10.0.${i >> 8}.${i & 255}/32`),
    ...numbers.map((i) => `--allow-resolve=h${i}.test`),
    ...numbers.map((i) => `--env=V${i}=${i}`),
    ...numbers.map((i) => `--dir=d${i}`),
    ...numbers.map((i) => `--map-dir=g${i}::h${i}`),
    ...numbers.map((i) => `--native-lib=l${i}`),
    'm.wasm',
  ])
  assert.ok(request.kind === 'run')
  const { addressPool, resolvable, env, directories, nativeLibraries } = request.config
  assert.deepEqual(
    [addressPool.length, resolvable.length, env.length, directories.length, nativeLibraries.length],
    [1000, 1000, 1000, 2000, 1000],
  )
  assert.equal(addressPool.at(-1), '10.0.3.231/32')
})

test('two parses share nothing', () => {
  const first = parseCommandLine(['--env=A=1', 'm.wasm'])
  const second = parseCommandLine(['m.wasm'])
  assert.ok(first.kind === 'run' && second.kind === 'run')
  assert.deepEqual([first.config.env, second.config.env], [['A=1'], []])
})
