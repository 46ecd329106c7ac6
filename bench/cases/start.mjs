/**
 * From the start of the command to its end, for a program that prints a line. Berth's part of it is what goes beyond Node.js
 * itself, which is the baseline.
 *
 * A module is met for the first time where XDG_CACHE_HOME is an empty folder, and again where it has been run once: what may be
 * kept of it from one run to the next is kept there.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { largeModule } from '../programs/large_module.mjs'

const RUNS = 10

/** @param {import('../lib/case.mjs').Tools} tools */
export async function cases(tools) {
  const { berth, output, runtimes, wallMs } = tools
  const program = tools.native('hello')
  // Without sockets: the same module runs everywhere.
  const hello = await tools.wasm('hello', { withGuestLibrary: false })
  const node = () => wallMs([process.execPath, '-e', '0'])
  const common = { group: 'start', unit: 'ms', better: 'lower', baseline: 'node' }
  const labels = { node: 'node -e 0', berth: 'Berth, again', first: 'Berth, first' }

  const other = (runtime, module) => runtime && (() => wallMs(runtime(module())))
  const ofModule = (name, target, module, native) => ({
    ...common,
    name,
    target,
    labels,
    sides: {
      node,
      berth: () => withCache(module(), again),
      first: () => withCache(module(), (argv, env) => wallMs(argv, { env })),
      native,
      iwasm: other(runtimes.iwasm, module),
      wasmtime: other(runtimes.wasmtime, module),
      wasmedge: other(runtimes.wasmedge, module),
    },
  })

  async function again(argv, env) {
    await output(argv, { env })
    return wallMs(argv, { env })
  }

  /** Calls `use` with the command and an environment in which nothing is known of the module. */
  async function withCache(module, use) {
    const folder = mkdtempSync(join(tools.files, 'cache-'))
    try {
      return await use(berth(module), { XDG_CACHE_HOME: folder })
    } finally {
      rmSync(folder, { recursive: true })
    }
  }

  /** Made when it is first needed: that takes a while. */
  const large = (megabytes) => () => {
    const path = join(tools.files, 'modules', `large${megabytes}.wasm`)
    if (!existsSync(path)) {
      mkdirSync(join(tools.files, 'modules'), { recursive: true })
      writeFileSync(path, largeModule(megabytes * 1e6))
    }
    return path
  }

  return [
    ofModule(
      'start and end of `hello.wasm`',
      { ratioAtMost: 1.35 },
      () => hello,
      () => wallMs([program]),
    ),
    ofModule('start and end of a module of 1 MB', undefined, large(1)),
    ofModule('start and end of a module of 10 MB', undefined, large(10)),
    {
      ...common,
      name: 'ten starts of a module of 10 MB',
      labels: { ...labels, berth: 'Berth' },
      sides: {
        node: () => inTurn(node),
        berth: () => withCache(large(10)(), (argv, env) => inTurn(() => wallMs(argv, { env }))),
      },
    },
  ]
}

async function inTurn(run) {
  let total = 0
  for (let i = 0; i < RUNS; i++) total += await run()
  return total
}
