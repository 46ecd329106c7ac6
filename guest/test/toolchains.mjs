/**
 * The C compilers the library's tests run with: the one from npm, which works on a tree of files in memory, and a system's
 * clang with a WASI sysroot, given the same tree in a temporary folder. The library's headers are always in the tree.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { librarySources, systemClang } from '../../scripts/guest-compiler.mjs'

const GUEST = fileURLToPath(new URL('..', import.meta.url))
const listed = (folder, extension) =>
  readdirSync(join(GUEST, folder), { recursive: true })
    .filter((name) => name.endsWith(extension))
    .map((name) => `${folder}/${name}`)
    .sort()

/** The public headers, by path in guest/. */
export const HEADERS = listed('include', '.h')

/**
 * What a library is compiled from, by path in guest/, its private headers among it.
 * @param {'full' | 'original'} library
 * @returns {Record<string, Uint8Array>}
 */
export function libraryFiles(library) {
  const paths = [...listed('src', '.h'), ...librarySources(library).map((name) => `src/${name}`)]
  return Object.fromEntries(paths.map((path) => [path, readFileSync(join(GUEST, path))]))
}

/**
 * @typedef {object} Toolchain
 * @property {string} name
 * @property {() => void} open
 * @property {() => void} close
 * @property {(args: string[], files: Record<string, string | Uint8Array>) => Promise<Result>} compile runs clang
 * @typedef {{ ok: boolean, messages: string, files: (path: string) => Uint8Array }} Result what it printed, what it made
 *
 * @returns {Toolchain[]}
 */
export function toolchains() {
  const found = [yowasp()]
  const command = systemClang()
  if (command.length === 0) console.log('no clang with a WASI sysroot: only the compiler from npm is tried')
  else found.push(system(command))
  return found
}

function yowasp() {
  return {
    name: 'yowasp',
    open() {},
    close() {},
    async compile(args, files) {
      const { runClang, Exit } = await import('@yowasp/clang')
      const tree = {}
      const put = (path, content) => {
        const names = path.split('/')
        let folder = tree
        for (const name of names.slice(0, -1)) folder = folder[name] ??= {}
        folder[names.at(-1)] = content
      }
      for (const path of HEADERS) put(path, readFileSync(join(GUEST, path)))
      for (const [path, content] of Object.entries(files)) put(path, content)
      let messages = ''
      const collect = (bytes) => {
        if (bytes) messages += Buffer.from(bytes).toString()
      }
      const options = { stdout: collect, stderr: collect, fetchProgress: () => {} }
      try {
        const made = await runClang(['clang', '-Iinclude', ...args], tree, options)
        const get = (path) => path.split('/').reduce((folder, name) => folder[name], made)
        return { ok: true, messages, files: get }
      } catch (error) {
        if (!(error instanceof Exit)) throw error
        return { ok: false, messages, files: () => undefined }
      }
    },
  }
}

function system(command) {
  let folder
  return {
    name: command[0].split('/').at(-1),
    open() {
      folder = mkdtempSync(join(tmpdir(), 'berth-headers-'))
    },
    close() {
      rmSync(folder, { recursive: true, force: true })
    },
    async compile(args, files) {
      for (const [path, content] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true })
        writeFileSync(join(folder, path), content)
      }
      const [program, ...flags] = command
      const run = spawnSync(program, [...flags, `-I${join(GUEST, 'include')}`, ...args], {
        cwd: folder,
        encoding: 'utf8',
      })
      return {
        ok: run.status === 0,
        messages: run.stdout + run.stderr,
        files: (path) => readFileSync(join(folder, path)),
      }
    },
  }
}
