import { join } from 'node:path'

/** The user's folder for what Berth keeps between runs: `$XDG_CACHE_HOME/berth` or `~/.cache/berth`; it need not exist. */
export function userCacheFolder({ XDG_CACHE_HOME, HOME }: NodeJS.ProcessEnv): string | undefined {
  if (XDG_CACHE_HOME?.startsWith('/')) return join(XDG_CACHE_HOME, 'berth')
  return HOME?.startsWith('/') ? join(HOME, '.cache', 'berth') : undefined
}

/** Whether nothing is to be kept there of what the engine compiles: the variable that turns off Node.js's own cache. */
export function isCodeCacheOff({ NODE_DISABLE_COMPILE_CACHE }: NodeJS.ProcessEnv): boolean {
  return NODE_DISABLE_COMPILE_CACHE !== undefined && NODE_DISABLE_COMPILE_CACHE !== ''
}

/** Those variables by which a Worker that is given no others finds the same folder. */
export function cacheVariables({ XDG_CACHE_HOME, HOME, NODE_DISABLE_COMPILE_CACHE }: NodeJS.ProcessEnv) {
  return { XDG_CACHE_HOME, HOME, NODE_DISABLE_COMPILE_CACHE }
}
