import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { CompilerError } from './errors.ts'

/** A clang that is installed on this machine. */
export interface NativeToolchain {
  readonly kind: 'wasi-sdk' | 'system'
  readonly name: string
  readonly clang: string
  readonly clangxx: string
  /** What clang must be told to compile for WASI; a user's own flags come behind. */
  readonly flags: readonly string[]
  readonly sysroot: string
  /** Changes with the compiler, so that what it made before is not taken for its work. */
  readonly identity: string
}

/** The compiler that comes as an npm package and runs in Node.js. */
export interface NpmToolchain {
  readonly kind: 'npm'
  readonly name: string
  /** The folder with the compiler and what it needs. */
  readonly folder: string
  readonly identity: string
}

export type Toolchain = NativeToolchain | NpmToolchain

export interface Wanted {
  readonly env: NodeJS.ProcessEnv
  readonly cwd: string
  /** The user's own --sysroot. */
  readonly sysroot?: string | undefined
  /** A toolchain without the C++ library will not do, if there is another. */
  readonly cxx?: boolean
}

const KINDS = ['wasi-sdk', 'system', 'npm']
/** Where distributions put a WASI sysroot: Debian, Arch, Fedora. */
const HOST_SYSROOT = '/usr'
const SYSROOTS = [HOST_SYSROOT, '/usr/share/wasi-sysroot', '/usr/wasm32-wasi']
const TRIPLES = ['wasm32-wasip1', 'wasm32-wasi']

/** @returns the first that there is, or undefined. BERTH_TOOLCHAIN names one of the three to look for alone. */
export function findToolchain(wanted: Wanted): Toolchain | undefined {
  const only = wanted.env.BERTH_TOOLCHAIN || undefined
  if (only !== undefined && !KINDS.includes(only))
    throw new CompilerError(`BERTH_TOOLCHAIN=${only}: not one of ${KINDS.join(', ')}`)
  const looks = { 'wasi-sdk': findWasiSdk, system: findSystemClang, npm: findNpmClang }
  const found = Object.entries(looks)
    .filter(([kind]) => only === undefined || kind === only)
    .map(([, look]) => look)
  let withoutCxx: Toolchain | undefined
  for (const look of found) {
    const toolchain = look(wanted)
    if (toolchain === undefined) continue
    if (!wanted.cxx || toolchain.kind === 'npm' || hasCxxLibrary(toolchain)) return toolchain
    withoutCxx ??= toolchain
  }
  return withoutCxx
}

export const NO_COMPILER = `no C compiler for WebAssembly found. Three ways to get one:
  npm install @yowasp/clang        in your project; needs nothing else
  wasi-sdk                         a release of github.com/WebAssembly/wasi-sdk in /opt/wasi-sdk or where WASI_SDK_PATH says
  the system's packages            Debian, Ubuntu: apt install clang lld llvm wasi-libc libclang-rt-dev-wasm32
`

function findWasiSdk({ env, sysroot }: Wanted): NativeToolchain | undefined {
  const named = env.WASI_SDK_PATH || undefined
  const root = named ?? '/opt/wasi-sdk'
  const clang = join(root, 'bin/clang')
  if (!existsSync(clang)) {
    if (named !== undefined) throw new CompilerError(`WASI_SDK_PATH=${named}: no bin/clang there`)
    return undefined
  }
  const own = join(root, 'share/wasi-sysroot')
  const flags = [`--target=${tripleOf(sysroot ?? own)}`, ...(existsSync(own) ? [`--sysroot=${own}`] : [])]
  return {
    kind: 'wasi-sdk',
    name: `wasi-sdk in ${root}`,
    clang,
    clangxx: join(root, 'bin/clang++'),
    flags,
    sysroot: sysroot ?? own,
    identity: identityOf(clang, flags),
  }
}

function findSystemClang({ env, sysroot: given }: Wanted): NativeToolchain | undefined {
  const named = given ?? (env.WASI_SYSROOT || undefined)
  const sysroot =
    named ?? SYSROOTS.find((root) => TRIPLES.some((triple) => existsSync(join(root, 'lib', triple, 'libc.a'))))
  if (sysroot === undefined) return undefined
  const triple = tripleOf(sysroot)
  const flags = [`--target=${triple}`, `--sysroot=${sysroot}`]
  // There the host's own headers lie as well: what the WASI sysroot lacks is to be missing, not the host's.
  const headers = join(sysroot, 'include', triple)
  const hasCxxHeaders = existsSync(join(headers, 'c++'))
  if (sysroot === HOST_SYSROOT && !hasCxxHeaders) flags.push('-nostdlibinc', '-idirafter', headers)
  for (const clang of clangsOnPath(env.PATH ?? '')) {
    // Without the run-time library for WebAssembly, which is a package of its own, nothing can be linked.
    const { status, stdout } = spawnSync(clang, [...flags, '-print-libgcc-file-name'], { encoding: 'utf8' })
    if (status !== 0 || !existsSync(stdout.trim())) continue
    return {
      kind: 'system',
      name: `${clang} with the sysroot ${sysroot}`,
      clang,
      clangxx: siblingOf(clang, 'clang++'),
      flags,
      sysroot,
      identity: identityOf(clang, flags),
    }
  }
  return undefined
}

/** `clang` first, then `clang-NN`, the highest first. */
function clangsOnPath(path: string): string[] {
  const found = new Map<string, string>()
  for (const folder of path.split(':')) {
    if (!folder.startsWith('/') || !existsSync(folder)) continue
    for (const name of listed(folder)) {
      if (/^clang(-\d+)?$/.test(name) && !found.has(name)) found.set(name, join(folder, name))
    }
  }
  const version = (name: string) => (name === 'clang' ? Number.POSITIVE_INFINITY : Number(name.slice('clang-'.length)))
  return [...found].sort(([a], [b]) => version(b) - version(a)).map(([, file]) => file)
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

function findNpmClang({ cwd }: Wanted): NpmToolchain | undefined {
  for (const from of [join(cwd, 'package.json'), import.meta.url]) {
    try {
      const folder = dirname(createRequire(from).resolve('@yowasp/clang'))
      if (!existsSync(join(folder, 'llvm.core.wasm'))) continue
      const { version } = JSON.parse(readFileSync(join(folder, '../package.json'), 'utf8')) as { version: string }
      return { kind: 'npm', name: `@yowasp/clang ${version} in ${dirname(folder)}`, folder, identity: `npm ${version}` }
    } catch {
      // not installed there
    }
  }
  return undefined
}

/** The command for one of LLVM's tools that fits a clang: beside it, or on PATH with the same version. */
export function toolOf(toolchain: NativeToolchain, tool: 'llvm-ar' | 'llvm-ranlib', path: string): string {
  const suffix = toolchain.clang.match(/-\d+$/)?.[0] ?? ''
  const near = [join(dirname(toolchain.clang), tool), siblingOf(toolchain.clang, tool)]
  const onPath = path.split(':').flatMap((folder) => [join(folder, tool + suffix), join(folder, tool)])
  const found = [...near, ...onPath].find((file) => existsSync(file))
  if (found === undefined)
    throw new CompilerError(`no ${tool} beside ${toolchain.clang} or on PATH (Debian: apt install llvm)`)
  return found
}

/** A tool in the folder where a clang really lies; distributions link only some of them into /usr/bin. */
function siblingOf(clang: string, tool: string): string {
  const numbered = clang.replace(/clang(-\d+)?$/, `${tool}$1`)
  return existsSync(numbered) ? numbered : join(dirname(realpathSync(clang)), tool)
}

function hasCxxLibrary({ sysroot }: NativeToolchain): boolean {
  return ['', ...TRIPLES].some((triple) => existsSync(join(sysroot, 'lib', triple, 'libc++.a')))
}

function tripleOf(sysroot: string): string {
  return TRIPLES.find((triple) => existsSync(join(sysroot, 'lib', triple))) ?? 'wasm32-wasip1'
}

function identityOf(clang: string, flags: readonly string[]): string {
  const file = realpathSync(clang)
  const { mtimeMs, size } = statSync(file)
  return JSON.stringify([file, mtimeMs, size, flags])
}
