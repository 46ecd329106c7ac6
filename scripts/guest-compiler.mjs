/**
 * Compiles C programs to WebAssembly, linked with the guest library: for the demo, the tests and the benchmarks.
 *
 * Two toolchains: `yowasp` is the compiler that comes as an npm package and needs nothing installed; it runs inside this
 * process, so the first compile pays about 3 s of start-up and the following ones a fraction of a second. `system` is a
 * clang on PATH with a WASI sysroot (wasi-sdk through WASI_SDK_PATH, or Debian's clang-19 and wasi-libc).
 *
 * Results are kept under build/guest-cache by a hash of everything that went in; an unchanged program is not recompiled.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const GUEST_INCLUDE = join(ROOT, 'guest/include')
const GUEST_SRC = join(ROOT, 'guest/src')
const CACHE = join(ROOT, 'build/guest-cache')

/** A C compiler refused the source; `message` is what it printed. */
export class CompileError extends Error {}

/**
 * @param {object} program
 * @param {string[]} program.sources C files, by path
 * @param {string[]} [program.flags] further clang options, before the sources
 * @param {string[]} [program.includeDirs] folders of headers the sources include by name
 * @param {boolean} [program.withGuestLibrary] link guest/src (default: true)
 * @param {'yowasp' | 'system'} [program.toolchain]
 * @param {boolean} [program.warningsAreErrors] a compiler that prints anything has failed (default: false)
 * @returns {Promise<string>} the path of the finished module
 */
export async function compileGuest(program) {
  const { sources, flags = ['-O2'], includeDirs = [], withGuestLibrary = true, toolchain = 'yowasp' } = program
  const { warningsAreErrors = false } = program
  const librarySources = withGuestLibrary ? filesIn(GUEST_SRC, '.c') : []
  const headers = [GUEST_INCLUDE, GUEST_SRC, ...includeDirs].flatMap((dir) => filesIn(dir, '.h'))
  const identity = toolchain === 'system' ? systemClang().join(' ') : yowaspVersion()
  const hash = createHash('sha256').update(
    JSON.stringify([identity, flags, warningsAreErrors, sources.map((s) => basename(s))]),
  )
  for (const file of [...sources, ...librarySources, ...headers])
    hash.update(`\0${basename(file)}\0`).update(readFileSync(file))
  const output = join(CACHE, `${basename(sources[0], '.c')}-${hash.digest('hex').slice(0, 20)}.wasm`)
  if (existsSync(output)) return output

  const compile = toolchain === 'system' ? compileWithSystem : compileWithYowasp
  const { wasm, messages } = await compile({ sources: [...sources, ...librarySources], headers, includeDirs, flags })
  if (messages !== '' && warningsAreErrors) throw new CompileError(messages)
  mkdirSync(CACHE, { recursive: true })
  const partial = `${output}.${process.pid}.part`
  writeFileSync(partial, wasm)
  renameSync(partial, output)
  return output
}

/** The command of a clang that can target WASI with its sysroot, or an empty list where there is none. */
export function systemClang() {
  const sdk = process.env.WASI_SDK_PATH ?? '/opt/wasi-sdk'
  if (existsSync(join(sdk, 'bin/clang'))) return [join(sdk, 'bin/clang')]
  if (!existsSync('/usr/lib/wasm32-wasi/libc.a')) return []
  for (const version of ['clang-19', 'clang']) {
    try {
      execFileSync(version, ['--target=wasm32-wasi', '-print-libgcc-file-name'], { stdio: 'ignore' })
      return [version, '--target=wasm32-wasi', '--sysroot=/usr']
    } catch {
      // not there: the next one
    }
  }
  return []
}

async function compileWithSystem({ sources, includeDirs, flags }) {
  const [command, ...targetFlags] = systemClang()
  if (command === undefined) throw new CompileError('no clang with a WASI sysroot is installed')
  mkdirSync(CACHE, { recursive: true })
  const output = join(CACHE, `system.${process.pid}.part`)
  const messagesFile = join(CACHE, `system.${process.pid}.log`)
  const includes = [GUEST_INCLUDE, ...includeDirs].map((dir) => `-I${dir}`)
  try {
    const quoted = [command, ...targetFlags, ...flags, ...includes, ...sources, '-o', output]
      .map((w) => `'${w}'`)
      .join(' ')
    execFileSync('sh', ['-c', `${quoted} >'${messagesFile}' 2>&1`])
  } catch {
    throw new CompileError(readFileSync(messagesFile, 'utf8'))
  }
  return { wasm: readFileSync(output), messages: readFileSync(messagesFile, 'utf8') }
}

async function compileWithYowasp({ sources, headers, includeDirs, flags }) {
  const { runClang, Exit } = await import('@yowasp/clang')
  const tree = { include: {}, src: {} }
  for (const header of headers)
    tree[header.startsWith(GUEST_SRC) ? 'src' : 'include'][basename(header)] = readFileSync(header)
  for (const source of sources) tree.src[basename(source)] = readFileSync(source)
  const inputs = sources.map((source) => `src/${basename(source)}`)
  const wanted = [...flags, '-Iinclude', ...(includeDirs.length ? ['-Isrc'] : []), ...inputs, '-o', 'out.wasm']
  let messages = ''
  const collect = (bytes) => {
    if (bytes) messages += Buffer.from(bytes).toString()
  }
  try {
    const files = await runClang(['clang', ...wanted], tree, {
      stdout: collect,
      stderr: collect,
      fetchProgress: () => {},
    })
    return { wasm: files['out.wasm'], messages }
  } catch (error) {
    if (error instanceof Exit) throw new CompileError(messages)
    throw error
  }
}

function yowaspVersion() {
  return JSON.parse(readFileSync(join(ROOT, 'node_modules/@yowasp/clang/package.json'), 'utf8')).version
}

function filesIn(dir, extension) {
  if (!existsSync(dir)) return []
  return readdirSync(dir, { recursive: true })
    .filter((name) => name.endsWith(extension))
    .sort()
    .map((name) => join(dir, name))
}
