import { existsSync } from 'node:fs'
import { join, normalize } from 'node:path'

/**
 * The compiler's C library knows no current directory: it takes `/` for it, so `src/a.c` and `/src/a.c` both arrive as
 * `src/a.c`. This finds out which was meant. What the command line names and what exists decide; only where a path
 * exists both ways, and the command line names both, is it a guess, and then the one below the current directory wins.
 */
export class HostPaths {
  readonly #cwd: string
  readonly #absolute: string[] = []
  readonly #relative: string[] = []

  /** @param words the command line @param known folders that are always meant as absolute */
  constructor(cwd: string, words: readonly string[], known: readonly string[] = []) {
    this.#cwd = cwd
    this.#absolute.push(cwd, ...known)
    for (const path of words.flatMap(pathsIn))
      (path.startsWith('/') ? this.#absolute : this.#relative).push(normalize(path))
  }

  /** @param path as the compiler's system call names it, below `/` @returns the path on this machine */
  resolve(path: string): string {
    // Not normalized: what `..` behind a symbolic link means is the kernel's to say.
    const absolute = `/${path}`
    const relative = join(this.#cwd, '/') + path
    const first = path.split('/', 1)[0]!
    if (first === '.' || first === '..') return relative
    const named = { absolute: covers(this.#absolute, absolute), relative: covers(this.#relative, path) }
    if (named.absolute !== named.relative) return named.absolute ? absolute : relative
    // Compilers ask for many files that do not exist: look at the first name only, which mostly settles it.
    const here = existsSync(join(this.#cwd, first))
    const there = existsSync(`/${first}`)
    if (here !== there) return there && path.includes('/') ? absolute : relative
    return here && !existsSync(relative) && existsSync(absolute) ? absolute : relative
  }
}

const PATH_OPTION = /^(?:-I|-L|-o|-B|-F|-MF|-MT|-MQ|-isystem|-iquote|-idirafter|-include|@)(?=.)/

/** Words of a command line that may be paths, without the options they are glued to. */
function pathsIn(word: string): string[] {
  if (word.startsWith('-W')) return word.split(',').slice(1).flatMap(pathsIn)
  const option = word.match(PATH_OPTION)?.[0]
  if (option !== undefined) return [word.slice(option.length)]
  if (word.startsWith('-')) return word.includes('=') ? [word.slice(word.indexOf('=') + 1)] : []
  return [word]
}

/** Is `path` one of the `folders` or below one? */
function covers(folders: readonly string[], path: string): boolean {
  const normal = normalize(path)
  return folders.some((folder) => {
    const prefix = folder.replace(/\/$/, '')
    return normal === prefix || normal.startsWith(`${prefix}/`)
  })
}
