/**
 * Builds the commands and the library into dist/: one file each, since reading thirty modules costs more than running them.
 * The compile driver is a file of its own, which only \`berth cc\` and its kin load.
 */
import { mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildTypes } from './build-types.mjs'
import { installDependencies } from './install-dependencies.mjs'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const DIST = join(ROOT, 'dist')

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
    outExtension: { '.js': '.cjs' },
    outdir,
    external: ['koffi', '@koromix/*'],
    define: { 'import.meta.url': 'importMetaUrl', BERTH_VERSION: JSON.stringify(version) },
    legalComments: 'none',
    // Half the bytes to read at each start; names stay, for stack traces.
    minifyWhitespace: true,
    logLevel: 'warning',
  }
  const url = "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;"
  await build({
    ...shared,
    entryPoints: { iwasm: join(ROOT, 'src/cli/iwasm.ts'), berth: join(ROOT, 'src/cli/berth.ts') },
    banner: { js: `#!/usr/bin/env node\n${url}` },
    plugins: [compileDriverApart],
  })
  await build({
    ...shared,
    entryPoints: {
      'berth-cc': join(ROOT, 'src/cc/main.ts'),
      'berth-cc-server': join(ROOT, 'src/cc/npm/server.ts'),
      'berth-cc-worker': join(ROOT, 'src/cc/npm/worker.ts'),
    },
    banner: { js: url },
  })
  await build({
    ...shared,
    entryPoints: {
      'watchdog-worker': join(ROOT, 'src/runtime/watchdog-worker.ts'),
      thread: join(ROOT, 'src/cli/thread.ts'),
      index: join(ROOT, 'src/index.ts'),
      'program-worker': join(ROOT, 'src/embed/program-worker.ts'),
    },
    banner: { js: url },
  })
  buildTypes(join(outdir, 'types'))
  // Whole or not at all: what runs meanwhile finds its files.
  rmSync(DIST, { recursive: true, force: true })
  renameSync(outdir, DIST)
}

const compileDriverApart = {
  name: 'compile-driver-apart',
  setup(build) {
    build.onResolve({ filter: /\/cc\/main\.ts$/ }, () => ({ path: './berth-cc.cjs', external: true }))
  },
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build()
