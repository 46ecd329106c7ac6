import { parseAddress, type SocketAddress } from '../address/socket-address.ts'

/** A pool entry that is not `ADDRESS/PREFIX`; the message says which and why. */
export class AddressPoolError extends Error {
  override readonly name = 'AddressPoolError'
}

/**
 * The addresses a program may use, as CIDR blocks. Immutable. Entries are kept as sorted ranges that do not touch, so a
 * question costs a binary search whatever the number of entries, and creates no object.
 */
export class AddressPool {
  /** First and last address of each IPv4 range, in pairs, ascending. */
  readonly #ipv4: Uint32Array
  /** The same for IPv6, each address as four words, most significant first. */
  readonly #ipv6: Uint32Array

  private constructor(ipv4: Range[], ipv6: Range[]) {
    this.#ipv4 = Uint32Array.from(mergeRanges(ipv4).flatMap(({ first, last }) => [Number(first), Number(last)]))
    this.#ipv6 = Uint32Array.from(mergeRanges(ipv6).flatMap(({ first, last }) => [...toWords(first), ...toWords(last)]))
  }

  /**
   * @param entries each `ADDRESS/PREFIX`; bits of the address beyond the prefix are ignored. A block inside
   *   `::ffff:0:0/96` is a block of IPv4 addresses.
   * @throws AddressPoolError on the first entry that is anything else
   */
  static parse(entries: readonly string[]): AddressPool {
    const ipv4: Range[] = []
    const ipv6: Range[] = []
    for (const entry of entries) {
      const { address, prefix } = parseEntry(entry)
      if (address.family === 4) ipv4.push(block(BigInt(address.w3), prefix, 32n))
      else if (address.isIpv4Mapped && prefix >= 96) ipv4.push(block(BigInt(address.w3), prefix - 96, 32n))
      else ipv6.push(block(fromWords(address), prefix, 128n))
    }
    return new AddressPool(ipv4, ipv6)
  }

  /** @param address in canonical form (see {@link SocketAddress.canonicalize}): an IPv4 address is only in IPv4 blocks */
  includes(address: SocketAddress): boolean {
    return address.family === 4 ? this.#includesIpv4(address.w3) : this.#includesIpv6(address)
  }

  #includesIpv4(address: number): boolean {
    const ranges = this.#ipv4
    let low = 0
    let high = ranges.length / 2
    while (low < high) {
      const middle = (low + high) >>> 1
      if (address > ranges[2 * middle + 1]!) low = middle + 1
      else high = middle
    }
    return 2 * low < ranges.length && address >= ranges[2 * low]!
  }

  #includesIpv6(address: SocketAddress): boolean {
    const ranges = this.#ipv6
    let low = 0
    let high = ranges.length / 8
    while (low < high) {
      const middle = (low + high) >>> 1
      if (compareWords(address, ranges, 8 * middle + 4) > 0) low = middle + 1
      else high = middle
    }
    return 8 * low < ranges.length && compareWords(address, ranges, 8 * low) >= 0
  }
}

/** An inclusive range of addresses as integers. */
interface Range {
  first: bigint
  last: bigint
}

function parseEntry(entry: string): { address: SocketAddress; prefix: number } {
  const fail = (why: string): never => {
    throw new AddressPoolError(`'${entry}' is not an address pool entry: ${why}`)
  }
  const slash = entry.indexOf('/')
  if (slash <= 0 || slash === entry.length - 1) return fail('it must be ADDRESS/PREFIX, as in 192.0.2.0/24')
  const address =
    parseAddress(entry.slice(0, slash)) ?? fail(`'${entry.slice(0, slash)}' is not an IPv4 or IPv6 address`)
  const digits = entry.slice(slash + 1)
  const limit = address.family === 4 ? 32 : 128
  if (!/^\d+$/.test(digits) || Number(digits) > limit) {
    return fail(`the prefix length '${digits}' is not a number from 0 to ${limit}`)
  }
  return { address, prefix: Number(digits) }
}

function block(address: bigint, prefix: number, bits: bigint): Range {
  const hostMask = (1n << (bits - BigInt(prefix))) - 1n
  return { first: address & ~hostMask, last: address | hostMask }
}

function mergeRanges(ranges: Range[]): Range[] {
  const merged: Range[] = []
  for (const range of ranges.toSorted((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0))) {
    const previous = merged.at(-1)
    if (previous === undefined || range.first > previous.last + 1n) merged.push({ ...range })
    else if (range.last > previous.last) previous.last = range.last
  }
  return merged
}

function toWords(value: bigint): number[] {
  return [96n, 64n, 32n, 0n].map((shift) => Number((value >> shift) & 0xffff_ffffn))
}

function fromWords(a: SocketAddress): bigint {
  return (BigInt(a.w0) << 96n) | (BigInt(a.w1) << 64n) | (BigInt(a.w2) << 32n) | BigInt(a.w3)
}

/** Negative, 0 or positive as `address` is below, at or above the one whose four words start at `at`. */
function compareWords(address: SocketAddress, words: Uint32Array, at: number): number {
  return (
    address.w0 - words[at]! || address.w1 - words[at + 1]! || address.w2 - words[at + 2]! || address.w3 - words[at + 3]!
  )
}
