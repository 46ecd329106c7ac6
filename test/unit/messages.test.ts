/** What the command tells the person: what is shown at which level, and how often. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Messages } from '../../src/cli/messages.ts'
import type { Refusal } from '../../src/policy/policy.ts'

function setup(level = 2) {
  const lines: string[] = []
  return { lines, messages: new Messages('iwasm', level, (text) => lines.push(text)) }
}

function refusal(changes: Partial<Refusal> = {}): Refusal {
  return {
    operation: 'connect',
    protocol: 'tcp',
    target: '192.0.2.1:80',
    remedy: '--addr-pool=192.0.2.1/32',
    ...changes,
  }
}

for (const [level, refusals, warnings] of [
  [0, 0, 0],
  [1, 1, 0],
  [2, 1, 1],
  [3, 1, 1],
  [5, 1, 1],
] as const) {
  test(`level ${level} shows errors, ${refusals ? '' : 'no '}refusals and ${warnings ? '' : 'no '}warnings`, () => {
    const { lines, messages } = setup(level)
    messages.error('e')
    messages.exception('x')
    assert.deepEqual(lines, ['iwasm: e\n', 'Exception: x\n'])
    messages.refused(refusal())
    assert.equal(lines.length, 2 + refusals)
    messages.warning('w')
    assert.equal(lines.length, 2 + refusals + warnings)
  })
}

test('a refusal says what was refused and what would allow it', () => {
  const { lines, messages } = setup()
  messages.refused(refusal())
  messages.refused({ operation: 'resolve', protocol: undefined, target: 'a.test', remedy: '--allow-resolve=a.test' })
  assert.deepEqual(lines, [
    'iwasm: refused: connect 192.0.2.1:80 (tcp); --addr-pool=192.0.2.1/32 would allow it\n',
    'iwasm: refused: resolve a.test; --allow-resolve=a.test would allow it\n',
  ])
})

test('the same refusal is shown once, another operation, protocol, address or port anew', () => {
  const { lines, messages } = setup()
  for (let i = 0; i < 1000; i++) {
    messages.refused(refusal())
    messages.refused(refusal({ operation: 'bind' }))
    messages.refused(refusal({ protocol: 'udp' }))
    messages.refused(refusal({ target: '192.0.2.2:80' }))
    messages.refused(refusal({ target: '192.0.2.1:81' }))
  }
  assert.equal(lines.length, 5)
})

test('a hundred different refusals are shown, then one line that says so, then nothing', () => {
  const { lines, messages } = setup()
  for (let port = 1; port <= 100; port++) messages.refused(refusal({ target: `192.0.2.1:${port}` }))
  assert.equal(lines.length, 100)
  for (let port = 1; port <= 100; port++) messages.refused(refusal({ target: `192.0.2.1:${port}` }))
  assert.equal(lines.length, 100, 'repetitions do not count')
  for (let port = 101; port <= 300; port++) messages.refused(refusal({ target: `192.0.2.1:${port}` }))
  assert.equal(lines.length, 101)
  assert.match(lines[99]!, /192\.0\.2\.1:100 /)
  assert.match(lines[100]!, /more than 100 refusals/)
  messages.warning('w')
  assert.equal(lines.length, 102, 'other messages go on')
})

/** A program chooses names, and a file name may hold anything: none of it may steer a terminal or fake a line. */
const UNSAFE: readonly (readonly [text: string, shown: string])[] = [
  ['a\nb', 'a\\x0ab'],
  ['a\rb', 'a\\x0db'],
  ['a\x1b[2Jb', 'a\\x1b[2Jb'],
  ['a\0b', 'a\\x00b'],
  ['a\x7fb', 'a\\x7fb'],
  ['a\x9b31mb', 'a\\x9b31mb'], // CSI as one character
  ['a\tb', 'a\\x09b'],
  ['bücher-書', 'bücher-書'],
]
for (const [text, shown] of UNSAFE) {
  test(`${JSON.stringify(text)} is shown as ${shown}`, () => {
    const { lines, messages } = setup()
    messages.error(text)
    messages.exception(text)
    messages.warning(text)
    messages.refused(refusal({ target: text, remedy: text }))
    assert.deepEqual(lines, [
      `iwasm: ${shown}\n`,
      `Exception: ${shown}\n`,
      `iwasm: warning: ${shown}\n`,
      `iwasm: refused: connect ${shown} (tcp); ${shown} would allow it\n`,
    ])
  })
}

// These print nothing themselves but reorder or hide what stands around them ("Trojan Source"), or end a line in viewers.
for (const character of ['\u202a', '\u202e', '\u2066', '\u2069', '\u200e', '\u2028', '\u2029', '\u200b', '\ufeff']) {
  test(`U+${character.charCodeAt(0).toString(16)}, which reorders or hides text, is not printed as it is`, () => {
    const { lines, messages } = setup()
    messages.refused(refusal({ target: `a${character}b` }))
    assert.equal(lines[0]!.includes(character), false)
  })
}
