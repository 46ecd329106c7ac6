/** Where figures come from: the machine, the versions of all that takes part, and the commit. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { network } from './network.mjs'
import { findRuntimes } from './runtimes.mjs'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** @returns {{ machine: object, network: string, versions: Record<string, string | null>, missing: string[] }} */
export function environment() {
  const { found, missing } = findRuntimes()
  const processors = cpus()
  return {
    machine: {
      cpu: processors[0]?.model ?? 'unknown',
      cores: processors.length,
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      arch: process.arch,
    },
    network: network(),
    versions: {
      berth: packageVersion('.'),
      node: process.versions.node,
      v8: process.versions.v8,
      koffi: packageVersion('node_modules/koffi'),
      kernel: release(),
      libc: firstLine('getconf', ['GNU_LIBC_VERSION']),
      cc: firstLine('cc', ['--version']),
      clang: packageVersion('node_modules/@yowasp/clang'),
      ...packagedPeers(),
      ...Object.fromEntries(Object.entries(found).map(([name, { version }]) => [name, version])),
    },
    missing,
  }
}

/** `v0.1.0-7-gabc1234`, with `-dirty` where the tree is not what was committed. */
export function commit() {
  // What the benchmarks write themselves does not make the code another.
  const dirty = firstLine('git', ['status', '--porcelain', '--', '.', ':!bench/results', ':!docs'])
  const name = firstLine('git', ['describe', '--tags', '--always'])
  return name === null ? 'unknown' : `${name}${dirty ? '-dirty' : ''}`
}

/** What makes and runs WASI 0.2 components on Node.js, where it is installed. */
function packagedPeers() {
  const names = ['jco-transpile', 'preview2-shim']
  const folder = (name) => join('bench/node_modules/@bytecodealliance', name)
  const installed = names.filter((name) => existsSync(join(ROOT, folder(name))))
  return Object.fromEntries(installed.map((name) => [name, packageVersion(folder(name))]))
}

function packageVersion(folder) {
  return JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8')).version
}

/** Null where the command is not there or fails. */
function firstLine(command, args) {
  const { status, stdout } = spawnSync(command, args, { cwd: ROOT, encoding: 'utf8' })
  return status === 0 ? stdout.trim().split('\n')[0] : null
}
