import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { Script } from 'node:vm'
import { isCodeCacheOff, isOurs, userCacheFolder } from './cache-folder.ts'
import type { Moment } from './keep-code.ts'

/**
 * What the engine compiled of a bundle, kept from one run to the next: reading it takes a fifth of the time that compiling
 * 250 KB takes at each start.
 *
 * A kept file holds code that will be run, so it counts only if nobody but this user can have written it. The engine looks at
 * the head of what it has made and at its length, and at no more; which bundle and which engine, with which flags, it was made by
 * is in the file's name.
 */
export interface Bundle {
  /** The file of the bundle. */
  readonly file: string
  /** Changes with the bundle's text. */
  readonly build: string
}

/** What has not been made anew for so long makes place. A file in use is then made again: 10 ms. */
const MAX_AGE_MS = 30 * 24 * 3_600_000

/** What is still being written after so long is not: its process was killed. */
const MAX_WRITING_MS = 60_000

/** As `keep` names them, also those that are not complete. */
const KEPT_NAME = /^[\w-]+-[0-9a-z]+-v\d[\w.+-]*$/

/** What a bundle's file holds: one expression, this function. */
type Run = (
  exports: unknown,
  require: NodeJS.Require,
  module: { exports: unknown },
  filename: string,
  dirname: string,
  keepCode: (moment: Moment) => void,
) => void

/** Runs a bundle as a CommonJS module. @returns what it exports */
export function runBundle({ file, build }: Bundle, require: NodeJS.Require): unknown {
  const cacheFile = cacheFileFor(file, build)
  const cachedData = cacheFile && readOwn(cacheFile)
  const script = new Script(readFileSync(file, 'utf8'), { filename: file, ...(cachedData && { cachedData }) })
  const isGood = cachedData !== undefined && script.cachedDataRejected === false
  let isOver = cacheFile === undefined || isGood
  let isKept = false
  const keepCode = (moment: Moment): void => {
    if (isOver || cacheFile === undefined) return
    if (isKept === (moment === 'end')) keep(cacheFile, script)
    isKept = true
    isOver = moment !== 'start'
  }
  const module = { exports: {} }
  const run = script.runInThisContext() as Run
  run(module.exports, require, module, file, dirname(file), keepCode)
  return module.exports
}

/** @returns undefined where nothing is to be kept */
function cacheFileFor(file: string, build: string): string | undefined {
  // Other runtimes have caches of their own, and their `vm` knows none.
  if (isCodeCacheOff(process.env) || 'bun' in process.versions || 'deno' in process.versions) return undefined
  const folder = userCacheFolder(process.env)
  if (folder === undefined) return undefined
  const name = file.slice(dirname(file).length + 1, -'.main.cjs'.length)
  return join(folder, 'code', `${name}-${build}-${process.version}-${process.arch}-${engineTag()}`)
}

/** The head of whatever this engine keeps: it differs where one cannot read what the other has kept, as with other flags. */
function engineTag(): string {
  return new Script('').createCachedData().toString('hex', 0, 16)
}

/** The bytes of a file that only this user can have written. */
function readOwn(path: string): Buffer | undefined {
  let fd: number
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  } catch {
    return undefined
  }
  try {
    const stat = fstatSync(fd)
    if (!stat.isFile() || stat.uid !== process.geteuid?.() || (stat.mode & 0o022) !== 0) return undefined
    const { size } = stat
    const bytes = Buffer.allocUnsafeSlow(size)
    return readSync(fd, bytes) === size ? bytes : undefined
  } catch {
    return undefined
  } finally {
    closeSync(fd)
  }
}

function isYounger(path: string, ageMs: number): boolean {
  try {
    return Date.now() - statSync(path).mtimeMs < ageMs
  } catch {
    return false
  }
}

/** Writes the file whole or not at all. Where it cannot be written, every start compiles: slower, and otherwise the same. */
function keep(path: string, script: Script): void {
  const partial = `${path}.${process.pid}`
  const folder = dirname(path)
  try {
    if (!isOurs(dirname(folder)) || !isOurs(folder)) return
    if (existsSync(partial) && !isYounger(partial, MAX_WRITING_MS)) unlinkSync(partial)
    // Opened before the data are made, which is what takes long; and by one of several threads.
    const fd = openSync(partial, 'wx', 0o600)
    try {
      const data = script.createCachedData()
      for (let done = 0; done < data.length; ) done += writeSync(fd, data, done)
      // The engine would not notice blocks that never came to the disk.
      fsyncSync(fd)
      renameSync(partial, path)
    } catch {
      unlinkSync(partial)
    } finally {
      closeSync(fd)
    }
    removeOld(folder)
  } catch {
    // Read-only, full, or of somebody else.
  }
}

function removeOld(folder: string): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    if (KEPT_NAME.test(name) && !isYounger(path, MAX_AGE_MS)) unlinkSync(path)
  }
}
