/**
 * What a file of bench/cases and the framework have in common: types, and the checks of what a file returns.
 *
 * A file exports `async function cases(tools)`. It only describes: it may compile (`await tools.wasm('hello')`) and look for
 * what is there (`tools.limits`, `tools.runtimes`), but runs none of what it measures. It is called
 * twice, the first time with tools that do not compile, only for the names. What runs is in the sides, and is started through
 * the tools, so that it is ended with its case, whatever happens.
 */

/**
 * @typedef {() => number | Promise<number>} Side one run in fresh processes; its figure, in the unit of the case
 *
 * @typedef {object} Target one of these; without any there is nothing to meet
 * @property {number} [ratioAtMost] of Berth's figure to the baseline's
 * @property {number} [ratioAtLeast]
 * @property {number} [atMost] Berth's figure by itself, in the unit of the case
 * @property {number} [atLeast]
 * @property {number} [differenceAtMost] Berth's figure less the baseline's, in the unit of the case
 *
 * @typedef {object} Case
 * @property {string} group one table and one plot for each; GROUPS has their order
 * @property {string} name unlike any other of the group
 * @property {string} unit of all figures: 'µs', 'MB/s'
 * @property {'lower' | 'higher'} better
 * @property {Target} [target]
 * @property {string} [baseline] the side that is 1.00 (default: 'native'). Where it is no side, there is no ratio
 * @property {Record<string, Side>} sides `berth` always; `native`, `node`, `preview2`, `iwasm`, `wasmtime`, `wasmedge`, or
 *   names of the case's own. A side that is undefined is left out: `iwasm: tools.runtimes.iwasm && (() => ...)`
 * @property {string} [needs] why it cannot run here, as in 'needs 10,100 descriptors, the limit is 1,024'; it is then listed
 *   with that and not run
 * @property {Record<string, string>} [labels] shown instead of the names of sides
 * @property {number} [rounds] not more than so many, for what is slow
 * @property {number} [timeoutSeconds] for one run of one side (default: 120)
 */

/**
 * @typedef {readonly string[]} Argv a command and its arguments
 *
 * @typedef {object} ProcessOptions
 * @property {number | string} [core] a core, or a list as taskset has it ('0,1'), to which the program is pinned
 * @property {string | Uint8Array} [input] standard input; otherwise it is empty
 * @property {Record<string, string>} [env] added to the environment
 * @property {string} [cwd]
 *
 * @typedef {object} RunningServer
 * @property {import('node:child_process').ChildProcess} child
 * @property {() => string} stderr what it has printed there so far
 *
 * @typedef {object} ServerOptions options of a process, and
 * @property {(line: string) => number | string | undefined} [ready] from a line of standard output what a client has to know;
 *   undefined for a line that says nothing. Without it: the number at the end of the first line that has one
 * @property {boolean} [endsItself] it ends by itself once it has been used, with code 0; otherwise it gets SIGTERM
 *
 * @typedef {object} Tools
 * @property {(name: string, options?: { flags?: string[], args?: string[] }) => string} native path of bench/programs/NAME.c
 *   compiled by cc with -O2 -pthread and the flags, once; `flags` go before the source and `args` behind it (-lm)
 * @property {(name: string, options?: object) => Promise<string>} wasm path of the module of bench/programs/NAME.c; options
 *   are those of compileGuest (flags, includeDirs, library, withGuestLibrary, ...)
 * @property {(module: string, options?: { options?: string[], args?: (string | number)[], node?: string }) => string[]} berth
 *   argv of dist/iwasm.cjs with `options` of the command and the program's `args`; `node` is the path of another Node.js
 * @property {(script: string, args?: (string | number)[]) => string[]} node argv of bench/programs/SCRIPT.mjs
 * @property {Partial<Record<'iwasm' | 'wasmtime' | 'wasmedge', Runtime>>} runtimes what is on PATH
 * @property {(core: number | string, argv: Argv) => string[]} pinned
 * @property {(argv: Argv, options?: ProcessOptions) => Promise<number>} figure the number printed last on standard output
 * @property {(argv: Argv, options?: ProcessOptions) => Promise<string>} output standard output; fails unless the code is 0
 * @property {(argv: Argv, options?: ProcessOptions) => Promise<number>} wallMs from the start to the end of a program
 * @property {<T>(argv: Argv, options: ProcessOptions & ServerOptions,
 *   use: (port: any, child: import('node:child_process').ChildProcess) => Promise<T>) => Promise<T>} withServer starts a
 *   server, waits until it is ready, uses it, ends it and waits for its end
 * @property {(argv: Argv, options?: ProcessOptions & { stdio?: any }) => import('node:child_process').ChildProcess} spawn for
 *   what the others do not do; standard error is kept for messages unless `stdio` says otherwise. Give it to `ended`
 * @property {(child: import('node:child_process').ChildProcess, expected?: number | string | null) => Promise<void>} ended
 *   waits for its end; fails unless its code, or the name of its signal, is `expected` (default: 0; null: any)
 * @property {string} files a folder in memory, so that no disk decides; there are other cases' files in it
 * @property {string} programs the folder bench/programs
 * @property {string} root the repository
 * @property {{ descriptors: number }} limits how many descriptors a program may have; may be Infinity
 *
 * @typedef {((module: string, options?: { options?: string[], args?: (string | number)[] }) => string[])
 *   & { version: string }} Runtime argv; `options` go before the module as they are: iwasm takes those of Berth, all three
 *   take --dir=PATH
 */

/** The groups in the order of docs/performance.md; others come behind them. */
export const GROUPS = [
  'calls',
  'TCP',
  'UDP',
  'HTTP',
  'epoll',
  'files',
  'start',
  'names',
  'policy',
  'memory',
  'threads',
  'embedding',
]

const BETTER = ['lower', 'higher']
const TARGETS = ['ratioAtMost', 'ratioAtLeast', 'atMost', 'atLeast', 'differenceAtMost']
const DEFAULT_TIMEOUT_SECONDS = 120

/**
 * A case as the rest of the framework has it: complete, and with the sides only that there are.
 * @param {Case} given
 * @throws with what is wrong with it
 */
export function checkedCase(given) {
  const { group, name, unit, better, target, needs, baseline = 'native', labels = {}, rounds = Infinity } = given
  const wrong = (what) => new Error(`the case ${JSON.stringify(name)} ${what}`)
  for (const [key, value] of Object.entries({ group, name, unit }))
    if (typeof value !== 'string' || value === '') throw wrong(`has no ${key}`)
  if (!BETTER.includes(better)) throw wrong(`says neither that lower nor that higher figures are better`)
  const unknown = Object.keys(target ?? {}).find((key) => !TARGETS.includes(key))
  if (unknown !== undefined) throw wrong(`has an unknown target: ${unknown}`)
  const sides = Object.fromEntries(Object.entries(given.sides ?? {}).filter(([, side]) => side !== undefined))
  if (needs === undefined && !Object.hasOwn(sides, 'berth')) throw wrong('has no side `berth`')
  const timeoutSeconds = given.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS
  return { group, name, unit, better, target, baseline, labels, rounds, needs, timeoutSeconds, sides }
}

/** Those whose group or name contains one of the words; all of them without words. */
export function selected(cases, words) {
  if (words.length === 0) return cases
  const wanted = words.map((word) => word.toLowerCase())
  return cases.filter(({ group, name }) =>
    wanted.some((word) => group.toLowerCase().includes(word) || name.toLowerCase().includes(word)),
  )
}

/** By group; within a group they stay as they are. */
export function inOrder(cases) {
  return cases.toSorted((a, b) => place(a.group) - place(b.group) || compare(a.group, b.group))
}

/** Groups that are not in the list come last, by name. */
function place(group) {
  const known = GROUPS.indexOf(group)
  return known < 0 ? GROUPS.length : known
}

const compare = (a, b) => (a === b ? 0 : a < b ? -1 : 1)
