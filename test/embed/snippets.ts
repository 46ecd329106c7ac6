/** The examples of docs/api.md, and what stands below each. */
import { readFileSync } from 'node:fs'

export interface Snippet {
  readonly line: number
  readonly code: string
  readonly output: string
  /** Whether it needs an engine that suspends stacks. */
  readonly suspends: boolean
}

export function readSnippets(path: URL): Snippet[] {
  const text = readFileSync(path, 'utf8')
  const found = [...text.matchAll(/^```js( jspi)?\n(.*?)^```\n\n```text\n(.*?)^```$/gms)]
  const all = [...text.matchAll(/^```js/gm)]
  if (found.length !== all.length) throw new Error(`${all.length - found.length} examples without their output`)
  return found.map(({ index, 1: jspi, 2: code, 3: output }) => ({
    line: text.slice(0, index).split('\n').length,
    code: code!,
    output: output!,
    suspends: jspi !== undefined,
  }))
}
