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
import { declare, errno, HostBuffer } from './ffi.ts'
import { decodeSockaddr } from './sockaddr.ts'

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
    memcpy: declare('memcpy', 'uintptr_t', ['uintptr_t', 'uintptr_t', 'size_t']),
  }
}

/** Whether the resolver takes `host` for an address rather than a name: also `127.1`, `0x7f.1` and `fe80::1%lo`. */
export function isNumericHost(host: Uint8Array): boolean {
  const { getaddrinfo, freeaddrinfo } = libc()
  const query = new Query(host, undefined, { family: 'any', type: 'stream' }, AI_NUMERICHOST)
  if (getaddrinfo(query.host, 0, query.hints, query.result) !== 0) return false
  freeaddrinfo(query.list)
  return true
}

/**
 * @param host name or address, without a NUL
 * @param service name or port, without a NUL; none gives port 0
 * @param hints none is what a C program gets that passes NULL: everything, for the families this host has
 */
export function resolve(
  host: Uint8Array,
  service: Uint8Array | undefined,
  hints: ResolverHints | undefined,
): readonly ResolvedAddress[] | ResolverFailure {
  const { getaddrinfo, freeaddrinfo, memcpy } = libc()
  const query = new Query(host, service, hints, 0)
  const status = getaddrinfo(query.host, query.service, query.hints, query.result)
  if (status !== 0) {
    if (status === EAI_SYSTEM) return { hostErrno: errno() }
    return FAILURES.get(status) ?? 'failed'
  }
  const found: ResolvedAddress[] = []
  const node = new HostBuffer(ADDRINFO.size + SOCKADDR_IN6.size)
  for (let next = query.list; next !== 0; next = node.pointer(ADDRINFO.next)) {
    memcpy(node.address, next, ADDRINFO.size)
    const socktype = node.view.getInt32(ADDRINFO.socktype, true)
    const addressLength = node.view.getUint32(ADDRINFO.addrlen, true)
    if ((socktype !== SOCK_STREAM && socktype !== SOCK_DGRAM) || addressLength > SOCKADDR_IN6.size) continue
    memcpy(node.address + ADDRINFO.size, node.pointer(ADDRINFO.addr), addressLength)
    const address = new SocketAddress()
    if (!decodeSockaddr(node.view, ADDRINFO.size, address)) continue
    found.push({ address, type: socktype === SOCK_STREAM ? 'stream' : 'datagram' })
  }
  freeaddrinfo(query.list)
  return found
}

/** The arguments of one `getaddrinfo` call, laid out in host memory. */
class Query {
  readonly #buffer: HostBuffer
  readonly host: number
  readonly service: number
  readonly hints: number
  readonly result: number

  constructor(host: Uint8Array, service: Uint8Array | undefined, hints: ResolverHints | undefined, flags: number) {
    const hostAt = ADDRINFO.size + 8
    const serviceAt = hostAt + host.length + 1
    this.#buffer = new HostBuffer(serviceAt + (service?.length ?? 0) + 1)
    const { address, bytes, view } = this.#buffer
    bytes.set(host, hostAt)
    if (service !== undefined) bytes.set(service, serviceAt)
    this.host = address + hostAt
    this.service = service === undefined ? 0 : address + serviceAt
    this.hints = hints === undefined ? 0 : address
    this.result = address + ADDRINFO.size
    view.setInt32(ADDRINFO.flags, flags, true)
    if (hints !== undefined) {
      view.setInt32(ADDRINFO.family, { any: AF_UNSPEC, 4: AF_INET, 6: AF_INET6 }[hints.family], true)
      view.setInt32(ADDRINFO.socktype, { any: 0, stream: SOCK_STREAM, datagram: SOCK_DGRAM }[hints.type], true)
    }
  }

  /** The head of the result list. */
  get list(): number {
    return this.#buffer.pointer(ADDRINFO.size)
  }
}
