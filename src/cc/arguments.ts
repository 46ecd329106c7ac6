import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'

/** What the driver has to know about a clang command line; clang itself judges the rest. */
export interface CompilerArguments {
  /** The words with response files put in their place. */
  readonly words: readonly string[]
  /** Produces a program, and therefore wants the guest library. */
  readonly links: boolean
  /** One source into one result: clang needs no second process for it. */
  readonly isOneJob: boolean
  readonly readsStandardInput: boolean
  readonly verbose: boolean
  readonly sysroot: string | undefined
  /** Flags with which a library must be compiled too, to be linked with the result. */
  readonly abiFlags: readonly string[]
}

/** Options whose value is the next word. A missing one costs little: its value is taken for an input. */
const TAKES_NEXT_WORD = new Set(
  (
    '-o -x -I -D -U -L -l -F -B -T -u -z -e -include -imacros -isystem -iquote -idirafter -isysroot -iprefix -iwithprefix ' +
    '-iwithprefixbefore -iframework -MF -MT -MQ -MJ -Xclang -Xlinker -Xassembler -Xpreprocessor -mllvm -target -arch ' +
    '--param -resource-dir --sysroot --target --output --include-directory -dumpdir -working-directory --config'
  ).split(' '),
)

/** With one of these clang does not get as far as linking. */
const NO_LINK = new Set(
  '-c -S -E -M -MM -fsyntax-only --precompile --analyze -emit-ast -r -nostdlib -nodefaultlibs'.split(' '),
)
const ONE_JOB = new Set(['-c', '-S', '-E', '-M', '-MM', '-fsyntax-only'])
const ANSWERS_ONLY = /^(-print-.*|--print-.*|--version|--help|--help-hidden|-help|-dumpversion|-dumpmachine)$/
const ABI_FLAG = /^(--target=.*|-target|--sysroot(=.*)?|-pthread|-m(?!llvm|exec-model).*|-fPIC|-fwasm-exceptions)$/

export function inspectArguments(args: readonly string[], cwd: string): CompilerArguments {
  const words = expandResponseFiles(args, cwd)
  const abiFlags: string[] = []
  const options = new Set<string>()
  let inputs = 0
  let sysroot: string | undefined
  let readsStandardInput = false
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!
    const takesNext = TAKES_NEXT_WORD.has(word)
    if (ABI_FLAG.test(word)) abiFlags.push(word, ...(takesNext ? words.slice(i + 1, i + 2) : []))
    if (word.startsWith('--sysroot=')) sysroot = word.slice('--sysroot='.length)
    else if (word === '--sysroot') sysroot = words[i + 1]
    if (word === '-') readsStandardInput = true
    if (word === '-' || !word.startsWith('-') || word.startsWith('-l')) inputs++
    options.add(word)
    if (takesNext) i++
  }
  return {
    words,
    links: inputs > 0 && ![...options].some((word) => NO_LINK.has(word) || ANSWERS_ONLY.test(word)),
    isOneJob: inputs <= 1 && [...options].some((word) => ONE_JOB.has(word)),
    readsStandardInput,
    verbose: options.has('-v'),
    sysroot,
    abiFlags,
  }
}

/** Replaces `@file` by the words in it, as clang does. What is not there stays, and clang complains about it. */
function expandResponseFiles(args: readonly string[], cwd: string, depth = 0): string[] {
  return args.flatMap((arg) => {
    // A file that names itself would go on for ever.
    if (!arg.startsWith('@') || depth > 10) return [arg]
    try {
      const text = readFileSync(resolve(cwd, arg.slice(1)), 'utf8')
      return expandResponseFiles(splitWords(text), cwd, depth + 1)
    } catch {
      return [arg]
    }
  })
}

/** Words separated by white space; quotes and backslashes as in a shell without expansion. */
export function splitWords(text: string): string[] {
  const words: string[] = []
  let word: string | undefined
  let quote = ''
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!
    if (c === '\\' && quote !== "'" && i + 1 < text.length) word = (word ?? '') + text[++i]!
    else if (quote !== '' ? c === quote : c === '"' || c === "'") {
      word ??= ''
      quote = quote === '' ? c : ''
    } else if (quote === '' && /\s/.test(c)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else word = (word ?? '') + c
  }
  if (word !== undefined) words.push(word)
  return words
}
