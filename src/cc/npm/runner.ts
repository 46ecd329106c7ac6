import { existsSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { type CompilerArguments, inspectArguments } from '../arguments.ts'
import { CompilerError } from '../errors.ts'
import type { NpmToolchain } from '../find-toolchain.ts'
import { type Builder, GUEST_INCLUDE } from '../guest-library.ts'
import { EMULATIONS, type Runner } from '../runner.ts'
import { NpmCompiler } from './compiler.ts'
import type { Job } from './job.ts'
import { npmSysroot } from './sysroot.ts'

/** The environment variables that clang reads. */
const VARIABLES = ['CPATH', 'C_INCLUDE_PATH', 'CPLUS_INCLUDE_PATH', 'LIBRARY_PATH', 'SOURCE_DATE_EPOCH']

/** The compiler of the npm package. */
export class NpmRunner implements Runner {
  readonly name: string
  readonly flags: readonly string[]
  readonly builder: Builder
  readonly #compiler: NpmCompiler
  readonly #cache: string
  readonly #sysroot: string

  static async start(toolchain: NpmToolchain, cache: string): Promise<NpmRunner> {
    return new NpmRunner(toolchain, cache, await npmSysroot(cache, toolchain))
  }

  private constructor(toolchain: NpmToolchain, cache: string, sysroot: string) {
    this.name = toolchain.name
    this.#cache = cache
    this.#sysroot = sysroot
    this.flags = [`--sysroot=${sysroot}`, `-resource-dir=${sysroot}`]
    this.#compiler = new NpmCompiler(toolchain, cache, process.env)
    this.builder = {
      identity: toolchain.identity,
      compile: (args, cwd) => this.#build('clang', [...this.flags, ...args], cwd),
      archive: (args, cwd) => this.#build('llvm-ar', args, cwd),
    }
  }

  emulations(): readonly string[] {
    return EMULATIONS.filter((name) => existsSync(join(this.#sysroot, `lib/wasm32-wasip1/libwasi-emulated-${name}.a`)))
  }

  async compile(command: 'cc' | 'c++', args: readonly string[], known: CompilerArguments): Promise<number> {
    const stdin = known.readsStandardInput ? readFileSync(0) : Buffer.alloc(0)
    // The compiler's own streams are never terminals, so it cannot know.
    const colours = process.stderr.isTTY ? ['-fcolor-diagnostics'] : []
    return this.#run(command === 'cc' ? 'clang' : 'clang++', [...colours, ...args], known, stdin)
  }

  async tool(tool: 'ar' | 'ranlib', args: readonly string[]): Promise<number> {
    return this.#run(`llvm-${tool}`, args, inspectArguments(args, process.cwd()), Buffer.alloc(0))
  }

  async #run(tool: string, args: readonly string[], known: CompilerArguments, stdin: Uint8Array): Promise<number> {
    const { code, stdout, stderr } = await this.#compiler.run(this.#job(tool, args, known, process.cwd(), stdin))
    writeAll(1, stdout)
    writeAll(2, stderr)
    return code
  }

  async #build(tool: string, args: readonly string[], cwd: string): Promise<void> {
    const result = await this.#compiler.runHere(
      this.#job(tool, args, inspectArguments(args, cwd), cwd, Buffer.alloc(0)),
    )
    const messages = `${result.stdout}${result.stderr}`
    if (result.code !== 0)
      throw new CompilerError(`the guest library cannot be compiled with ${this.name}:\n${messages}`)
  }

  #job(tool: string, args: readonly string[], known: CompilerArguments, cwd: string, stdin: Uint8Array): Job {
    return {
      args: [tool, ...args],
      words: known.words,
      isOneJob: known.isOneJob,
      cwd,
      umask: process.umask(),
      env: Object.fromEntries(VARIABLES.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : []))),
      stdin: Buffer.from(stdin).toString('base64'),
      known: [this.#sysroot, this.#cache, GUEST_INCLUDE],
    }
  }
}

function writeAll(fd: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) {
    try {
      done += writeSync(fd, bytes, done)
    } catch (error) {
      // A full pipe that somebody else made non-blocking: again. A reader that is gone: nobody is left to tell.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return
    }
  }
}
