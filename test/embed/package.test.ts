/**
 * The package as its users get it: packed, installed into an empty project, and used from there by `import` and `require`,
 * with its types, on each version of Node.js. The examples of docs/api.md are what is run.
 */
import assert from 'node:assert/strict'
import { execFile, execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { compileGuest } from '../../scripts/guest-compiler.mjs'
import { missingNode, nodeBinary, otherRuntime } from '../support/nodes.ts'
import { readSnippets } from './snippets.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const VERSIONS = [20, 22, 24, 26]
/** The first that suspends stacks, at 24.20. */
const SUSPENDS_FROM = 24
const run = promisify(execFile)

const project = mkdtempSync(join(tmpdir(), 'berth-package-'))
after(() => rmSync(project, { recursive: true }))

const quiet = ['--loglevel=error', '--no-audit', '--no-fund']
execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', project, ...quiet], {
  cwd: ROOT,
  stdio: 'ignore',
})
const tarball = readdirSync(project).find((name) => name.endsWith('.tgz'))!
writeFileSync(join(project, 'package.json'), '{ "private": true }')
execFileSync('npm', ['install', `./${tarball}`, ...quiet], { cwd: project, stdio: 'ignore' })
for (const name of ['hello', 'echo', 'ask']) {
  const path = await compileGuest({ sources: [join(ROOT, `examples/embed/${name}.c`)] })
  copyFileSync(path, join(project, `${name}.wasm`))
}

const snippets = readSnippets(new URL('../../docs/api.md', import.meta.url))
for (const { line, code } of snippets) writeFileSync(join(project, `line-${line}.mjs`), code)

/** What the other runtimes cannot do, by words of the examples; see docs/platforms.md. */
const NOT_ELSEWHERE = { bun: ['startAsync'], deno: ['startAsync', 'createServer', 'resolve:'] } as const

/** Other runtimes print objects in their own way: the first words of each line. */
function firstWords(output: string): RegExp {
  const lines = output.trimEnd().split('\n')
  return new RegExp(
    `^${lines.map((line) => line.replace(/\{.*/, '').replaceAll(/[.*+?()[\]]/g, '\\$&')).join('[^]*\n')}`,
  )
}

describe('installed from the tarball', { concurrency: 2 }, () => {
  for (const major of VERSIONS) {
    const options = { skip: missingNode(major) }
    const node = nodeBinary(major) ?? ''

    for (const { line, output, suspends } of snippets) {
      if (suspends && major < SUSPENDS_FROM) continue
      test(`Node.js ${major}: the example at line ${line} of docs/api.md`, options, async () => {
        const { stdout, stderr } = await run(node, [`line-${line}.mjs`], { cwd: project, timeout: 30_000 })
        assert.deepEqual({ stdout, stderr }, { stdout: output, stderr: '' })
      })
    }

    test(`Node.js ${major}: require`, options, async () => {
      const script = "const { WASI, spawn } = require('berth-wasi'); console.log(typeof WASI, typeof spawn)"
      const { stdout } = await run(node, ['--eval', script], { cwd: project })
      assert.equal(stdout, 'function function\n')
    })

    test(`Node.js ${major}: the commands`, options, async () => {
      const { stdout } = await run(node, ['node_modules/.bin/iwasm', 'hello.wasm', 'you'], { cwd: project })
      assert.equal(stdout, 'hello, you\n')
    })
  }

  for (const [name, ...words] of [['bun'], ['deno', 'run', '--allow-all', '--quiet']] as const) {
    const binary = otherRuntime(name)
    const skip = typeof binary === 'string' ? false : binary.reason
    for (const { line, code } of snippets) {
      if (NOT_ELSEWHERE[name].some((part) => code.includes(part))) continue
      test(`${name}: the example at line ${line} of docs/api.md`, { skip }, async () => {
        const { stdout } = await run(String(binary), [...words, `line-${line}.mjs`], { cwd: project, timeout: 30_000 })
        assert.match(stdout, firstWords(snippets.find((snippet) => snippet.line === line)!.output))
      })
    }
  }

  describe('startAsync where it cannot be', () => {
    const script = `import { WASI } from 'berth-wasi'
      const wasi = new WASI({ version: 'preview1' })
      try { wasi.getImportObject({ suspend: true }) } catch (error) { console.log(error.code, error.message) }`
    writeFileSync(join(project, 'suspend.mjs'), script)
    for (const [name, binary, message, ...words] of [
      ['Node.js 20', nodeBinary(20) ?? '', /24\.20.*v20\./],
      ['bun', otherRuntime('bun'), /not on bun \d/],
      ['deno', otherRuntime('deno'), /not on deno \d/, 'run', '--allow-all', '--quiet'],
    ] as const) {
      const skip = typeof binary === 'string' ? false : binary.reason
      test(`${name} says so`, { skip }, async () => {
        const { stdout } = await run(String(binary), [...words, 'suspend.mjs'], { cwd: project, timeout: 30_000 })
        assert.match(stdout, /^ERR_BERTH_UNSUPPORTED /)
        assert.match(stdout, message)
      })
    }
  })
})

describe('types', () => {
  const typescript = join(ROOT, 'node_modules/.bin/tsc')
  const check = (name: string, code: string) => {
    writeFileSync(join(project, name), code)
    const options = ['--strict', '--noEmit', '--module', 'nodenext', '--target', 'es2023', '--types', 'node']
    const roots = ['--typeRoots', join(ROOT, 'node_modules/@types'), '--exactOptionalPropertyTypes']
    try {
      execFileSync(typescript, [...options, ...roots, name], { cwd: project, encoding: 'utf8', stdio: 'pipe' })
      return ''
    } catch (error) {
      return (error as { stdout: string }).stdout
    }
  }
  const USE = `
    const wasi = new WASI({ version: 'preview1', addrPool: ['127.0.0.1/32'], preopens: { '/d': { path: '.', readOnly: true } } })
    const code: number = wasi.start({ exports: {} })
    const program = spawn('x.wasm', { stdio: 'inherit', limits: { sockets: 1 }, onDeny: ({ target }) => target.length })
    program.once('exit', (exit: number | null) => exit)
    const result: Promise<{ exitCode: number | null }> = program.result
    const error: Error = new LinkError([])
    export { code, result, error }
  `
  const names = '{ LinkError, spawn, WASI }'

  test('from an ES module and from CommonJS, every declaration checked', () => {
    assert.equal(check('use.mts', `import ${names} from 'berth-wasi'\n${USE}`), '')
    assert.equal(check('use.cts', `import ${names} from 'berth-wasi'\n${USE}`), '')
  })

  test('what is wrong does not pass', () => {
    for (const [wrong, message] of [
      ["new WASI({ version: 'preview2' })", /preview2/],
      ['new WASI({})', /version/],
      ["spawn('x', { limits: { files: 1 } })", /files/],
      ["spawn('x').result.then((result) => result.code)", /'code'/],
    ] as const) {
      assert.match(check('wrong.mts', `import ${names} from 'berth-wasi'\n${wrong}\nnew LinkError([])`), message, wrong)
    }
  })

  test('docs/api.md has a row for every option, event, method and error', () => {
    const text = readFileSync(join(ROOT, 'docs/api.md'), 'utf8')
    const declared = ['types', 'spawn', 'wasi', 'guest-listener']
      .map((name) => readFileSync(join(ROOT, `dist/types/embed/${name}.d.cts`), 'utf8'))
      .flatMap((source) =>
        [...source.matchAll(/^ {4}(?:readonly |get |static )*(\w+)[?(:]/gm)].map(([, name]) => name!),
      )
    for (const name of new Set(declared)) {
      if (name === 'constructor') continue
      assert.match(text, new RegExp(`\\b${name}\\b`), `${name} is not in docs/api.md`)
    }
  })
})
