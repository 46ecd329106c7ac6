import type { SocketAddress } from '../address/socket-address.ts'
import { EAI_AGAIN } from '../os/constants.ts'
import {
  type AddressInfo,
  type AddressInfoFailure,
  addressInfo,
  type HostHints,
  type NameInfo,
  nameInfo,
} from '../os/resolver.ts'
import type { SuspendedCall } from '../wait/suspended-call.ts'
import { type BackgroundResolver, hasNoName, type Resolver, wantsNoName } from './resolver.ts'

/** What an attempt answers whose call will be repeated. */
const NOT_YET: AddressInfoFailure = { status: EAI_AGAIN, hostErrno: 0 }

/** Has a call repeated when the answer is there. */
export class SuspendingResolver implements Resolver {
  readonly #call: SuspendedCall
  readonly #background: BackgroundResolver

  constructor(call: SuspendedCall, background: BackgroundResolver) {
    this.#call = call
    this.#background = background
  }

  addressInfo = (
    host: Uint8Array | undefined,
    service: Uint8Array | undefined,
    hints: HostHints | undefined,
  ): AddressInfo | AddressInfoFailure => {
    if (hasNoName(host, hints)) return addressInfo(host, service, hints)
    return this.#later(() => this.#background.addressInfo(host, service, hints))
  }

  nameInfo = (
    address: SocketAddress,
    hostRoom: number,
    serviceRoom: number,
    flags: number,
  ): NameInfo | AddressInfoFailure => {
    if (wantsNoName(hostRoom, flags)) return nameInfo(address, hostRoom, serviceRoom, flags)
    // A copy: the program's next call may use the object for another address.
    const asked = address.clone()
    return this.#later(() => this.#background.nameInfo(asked, hostRoom, serviceRoom, flags))
  }

  #later<T>(ask: () => Promise<T>): T | AddressInfoFailure {
    const call = this.#call
    if (call.result !== undefined) return call.result as T
    call.waitForResult(ask())
    return NOT_YET
  }
}
