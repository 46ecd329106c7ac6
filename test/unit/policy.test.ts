/** The one question about an address or a name: every grant with a near miss, and what a refusal tells. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseAddress, type SocketAddress } from '../../src/address/socket-address.ts'
import { AddressPool } from '../../src/policy/address-pool.ts'
import { NamePatternError, NamePatterns } from '../../src/policy/name-patterns.ts'
import { type Operation, Policy, type Refusal } from '../../src/policy/policy.ts'

const OPERATIONS: readonly Operation[] = ['bind', 'listen', 'connect', 'send to', 'join group']

function setup(pool: string[], names: string[] = []) {
  const refusals: Refusal[] = []
  const policy = new Policy(AddressPool.parse(pool), new NamePatterns(names), (refusal) => refusals.push(refusal))
  return { policy, refusals }
}

function at(host: string, port: number): SocketAddress {
  const address = parseAddress(host)!
  address.port = port
  return address
}

for (const operation of OPERATIONS) {
  test(`${operation}: granted inside the block, refused beside it`, () => {
    const { policy, refusals } = setup(['192.0.2.8/30', '2001:db8::/64'])
    for (const host of ['192.0.2.8', '192.0.2.11', '2001:db8::', '2001:db8::ffff:ffff:ffff:ffff', '::ffff:192.0.2.9']) {
      assert.equal(policy.allows(operation, 'tcp', at(host, 80)), true, host)
      assert.equal(policy.allows(operation, 'udp', at(host, 0)), true, host)
    }
    assert.deepEqual(refusals, [], 'a grant is not reported')
    const outside = [
      '192.0.2.7',
      '192.0.2.12',
      '2001:db8:0:1::',
      '::ffff:192.0.2.12',
      '0.0.0.0',
      '::',
      '127.0.0.1',
      '::1',
    ]
    for (const host of outside) assert.equal(policy.allows(operation, 'tcp', at(host, 80)), false, host)
    assert.equal(refusals.length, outside.length, 'each refusal is reported')
  })

  test(`${operation}: nothing is granted by an empty pool`, () => {
    const { policy } = setup([])
    for (const host of ['0.0.0.0', '127.0.0.1', '255.255.255.255', '::', '::1', '::ffff:127.0.0.1', '224.0.0.1']) {
      assert.equal(policy.allows(operation, 'tcp', at(host, 1)), false, host)
      assert.equal(policy.wouldAllow(operation, at(host, 1)), false, host)
    }
  })
}

test('an IPv4 address spelled as IPv6 is judged by the IPv4 entries alone', () => {
  const ipv6Only = setup(['::/0'])
  assert.equal(ipv6Only.policy.allows('connect', 'tcp', at('::ffff:127.0.0.1', 80)), false)
  assert.equal(ipv6Only.policy.allows('connect', 'tcp', at('::1', 80)), true)
  const ipv4Only = setup(['127.0.0.0/8'])
  assert.equal(ipv4Only.policy.allows('connect', 'tcp', at('::ffff:127.0.0.1', 80)), true)
  assert.equal(ipv4Only.policy.allows('connect', 'tcp', at('::ffff:128.0.0.1', 80)), false)
  assert.equal(
    ipv4Only.policy.allows('connect', 'tcp', at('::7f00:1', 80)),
    false,
    'the deprecated compatible spelling',
  )
})

test('an entry spelled ::ffff:a.b.c.d grants the IPv4 address in both spellings', () => {
  const { policy } = setup(['::ffff:10.1.2.3/128'])
  assert.equal(policy.allows('connect', 'tcp', at('10.1.2.3', 1)), true)
  assert.equal(policy.allows('connect', 'tcp', at('::ffff:10.1.2.3', 1)), true)
  assert.equal(policy.allows('connect', 'tcp', at('10.1.2.4', 1)), false)
  assert.equal(policy.allows('connect', 'tcp', at('::ffff:10.1.2.4', 1)), false)
})

/** The kernel delivers what goes to the wildcard address to the own host. */
const WILDCARD: readonly { pool: string; operation: Operation; host: string; allowed: boolean }[] = [
  { pool: '0.0.0.0/32', operation: 'bind', host: '0.0.0.0', allowed: true },
  { pool: '0.0.0.0/32', operation: 'listen', host: '0.0.0.0', allowed: true },
  { pool: '0.0.0.0/32', operation: 'connect', host: '0.0.0.0', allowed: false },
  { pool: '0.0.0.0/32', operation: 'send to', host: '0.0.0.0', allowed: false },
  { pool: '0.0.0.0/32', operation: 'connect', host: '::ffff:0.0.0.0', allowed: false },
  { pool: '0.0.0.0/32', operation: 'connect', host: '127.0.0.1', allowed: false },
  { pool: '127.0.0.1/32', operation: 'connect', host: '0.0.0.0', allowed: true },
  { pool: '127.0.0.1/32', operation: 'send to', host: '0.0.0.0', allowed: true },
  { pool: '127.0.0.1/32', operation: 'connect', host: '::ffff:0.0.0.0', allowed: true },
  { pool: '127.0.0.1/32', operation: 'bind', host: '0.0.0.0', allowed: false },
  { pool: '127.0.0.1/32', operation: 'listen', host: '0.0.0.0', allowed: false },
  { pool: '127.0.0.1/32', operation: 'connect', host: '::', allowed: false },
  { pool: '127.0.0.2/32', operation: 'connect', host: '0.0.0.0', allowed: false },
  { pool: '::/128', operation: 'bind', host: '::', allowed: true },
  { pool: '::/128', operation: 'bind', host: '0.0.0.0', allowed: false },
  { pool: '::/128', operation: 'connect', host: '::', allowed: false },
  { pool: '::/128', operation: 'connect', host: '::1', allowed: false },
  { pool: '::1/128', operation: 'connect', host: '::', allowed: true },
  { pool: '::1/128', operation: 'send to', host: '::', allowed: true },
  { pool: '::1/128', operation: 'bind', host: '::', allowed: false },
]
for (const { pool, operation, host, allowed } of WILDCARD) {
  test(`the wildcard: with ${pool}, ${operation} ${host} is ${allowed ? 'granted' : 'refused'}`, () => {
    const { policy } = setup([pool])
    assert.equal(policy.allows(operation, 'udp', at(host, 9)), allowed)
    assert.equal(policy.wouldAllow(operation, at(host, 9)), allowed, 'asked without reporting')
  })
}

/** What is refused, as the program wrote it; and the least grant that allows it. */
const REPORTS: readonly { operation: Operation; host: string; target: string; remedy: string }[] = [
  { operation: 'connect', host: '192.0.2.1', target: '192.0.2.1:80', remedy: '--addr-pool=192.0.2.1/32' },
  { operation: 'bind', host: '0.0.0.0', target: '0.0.0.0:80', remedy: '--addr-pool=0.0.0.0/32' },
  { operation: 'listen', host: '::', target: '[::]:80', remedy: '--addr-pool=::/128' },
  { operation: 'connect', host: '0.0.0.0', target: '0.0.0.0:80', remedy: '--addr-pool=127.0.0.1/32' },
  { operation: 'send to', host: '::', target: '[::]:80', remedy: '--addr-pool=::1/128' },
  { operation: 'connect', host: '2001:db8::1', target: '[2001:db8::1]:80', remedy: '--addr-pool=2001:db8::1/128' },
  {
    operation: 'connect',
    host: '::ffff:192.0.2.1',
    target: '[::ffff:192.0.2.1]:80',
    remedy: '--addr-pool=192.0.2.1/32',
  },
  { operation: 'join group', host: '224.0.0.1', target: '224.0.0.1:80', remedy: '--addr-pool=224.0.0.1/32' },
]
for (const { operation, host, target, remedy } of REPORTS) {
  test(`a refusal to ${operation} ${host} names ${target}, and ${remedy} does allow it`, () => {
    const { policy, refusals } = setup([])
    const address = at(host, 80)
    assert.equal(policy.allows(operation, 'udp', address), false)
    assert.deepEqual(refusals, [{ operation, protocol: 'udp', target, remedy }])
    assert.equal(address.toString(), target, "the program's address is left as it was")
    const granted = setup([remedy.slice('--addr-pool='.length)])
    assert.equal(granted.policy.allows(operation, 'udp', address), true)
  })
}

test('wouldAllow reports nothing and leaves the address as it is', () => {
  const { policy, refusals } = setup(['127.0.0.1/32'])
  const mapped = at('::ffff:127.0.0.1', 7)
  assert.equal(policy.wouldAllow('bind', mapped), true)
  assert.equal(policy.wouldAllow('bind', at('127.0.0.2', 0)), false)
  assert.equal(mapped.toString(), '[::ffff:127.0.0.1]:7')
  assert.deepEqual(refusals, [])
})

test('a policy that reports to nobody refuses all the same', () => {
  const policy = new Policy(AddressPool.parse([]), new NamePatterns([]))
  assert.equal(policy.allows('connect', 'tcp', at('127.0.0.1', 1)), false)
  assert.equal(policy.allowsName('localhost'), false)
})

test('names: granted by the list, refused beside it with the remedy', () => {
  const { policy, refusals } = setup(['0.0.0.0/0', '::/0'], ['*.example.com'])
  assert.equal(policy.allowsName('x.example.com'), true)
  assert.deepEqual(refusals, [])
  assert.equal(policy.allowsName('example.com'), false)
  assert.deepEqual(refusals, [
    { operation: 'resolve', protocol: undefined, target: 'example.com', remedy: '--allow-resolve=example.com' },
  ])
})

// The program chooses the name. A person who follows the advice must not grant more than what was asked for, and must be
// able to follow it at all.
for (const name of ['*', '*.com', '*.example.com', 'a b', '', 'x,y', '.', 'a..b', 'http://x']) {
  test(`the remedy for the name ${JSON.stringify(name)} grants that name at most`, () => {
    const { policy, refusals } = setup([])
    assert.equal(policy.allowsName(name), false)
    // No advice is right, too: there is no pattern for what is no name.
    const remedy: string | undefined = refusals[0]!.remedy
    if (!remedy?.startsWith('--allow-resolve=')) return
    let patterns: NamePatterns
    try {
      patterns = new NamePatterns([remedy.slice('--allow-resolve='.length)])
    } catch (error) {
      assert.ok(error instanceof NamePatternError)
      assert.fail(`the advice ${remedy} is no valid option`)
    }
    for (const other of ['bank.com', 'www.example.com', 'anything']) {
      assert.equal(patterns.includes(other), false, `the advice ${remedy} would also allow ${other}`)
    }
  })
}
