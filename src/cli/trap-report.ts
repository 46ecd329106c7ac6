import { endOf, Trap } from '../host/trap.ts'
import { ProcessExit, trapReason } from '../runtime/errors.ts'
import type { Messages } from './messages.ts'

/** @returns the exit code of a program that ended so */
export function reportTrap(error: unknown, messages: Messages): number {
  if (endOf(error) instanceof ProcessExit) messages.exception('wasi proc exit')
  else if (isGuestFault(error)) messages.exception(trapReason(error))
  else throw error
  return 1
}

/** What a program can bring about; anything else is a defect of ours and must not be taken for the program's. */
function isGuestFault(error: unknown): boolean {
  return (
    error instanceof Trap ||
    error instanceof WebAssembly.RuntimeError ||
    error instanceof WebAssembly.Exception ||
    error instanceof RangeError ||
    // V8's word for a value that JavaScript cannot hold (v128), passed to a host function or returned to us.
    (error instanceof TypeError && error.message.startsWith('type incompatibility'))
  )
}
