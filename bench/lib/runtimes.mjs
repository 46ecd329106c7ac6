/** The other runtimes that run the same modules, where they are on PATH. */
import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { join, sep } from 'node:path'

const RUNTIMES = { iwasm: [], wasmtime: ['run'], wasmedge: [] }

/**
 * @param {string} [path] of folders, as in PATH
 * @returns {{ found: Partial<Record<string, import('./case.mjs').Runtime>>, missing: string[] }}
 */
export function findRuntimes(path = process.env.PATH ?? '') {
  const found = {}
  for (const [name, before] of Object.entries(RUNTIMES)) {
    const runtime = firstOf(name, path)
    if (runtime === undefined) continue
    const argv = (module, { options = [], args = [] } = {}) =>
      [runtime.binary, ...before, ...options, module, ...args].map(String)
    found[name] = Object.assign(argv, { version: runtime.version })
  }
  return { found, missing: Object.keys(RUNTIMES).filter((name) => found[name] === undefined) }
}

/** The first that is not Berth under that name. */
function firstOf(name, path) {
  for (const folder of path.split(':')) {
    // npm puts the commands of packages there, and ours is one of them.
    if (folder === '' || folder.endsWith(join(sep, 'node_modules', '.bin'))) continue
    const binary = join(folder, name)
    if (!isExecutable(binary)) continue
    const { status, stdout, stderr } = spawnSync(binary, ['--version'], { encoding: 'utf8', timeout: 10_000 })
    const version = `${stdout}${stderr}`.trim().split('\n')[0]
    if (status === 0 && !version.includes('Berth')) return { binary, version }
  }
  return undefined
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
