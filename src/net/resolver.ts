import type { SocketAddress } from '../address/socket-address.ts'
import { AI_NUMERICHOST, NI_NUMERICHOST } from '../os/constants.ts'
import {
  type AddressInfo,
  type AddressInfoFailure,
  addressInfo,
  addressInfoInBackground,
  type HostHints,
  isNumericHost,
  type NameInfo,
  nameInfo,
  nameInfoInBackground,
} from '../os/resolver.ts'

/**
 * Who answers a program's questions about names, after policy has allowed them. Blocks, answers at once, or has the whole host
 * function called again when the answer is there.
 */
export interface Resolver {
  /** As `getaddrinfo`; names without a NUL, none is NULL. Numeric addresses come here too: they are looked up nowhere. */
  readonly addressInfo: (
    host: Uint8Array | undefined,
    service: Uint8Array | undefined,
    hints: HostHints | undefined,
  ) => AddressInfo | AddressInfoFailure
  /** As `getnameinfo`. @param hostRoom, serviceRoom bytes for each name, 0 where it is not wanted */
  readonly nameInfo: (
    address: SocketAddress,
    hostRoom: number,
    serviceRoom: number,
    flags: number,
  ) => NameInfo | AddressInfoFailure
}

/** The host's: `getaddrinfo` and `getnameinfo` themselves. They block the thread and cannot be interrupted. */
export const HOST_RESOLVER: Resolver = { addressInfo, nameInfo }

type Later<F extends (...parameters: never[]) => unknown> = (...parameters: Parameters<F>) => Promise<ReturnType<F>>

/** The same, for a thread that must not wait. Is asked only what has to be looked up somewhere. */
export interface BackgroundResolver {
  readonly addressInfo: Later<Resolver['addressInfo']>
  readonly nameInfo: Later<Resolver['nameInfo']>
}

/** The host's, on threads of the runtime's pool. */
export const HOST_RESOLVER_IN_BACKGROUND: BackgroundResolver = {
  addressInfo: addressInfoInBackground,
  nameInfo: nameInfoInBackground,
}

/** Whether `getaddrinfo` need not look anything up: there is no name, or it is an address in digits. */
export function hasNoName(host: Uint8Array | undefined, hints: HostHints | undefined): boolean {
  return host === undefined || ((hints?.flags ?? 0) & AI_NUMERICHOST) !== 0 || isNumericHost(host)
}

/** Whether `getnameinfo` need not look the address up. */
export function wantsNoName(hostRoom: number, flags: number): boolean {
  return hostRoom === 0 || (flags & NI_NUMERICHOST) !== 0
}
