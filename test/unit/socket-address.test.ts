/** Addresses as text and as numbers; `node:net` is the second opinion. */
import assert from 'node:assert/strict'
import { isIP } from 'node:net'
import { test } from 'node:test'
import { parseAddress, SocketAddress } from '../../src/address/socket-address.ts'
import { Random } from './random.ts'

/** RFC 5952 section 4 and 5; the left side is parsed, the right side is how it is written again. */
const SPELLINGS: readonly (readonly [text: string, canonical: string])[] = [
  ['0.0.0.0', '0.0.0.0'],
  ['127.0.0.1', '127.0.0.1'],
  ['128.0.0.0', '128.0.0.0'], // the sign bit of an i32
  ['255.255.255.255', '255.255.255.255'],
  ['1.2.3.4', '1.2.3.4'],
  ['::', '::'],
  ['::1', '::1'],
  ['1::', '1::'],
  ['0:0:0:0:0:0:0:0', '::'],
  ['0:0:0:0:0:0:0:1', '::1'],
  ['ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2001:0db8:0000:0000:0000:0000:0002:0001', '2001:db8::2:1'], // 4.1 leading zeros
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'], // 4.2.2 one group alone is not shortened
  ['2001:db8::1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'], // 4.2.3 the longest run
  ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'], // 4.2.3 the first of two equal runs
  ['0:0:1:0:0:1:0:0', '::1:0:0:1:0:0'],
  ['1:0:0:1:0:0:0:0', '1:0:0:1::'],
  ['1:0:0:0:0:0:0:0', '1::'],
  ['0:1:0:0:0:0:0:0', '0:1::'],
  ['0:0:0:0:0:0:1:0', '::1:0'],
  ['1:2:3:4:5:6:7:0', '1:2:3:4:5:6:7:0'],
  ['0:2:3:4:5:6:7:8', '0:2:3:4:5:6:7:8'],
  ['::2:3:4:5:6:7:8', '0:2:3:4:5:6:7:8'],
  ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
  ['1::3:4:5:6:7:8', '1:0:3:4:5:6:7:8'],
  ['2001:DB8::ABCD', '2001:db8::abcd'], // 4.3 lower case
  ['::ffff:192.0.2.1', '::ffff:192.0.2.1'], // 5 mapped addresses end in dotted decimal
  ['::ffff:c000:201', '::ffff:192.0.2.1'],
  ['::FFFF:0.0.0.0', '::ffff:0.0.0.0'],
  ['0:0:0:0:0:ffff:255.255.255.255', '::ffff:255.255.255.255'],
  ['::192.0.2.1', '::c000:201'], // IPv4-compatible, long deprecated: an ordinary IPv6 address
  ['64:ff9b::192.0.2.1', '64:ff9b::c000:201'],
  ['1:2:3:4:5:6:1.2.3.4', '1:2:3:4:5:6:102:304'],
  ['::1:ffff:1.2.3.4', '::1:ffff:102:304'], // one word off being mapped
  ['::ffff:0:1.2.3.4', '::ffff:0:102:304'], // "translated", not mapped
]

for (const [text, canonical] of SPELLINGS) {
  test(`parse and format: ${text} is ${canonical}`, () => {
    assert.equal(parseAddress(text)?.host, canonical)
    assert.equal(parseAddress(canonical)?.host, canonical)
    assert.equal(isIP(text), text.includes(':') ? 6 : 4, 'node:net agrees that it is an address')
  })
}

/** What `inet_pton` refuses, and what other readers take for a different address. */
const REJECTED = [
  '',
  ' ',
  '1',
  '127.1',
  '1.2.3',
  '1.2.3.4.5',
  '1.2.3.',
  '.1.2.3',
  '1..2.3',
  '1.2.3.4.',
  '256.0.0.1',
  '1.2.3.256',
  '1.2.3.999',
  '1.2.3.1000',
  '01.2.3.4',
  '1.2.3.04',
  '010.1.1.1',
  '00.0.0.0',
  '0x7f.0.0.1',
  '0x7f000001',
  '2130706433',
  '1.2.3.-4',
  '+1.2.3.4',
  '1.2.3.4 ',
  ' 1.2.3.4',
  '1.2.3.4\n',
  '1.2.3.4\0',
  '1,2,3,4',
  '١.٢.٣.٤', // digits, but not ASCII
  '1.2.3.4/8',
  '1.2.3.4:80',
  ':',
  ':::',
  '::1::',
  '1::2::3',
  ':1',
  '1:',
  ':1::',
  '::1:',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  '1:2:3:4:5:6:7:',
  ':2:3:4:5:6:7:8',
  '1:2:3:4:5:6:7:8::',
  '::1:2:3:4:5:6:7:8',
  '1:2:3:4::5:6:7:8',
  '12345::',
  '00001::',
  'g::',
  '::g',
  '0x1::',
  '::-1',
  '[::1]',
  '[::1]:80',
  '::1/128',
  '::1%lo',
  'fe80::1%1',
  '::1 ',
  ' ::1',
  '::ffff:1.2.3',
  '::ffff:1.2.3.256',
  '::ffff:01.2.3.4',
  '::1.2.3.4:5',
  '1.2.3.4::',
  '::1.2.3.4::',
  '1:2:3:4:5:6:7:1.2.3.4',
  '1:2:3:4:5:1.2.3.4',
  'localhost',
  'abc',
]

/** `node:net` lets a zone follow an IPv6 address. A zone does not fit into a pool entry or a guest's address. */
const LAXER_IN_NODE = ['::1%lo', 'fe80::1%1']

for (const text of REJECTED) {
  test(`parse: ${JSON.stringify(text)} is no address`, () => {
    assert.equal(parseAddress(text), undefined)
    assert.equal(isIP(text), LAXER_IN_NODE.includes(text) ? 6 : 0)
  })
}

test('parse: the words of an address are in reading order and unsigned', () => {
  const v6 = parseAddress('fedc:ba98:7654:3210:8000:0:ffff:fffe')!
  assert.deepEqual([v6.family, v6.w0, v6.w1, v6.w2, v6.w3], [6, 0xfedcba98, 0x76543210, 0x80000000, 0xfffffffe])
  const v4 = parseAddress('200.1.2.3')!
  assert.deepEqual([v4.family, v4.w0, v4.w1, v4.w2, v4.w3, v4.port], [4, 0, 0, 0, 0xc8010203, 0])
})

/** Words in which runs of zeros, and the mapped prefix, are frequent. */
function randomAddress(random: Random): SocketAddress {
  const word = () => random.pick([0, 0, 1, 0xffff, 0x10000, 0xffff0000, 0x80000000, 0xffffffff, random.u32()])
  if (random.below(3) === 0) return SocketAddress.ipv4(word(), random.below(0x10000))
  return SocketAddress.ipv6(word(), word(), word(), word(), random.below(0x10000))
}

test('parse reads back every address that format wrote, and so does the URL parser', () => {
  const random = new Random(1)
  for (let i = 0; i < 5000; i++) {
    const address = randomAddress(random)
    const parsed = parseAddress(address.host)
    assert.deepEqual(
      { ...parsed },
      { ...address.clone(), port: 0 },
      `${address.host} (words ${address.w0} ${address.w1} ${address.w2} ${address.w3})`,
    )
    // WHATWG URLs normalise addresses by RFC 5952 too, but write the mapped ones in hexadecimal.
    if (address.family === 6 && !address.isIpv4Mapped) {
      assert.equal(new URL(`http://[${address.host}]/`).hostname, `[${address.host}]`)
    }
  }
})

test('parse accepts exactly what node:net accepts, for mutations of addresses', () => {
  const random = new Random(2)
  let accepted = 0
  for (let i = 0; i < 20_000; i++) {
    const characters = [...randomAddress(random).host]
    for (let edits = random.below(3); edits > 0; edits--) {
      const at = random.below(characters.length + 1)
      characters.splice(at, random.below(2), random.pick(['', ':', '.', '0', '1', 'f', 'g', '::', '256', ' ', '-']))
    }
    const text = characters.join('')
    const parsed = parseAddress(text)
    assert.equal(parsed?.family ?? 0, isIP(text), JSON.stringify(text))
    if (parsed !== undefined) accepted++
  }
  assert.ok(accepted > 5000 && accepted < 19_000, `both sides were tried: ${accepted} accepted`)
})

const CANONICAL: readonly (readonly [text: string, canonical: string])[] = [
  ['::ffff:127.0.0.1', '127.0.0.1'],
  ['::ffff:0.0.0.0', '0.0.0.0'],
  ['::ffff:255.255.255.255', '255.255.255.255'],
  ['127.0.0.1', '127.0.0.1'],
  ['::127.0.0.1', '::7f00:1'],
  ['::fffe:7f00:1', '::fffe:7f00:1'],
  ['::1:ffff:7f00:1', '::1:ffff:7f00:1'],
  ['1::ffff:7f00:1', '1::ffff:7f00:1'],
  ['0:1::ffff:7f00:1', '0:1::ffff:7f00:1'],
  ['0:0:1::ffff:7f00:1', '::1:0:0:ffff:7f00:1'],
  ['64:ff9b::7f00:1', '64:ff9b::7f00:1'],
]
for (const [text, canonical] of CANONICAL) {
  test(`canonicalize: ${text} is judged as ${canonical}`, () => {
    const address = parseAddress(text)!
    address.port = 8080
    const result = address.canonicalize()
    assert.equal(result, address, 'it changes the address itself')
    assert.deepEqual([result.host, result.port, result.family], [canonical, 8080, canonical.includes(':') ? 6 : 4])
  })
}

for (const [text, isWildcard] of [
  ['0.0.0.0', true],
  ['::', true],
  ['::ffff:0.0.0.0', true],
  ['0.0.0.1', false],
  ['128.0.0.0', false],
  ['::1', false],
  ['::1:0:0', false],
  ['::ffff:0:0:0', false],
  ['8000::', false],
  ['0:0:0:1::', false],
  ['::ffff:0.0.0.1', false],
  ['::fffe:0:0', false],
] as const) {
  test(`isWildcard: ${text} ${isWildcard ? 'is' : 'is not'}`, () => {
    assert.equal(parseAddress(text)!.isWildcard, isWildcard)
  })
}

test('toString: IPv6 stands in brackets before the port', () => {
  assert.equal(SocketAddress.ipv4(0x7f000001, 80).toString(), '127.0.0.1:80')
  assert.equal(SocketAddress.ipv6(0, 0, 0, 1, 65535).toString(), '[::1]:65535')
  assert.equal(SocketAddress.ipv6(0, 0, 0xffff, 0x7f000001, 0).toString(), '[::ffff:127.0.0.1]:0')
})

test('an address that became IPv4 keeps nothing of the IPv6 address it was', () => {
  const address = SocketAddress.ipv6(1, 2, 3, 4, 5).setIpv4(0x01020304, 6)
  assert.deepEqual({ ...address }, { ...SocketAddress.ipv4(0x01020304, 6) })
})

test('clone is independent of its original', () => {
  const original = SocketAddress.ipv4(1, 2)
  const copy = original.clone()
  original.setIpv6(9, 9, 9, 9, 9)
  assert.equal(copy.toString(), '0.0.0.1:2')
})

for (const [name, address] of [
  ['the lowest IPv4 address and port', SocketAddress.ipv4(0, 0)],
  ['an IPv4 address beyond 2^31', SocketAddress.ipv4(0xc000_0201, 80)],
  ['the highest of both', SocketAddress.ipv4(0xffff_ffff, 65_535)],
  ['IPv4 spelled as IPv6', SocketAddress.ipv6(0, 0, 0xffff, 0x7f00_0001, 443)],
  ['IPv6 with scope and flow', SocketAddress.ipv6(0xfe80_0000, 0, 1, 0xffff_ffff, 65_535).setScope(3, 0xf_ffff)],
] as const) {
  test(`what is kept is restored: ${name}`, () => {
    const other = SocketAddress.ipv6(1, 2, 3, 4, 5).setScope(6, 7)
    assert.deepEqual(other.restore(address.kept()), address)
    const kept = address.kept()
    const before = address.clone()
    address.setIpv4(1, 1)
    assert.deepEqual(other.restore(kept), before, 'and does not change with its original')
  })
}
