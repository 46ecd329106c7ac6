/** Installs the packages of a package-lock.json where they are missing or of another state than the lock file. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/**
 * @param {object} [packages]
 * @param {string} [packages.folder] of the lock file (default: the repository's)
 * @param {string} [packages.what] for the message that it takes a while
 * @param {string[]} [packages.command] of npm (default: ci)
 */
export function installDependencies({ folder = ROOT, what = 'a C compiler is among them', command = ['ci'] } = {}) {
  const stamp = join(folder, 'node_modules/.berth-lock-hash')
  const hash = createHash('sha256')
    .update(readFileSync(join(folder, 'package-lock.json')))
    .digest('hex')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return
  process.stderr.write(`Installing packages (${what}) ...\n`)
  const { status } = spawnSync('npm', [...command, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: folder,
    stdio: ['ignore', process.stderr, process.stderr],
  })
  if (status !== 0) throw new Error(`npm ${command[0]} failed: see the messages above`)
  writeFileSync(stamp, hash)
}
