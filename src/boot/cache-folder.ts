import { join } from 'node:path'

/** The user's folder for what Berth keeps between runs: `$XDG_CACHE_HOME/berth` or `~/.cache/berth`; it need not exist. */
export function userCacheFolder({ XDG_CACHE_HOME, HOME }: NodeJS.ProcessEnv): string | undefined {
  if (XDG_CACHE_HOME?.startsWith('/')) return join(XDG_CACHE_HOME, 'berth')
  return HOME?.startsWith('/') ? join(HOME, '.cache', 'berth') : undefined
}
