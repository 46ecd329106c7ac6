import type { Refusal } from '../policy/policy.ts'
import { printable } from './printable.ts'

/** So many different refusals are shown; a program that tries every address must not fill a disk. */
const MAX_REFUSALS_SHOWN = 100

/** What the command tells the person, one line each, on standard error. */
export class Messages {
  readonly #command: string
  readonly #level: number
  readonly #write: (text: string) => void
  readonly #refusalsShown = new Set<string>()

  /** @param level 0 to 5: refusals are shown from 1 on, warnings from 2 on; errors always */
  constructor(command: string, level: number, write: (text: string) => void) {
    this.#command = command
    this.#level = level
    this.#write = write
  }

  /** The program could not be run. */
  error(message: string): void {
    this.#line(`${this.#command}: ${message}`)
  }

  /** The program ran and was ended. */
  exception(reason: string): void {
    this.#line(`Exception: ${reason}`)
  }

  warning(message: string): void {
    if (this.#level >= 2) this.#line(`${this.#command}: warning: ${message}`)
  }

  /** Where a socket of `--listen` is, whose port may have been left to the kernel. */
  listening(address: string): void {
    if (this.#level >= 2) this.#line(`${this.#command}: listening on ${address}`)
  }

  /** Says once what was refused and what would allow it. */
  refused({ operation, protocol, target, remedy }: Refusal): void {
    if (this.#level < 1 || this.#refusalsShown.size > MAX_REFUSALS_SHOWN) return
    const what = `${operation} ${target}${protocol === undefined ? '' : ` (${protocol})`}`
    if (this.#refusalsShown.has(what)) return
    this.#refusalsShown.add(what)
    if (this.#refusalsShown.size > MAX_REFUSALS_SHOWN) {
      this.#line(`${this.#command}: more than ${MAX_REFUSALS_SHOWN} refusals; further ones are not shown`)
    } else this.#line(`${this.#command}: refused: ${what}${remedy === undefined ? '' : `; ${remedy} would allow it`}`)
  }

  #line(text: string): void {
    this.#write(`${printable(text)}\n`)
  }
}
