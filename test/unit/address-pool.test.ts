/** CIDR means CIDR: each block holds its own addresses and no other one. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseAddress, SocketAddress } from '../../src/address/socket-address.ts'
import { AddressPool, AddressPoolError } from '../../src/policy/address-pool.ts'
import { Random } from './random.ts'

function includes(pool: AddressPool, address: string): boolean {
  return pool.includes(parseAddress(address)!)
}

/** Entry, what is just inside at both ends, and what is just outside (where there is anything). */
const BLOCKS: readonly { entry: string; inside: string[]; outside: string[] }[] = [
  { entry: '0.0.0.0/0', inside: ['0.0.0.0', '127.0.0.1', '128.0.0.0', '255.255.255.255'], outside: ['::', '::1'] },
  { entry: '0.0.0.0/32', inside: ['0.0.0.0'], outside: ['0.0.0.1', '127.0.0.1', '255.255.255.255'] },
  { entry: '0.0.0.0/15', inside: ['0.0.0.0', '0.1.255.255'], outside: ['0.2.0.0', '127.0.0.1', '255.255.255.255'] },
  { entry: '0.0.0.0/1', inside: ['0.0.0.0', '127.255.255.255'], outside: ['128.0.0.0', '255.255.255.255'] },
  { entry: '128.0.0.0/1', inside: ['128.0.0.0', '255.255.255.255'], outside: ['127.255.255.255', '0.0.0.0'] },
  // The seed's own example: bits beyond the prefix are ignored.
  { entry: '1.2.3.4/15', inside: ['1.2.0.0', '1.2.3.4', '1.3.255.255'], outside: ['1.1.255.255', '1.4.0.0'] },
  { entry: '2.3.4.6/16', inside: ['2.3.0.0', '2.3.255.255'], outside: ['2.2.255.255', '2.4.0.0'] },
  { entry: '127.0.0.1/8', inside: ['127.0.0.0', '127.255.255.255'], outside: ['126.255.255.255', '128.0.0.0'] },
  { entry: '192.0.2.7/32', inside: ['192.0.2.7'], outside: ['192.0.2.6', '192.0.2.8'] },
  { entry: '192.0.2.7/31', inside: ['192.0.2.6', '192.0.2.7'], outside: ['192.0.2.5', '192.0.2.8'] },
  { entry: '255.255.255.255/32', inside: ['255.255.255.255'], outside: ['255.255.255.254', '0.0.0.0'] },
  {
    entry: '::/0',
    inside: ['::', '::1', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
    outside: ['0.0.0.0', '127.0.0.1'],
  },
  { entry: '::/128', inside: ['::'], outside: ['::1', 'ffff::'] },
  { entry: '::1/128', inside: ['::1'], outside: ['::', '::2', '1::1', '0:0:0:1::1'] },
  {
    entry: '2001:db8::/32',
    inside: ['2001:db8::', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff'],
    outside: ['2001:db7:ffff:ffff:ffff:ffff:ffff:ffff', '2001:db9::'],
  },
  // Blocks whose edge lies inside a word, at a word, and one bit beside it.
  { entry: '1:2:3:4::/64', inside: ['1:2:3:4::', '1:2:3:4:ffff:ffff:ffff:ffff'], outside: ['1:2:3:5::', '1:2:3:3::'] },
  { entry: '1:2:3:4::/63', inside: ['1:2:3:4::', '1:2:3:5:ffff:ffff:ffff:ffff'], outside: ['1:2:3:6::', '1:2:3:3::'] },
  { entry: '1:2:3:4::/65', inside: ['1:2:3:4::', '1:2:3:4:7fff:ffff:ffff:ffff'], outside: ['1:2:3:4:8000::'] },
  { entry: '8000::/1', inside: ['8000::', 'ffff::'], outside: ['7fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '::'] },
  { entry: 'fe80::1/127', inside: ['fe80::', 'fe80::1'], outside: ['fe80::2'] },
  // Inside ::ffff:0:0/96 an entry is a block of IPv4 addresses …
  {
    entry: '::ffff:10.0.0.0/104',
    inside: ['10.0.0.0', '10.255.255.255'],
    outside: ['9.255.255.255', '11.0.0.0', '::1'],
  },
  { entry: '::ffff:127.0.0.1/128', inside: ['127.0.0.1'], outside: ['127.0.0.0', '127.0.0.2', '::1'] },
  { entry: '::ffff:0:0/96', inside: ['0.0.0.0', '255.255.255.255'], outside: ['::', '::1', '::fffe:0:0'] },
  // … and one that merely contains that range says nothing about IPv4.
  { entry: '::ffff:0:0/95', inside: ['::fffe:0:0', '::fffe:ffff:ffff'], outside: ['127.0.0.1', '::fffd:0:0'] },
]

for (const { entry, inside, outside } of BLOCKS) {
  test(`${entry} holds its own addresses and not the neighbours`, () => {
    const pool = AddressPool.parse([entry])
    for (const address of inside) assert.equal(includes(pool, address), true, `${address} is inside`)
    for (const address of outside) assert.equal(includes(pool, address), false, `${address} is outside`)
  })
}

test('a pool without entries holds nothing', () => {
  const pool = AddressPool.parse([])
  for (const address of ['0.0.0.0', '127.0.0.1', '255.255.255.255', '::', '::1']) {
    assert.equal(includes(pool, address), false, address)
  }
})

test('every prefix length of both families: the two ends and their neighbours', () => {
  for (const [start, bits] of [
    [0xa5a5_5a5an, 32n],
    [0xa5a5_5a5a_0f0f_f0f0_1234_5678_9abc_def0n, 128n],
  ] as const) {
    for (let prefix = 0n; prefix <= bits; prefix++) {
      const mask = (1n << (bits - prefix)) - 1n
      const first = start & ~mask
      const last = first + mask
      const pool = AddressPool.parse([`${fromInteger(start, bits).host}/${prefix}`])
      for (const [address, expected] of [
        [first, true],
        [last, true],
        [start, true],
        [first - 1n, false],
        [last + 1n, false],
      ] as const) {
        if (address < 0n || address >= 1n << bits) continue
        assert.equal(
          pool.includes(fromInteger(address, bits)),
          expected,
          `/${prefix}: ${fromInteger(address, bits).host}`,
        )
      }
    }
  }
})

test('the port plays no part', () => {
  const pool = AddressPool.parse(['127.0.0.1/32'])
  for (const port of [0, 1, 80, 65535]) assert.equal(pool.includes(SocketAddress.ipv4(0x7f000001, port)), true)
})

test('entries that touch, overlap, repeat or hold one another are all in force', () => {
  const pool = AddressPool.parse([
    '10.0.1.0/24',
    '10.0.0.0/24',
    '10.0.0.128/25',
    '10.0.2.0/23',
    '10.0.1.0/24',
    '10.9.0.0/16',
  ])
  for (const [address, expected] of [
    ['9.255.255.255', false],
    ['10.0.0.0', true],
    ['10.0.0.255', true],
    ['10.0.1.0', true],
    ['10.0.3.255', true],
    ['10.0.4.0', false],
    ['10.8.255.255', false],
    ['10.9.0.0', true],
    ['10.9.255.255', true],
    ['10.10.0.0', false],
  ] as const) {
    assert.equal(includes(pool, address), expected, address)
  }
})

test('a small block behind a large one that holds it does not end the large one early', () => {
  const pool = AddressPool.parse(['10.0.0.0/8', '10.0.0.0/30', '10.1.0.0/16'])
  assert.equal(includes(pool, '10.0.0.4'), true)
  assert.equal(includes(pool, '10.2.0.0'), true)
  assert.equal(includes(pool, '10.255.255.255'), true)
  assert.equal(includes(pool, '11.0.0.0'), false)
})

function fromInteger(value: bigint, bits: bigint): SocketAddress {
  if (bits === 32n) return SocketAddress.ipv4(Number(value))
  const word = (shift: bigint) => Number((value >> shift) & 0xffff_ffffn)
  return SocketAddress.ipv6(word(96n), word(64n), word(32n), word(0n))
}

/** The definition, without ranges: the first `prefix` bits are equal in any of the blocks. */
function naivelyIncludes(
  blocks: readonly { address: bigint; prefix: number }[],
  address: bigint,
  bits: number,
): boolean {
  return blocks.some((block) => (block.address ^ address) >> BigInt(bits - block.prefix) === 0n)
}

for (const bits of [32, 128]) {
  test(`random pools answer as the definition does (${bits} bits)`, () => {
    const random = new Random(bits)
    let hits = 0
    let questions = 0
    for (let round = 0; round < 2000; round++) {
      // Addresses from a few short stretches, so that blocks and questions meet.
      const bases = Array.from({ length: 3 }, () => randomBits(random, bits))
      const near = () => BigInt.asUintN(bits, random.pick(bases) + BigInt(random.below(64)) - 32n)
      const blocks = Array.from({ length: random.below(8) }, () => ({
        address: near(),
        prefix: random.below(3) === 0 ? random.below(bits + 1) : bits - random.below(7),
      })).filter(({ address }) => bits === 32 || address >> 32n !== 0xffffn)
      const pool = AddressPool.parse(
        blocks.map(({ address, prefix }) => `${fromInteger(address, BigInt(bits)).host}/${prefix}`),
      )
      for (let i = 0; i < 20; i++) {
        const address = random.below(4) === 0 ? randomBits(random, bits) : near()
        const expected = naivelyIncludes(blocks, address, bits)
        const actual = pool.includes(fromInteger(address, BigInt(bits)))
        if (actual !== expected) {
          const listed = blocks.map((b) => `${fromInteger(b.address, BigInt(bits)).host}/${b.prefix}`)
          assert.fail(`${fromInteger(address, BigInt(bits)).host} in [${listed}]: ${actual}, should be ${expected}`)
        }
        questions++
        if (expected) hits++
      }
    }
    assert.ok(hits > questions / 10 && hits < (9 * questions) / 10, `both answers occurred: ${hits} of ${questions}`)
  })
}

function randomBits(random: Random, bits: number): bigint {
  let value = 0n
  // The lowest and the highest addresses are where sums and comparisons go wrong.
  const kind = random.below(6)
  if (kind === 0) return BigInt(random.below(40))
  if (kind === 1) return (1n << BigInt(bits)) - 1n - BigInt(random.below(40))
  for (let i = 0; i < bits; i += 32) value = (value << 32n) | BigInt(random.u32())
  return value
}

test('ten thousand entries: each in force, the gaps between them closed', () => {
  const v4 = Array.from({ length: 5000 }, (_, i) => `10.${i >> 8}.${i & 255}.128/25`)
  const v6 = Array.from({ length: 5000 }, (_, i) => `2001:db8:${i.toString(16)}:8000::/49`)
  const pool = AddressPool.parse([...v4, ...v6])
  for (let i = 0; i < 5000; i++) {
    assert.equal(includes(pool, `10.${i >> 8}.${i & 255}.128`), true)
    assert.equal(includes(pool, `10.${i >> 8}.${i & 255}.255`), true)
    assert.equal(includes(pool, `10.${i >> 8}.${i & 255}.127`), false)
    assert.equal(includes(pool, `2001:db8:${i.toString(16)}:ffff::`), true)
    assert.equal(includes(pool, `2001:db8:${i.toString(16)}:7fff::`), false)
  }
  assert.equal(includes(pool, '10.19.136.128'), false)
  assert.equal(includes(pool, '2001:db8:1388:8000::'), false)
})

/** Section 6.3 of the reference, and what it does not list. The original takes the first group; each means something else there. */
const MALFORMED = [
  '127.0.0.1/256', // the original cuts the mask to 8 bits: /0
  '127.0.0.1/288',
  '::1/384',
  '127.0.0.1/+8',
  '127.0.0.1/ 8',
  '127.0.0.1/8 ',
  '127.0.0.1/8/9',
  '127.0.0.1',
  '127.0.0.1/',
  '/8',
  '/',
  '',
  '127.0.0.1/x',
  '127.0.0.1/8x',
  '127.0.0.1/0x8',
  '127.0.0.1/8.0',
  '127.0.0.1/1e1',
  '127.0.0.1/-1',
  '127.0.0.1/٨',
  '127.0.0.1/99999999999999999999',
  '127.0.0.1/255.0.0.0',
  '127.0.0.1/33',
  '::1/129',
  'abc/8',
  'localhost/8',
  '1.2.3/8',
  '1.2.3.4.5/8',
  '01.2.3.4/8',
  '1.2.3.256/8',
  ' 127.0.0.1/8',
  '127.0.0.1 /8',
  '127.0.0.1:80/32',
  '[::1]/128',
  'fe80::1%lo/64',
  '::1',
  ':::/0',
  '*',
  '127.0.0.1/8,::1/128',
]
for (const entry of MALFORMED) {
  test(`${JSON.stringify(entry)} is refused by name, wherever it stands`, () => {
    for (const entries of [[entry], ['10.0.0.0/8', entry], [entry, '10.0.0.0/8', '::1/128']]) {
      assert.throws(
        () => AddressPool.parse(entries),
        (error) => error instanceof AddressPoolError && error.message.startsWith(`'${entry}' `),
      )
    }
  })
}

test('a prefix with leading zeros is the same number, as in the original', () => {
  const pool = AddressPool.parse(['127.0.0.1/08'])
  assert.equal(includes(pool, '127.255.255.255'), true)
  assert.equal(includes(pool, '128.0.0.0'), false)
})
