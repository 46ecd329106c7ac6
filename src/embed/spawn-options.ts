import { constants } from 'node:os'
import type { InheritedSocket } from '../runtime/provisions.ts'
import { withCode } from './errors.ts'
import { takeSockets } from './hand-over.ts'
import { abortSignal, functionOption, integer, object, type ProgramConfig, readProgramOptions } from './options.ts'
import type { RunLimits } from './program-run.ts'
import { readStdio, type StdioList } from './stdio.ts'
import type { Limits, ProgramOptions, ResolveFunction, SpawnOptions } from './types.ts'

const DEFAULT_THREADS = 4
/** The most that a memory of 32-bit addresses has. */
const MAX_PAGES = 65_536
const MAX_THREADS = 4096

/** What {@link SpawnOptions} say, checked. */
export interface SpawnConfig {
  readonly program: ProgramConfig
  readonly stdio: StdioList
  readonly limits: RunLimits
  readonly onDeny: ProgramOptions['onDeny']
  readonly resolve: ResolveFunction | undefined
  /** Moves the sockets that are handed over: last, when nothing else can be wrong. */
  readonly takeSockets: () => readonly InheritedSocket[]
  readonly signal: AbortSignal | undefined
  readonly timeoutMs: number | undefined
  readonly killSignal: NodeJS.Signals
}

/** @throws TypeError, RangeError with the codes of Node.js */
export function readSpawnOptions(options: SpawnOptions, name: string): SpawnConfig {
  const { timeout } = options
  const signal = abortSignal(options.signal, 'options.signal')
  const resolve = functionOption(options.resolve, 'options.resolve')
  return {
    program: readProgramOptions({ ...options, args: options.args ?? [name] }),
    stdio: readStdio(options),
    limits: readLimits(options.limits),
    onDeny: options.onDeny,
    resolve,
    takeSockets: () => takeSockets(options.sockets),
    signal,
    timeoutMs: timeout === undefined ? undefined : integer(timeout, 'options.timeout', 0),
    killSignal: signalName(options.killSignal ?? 'SIGTERM'),
  }
}

function readLimits(value: unknown): RunLimits {
  const limits = object(value, 'options.limits')
  const read = (name: keyof Limits, most: number): number | undefined =>
    limits[name] === undefined ? undefined : integer(limits[name], `options.limits.${name}`, 0, most)
  return {
    memoryPages: read('memoryPages', MAX_PAGES),
    threads: read('threads', MAX_THREADS) ?? DEFAULT_THREADS,
    sockets: read('sockets', Number.MAX_SAFE_INTEGER),
    bytesSent: read('bytesSent', Number.MAX_SAFE_INTEGER),
    bytesReceived: read('bytesReceived', Number.MAX_SAFE_INTEGER),
  }
}

/** @throws TypeError for what is no signal */
export function signalName(signal: unknown): NodeJS.Signals {
  const known = Object.entries(constants.signals).find(([name, number]) => signal === name || signal === number)
  if (known !== undefined) return known[0] as NodeJS.Signals
  throw withCode(new TypeError(`Unknown signal: ${String(signal)}`), 'ERR_UNKNOWN_SIGNAL')
}
