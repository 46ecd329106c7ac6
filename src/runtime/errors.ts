import { endOf, Trap } from '../host/trap.ts'

/** The module cannot be loaded or linked; `message` says why in one line. */
export class LoadError extends Error {
  override readonly name = 'LoadError'
}

/** The program ended itself with `proc_exit`. */
export class ProcessExit extends Error {
  override readonly name = 'ProcessExit'
  readonly code: number

  constructor(code: number) {
    super(`the program exited with code ${code}`)
    this.code = code
  }
}

/** Pieces of the engine's messages (V8) and the reason that the original prints for the same trap. */
const TRAP_REASONS: readonly (readonly [RegExp, string])[] = [
  [/^unreachable/, 'unreachable'],
  [/^(divide|remainder) by zero/, 'integer divide by zero'],
  [/^divide result unrepresentable/, 'integer overflow'],
  [/^float unrepresentable/, 'invalid conversion to integer'],
  [/^memory access out of bounds/, 'out of bounds memory access'],
  [/^operation does not support unaligned/, 'unaligned atomic'],
  [/^table index is out of bounds|table access out of bounds/, 'undefined element'],
  [/^null function or function signature mismatch/, 'indirect call type mismatch'],
]

/** What ended a program, in one line: the original's words for a trap where it has any, else the engine's. */
export function trapReason(error: unknown): string {
  error = endOf(error)
  if (error instanceof RangeError && error.message.startsWith('Maximum call stack'))
    return 'wasm operand stack overflow'
  if (!(error instanceof Error)) return `uncaught exception: ${String(error)}`
  if (!(error instanceof WebAssembly.RuntimeError)) return error.message || 'uncaught exception'
  return TRAP_REASONS.find(([pattern]) => pattern.test(error.message))?.[1] ?? error.message
}

/** What a program can bring about; anything else is a defect of ours and must not be taken for the program's. */
export function isGuestFault(error: unknown): boolean {
  return (
    error instanceof Trap ||
    error instanceof WebAssembly.RuntimeError ||
    error instanceof WebAssembly.Exception ||
    error instanceof RangeError ||
    // V8's word for a value that JavaScript cannot hold (v128), passed to a host function or returned to us.
    (error instanceof TypeError && error.message.startsWith('type incompatibility'))
  )
}
