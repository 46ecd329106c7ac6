/** Which names a list of patterns lets through: each grant with its near misses. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NamePatternError, NamePatterns } from '../../src/policy/name-patterns.ts'

const CASES: readonly { patterns: string[]; granted: string[]; refused: string[] }[] = [
  { patterns: [], granted: [], refused: ['', '.', 'localhost', 'example.com', '*'] },
  {
    patterns: ['domain.com'],
    granted: ['domain.com', 'DOMAIN.COM', 'Domain.com', 'domain.com.'],
    refused: [
      'www.domain.com',
      'baddomain.com',
      'domain.com.evil.org',
      'domain.co',
      'domain.comm',
      'domain',
      'com',
      '.domain.com',
      'domain.com..',
      'domain.com ',
      ' domain.com',
      'domain.com\n',
      'domain,com',
      'domainxcom', // the dot of a pattern is a dot
      '',
      '*',
      '*.domain.com',
    ],
  },
  {
    // The example of the documentation: all subdomains.
    patterns: ['*.example.com'],
    granted: ['x.example.com', 'a.b.c.example.com', 'X.EXAMPLE.com', 'x.example.com.', 'x-y_z.example.com'],
    refused: [
      'example.com',
      'example.com.',
      '.example.com',
      'badexample.com', // the original's suffix match lets `*example.com` through to this one
      'x.badexample.com',
      'x.example.com.evil.org',
      'x.example.com..',
      'x.example.co',
      'x.example.org',
      'example.com.x',
      'com',
      '',
      '.',
    ],
  },
  { patterns: ['*.com'], granted: ['a.com', 'a.b.com'], refused: ['com', '.com', 'com.', 'a.org', 'acom'] },
  { patterns: ['example.com.'], granted: ['example.com', 'example.com.'], refused: ['x.example.com', 'example.com..'] },
  { patterns: ['*.example.com.'], granted: ['x.example.com', 'x.example.com.'], refused: ['example.com'] },
  { patterns: ['EXAMPLE.com'], granted: ['example.com', 'eXample.COM'], refused: ['examp1e.com'] },
  { patterns: ['*.Example.COM'], granted: ['x.example.com'], refused: ['example.com'] },
  {
    patterns: ['*.a.example.com'],
    granted: ['x.a.example.com', 'y.x.a.example.com'],
    refused: ['a.example.com', 'b.example.com', 'x.b.example.com', 'xa.example.com'],
  },
  {
    patterns: ['*.example.com', 'domain.com'],
    granted: ['x.example.com', 'domain.com'],
    refused: ['example.com', 'x.domain.com'],
  },
  { patterns: ['localhost'], granted: ['localhost', 'LocalHost', 'localhost.'], refused: ['localhost.localdomain'] },
  { patterns: ['*.localhost'], granted: ['x.localhost'], refused: ['localhost', 'xlocalhost'] },
  { patterns: ['_sip._tcp.example.com'], granted: ['_sip._tcp.example.com'], refused: ['sip.tcp.example.com'] },
  { patterns: ['bücher.example'], granted: ['bücher.example'], refused: ['BÜCHER.example', 'bucher.example'] }, // DNS folds ASCII only
  { patterns: ['kilo.example'], granted: ['KILO.example'], refused: ['\u212ailo.example'] }, // KELVIN SIGN lower-cases to k
  { patterns: ['*'], granted: ['', '.', 'localhost', 'a.b.c', '*', 'x y'], refused: [] },
  { patterns: ['*', 'domain.com'], granted: ['other.org', 'domain.com'], refused: [] },
  {
    patterns: ['__proto__', 'constructor'],
    granted: ['__proto__', 'constructor'],
    refused: ['toString', 'hasOwnProperty'],
  },
]

for (const { patterns, granted, refused } of CASES) {
  const list = new NamePatterns(patterns)
  for (const name of granted) {
    test(`[${patterns}] grants ${JSON.stringify(name)}`, () => assert.equal(list.includes(name), true))
  }
  for (const name of refused) {
    test(`[${patterns}] refuses ${JSON.stringify(name)}`, () => assert.equal(list.includes(name), false))
  }
}

test('*.x holds for names of the greatest depth and length', () => {
  const list = new NamePatterns(['*.example.com'])
  assert.equal(list.includes(`${'a.'.repeat(120)}example.com`), true)
  assert.equal(list.includes(`${'a'.repeat(63)}.example.com`), true)
  assert.equal(list.includes(`${'a.'.repeat(120)}example.org`), false)
})

test('more than eight patterns are all in force', () => {
  const list = new NamePatterns(Array.from({ length: 1000 }, (_, i) => (i % 2 === 0 ? `h${i}.test` : `*.h${i}.test`)))
  for (const [name, expected] of [
    ['h0.test', true],
    ['x.h0.test', false],
    ['h998.test', true],
    ['x.h999.test', true],
    ['h999.test', false],
    ['h1000.test', false],
  ] as const) {
    assert.equal(list.includes(name), expected, name)
  }
})

const MALFORMED = [
  '',
  '.',
  '..',
  '*.',
  '*..',
  '*..com',
  '*example.com', // in the original this also grants notexample.com
  '**',
  '*.*',
  '*.*.com',
  '**.example.com',
  'a*b',
  'a.*',
  'a.*.com',
  'example.*',
  '.example.com',
  'a..com',
  'example.com..',
  ' ',
  'a b',
  'example.com ',
  'example.com\n',
  'example.com\t',
  'example.com,domain.com', // one option, one pattern
  'http://example.com',
  'example.com/',
  'example.com:80',
]
for (const pattern of MALFORMED) {
  test(`${JSON.stringify(pattern)} is refused by name, wherever it stands`, () => {
    for (const patterns of [[pattern], ['domain.com', pattern], [pattern, '*']]) {
      assert.throws(
        () => new NamePatterns(patterns),
        (error) => error instanceof NamePatternError && error.message.startsWith(`'${pattern}' `),
      )
    }
  })
}
