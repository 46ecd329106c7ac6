/**
 * Compiles C programs to WebAssembly, linked with the guest library: for the demo, the tests and the benchmarks.
 *
 * Two toolchains: `yowasp` is the compiler that comes as an npm package and needs nothing installed; it runs inside this
 * process, so the first compile pays some seconds of start-up and the following ones a fraction of one. `system` is a
 * clang on this machine with a WASI sysroot (wasi-sdk through WASI_SDK_PATH, or Debian's clang and wasi-libc).
 *
 * What was compiled is kept under build/guest-cache by a hash of everything that went in, and not compiled again.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const GUEST_INCLUDE = join(ROOT, 'guest/include')
const GUEST_SRC = join(ROOT, 'guest/src')
const CACHE = join(ROOT, 'build/guest-cache')

/** The C compiler refused the source; `message` is what it printed. */
export class CompileError extends Error {}

/**
 * @param {object} program
 * @param {string[]} program.sources C files, by path
 * @param {string[]} [program.flags] further clang options, before the sources
 * @param {string[]} [program.includeDirs] folders of headers the sources include by name
 * @param {boolean} [program.withGuestLibrary] link the guest library (default: true)
 * @param {'full' | 'original'} [program.library] all of it (default), or what the original's imports suffice for
 * @param {'yowasp' | 'system'} [program.toolchain]
 * @param {boolean} [program.warningsAreErrors] a compiler that prints anything has failed (default: false)
 * @returns {Promise<string>} the path of the finished module
 */
export async function compileGuest(program) {
  const { sources, flags = ['-O2'], includeDirs = [], withGuestLibrary = true, toolchain = 'yowasp' } = program
  const { warningsAreErrors = false, library = 'full' } = program
  const files = { ...folder('include', GUEST_INCLUDE, '.h') }
  for (const dir of includeDirs) Object.assign(files, folder('program', dir, '.h'))
  for (const source of sources) files[`program/${basename(source)}`] = readFileSync(source)
  const objects = withGuestLibrary ? await guestLibrary(toolchain, flags, library) : {}
  Object.assign(files, objects)
  const inputs = [...sources.map((source) => `program/${basename(source)}`), ...Object.keys(objects)]
  const name = basename(sources[0], '.c')
  const args = [...flags, '-Iinclude', '-Iprogram', ...inputs, '-o', `${name}.wasm`]
  const outputs = await cached(toolchain, name, { args, files, outputs: [`${name}.wasm`], warningsAreErrors })
  return outputs[0]
}

/**
 * The C files of a library, as paths in guest/src. In the full library a file in ext/ stands for the one of the same name
 * outside.
 * @param {'full' | 'original'} library
 * @returns {string[]}
 */
export function librarySources(library) {
  const named = (dir) => readdirSync(join(GUEST_SRC, dir)).filter((name) => name.endsWith('.c'))
  const plain = named('.')
  if (library === 'original') return plain.sort()
  const extended = named('ext')
  return [...plain.filter((name) => !extended.includes(name)), ...extended.map((name) => `ext/${name}`)].sort()
}

/** The objects of the guest library, compiled once for every program. @returns {Promise<Record<string, Uint8Array>>} */
async function guestLibrary(toolchain, flags, library) {
  const files = { ...folder('include', GUEST_INCLUDE, '.h'), ...folder('src', GUEST_SRC, '.h') }
  const sources = librarySources(library).map((name) => `src/${name}`)
  for (const source of sources) files[source] = readFileSync(join(ROOT, 'guest', source))
  const outputs = sources.map((source) => basename(source).replace(/c$/, 'o'))
  const args = [...flags, '-Iinclude', '-Isrc', '-c', ...sources]
  const paths = await cached(toolchain, `guest-library-${library}`, { args, files, outputs, warningsAreErrors: false })
  return Object.fromEntries(paths.map((path, i) => [`library/${outputs[i]}`, readFileSync(path)]))
}

/** Runs clang unless the same has been run before. @returns {Promise<string[]>} the paths of the outputs */
async function cached(toolchain, name, job) {
  const hash = createHash('sha256')
    .update(identity(toolchain))
    .update(JSON.stringify([job.args, job.warningsAreErrors]))
  for (const [file, bytes] of Object.entries(job.files)) hash.update(`\0${file}\0`).update(bytes)
  const dir = join(CACHE, `${name}-${hash.digest('hex').slice(0, 16)}`)
  const paths = job.outputs.map((output) => join(dir, output))
  if (existsSync(dir)) return paths
  const { results, messages } = await (toolchain === 'system' ? runSystemClang : runYowaspClang)(job)
  if (messages !== '' && job.warningsAreErrors) throw new CompileError(messages)
  mkdirSync(CACHE, { recursive: true })
  // Complete or not there: another process may be compiling the same.
  const partial = mkdtempSync(`${dir}.part-`)
  for (const [i, output] of job.outputs.entries()) writeFileSync(join(partial, output), results[i])
  try {
    renameSync(partial, dir)
  } catch {
    rmSync(partial, { recursive: true })
  }
  return paths
}

function identity(toolchain) {
  if (toolchain === 'system') return systemClang().join(' ')
  return JSON.parse(readFileSync(join(ROOT, 'node_modules/@yowasp/clang/package.json'), 'utf8')).version
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

async function runSystemClang({ args, files, outputs }) {
  const [command, ...targetFlags] = systemClang()
  if (command === undefined) throw new CompileError('no clang with a WASI sysroot is installed')
  const cwd = mkdtempSync(join(tmpdir(), 'berth-cc-'))
  try {
    for (const [file, bytes] of Object.entries(files)) {
      mkdirSync(join(cwd, dirname(file)), { recursive: true })
      writeFileSync(join(cwd, file), bytes)
    }
    const { status, stdout, stderr } = spawnSync(command, [...targetFlags, ...args], { cwd, encoding: 'utf8' })
    const messages = `${stdout}${stderr}`
    if (status !== 0) throw new CompileError(messages)
    return { results: outputs.map((output) => readFileSync(join(cwd, output))), messages }
  } finally {
    rmSync(cwd, { recursive: true })
  }
}

async function runYowaspClang({ args, files, outputs }) {
  const { runClang, runLLVM, Exit } = await import('@yowasp/clang')
  // Without a command this only loads the compiler; asked to do so by itself it would print its progress.
  await runLLVM(null, {}, { fetchProgress: () => {} })
  let messages = ''
  const collect = (bytes) => {
    if (bytes) messages += Buffer.from(bytes).toString()
  }
  try {
    const results = await runClang(['clang', ...args], tree(files), {
      stdout: collect,
      stderr: collect,
      decodeASCII: false,
    })
    return { results: outputs.map((output) => results[output]), messages }
  } catch (error) {
    if (error instanceof Exit) throw new CompileError(messages)
    throw error
  }
}

/** Paths to nested folders, as the compiler takes them. */
function tree(files) {
  const root = {}
  for (const [file, bytes] of Object.entries(files)) {
    const names = file.split('/')
    const last = names.pop()
    let dir = root
    for (const name of names) {
      dir[name] ??= {}
      dir = dir[name]
    }
    dir[last] = bytes
  }
  return root
}

/** The files of a folder by their paths below `prefix`. */
function folder(prefix, dir, extension) {
  if (!existsSync(dir)) return {}
  const names = readdirSync(dir, { recursive: true }).filter((name) => name.endsWith(extension))
  return Object.fromEntries(names.sort().map((name) => [`${prefix}/${name}`, readFileSync(join(dir, name))]))
}
