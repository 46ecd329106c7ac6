import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { isOurs, userCacheFolder } from '../boot/cache-folder.ts'

/**
 * The folder for what is worth keeping: $XDG_CACHE_HOME/berth or ~/.cache/berth; where that cannot be written, a folder of
 * this user below the temporary directory. Belongs to the user alone, since what lies in it is linked into programs.
 */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  const temporary = join(tmpdir(), `berth-${process.getuid?.() ?? 'cache'}`)
  for (const folder of [userCacheFolder(env), temporary]) {
    if (folder !== undefined && isOurs(folder)) return folder
  }
  // Somebody else owns that name: nothing is kept from one run to the next.
  const folder = mkdtempSync(join(tmpdir(), 'berth-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Makes `folder` by `fill`, unless it is there: complete or not at all, however many processes do the same at once. */
export async function publishFolder(folder: string, fill: (partial: string) => Promise<void> | void): Promise<string> {
  if (existsSync(folder)) return folder
  mkdirSync(dirname(folder), { recursive: true, mode: 0o700 })
  const partial = mkdtempSync(join(dirname(folder), `.${basename(folder)}-`))
  try {
    await fill(partial)
    try {
      renameSync(partial, folder)
    } catch (error) {
      // Somebody else was faster: theirs is as good.
      if (!existsSync(folder)) throw error
    }
  } finally {
    rmSync(partial, { recursive: true, force: true })
  }
  return folder
}

export function hashOf(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(`${part.length}:`).update(part)
  return hash.digest('hex').slice(0, 32)
}
