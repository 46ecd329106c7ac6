import { writeSync } from 'node:fs'
import { join } from 'node:path'
import type { CompilerCommand } from '../cli/compiler-commands.ts'
import { printable } from '../cli/printable.ts'
import { inspectArguments } from './arguments.ts'
import { cacheFolder } from './cache.ts'
import { CompilerError } from './errors.ts'
import { findToolchain, NO_COMPILER, type Toolchain, type Wanted } from './find-toolchain.ts'
import { GUEST_INCLUDE, guestLibraryFolder, PACKAGE } from './guest-library.ts'
import { NativeRunner } from './native.ts'
import { NpmRunner } from './npm/runner.ts'
import type { Runner } from './runner.ts'

/** Runs a subcommand in this process. @returns the exit code: the compiler's own, or 1 */
export async function compilerCommand(command: CompilerCommand, args: readonly string[]): Promise<number> {
  try {
    if (command === 'cmake-toolchain') {
      writeAll(1, `${join(PACKAGE, 'guest/cmake/berth-toolchain.cmake')}\n`)
      return 0
    }
    return command === 'ar' || command === 'ranlib' ? await runTool(command, args) : await compile(command, args)
  } catch (error) {
    if (!(error instanceof CompilerError)) throw error
    writeAll(2, `berth ${command}: ${error.message.trimEnd()}\n`)
    return 1
  }
}

/** The first word may fix the toolchain, for build systems that decide once; the environment does the same for a person. */
const TOOLCHAIN_OPTION = '--berth-toolchain='
/** Prints which kind of toolchain would be used. */
const WHICH_OPTION = '--berth-which'

async function compile(command: 'cc' | 'c++', words: readonly string[]): Promise<number> {
  const cwd = process.cwd()
  let args = words
  if (args[0]?.startsWith(TOOLCHAIN_OPTION)) {
    process.env.BERTH_TOOLCHAIN = args[0].slice(TOOLCHAIN_OPTION.length)
    args = args.slice(1)
  }
  if (args[0] === WHICH_OPTION) {
    writeAll(1, `${existingToolchain({ cxx: command === 'c++' }).kind}\n`)
    return 0
  }
  const known = inspectArguments(args, cwd)
  const cache = cacheFolder(process.env)
  const runner = await findRunner(cache, { sysroot: known.sysroot, cxx: command === 'c++' })
  if (known.verbose) writeAll(2, `berth ${command}: uses ${printable(runner.name)}\n`)
  const emulated = runner.emulations()
  const before = [
    // Also for what does not look at them, such as linking objects.
    '--start-no-unused-arguments',
    ...runner.flags,
    // The C++ libraries for WASI are made without; with them, whatever might throw fails to link.
    '-fno-exceptions',
    '-isystem',
    GUEST_INCLUDE,
    ...emulated.map((name) => `-D_WASI_EMULATED_${name.toUpperCase().replaceAll('-', '_')}`),
    '--end-no-unused-arguments',
  ]
  const behind: string[] = []
  if (known.links) {
    const library = known.words.includes('-lsocket_wasi_ext_original') ? 'socket_wasi_ext_original' : 'socket_wasi_ext'
    const folder = await guestLibraryFolder(cache, runner.builder, known.abiFlags, library)
    behind.push(`-L${folder}`, `-l${library}`, ...emulated.map((name) => `-lwasi-emulated-${name}`))
  }
  // Behind `--` everything is a file's name.
  const end = args.indexOf('--') < 0 ? args.length : args.indexOf('--')
  return runner.compile(command, [...before, ...args.slice(0, end), ...behind, ...args.slice(end)], known)
}

async function runTool(tool: 'ar' | 'ranlib', args: readonly string[]): Promise<number> {
  return (await findRunner(cacheFolder(process.env), {})).tool(tool, args)
}

async function findRunner(cache: string, wanted: Partial<Wanted>): Promise<Runner> {
  const toolchain = existingToolchain(wanted)
  return toolchain.kind === 'npm' ? NpmRunner.start(toolchain, cache) : new NativeRunner(toolchain)
}

function existingToolchain(wanted: Partial<Wanted>): Toolchain {
  const toolchain = findToolchain({ env: process.env, cwd: process.cwd(), ...wanted })
  if (toolchain === undefined) throw new CompilerError(NO_COMPILER)
  return toolchain
}

function writeAll(fd: number, text: string): void {
  const bytes = Buffer.from(text)
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done)
}
