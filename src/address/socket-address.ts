/**
 * Internet socket addresses as numbers: family, address words, port. Mutable and reused, because one is filled for every
 * datagram; whoever keeps an address takes a {@link SocketAddress.clone}.
 */
export type Family = 4 | 6

/**
 * An address as it is kept where there are very many: of IPv4 one number, `address · 2^16 + port` (below 2^48, so exact).
 */
export type KeptAddress = number | SocketAddress

const PORTS = 0x1_0000

export class SocketAddress {
  family: Family = 4
  /**
   * The address in 32-bit words, unsigned, most significant first (reading order): IPv4 in `w3` with the others 0 (so that
   * both families compare the same way), IPv6 in all four.
   */
  w0 = 0
  w1 = 0
  w2 = 0
  w3 = 0
  /** 0 to 65535. */
  port = 0
  /** IPv6 only: the interface index that a link-local address needs, and the flow label. */
  scopeId = 0
  flowInfo = 0

  static ipv4(address: number, port = 0): SocketAddress {
    return new SocketAddress().setIpv4(address, port)
  }

  static ipv6(w0: number, w1: number, w2: number, w3: number, port = 0): SocketAddress {
    return new SocketAddress().setIpv6(w0, w1, w2, w3, port)
  }

  setIpv4(address: number, port: number): this {
    return this.#set(4, 0, 0, 0, address, port)
  }

  setIpv6(w0: number, w1: number, w2: number, w3: number, port: number): this {
    return this.#set(6, w0, w1, w2, w3, port)
  }

  setScope(scopeId: number, flowInfo: number): this {
    this.scopeId = scopeId
    this.flowInfo = flowInfo
    return this
  }

  #set(family: Family, w0: number, w1: number, w2: number, w3: number, port: number): this {
    this.setScope(0, 0)
    this.family = family
    this.w0 = w0
    this.w1 = w1
    this.w2 = w2
    this.w3 = w3
    this.port = port
    return this
  }

  copyFrom(other: SocketAddress): this {
    return this.#set(other.family, other.w0, other.w1, other.w2, other.w3, other.port).setScope(
      other.scopeId,
      other.flowInfo,
    )
  }

  clone(): SocketAddress {
    return new SocketAddress().copyFrom(this)
  }

  /** What {@link restore} makes of it the same address again. */
  kept(): KeptAddress {
    return this.family === 4 ? this.w3 * PORTS + this.port : this.clone()
  }

  restore(kept: KeptAddress): this {
    if (typeof kept !== 'number') return this.copyFrom(kept)
    return this.setIpv4(Math.floor(kept / PORTS), kept % PORTS)
  }

  /** IPv4 spelled as IPv6, `::ffff:a.b.c.d`: the kernel talks IPv4 to it. */
  get isIpv4Mapped(): boolean {
    return this.family === 6 && this.w0 === 0 && this.w1 === 0 && this.w2 === 0xffff
  }

  /** 0.0.0.0 or ::, and the mapped spelling of the former. */
  get isWildcard(): boolean {
    return this.w3 === 0 && (this.isIpv4Mapped || (this.w0 === 0 && this.w1 === 0 && this.w2 === 0))
  }

  /** The one spelling by which an address is judged: a mapped IPv4 address becomes IPv4. Changes this object. */
  canonicalize(): this {
    return this.isIpv4Mapped ? this.setIpv4(this.w3, this.port) : this
  }

  /** The address without its port. IPv6 as RFC 5952 writes it. */
  get host(): string {
    return this.family === 4 ? formatIpv4(this.w3) : formatIpv6(this.w0, this.w1, this.w2, this.w3)
  }

  /** `127.0.0.1:80`, `[::1]:80`. */
  toString(): string {
    return this.family === 4 ? `${this.host}:${this.port}` : `[${this.host}]:${this.port}`
  }
}

function formatIpv4(address: number): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`
}

function formatIpv6(w0: number, w1: number, w2: number, w3: number): string {
  if (w0 === 0 && w1 === 0 && w2 === 0xffff) return `::ffff:${formatIpv4(w3)}`
  const groups = [w0, w1, w2, w3].flatMap((word) => [word >>> 16, word & 0xffff])
  // The longest run of two or more zero groups becomes "::"; the first one where two are equally long.
  let runStart = -1
  let runLength = 1
  for (let i = 0; i < 8; i++) {
    let end = i
    while (end < 8 && groups[end] === 0) end++
    if (end - i > runLength) {
      runStart = i
      runLength = end - i
    }
    i = Math.max(i, end - 1)
  }
  const hex = groups.map((group) => group.toString(16))
  if (runStart < 0) return hex.join(':')
  return `${hex.slice(0, runStart).join(':')}::${hex.slice(runStart + runLength).join(':')}`
}

/** Reads `ADDRESS:PORT`, an IPv6 address in brackets. */
export function parseEndpoint(text: string): SocketAddress | undefined {
  const [, ipv6, ipv4, port] = /^(?:\[(.+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? []
  const address = parseAddress(ipv6 ?? ipv4 ?? '')
  if (address === undefined || address.family !== (ipv6 === undefined ? 4 : 6) || Number(port) > 65_535)
    return undefined
  address.port = Number(port)
  return address
}

/**
 * Reads a numeric address without port, zone or brackets. IPv4 only as four decimal numbers without leading zeros,
 * as `inet_pton` does: `010.1.1.1` or `127.1` mean different addresses to different readers.
 */
export function parseAddress(text: string): SocketAddress | undefined {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text)
}

function parseIpv4(text: string): SocketAddress | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)
  if (match === null) return undefined
  let address = 0
  for (const part of match.slice(1)) {
    const value = Number(part)
    if (value > 255 || (part.length > 1 && part.startsWith('0'))) return undefined
    address = address * 256 + value
  }
  return SocketAddress.ipv4(address)
}

function parseIpv6(text: string): SocketAddress | undefined {
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const head = parseGroups(halves[0]!, halves.length === 1)
  const tail = halves.length === 2 ? parseGroups(halves[1]!, true) : []
  if (head === undefined || tail === undefined) return undefined
  const missing = 8 - head.length - tail.length
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined
  const groups = [...head, ...new Array<number>(missing).fill(0), ...tail]
  const word = (i: number) => groups[2 * i]! * 0x10000 + groups[2 * i + 1]!
  return SocketAddress.ipv6(word(0), word(1), word(2), word(3))
}

/** The 16-bit groups of one side of "::"; the last one may be an IPv4 address, which makes two. */
function parseGroups(text: string, mayEndInIpv4: boolean): number[] | undefined {
  if (text === '') return []
  const groups: number[] = []
  const parts = text.split(':')
  for (const [i, part] of parts.entries()) {
    if (/^[0-9a-fA-F]{1,4}$/.test(part)) {
      groups.push(Number.parseInt(part, 16))
      continue
    }
    const ipv4 = mayEndInIpv4 && i === parts.length - 1 ? parseIpv4(part) : undefined
    if (ipv4 === undefined) return undefined
    groups.push(ipv4.w3 >>> 16, ipv4.w3 & 0xffff)
  }
  return groups
}
