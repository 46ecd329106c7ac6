/**
 * What an embedding program passes, checked and in the words of the rooms below. Nothing is taken for granted: the caller
 * may be JavaScript.
 */
import { parseEndpoint, type SocketAddress } from '../address/socket-address.ts'
import type { Directory } from '../host/preopens.ts'
import { AddressPool } from '../policy/address-pool.ts'
import { NamePatterns } from '../policy/name-patterns.ts'
import { Policy, type Refusal } from '../policy/policy.ts'
import { MAX_BUSY_POLL_US } from '../wait/blocking-waiter.ts'
import { invalidType, invalidValue, outOfRange } from './errors.ts'
import type { DenyEvent, NetworkOptions, ProgramOptions } from './types.ts'

/** The same, checked. */
export interface ProgramConfig {
  readonly args: string[]
  /** `KEY=VALUE` each. */
  readonly env: string[]
  readonly directories: Directory[]
  readonly listeners: SocketAddress[]
  readonly grants: Grants
  /** Microseconds for which a wait looks before it sleeps. */
  readonly busyPollUs: number
}

/** What a {@link Policy} is made of, ready to travel to a Worker. */
export interface Grants {
  readonly addressPool: readonly string[]
  readonly names: readonly string[]
  readonly devices: readonly string[]
  readonly abstractNames: readonly string[]
}

/** @throws TypeError with the codes of Node.js */
export function readProgramOptions(options: ProgramOptions): ProgramConfig {
  return {
    args: list(options.args, 'options.args').map(String),
    env: Object.entries(object(options.env, 'options.env'))
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name}=${value}`),
    directories: Object.entries(object(options.preopens, 'options.preopens')).map(([guest, given]) =>
      readPreopen(guest, given),
    ),
    listeners: strings(options.listen, 'options.listen').map(readListenAddress),
    grants: readGrants(options),
    busyPollUs: integer(options.busyPoll ?? 0, 'options.busyPoll', 0, MAX_BUSY_POLL_US),
  }
}

function readPreopen(guest: string, given: unknown): Directory {
  if (typeof given !== 'object' || given === null || !('path' in given)) {
    return { guest, host: String(given), isReadOnly: false }
  }
  const isReadOnly =
    'readOnly' in given ? boolean(given.readOnly, `options.preopens['${guest}'].readOnly`, false) : false
  return { guest, host: string(given.path, `options.preopens['${guest}'].path`), isReadOnly }
}

/** @throws TypeError; AddressPoolError or NamePatternError as causes */
function readGrants(options: NetworkOptions): Grants {
  const grants = {
    addressPool: strings(options.addrPool, 'options.addrPool'),
    names: strings(options.allowResolve, 'options.allowResolve'),
    devices: strings(options.allowDevice, 'options.allowDevice'),
    abstractNames: strings(options.allowAbstract, 'options.allowAbstract'),
  }
  functionOption(options.onDeny, 'options.onDeny')
  for (const entry of grants.addressPool) checked('options.addrPool', entry, () => AddressPool.parse([entry]))
  for (const entry of grants.names) checked('options.allowResolve', entry, () => new NamePatterns([entry]))
  return grants
}

function checked(name: string, value: string, parse: () => unknown): void {
  try {
    parse()
  } catch (error) {
    throw invalidValue(name, value, `is not understood: ${(error as Error).message}`)
  }
}

/** The policy of checked grants. */
export function createPolicy(grants: Grants, onRefusal?: (refusal: Refusal) => void): Policy {
  return new Policy(
    AddressPool.parse(grants.addressPool),
    new NamePatterns(grants.names),
    onRefusal,
    grants.devices,
    grants.abstractNames,
  )
}

const OPTION_OF_FLAG: Readonly<Record<string, keyof NetworkOptions>> = {
  '--addr-pool': 'addrPool',
  '--allow-resolve': 'allowResolve',
  '--allow-device': 'allowDevice',
  '--allow-abstract': 'allowAbstract',
}

export function denyEvent({ operation, protocol, target, remedy }: Refusal): DenyEvent {
  const [, flag, value] = /^(--[a-z-]+)=(.*)$/s.exec(remedy ?? '') ?? []
  const option = OPTION_OF_FLAG[flag ?? '']
  return { operation, protocol, target, grant: option && { [option]: [value] } }
}

function readListenAddress(text: string): SocketAddress {
  const address = parseEndpoint(text)
  if (address !== undefined) return address
  throw invalidValue('options.listen', text, 'must be ADDRESS:PORT or [IPV6-ADDRESS]:PORT, with numbers')
}

export function object(value: unknown, name: string): Record<string, unknown> {
  if (value === undefined) return {}
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    throw invalidType(name, 'of type object', value)
  return value as Record<string, unknown>
}

export function list(value: unknown, name: string): unknown[] {
  if (value === undefined) return []
  if (!Array.isArray(value)) throw invalidType(name, 'an instance of Array', value)
  return value
}

function strings(value: unknown, name: string): string[] {
  return list(value, name).map((element, i) => string(element, `${name}[${i}]`))
}

export function string(value: unknown, name: string): string {
  if (typeof value !== 'string') throw invalidType(name, 'of type string', value)
  return value
}

export function boolean(value: unknown, name: string, otherwise: boolean): boolean {
  if (value === undefined) return otherwise
  if (typeof value !== 'boolean') throw invalidType(name, 'of type boolean', value)
  return value
}

export function functionOption<F>(value: F | undefined, name: string): F | undefined {
  if (value !== undefined && typeof value !== 'function') throw invalidType(name, 'of type function', value)
  return value
}

export function abortSignal(value: unknown, name: string): AbortSignal | undefined {
  if (value === undefined || value instanceof AbortSignal) return value
  throw invalidType(name, 'an instance of AbortSignal', value)
}

/** A whole number from `least` to `most`. */
export function integer(value: unknown, name: string, least: number, most = 2 ** 31 - 1): number {
  if (typeof value !== 'number') throw invalidType(name, 'of type number', value)
  if (!Number.isInteger(value)) throw outOfRange(name, 'an integer', value)
  if (value < least || value > most) throw outOfRange(name, `>= ${least} && <= ${most}`, value)
  return value
}
