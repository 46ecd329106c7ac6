import { parseEndpoint, type SocketAddress } from '../address/socket-address.ts'
import { MAX_BUSY_POLL_US } from '../wait/blocking-waiter.ts'

/** The command line was not understood; `message` says what and where. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  /** 1 as for every usage error of the original; 255 where its runtime had started. */
  readonly exitCode: number

  constructor(message: string, exitCode = 1) {
    super(message)
    this.exitCode = exitCode
  }
}

/** What `iwasm` was asked to do. */
export interface RunConfig {
  /** The module's path as typed; it is also the program's `argv[0]`. */
  module: string
  /** What follows the module, for the program (or for the function of `-f`). */
  args: string[]
  env: string[]
  addressPool: string[]
  resolvable: string[]
  /** Abstract names of Unix-domain sockets, without the leading NUL. */
  abstractNames: string[]
  /** Network interfaces that a socket may be tied to. */
  devices: string[]
  /** Those of --dir, and behind them those of --map-dir. */
  directories: { guest: string; host: string; isReadOnly: boolean; isMapped: boolean }[]
  /** Addresses at which the program is given listening sockets. */
  listeners: SocketAddress[]
  nativeLibraries: string[]
  /** 0 says nothing but errors of the command itself, 5 says everything. */
  logLevel: number
  /** Call this export instead of the entry point. */
  functionName: string | undefined
  repl: boolean
  /** Threads that the program may have besides the main one. */
  maxThreads: number
  /** Milliseconds until the program is ended. */
  timeoutMs: number | undefined
  /** Microseconds for which a wait looks before it sleeps. */
  busyPollUs: number
}

export type Request = { readonly kind: 'run'; readonly config: RunConfig } | { readonly kind: 'help' | 'version' }

/** An option written `--name=VALUE`; `read` stores the value. */
interface ValueOption {
  readonly name: string
  readonly read: (config: RunConfig, value: string) => void
}

/** Accepted for scripts made for the original; see docs/cli.md for why each has no meaning here. */
const IGNORED_FLAGS = ['--interp']

const VALUE_OPTIONS: readonly ValueOption[] = [
  { name: '-v', read: (config, value) => setLogLevel(config, value) },
  { name: '--env', read: (config, value) => config.env.push(checkEnvironment(value)) },
  { name: '--addr-pool', read: (config, value) => config.addressPool.push(...poolEntries(value)) },
  { name: '--allow-resolve', read: (config, value) => config.resolvable.push(nonEmpty('--allow-resolve', value)) },
  { name: '--allow-device', read: (config, value) => config.devices.push(nonEmpty('--allow-device', value)) },
  { name: '--allow-abstract', read: (config, value) => config.abstractNames.push(nonEmpty('--allow-abstract', value)) },
  { name: '--dir', read: (config, value) => config.directories.push(directory(value)) },
  { name: '--map-dir', read: (config, value) => config.directories.push(mappedDirectory(value)) },
  { name: '--listen', read: (config, value) => config.listeners.push(listenAddress(value)) },
  { name: '--native-lib', read: (config, value) => config.nativeLibraries.push(nonEmpty('--native-lib', value)) },
  { name: '--stack-size', read: (_config, value) => void wholeNumber('--stack-size', value) },
  { name: '--heap-size', read: (_config, value) => void wholeNumber('--heap-size', value) },
  {
    name: '--max-threads',
    read: (config, value) => {
      config.maxThreads = wholeNumber('--max-threads', value)
    },
  },
  { name: '--busy-poll', read: (config, value) => setBusyPoll(config, value) },
  { name: '--timeout', read: (config, value) => setTimeoutMs(config, value) },
]

/**
 * Reads the original's command line. Options come first and take their value after `=`; the first word that does not start
 * with `-` is the module and everything after it is the program's, dashes or not. (`util.parseArgs` reads options behind
 * the first operand as well, and takes `-v=3` for the value `=3`.)
 * @throws UsageError
 */
export function parseCommandLine(argv: readonly string[]): Request {
  const config: RunConfig = {
    module: '',
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
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i]!
    if (!word.startsWith('-')) {
      config.module = word
      config.args = argv.slice(i + 1)
      config.directories.sort((a, b) => Number(a.isMapped) - Number(b.isMapped))
      return { kind: 'run', config }
    }
    if (word === '--help' || word === '-h') return { kind: 'help' }
    if (word === '--version') return { kind: 'version' }
    if (word === '--repl') config.repl = true
    else if (word === '-f' || word === '--function') {
      const name = argv[++i]
      if (name === undefined) throw new UsageError(`${word} needs the name of a function, as a word of its own`)
      config.functionName = name
    } else if (!IGNORED_FLAGS.includes(word)) readValueOption(config, word)
  }
  throw new UsageError('no module given: the first word without a dash names the .wasm file')
}

function readValueOption(config: RunConfig, word: string): void {
  const equals = word.indexOf('=')
  const name = equals < 0 ? word : word.slice(0, equals)
  const option = VALUE_OPTIONS.find((candidate) => candidate.name === name)
  if (option === undefined) {
    const hint = name === '--function' ? `: write '--function ${word.slice(equals + 1)}'` : ''
    throw new UsageError(`unknown option '${word}'${hint}`)
  }
  if (equals < 0) throw new UsageError(`${name} takes its value after an equals sign: ${name}=VALUE`)
  option.read(config, word.slice(equals + 1))
}

function nonEmpty(name: string, value: string): string {
  if (value === '') throw new UsageError(`${name}= needs a value`)
  return value
}

function wholeNumber(name: string, value: string): number {
  if (!/^\d{1,15}$/.test(nonEmpty(name, value))) {
    throw new UsageError(`${name}=${value}: '${value}' is not a whole number of 0 or more`)
  }
  return Number(value)
}

function setLogLevel(config: RunConfig, value: string): void {
  if (!/^[0-5]$/.test(value)) throw new UsageError(`-v=${value}: the log level is a number from 0 to 5`)
  config.logLevel = Number(value)
}

function setTimeoutMs(config: RunConfig, value: string): void {
  // The original takes any negative number for "no limit".
  config.timeoutMs = /^-\d+$/.test(value) ? undefined : wholeNumber('--timeout', value)
}

function setBusyPoll(config: RunConfig, value: string): void {
  config.busyPollUs = wholeNumber('--busy-poll', value)
  if (config.busyPollUs <= MAX_BUSY_POLL_US) return
  throw new UsageError(`--busy-poll=${value}: at most ${MAX_BUSY_POLL_US} microseconds`)
}

function checkEnvironment(value: string): string {
  if (value.indexOf('=') > 0) return value
  throw new UsageError(`--env=${value}: an environment variable is written KEY=VALUE`)
}

/** Empty pieces are skipped, as in the original; an empty value is a mistake. */
function poolEntries(value: string): string[] {
  return nonEmpty('--addr-pool', value)
    .split(',')
    .filter((entry) => entry !== '')
}

/** At the end of a directory's value: it is given for reading only. */
const READ_ONLY_SUFFIX = '::ro'

function directory(value: string): RunConfig['directories'][number] {
  const { path, isReadOnly } = splitReadOnly(nonEmpty('--dir', value))
  return { guest: path, host: path, isReadOnly, isMapped: false }
}

/** `GUEST::HOST`, split at the first `::`. */
function mappedDirectory(value: string): RunConfig['directories'][number] {
  const separator = value.indexOf('::')
  if (separator < 0) {
    throw new UsageError(`--map-dir=${value}: a mapped directory is written GUEST::HOST`, 255)
  }
  const { path, isReadOnly } = splitReadOnly(value.slice(separator + 2))
  return { guest: value.slice(0, separator), host: path, isReadOnly, isMapped: true }
}

function splitReadOnly(value: string): { path: string; isReadOnly: boolean } {
  const isReadOnly = value.endsWith(READ_ONLY_SUFFIX)
  return { path: isReadOnly ? value.slice(0, -READ_ONLY_SUFFIX.length) : value, isReadOnly }
}

function listenAddress(value: string): SocketAddress {
  const address = parseEndpoint(value)
  if (address !== undefined) return address
  throw new UsageError(`--listen=${value}: written ADDRESS:PORT or [IPV6-ADDRESS]:PORT, with numbers`)
}
