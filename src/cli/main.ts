import { readFileSync, readSync } from 'node:fs'
import { keepCompiledCode } from '../boot/keep-code.ts'
import { endProgram, Trap } from '../host/trap.ts'
import { POLLIN } from '../os/constants.ts'
import { UnsupportedPlatformError } from '../os/ffi.ts'
import { poll } from '../os/libc.ts'
import { Pollfds } from '../os/pollfds.ts'
import { AddressPoolError } from '../policy/address-pool.ts'
import { NamePatternError } from '../policy/name-patterns.ts'
import { LoadError, ProcessExit } from '../runtime/errors.ts'
import { Program } from '../runtime/program.ts'
import { startWatchdog } from '../runtime/watchdog.ts'
import { BERTH_HELP, HELP } from './help.ts'
import { inheritedSockets } from './inherited-sockets.ts'
import { Messages } from './messages.ts'
import { parseCommandLine, type RunConfig, UsageError } from './options.ts'
import { createPolicy } from './policy.ts'
import { printable } from './printable.ts'
import type { Process } from './process.ts'
import { startThreadWorker } from './thread-worker.ts'
import { reportTrap } from './trap-report.ts'
import { formatResults, parseArguments } from './values.ts'
import { VERSION } from './version.ts'

/** @returns the exit code. `command` is the name the person typed: `iwasm` or `berth`. */
export function main(command: 'iwasm' | 'berth', argv: readonly string[], process: Process): number {
  const words = [...argv]
  if (command === 'berth') {
    const subcommand = words[0]
    if (subcommand === 'run') words.shift()
    else if (subcommand === undefined) {
      process.stderr(BERTH_HELP + HELP)
      return 1
    } else if (!['--help', '-h', '--version'].includes(subcommand)) {
      process.stderr(`berth: unknown command '${printable(subcommand)}' (berth --help lists them)\n`)
      return 1
    }
  }
  try {
    const request = parseCommandLine(words)
    if (request.kind === 'run') return run(command, request.config, process)
    if (request.kind === 'version') process.stdout(`${command} ${VERSION} (Berth)\n`)
    else process.stdout(command === 'berth' ? BERTH_HELP + HELP : HELP)
    return 0
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    process.stderr(`${command}: ${printable(error.message)} (${command} --help explains the options)\n`)
    return error.exitCode
  }
}

function run(command: string, config: RunConfig, process: Process): number {
  const messages = new Messages(command, config.logLevel, process.stderr)
  let program: Program
  try {
    const policy = createPolicy(config, messages)
    for (const library of config.nativeLibraries) {
      messages.warning(`--native-lib=${library}: native libraries are not loaded`)
    }
    const bytes = readModule(config.module)
    // Before the module's start function runs, which may already be the part that takes too long.
    if (config.timeoutMs !== undefined) startWatchdog(config.timeoutMs)
    program = new Program(bytes, {
      args: [config.module, ...config.args],
      env: config.env,
      policy,
      directories: config.directories,
      listeners: config.listeners,
      inheritedSockets: inheritedSockets(process.env, process.pid),
      onListen: (address) => messages.listening(address.toString()),
      maxThreads: config.maxThreads,
      busyPollUs: config.busyPollUs,
      startWorker: (shared, place) => startThreadWorker({ program: shared, place, command, config }),
      exit: (code) => {
        if (config.functionName !== undefined || config.repl) endProgram(new ProcessExit(code))
        return process.exit(code & 0xff)
      },
      warn: (message) => messages.warning(message),
    })
  } catch (error) {
    if (isRefusalToLoad(error)) {
      messages.error(error.message)
      return 255
    }
    return reportTrap(error, messages)
  }
  keepCompiledCode()
  try {
    if (config.repl) runRepl(program, process, messages)
    else if (config.functionName !== undefined) {
      program.initialize()
      callFunction(program, config.functionName, config.args, process)
    } else program.run()
    return 0
  } catch (error) {
    return reportTrap(error, messages)
  } finally {
    program.close()
  }
}

function isRefusalToLoad(error: unknown): error is Error {
  return [LoadError, AddressPoolError, NamePatternError, UnsupportedPlatformError].some((type) => error instanceof type)
}

function readModule(path: string): Uint8Array {
  try {
    return readFileSync(path)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EISDIR') throw new LoadError('WASM module load failed: magic header not detected (it is a directory)')
    throw new LoadError(`Read file to buffer failed: open file ${path} failed (${code})`)
  }
}

function callFunction(program: Program, name: string, words: readonly string[], process: Process): void {
  const signature = program.signatureOf(name)
  if (signature === undefined) throw new Trap(`lookup function ${name} failed`)
  process.stdout(`${formatResults(signature, program.call(name, parseArguments(signature, words)))}\n`)
}

/** Reads lines from standard input and calls a function for each; a failing call does not end the session. */
function runRepl(program: Program, process: Process, messages: Messages): void {
  program.initialize()
  process.stdout('webassembly> ')
  for (const line of standardInputLines()) {
    const [name, ...words] = line.split(' ').filter((word) => word !== '')
    if (name === '__exit__') break
    if (name !== undefined) {
      try {
        callFunction(program, name.replaceAll('\\', ' '), words, process)
      } catch (error) {
        reportTrap(error, messages)
      }
    }
    process.stdout('webassembly> ')
  }
}

/** The lines of standard input, each as soon as it is complete. */
function* standardInputLines(): Generator<string> {
  const pollfds = new Pollfds()
  pollfds.add(0, POLLIN)
  const decoder = new TextDecoder()
  const bytes = Buffer.alloc(65_536)
  let pending = ''
  for (;;) {
    let length: number
    try {
      length = readSync(0, bytes)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') break
      poll(pollfds.address, pollfds.count, -1)
      continue
    }
    if (length === 0) break
    const lines = (pending + decoder.decode(bytes.subarray(0, length), { stream: true })).split('\n')
    pending = lines.pop()!
    yield* lines
  }
  yield pending
}
