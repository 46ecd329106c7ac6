/**
 * The host's name resolver, `getaddrinfo`. Blocks the thread; cannot be interrupted.
 */
import { SocketAddress } from '../address/socket-address.ts'
import {
  ADDRINFO,
  AF_INET,
  AF_INET6,
  AF_UNSPEC,
  AI_NUMERICHOST,
  EAI_ADDRFAMILY,
  EAI_AGAIN,
  EAI_FAMILY,
  EAI_MEMORY,
  EAI_NODATA,
  EAI_NONAME,
  EAI_SERVICE,
  EAI_SOCKTYPE,
  EAI_SYSTEM,
  SOCK_DGRAM,
  SOCK_STREAM,
  SOCKADDR_IN6,
} from './constants.ts'
import { HostErrno } from './errno.ts'
import { declare, errno, HostBuffer, inBackground } from './ffi.ts'
import { getnameinfo, getnameinfoInBackground, memcpy, strnlen } from './libc-further.ts'
import { decodeSockaddr, encodeSockaddr } from './sockaddr.ts'

export interface ResolverHints {
  readonly family: 'any' | 4 | 6
  readonly type: 'any' | 'stream' | 'datagram'
}

export interface ResolvedAddress {
  readonly address: SocketAddress
  readonly type: 'stream' | 'datagram'
}

/** Why there are no addresses, in the resolver's terms; the numbers of its header differ between platforms. */
export type ResolverFailure =
  | 'not found'
  | 'service unknown'
  | 'family or type not supported'
  | 'try again'
  | 'no memory'
  | 'failed'
  | { readonly hostErrno: number }

const FAILURES: ReadonlyMap<number, ResolverFailure> = new Map([
  [EAI_NONAME, 'not found'],
  [EAI_NODATA, 'not found'],
  [EAI_ADDRFAMILY, 'not found'],
  [EAI_SERVICE, 'service unknown'],
  [EAI_FAMILY, 'family or type not supported'],
  [EAI_SOCKTYPE, 'family or type not supported'],
  [EAI_AGAIN, 'try again'],
  [EAI_MEMORY, 'no memory'],
])

let declared: ReturnType<typeof declareFunctions> | undefined

/** The functions of the resolver, declared at the first use: most programs resolve nothing. */
function libc() {
  declared ??= declareFunctions()
  return declared
}

function declareFunctions() {
  return {
    getaddrinfo: declare('getaddrinfo', 'int', ['uintptr_t', 'uintptr_t', 'uintptr_t', 'uintptr_t']),
    freeaddrinfo: declare('freeaddrinfo', 'void', ['uintptr_t']),
  }
}

/** Whether the resolver takes `host` for an address rather than a name: also `127.1`, `0x7f.1` and `fe80::1%lo`. */
export function isNumericHost(host: Uint8Array): boolean {
  if (!host.every(isOfAddresses) && !host.includes(PERCENT)) return false
  const { getaddrinfo, freeaddrinfo } = libc()
  const query = new Query(host, undefined, hostHints({ family: 'any', type: 'stream' }, AI_NUMERICHOST))
  if (getaddrinfo(query.host, 0, query.hints, query.result) !== 0) return false
  freeaddrinfo(query.list)
  return true
}

/** Behind it comes the name of an interface, of any letters. */
const PERCENT = 0x25

/** Whether the C library reads such a character in an address: digits, also hexadecimal ones (`0x7f.1`), dots and colons. */
function isOfAddresses(character: number): boolean {
  const lower = character | 0x20
  return (
    (character >= 0x2e && character <= 0x3a && character !== 0x2f) || (lower >= 0x61 && lower <= 0x66) || lower === 0x78
  )
}

/**
 * @param host name or address, without a NUL
 * @param service name or port, without a NUL; none gives port 0
 * @param hints none is what a C program gets that passes NULL: everything, for the families this host has
 * @param lookUp who is asked
 */
export function resolve(
  host: Uint8Array,
  service: Uint8Array | undefined,
  hints: ResolverHints | undefined,
  lookUp: typeof addressInfo = addressInfo,
): readonly ResolvedAddress[] | ResolverFailure {
  const found = lookUp(host, service, hints === undefined ? undefined : hostHints(hints, 0))
  if ('status' in found) {
    return found.status === EAI_SYSTEM ? { hostErrno: found.hostErrno } : (FAILURES.get(found.status) ?? 'failed')
  }
  return found.entries
    .filter(({ socktype }) => socktype === SOCK_STREAM || socktype === SOCK_DGRAM)
    .map(({ address, socktype }) => ({ address, type: socktype === SOCK_STREAM ? 'stream' : 'datagram' }))
}

/** `getaddrinfo`'s hints in the host's numbers. */
export interface HostHints {
  readonly flags: number
  readonly family: number
  readonly socktype: number
  readonly protocol: number
}

function hostHints(hints: ResolverHints, flags: number): HostHints {
  return {
    flags,
    family: { any: AF_UNSPEC, 4: AF_INET, 6: AF_INET6 }[hints.family],
    socktype: { any: 0, stream: SOCK_STREAM, datagram: SOCK_DGRAM }[hints.type],
    protocol: 0,
  }
}

/** What `getaddrinfo` found, in the host's numbers. */
export interface AddressInfo {
  readonly entries: readonly { address: SocketAddress; socktype: number; protocol: number }[]
  readonly canonicalName: Uint8Array
}

/** An `EAI_…` number of the host; for EAI_SYSTEM also the errno. */
export interface AddressInfoFailure {
  readonly status: number
  readonly hostErrno: number
}

/** The longest name that a resolver answers: NI_MAXHOST. */
const MAX_NAME_BYTES = 1025

/** `getaddrinfo` as it is. @param host, service without a NUL; none is NULL */
export function addressInfo(
  host: Uint8Array | undefined,
  service: Uint8Array | undefined,
  hints: HostHints | undefined,
): AddressInfo | AddressInfoFailure {
  const query = new Query(host, service, hints)
  const status = libc().getaddrinfo(query.host, query.service, query.hints, query.result)
  return status === 0 ? takeList(query) : { status, hostErrno: status === EAI_SYSTEM ? errno() : 0 }
}

/** The same on a thread of the runtime's pool. Of a system error it is not known which. */
export async function addressInfoInBackground(
  host: Uint8Array | undefined,
  service: Uint8Array | undefined,
  hints: HostHints | undefined,
): Promise<AddressInfo | AddressInfoFailure> {
  const query = new Query(host, service, hints)
  const status = await inBackground(libc().getaddrinfo, query.host, query.service, query.hints, query.result)
  return status === 0 ? takeList(query) : { status, hostErrno: status === EAI_SYSTEM ? HostErrno.EIO : 0 }
}

/** What a query has found, which is then given back to the C library. */
function takeList(query: Query): AddressInfo {
  const entries: { address: SocketAddress; socktype: number; protocol: number }[] = []
  const node = new HostBuffer(ADDRINFO.size + SOCKADDR_IN6.size)
  let canonicalName: Uint8Array = new Uint8Array(0)
  for (let next = query.list; next !== 0; next = node.pointer(ADDRINFO.next)) {
    memcpy(node.address, next, ADDRINFO.size)
    const addressLength = node.view.getUint32(ADDRINFO.addrlen, true)
    const name = node.pointer(ADDRINFO.canonname)
    if (name !== 0) {
      const copy = new HostBuffer(strnlen(name, MAX_NAME_BYTES))
      memcpy(copy.address, name, copy.bytes.length)
      canonicalName = copy.bytes
    }
    if (addressLength > SOCKADDR_IN6.size) continue
    memcpy(node.address + ADDRINFO.size, node.pointer(ADDRINFO.addr), addressLength)
    const address = new SocketAddress()
    if (!decodeSockaddr(node.view, ADDRINFO.size, address)) continue
    const socktype = node.view.getInt32(ADDRINFO.socktype, true)
    entries.push({ address, socktype, protocol: node.view.getInt32(ADDRINFO.protocol, true) })
  }
  libc().freeaddrinfo(query.list)
  return { entries, canonicalName }
}

/** What `getnameinfo` found, each without its NUL. */
export interface NameInfo {
  readonly host: Uint8Array
  readonly service: Uint8Array
}

/**
 * `getnameinfo` as it is.
 * @param room bytes for each of the two, 0 where one is not wanted
 * @returns the names, or an `EAI_…` number
 */
export function nameInfo(
  address: SocketAddress,
  hostRoom: number,
  serviceRoom: number,
  flags: number,
): NameInfo | AddressInfoFailure {
  const query = new ReverseQuery(address, hostRoom, serviceRoom, flags)
  const status = getnameinfo(...query.parameters)
  return status === 0 ? query.found : { status, hostErrno: status === EAI_SYSTEM ? errno() : 0 }
}

/** The same on a thread of the runtime's pool. */
export async function nameInfoInBackground(
  address: SocketAddress,
  hostRoom: number,
  serviceRoom: number,
  flags: number,
): Promise<NameInfo | AddressInfoFailure> {
  const query = new ReverseQuery(address, hostRoom, serviceRoom, flags)
  const status = await getnameinfoInBackground(...query.parameters)
  return status === 0 ? query.found : { status, hostErrno: status === EAI_SYSTEM ? HostErrno.EIO : 0 }
}

/** The arguments of one `getnameinfo` call, laid out in host memory. */
class ReverseQuery {
  readonly #sockaddr = new HostBuffer(SOCKADDR_IN6.size)
  readonly #host: HostBuffer
  readonly #service: HostBuffer
  readonly parameters: Parameters<typeof getnameinfo>

  constructor(address: SocketAddress, hostRoom: number, serviceRoom: number, flags: number) {
    const length = encodeSockaddr(this.#sockaddr.view, 0, address)
    this.#host = new HostBuffer(hostRoom + 1)
    this.#service = new HostBuffer(serviceRoom + 1)
    const host = hostRoom === 0 ? 0 : this.#host.address
    const service = serviceRoom === 0 ? 0 : this.#service.address
    this.parameters = [this.#sockaddr.address, length, host, hostRoom, service, serviceRoom, flags]
  }

  get found(): NameInfo {
    const upToNul = (buffer: HostBuffer) => buffer.bytes.slice(0, buffer.bytes.indexOf(0))
    return { host: upToNul(this.#host), service: upToNul(this.#service) }
  }
}

/** The arguments of one `getaddrinfo` call, laid out in host memory. */
class Query {
  readonly #buffer: HostBuffer
  readonly host: number
  readonly service: number
  readonly hints: number
  readonly result: number

  constructor(host: Uint8Array | undefined, service: Uint8Array | undefined, hints: HostHints | undefined) {
    const hostAt = ADDRINFO.size + 8
    const serviceAt = hostAt + (host?.length ?? 0) + 1
    this.#buffer = new HostBuffer(serviceAt + (service?.length ?? 0) + 1)
    const { address, bytes, view } = this.#buffer
    if (host !== undefined) bytes.set(host, hostAt)
    if (service !== undefined) bytes.set(service, serviceAt)
    this.host = host === undefined ? 0 : address + hostAt
    this.service = service === undefined ? 0 : address + serviceAt
    this.hints = hints === undefined ? 0 : address
    this.result = address + ADDRINFO.size
    if (hints === undefined) return
    view.setInt32(ADDRINFO.flags, hints.flags, true)
    view.setInt32(ADDRINFO.family, hints.family, true)
    view.setInt32(ADDRINFO.socktype, hints.socktype, true)
    view.setInt32(ADDRINFO.protocol, hints.protocol, true)
  }

  /** The head of the result list. */
  get list(): number {
    return this.#buffer.pointer(ADDRINFO.size)
  }
}
