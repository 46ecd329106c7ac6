/**
 * Makes an ES module of pingpong.c for Node.js: C to a core module, that to a WASI 0.2 component, and the component to
 * JavaScript with jco, which calls @bytecodealliance/preview2-shim. Run as a program it does that.
 *
 * Kept in build/bench/preview2 by a hash of the sources and of the versions of the packages, and not made again.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const OUT = fileURLToPath(new URL('../../../build/bench/preview2', import.meta.url))
const SOURCES = ['pingpong.c', 'pingpong.wit', 'build.mjs']
const JCO = '@bytecodealliance/jco-transpile'
const SHIM = '@bytecodealliance/preview2-shim'
/** Packages of WASI 0.2 that the component imports from; the shim has a module for each. */
const WASI_PACKAGES = ['cli', 'clocks', 'io', 'sockets']
const FLAGS = ['--target=wasm32-unknown-unknown', '-O2', '-nostdlib', '-Wl,--no-entry,--strip-all', '-Wall', '-Wextra']

/** The versions of jco and of the shim. Throws where they are not installed. */
export function versions() {
  return { 'jco-transpile': version(JCO), 'preview2-shim': version(SHIM) }
}

/** The path of the module that exports `run`, of `wasi:cli/run`; there is nothing yet before `buildPreview2`. */
export function modulePath() {
  const hash = createHash('sha256').update(JSON.stringify([versions(), import.meta.resolve(SHIM)]))
  for (const name of SOURCES) hash.update(readFileSync(join(HERE, name)))
  return join(OUT, hash.digest('hex').slice(0, 16), 'pingpong.js')
}

/** @returns {Promise<string>} `modulePath()`, where there is a module now */
export async function buildPreview2() {
  const path = modulePath()
  if (existsSync(path)) return path
  const component = await makeComponent()
  const { transpileBytes } = await import(JCO)
  // What is made lies outside bench/, from where the shim could not be found by its name.
  const shimModule = (name) => [`wasi:${name}/*`, `${import.meta.resolve(`${SHIM}/${name}`)}#*`]
  const map = Object.fromEntries(WASI_PACKAGES.map(shimModule))
  const { files } = await transpileBytes(component, { name: 'pingpong', map, emitTypescriptDeclarations: false })

  mkdirSync(OUT, { recursive: true })
  // Complete or not there: another process may be making the same.
  const partial = mkdtempSync(join(OUT, 'part-'))
  // By this Node.js takes it for an ES module.
  writeFileSync(join(partial, 'package.json'), '{ "type": "module" }\n')
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(partial, name), bytes)
  try {
    renameSync(partial, dirname(path))
  } catch (error) {
    rmSync(partial, { recursive: true })
    if (!existsSync(path)) throw error
  }
  return path
}

async function makeComponent() {
  const { compileGuest } = await import('../../../scripts/guest-compiler.mjs')
  const { componentEmbed, componentNew } = await import(`${JCO}/wasm-tools`)
  const sources = [join(HERE, 'pingpong.c')]
  const core = await compileGuest({ sources, flags: FLAGS, withGuestLibrary: false, warningsAreErrors: true })
  const witSource = readFileSync(join(HERE, 'pingpong.wit'), 'utf8')
  return componentNew(await componentEmbed({ binary: readFileSync(core), witSource, world: 'pingpong' }))
}

/** From the file, since not every package exports its package.json. */
function version(name) {
  let dir = dirname(fileURLToPath(import.meta.resolve(name)))
  while (!existsSync(join(dir, 'package.json'))) dir = dirname(dir)
  return JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8')).version
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildPreview2()
