import { AddressPool } from '../policy/address-pool.ts'
import { NamePatterns } from '../policy/name-patterns.ts'
import { Policy } from '../policy/policy.ts'
import type { Messages } from './messages.ts'
import type { RunConfig } from './options.ts'

/**
 * What the command line grants, with refusals told to the person.
 * @throws AddressPoolError, NamePatternError
 */
export function createPolicy(config: RunConfig, messages: Messages): Policy {
  return new Policy(
    AddressPool.parse(config.addressPool),
    new NamePatterns(config.resolvable),
    (refusal) => messages.refused(refusal),
    config.devices,
    config.abstractNames,
  )
}
