/**
 * The errors of the public surface. Each has a `code` that does not change; those that `node:wasi` documents have its codes.
 */

/** An error of Berth's own, told apart by `code`. */
export class BerthError extends Error {
  override readonly name: string = 'BerthError'
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** The module cannot be loaded: it is none, or what it was to be given (a directory, an address to listen at) is not there. */
export class LoadError extends BerthError {
  override readonly name = 'LoadError'

  constructor(message: string, options?: ErrorOptions) {
    super('ERR_BERTH_LOAD', message, options)
  }
}

/** An import that nothing provides. */
export interface MissingImport {
  readonly module: string
  readonly name: string
  /** What would provide it, if anything of Berth's does. */
  readonly remedy: string | undefined
}

/** The module imports what nothing provides; `missing` has them all. */
export class LinkError extends BerthError {
  override readonly name = 'LinkError'
  readonly missing: readonly MissingImport[]

  constructor(missing: readonly MissingImport[]) {
    const lines = missing.map(({ module, name, remedy }) => `\n  ${module}.${name}${remedy ? `: ${remedy}` : ''}`)
    super('ERR_BERTH_LINK', `the module imports what is not provided:${lines.join('')}`)
    this.missing = missing
  }
}

/** The program trapped. `message` is the reason; `stack` names the functions of the program. */
export class TrapError extends BerthError {
  override readonly name = 'TrapError'

  /** @param stack of the trap as the engine gave it */
  constructor(reason: string, stack: string | undefined, options?: ErrorOptions) {
    super('ERR_BERTH_TRAP', reason, options)
    if (stack !== undefined) this.stack = `${this.name}: ${reason}${frames(stack)}`
  }
}

function frames(stack: string): string {
  const start = stack.search(/\n {4}at /)
  return start < 0 ? '' : stack.slice(start)
}

/** This version of the runtime cannot do what was asked. */
export class UnsupportedError extends BerthError {
  override readonly name = 'UnsupportedError'

  constructor(message: string) {
    super('ERR_BERTH_UNSUPPORTED', message)
  }
}

/** The program was ended by an `AbortSignal`, whose reason is the `cause`. */
export class AbortError extends BerthError {
  override readonly name = 'AbortError'

  constructor(cause: unknown) {
    super('ABORT_ERR', 'The operation was aborted', { cause })
  }
}

/** The instance is in a call that is not over. */
export class BusyError extends BerthError {
  override readonly name = 'BusyError'

  constructor() {
    super('ERR_BERTH_BUSY', 'the instance is in another call that is suspended: it can be in one at a time')
  }
}

/** A value of the wrong type, with the code that Node.js gives it. */
export function invalidType(name: string, expected: string, value: unknown): TypeError {
  const kind = name.includes('.') ? 'property' : 'argument'
  const message = `The "${name}" ${kind} must be ${expected}. Received ${received(value)}`
  return withCode(new TypeError(message), 'ERR_INVALID_ARG_TYPE')
}

/** A value of the right type that means nothing. */
export function invalidValue(name: string, value: unknown, reason: string): TypeError {
  const kind = name.includes('.') ? 'property' : 'argument'
  return withCode(new TypeError(`The ${kind} '${name}' ${reason}. Received ${shown(value)}`), 'ERR_INVALID_ARG_VALUE')
}

export function outOfRange(name: string, range: string, value: unknown): RangeError {
  const message = `The value of "${name}" is out of range. It must be ${range}. Received ${shown(value)}`
  return withCode(new RangeError(message), 'ERR_OUT_OF_RANGE')
}

export function alreadyStarted(): Error {
  return withCode(new Error('WASI instance has already started'), 'ERR_WASI_ALREADY_STARTED')
}

export function notStarted(): Error {
  return withCode(new Error('wasi.start() has not been called'), 'ERR_WASI_NOT_STARTED')
}

export function withCode<E extends Error>(error: E, code: string): E {
  return Object.assign(error, { code })
}

function received(value: unknown): string {
  if (value === null || value === undefined) return String(value)
  if (typeof value === 'function') return `function ${value.name}`
  if (typeof value === 'object') return `an instance of ${value.constructor?.name ?? 'Object'}`
  return `type ${typeof value} (${shown(value)})`
}

function shown(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : String(value)
}
