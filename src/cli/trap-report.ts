import { endOf } from '../host/trap.ts'
import { isGuestFault, ProcessExit, trapReason } from '../runtime/errors.ts'
import type { Messages } from './messages.ts'

/** @returns the exit code of a program that ended so */
export function reportTrap(error: unknown, messages: Messages): number {
  if (endOf(error) instanceof ProcessExit) messages.exception('wasi proc exit')
  else if (isGuestFault(error)) messages.exception(trapReason(error))
  else throw error
  return 1
}
