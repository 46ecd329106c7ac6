import { accessSync, constants, lstatSync, mkdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The user's folder for what Berth keeps between runs: `$XDG_CACHE_HOME/berth` or `~/.cache/berth`; it need not exist. */
export function userCacheFolder({ XDG_CACHE_HOME, HOME }: NodeJS.ProcessEnv): string | undefined {
  if (XDG_CACHE_HOME?.startsWith('/')) return join(XDG_CACHE_HOME, 'berth')
  return HOME?.startsWith('/') ? join(HOME, '.cache', 'berth') : undefined
}

/** Makes a folder unless it is there. @returns whether it is this user's, and nobody else can write in it */
export function isOurs(folder: string): boolean {
  try {
    // Not below what somebody else has: root with another user's HOME would lock that user out.
    if (!isOwn(statSync(existing(folder)).uid)) return false
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    accessSync(folder, constants.W_OK | constants.X_OK)
    const stat = lstatSync(folder)
    return stat.isDirectory() && isOwn(stat.uid) && (stat.mode & 0o022) === 0
  } catch {
    return false
  }
}

function isOwn(uid: number): boolean {
  return uid === process.geteuid?.()
}

/** The folder itself, or the nearest one above it that exists. */
function existing(folder: string): string {
  return lstatSync(folder, { throwIfNoEntry: false }) === undefined ? existing(dirname(folder)) : folder
}

/** Whether nothing is to be kept there of what the engine compiles: the variable that turns off Node.js's own cache. */
export function isCodeCacheOff({ NODE_DISABLE_COMPILE_CACHE }: NodeJS.ProcessEnv): boolean {
  return NODE_DISABLE_COMPILE_CACHE !== undefined && NODE_DISABLE_COMPILE_CACHE !== ''
}

/** Those variables by which a Worker that is given no others finds the same folder. */
export function cacheVariables({ XDG_CACHE_HOME, HOME, NODE_DISABLE_COMPILE_CACHE }: NodeJS.ProcessEnv) {
  const variables = Object.entries({ XDG_CACHE_HOME, HOME, NODE_DISABLE_COMPILE_CACHE })
  // One that is not set would be set to `undefined`, the word.
  return Object.fromEntries(variables.filter(([, value]) => value !== undefined))
}
