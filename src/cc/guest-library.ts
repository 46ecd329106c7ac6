import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { hashOf, publishFolder } from './cache.ts'
import { CompilerError } from './errors.ts'

/** Beside `src/` in a checkout and beside `dist/` in the installed package. */
export const PACKAGE = fileURLToPath(new URL(import.meta.url.includes('/src/cc/') ? '../..' : '..', import.meta.url))
const GUEST = join(PACKAGE, 'guest')
export const GUEST_INCLUDE = join(GUEST, 'include')

/** How to run the toolchain for our own purposes; rejects with a CompilerError that holds its messages. */
export interface Builder {
  readonly identity: string
  compile(args: readonly string[], cwd: string): Promise<void>
  archive(args: readonly string[], cwd: string): Promise<void>
}

/** The whole library, or the one that imports the original's functions only: the targets of lib_socket_wasi.cmake. */
export type GuestLibrary = 'socket_wasi_ext' | 'socket_wasi_ext_original'

/**
 * The folder with a library, as `lib….a`, compiled once for each content, compiler and set of flags.
 * One function family per object file: a program gets the objects, and thereby the imports, of what it uses.
 */
export async function guestLibraryFolder(
  cache: string,
  builder: Builder,
  abiFlags: readonly string[],
  library: GuestLibrary,
): Promise<string> {
  const sources = sourcesOf(library)
  const contents = [...filesBelow('src'), ...filesBelow('include')].flatMap((name) => [
    name,
    readFileSync(join(GUEST, name)),
  ])
  const hash = hashOf(builder.identity, JSON.stringify([abiFlags, sources]), ...contents)
  return publishFolder(join(cache, 'guest-library', hash), async (partial) => {
    const objects = sources.map((source) => basename(source).replace(/c$/, 'o'))
    const include = [`-I${GUEST_INCLUDE}`, `-I${join(GUEST, 'src')}`]
    await builder.compile(['-O2', ...abiFlags, ...include, '-c', ...sources.map((name) => join(GUEST, name))], partial)
    await builder.archive(['rcs', 'library.a', ...objects], partial)
    for (const object of objects) rmSync(join(partial, object))
    renameSync(join(partial, 'library.a'), join(partial, `lib${library}.a`))
  })
}

/** Of what a library is made stands in one place, the CMake file. */
function sourcesOf(library: GuestLibrary): string[] {
  const file = join(GUEST, 'lib_socket_wasi.cmake')
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const target = text.match(new RegExp(`add_library\\(\\s*${library} STATIC([^)]*)\\)`))?.[1] ?? ''
  const sources = [...target.matchAll(/\/(src\/\S+\.c)/g)].map((match) => match[1]!)
  if (sources.length === 0) throw new CompilerError(`${file} does not say what ${library} is made of`)
  return sources
}

function filesBelow(folder: string): string[] {
  if (!existsSync(join(GUEST, folder))) return []
  const names = readdirSync(join(GUEST, folder), { recursive: true, encoding: 'utf8' })
  return names
    .filter((name) => /\.(c|h|inc)$/.test(name))
    .map((name) => join(folder, name))
    .sort()
}
