import { SocketAddress } from '../address/socket-address.ts'
import type { AddressPool } from './address-pool.ts'
import { isName, type NamePatterns } from './name-patterns.ts'

/** The uses of an address that need permission. */
export type Operation = 'bind' | 'listen' | 'connect' | 'send to' | 'join group'

export type Protocol = 'tcp' | 'udp' | 'unix'

/** What is done with the name of a Unix-domain socket. */
export type UnixOperation = 'bind' | 'connect' | 'send to'

/** One question that was answered with no. */
export interface Refusal {
  readonly operation: Operation | 'resolve' | 'bind to device'
  readonly protocol: Protocol | undefined
  /** What was asked for: `192.0.2.1:80`, `[::1]:80`, or a name. */
  readonly target: string
  /** The command line flag that would have allowed it. */
  readonly remedy: string | undefined
}

/**
 * What the program may reach. The only place where this is decided; the answer to everything not granted is no.
 * Knows no descriptors and makes no system call.
 */
export class Policy {
  readonly #pool: AddressPool
  readonly #names: NamePatterns
  readonly #devices: ReadonlySet<string>
  readonly #abstractNames: ReadonlySet<string>
  readonly #onRefusal: (refusal: Refusal) => void
  readonly #judged = new SocketAddress()

  /**
   * @param devices names of network interfaces that a socket may be tied to
   * @param abstractNames names of Unix-domain sockets, without the leading NUL; `*` is every name
   */
  constructor(
    pool: AddressPool,
    names: NamePatterns,
    onRefusal: (refusal: Refusal) => void = () => {},
    devices: readonly string[] = [],
    abstractNames: readonly string[] = [],
  ) {
    this.#devices = new Set(devices)
    this.#abstractNames = new Set(abstractNames)
    this.#pool = pool
    this.#names = names
    this.#onRefusal = onRefusal
  }

  /** Whether `address` may be used so; a no is reported. The address itself is left as it is. */
  allows(operation: Operation, protocol: Protocol, address: SocketAddress): boolean {
    const judged = this.#canonical(operation, address)
    if (this.#pool.includes(judged)) return true
    const prefix = judged.family === 4 ? 32 : 128
    this.#onRefusal({
      operation,
      protocol,
      target: address.toString(),
      remedy: `--addr-pool=${judged.host}/${prefix}`,
    })
    return false
  }

  /** The same question, asked only to find out what may be granted: nothing is reported. */
  wouldAllow(operation: Operation, address: SocketAddress): boolean {
    return this.#pool.includes(this.#canonical(operation, address))
  }

  allowsName(name: string): boolean {
    if (this.#names.includes(name)) return true
    this.#onRefusal({ operation: 'resolve', protocol: undefined, target: name, remedy: nameRemedy(name) })
    return false
  }

  /** Whether a socket may be tied to a network interface; untying it (an empty name) needs nothing. */
  allowsDevice(name: string): boolean {
    if (name === '' || this.#devices.has(name)) return true
    const remedy = `--allow-device=${name}`
    this.#onRefusal({ operation: 'bind to device', protocol: undefined, target: name, remedy })
    return false
  }

  /**
   * Whether an abstract name of a Unix-domain socket may be used. None at all is one that the kernel picks.
   * @param name the bytes behind the leading NUL
   */
  allowsAbstractName(operation: UnixOperation, name: Uint8Array): boolean {
    const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(name)
    if (this.#abstractNames.has('*') || (text !== '' && this.#abstractNames.has(text))) return true
    const remedy = `--allow-abstract=${/^[\w./:-]+$/.test(text) ? text : '*'}`
    this.#onRefusal({ operation, protocol: 'unix', target: `abstract name '${text}'`, remedy })
    return false
  }

  /** Reports the path of a Unix-domain socket that is in no directory of the program's. */
  refusePath(operation: UnixOperation, path: Uint8Array): void {
    const target = `path '${new TextDecoder('utf-8', { ignoreBOM: true }).decode(path)}'`
    this.#onRefusal({ operation, protocol: 'unix', target, remedy: '--dir with a directory that holds it' })
  }

  #canonical(operation: Operation, address: SocketAddress): SocketAddress {
    // Nearly every datagram's: an IPv4 address that is no wildcard is what it is.
    if (address.family === 4 && address.w3 !== 0) return address
    const judged = this.#judged.copyFrom(address).canonicalize()
    // The kernel sends what goes to the wildcard address to the own host: permission to listen on every interface must
    // not open the services of loopback.
    if (judged.isWildcard && (operation === 'connect' || operation === 'send to')) {
      return judged.family === 4 ? judged.setIpv4(0x7f00_0001, judged.port) : judged.setIpv6(0, 0, 0, 1, judged.port)
    }
    return judged
  }
}

/** What grants this name alone; none where it is no name, since the program chose it and may have chosen `*`. */
function nameRemedy(name: string): string | undefined {
  return isName(name) ? `--allow-resolve=${name}` : undefined
}
