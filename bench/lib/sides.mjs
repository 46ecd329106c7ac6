/** The sides of a case in which one program is the same everywhere: the C source natively and as Wasm, and a twin of it. */

/**
 * How the program of that name is started on each side.
 * @param {import('./case.mjs').Tools} tools
 * @param {string} name
 * @param {object} [program]
 * @param {string[]} [program.options] of Berth's command
 * @param {boolean} [program.node] there is bench/programs/NAME.mjs
 * @param {boolean} [program.iwasm] what it calls, the original has as well
 * @returns {Promise<Record<string, (args: (string | number)[]) => string[]>>}
 */
export async function everywhere(tools, name, program = {}) {
  const { options = ['--addr-pool=127.0.0.1/32'], node = false, iwasm = false } = program
  const native = tools.native(name)
  const module = await tools.wasm(name)
  const sides = {
    native: (args) => [native, ...args],
    berth: (args) => tools.berth(module, { options, args }),
  }
  if (node) sides.node = (args) => tools.node(name, args)
  if (iwasm && tools.runtimes.iwasm) {
    const original = await tools.wasm(name, { library: 'original' })
    sides.iwasm = (args) => tools.runtimes.iwasm(original, { options, args })
  }
  return sides
}

/** The same measurement of each. */
export function measured(programs, measure) {
  return Object.fromEntries(Object.entries(programs).map(([side, argv]) => [side, () => measure(argv, side)]))
}

/** Why a case with so many descriptors cannot run here, if it cannot. */
export function needsDescriptors({ limits }, count) {
  if (limits.descriptors >= count) return undefined
  const [wanted, limit] = [count, limits.descriptors].map((each) => each.toLocaleString('en-US'))
  return `needs ${wanted} descriptors, the limit is ${limit}`
}
