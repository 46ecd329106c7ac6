/**
 * Builds the commands and the library into dist/: one bundle each, since reading thirty modules costs more than running them,
 * and for the large ones a small file in front, which keeps what the engine compiles of the bundle (src/boot/code-cache.ts).
 * The compile driver is a file of its own, which only `berth cc` and its kin load.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildTypes } from './build-types.mjs'
import { installDependencies } from './install-dependencies.mjs'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const DIST = join(ROOT, 'dist')
const COMMANDS = ['iwasm', 'berth']

/** By which Node.js knows, without running a file, what of it an ECMAScript module can import. */
const EXPORTED_NAMES = /0&&\(module\.exports=\{[^}]*\}\);?/

export async function build() {
  installDependencies()
  const { build } = await import('esbuild')
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const outdir = join(ROOT, `build/dist-${process.pid}`)
  mkdirSync(outdir, { recursive: true })
  const shared = {
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    // A script of node:vm has no `import()`: it becomes `require` as well.
    supported: { 'dynamic-import': false },
    outExtension: { '.js': '.cjs' },
    outdir,
    external: ['koffi', '@koromix/*'],
    define: {
      'import.meta.url': 'importMetaUrl',
      'import.meta.filename': '__filename',
      'import.meta.dirname': '__dirname',
      BERTH_VERSION: JSON.stringify(version),
    },
    legalComments: 'none',
    // Half the bytes to read at each start; names stay, for stack traces.
    minifyWhitespace: true,
    logLevel: 'warning',
  }
  const url = "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;"
  const bundles = {
    iwasm: 'src/cli/iwasm.ts',
    berth: 'src/cli/berth.ts',
    thread: 'src/cli/thread.ts',
    index: 'src/index.ts',
    'program-worker': 'src/embed/program-worker.ts',
  }
  await build({
    ...shared,
    entryPoints: mapEntries(bundles, (name, source) => [`${name}.main`, join(ROOT, source)]),
    // One expression: see `Run` in src/boot/code-cache.ts.
    banner: { js: '(function (exports, require, module, __filename, __dirname, keepCode) {' },
    footer: { js: '})' },
    plugins: [compileDriverApart],
  })
  for (const name of Object.keys(bundles)) {
    const text = readFileSync(join(outdir, `${name}.main.cjs`), 'utf8')
    await build({
      ...shared,
      entryPoints: { [name]: join(ROOT, 'src/boot/stub.ts') },
      define: {
        BERTH_BUNDLE: JSON.stringify(`${name}.main.cjs`),
        BERTH_BUILD: JSON.stringify(createHash('sha256').update(text).digest('hex').slice(0, 16)),
      },
      ...(COMMANDS.includes(name) && { banner: { js: '#!/usr/bin/env node' } }),
      // It becomes CommonJS, whatever it is written as.
      logOverride: { 'commonjs-variable-in-esm': 'silent' },
      footer: { js: EXPORTED_NAMES.exec(text)?.[0] ?? '' },
    })
  }
  await build({
    ...shared,
    entryPoints: mapEntries(
      {
        'berth-cc': 'src/cc/main.ts',
        'berth-cc-server': 'src/cc/npm/server.ts',
        'berth-cc-worker': 'src/cc/npm/worker.ts',
        'watchdog-worker': 'src/runtime/watchdog-worker.ts',
      },
      (name, source) => [name, join(ROOT, source)],
    ),
    banner: { js: url },
  })
  buildTypes(join(outdir, 'types'))
  // Whole or not at all: what runs meanwhile finds its files.
  rmSync(DIST, { recursive: true, force: true })
  renameSync(outdir, DIST)
}

function mapEntries(object, change) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => change(key, value)))
}

const compileDriverApart = {
  name: 'compile-driver-apart',
  setup(build) {
    build.onResolve({ filter: /\/cc\/main\.ts$/ }, () => ({ path: './berth-cc.cjs', external: true }))
  },
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build()
