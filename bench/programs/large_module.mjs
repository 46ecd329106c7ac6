/**
 * Modules of a wanted size that print `hello`, for the timing of starts. Their code is what a compiler might have made:
 * arithmetic on locals, loads and stores, branches, loops, calls; the same numbers give the same module each time. As in large
 * programs, most of it is never called.
 *
 * Source of the numbers: WebAssembly Core 1.0, chapter 5, Binary Format.
 */

const I32 = 0x7f
const VOID = 0x40
/** Of a body: two parameters and what is behind them; the last one counts the turns of loops. */
const LOCALS = 8
const COUNTER = LOCALS - 1
const BODY_STATEMENTS = 300
/** Aligned, and inside the first page. */
const ADDRESS_MASK = 0x7ffc
const CALLED = 20

/** i32.add, sub, mul, and, or, xor, shl, shr_u, rotl */
const BINARY = [0x6a, 0x6b, 0x6c, 0x71, 0x72, 0x73, 0x74, 0x76, 0x77]

function unsigned(value) {
  const bytes = []
  for (; value > 127; value >>>= 7) bytes.push((value & 127) | 128)
  return [...bytes, value]
}

function signed(value) {
  const bytes = []
  for (; value < -64 || value > 63; value >>= 7) bytes.push((value & 127) | 128)
  return [...bytes, value & 127]
}

const get = (local) => [0x20, local]
const set = (local) => [0x21, local]
const constant = (value) => [0x41, ...signed(value)]
const address = (local) => [...get(local), ...constant(ADDRESS_MASK), 0x71]

/** Numbers from 0 to below `limit`, the same each time. Source of the factors: Numerical Recipes, ranqd1. */
function numbers() {
  let state = 1
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
}

function simpleStatement(below) {
  const [a, b, c] = [below(COUNTER), below(COUNTER), below(COUNTER)]
  const operator = BINARY[below(BINARY.length)]
  switch (below(4)) {
    case 0:
      return [...get(a), ...get(b), operator, ...set(c)]
    case 1:
      return [...get(a), ...constant(below(1 << 20) - (1 << 19)), operator, ...set(c)]
    case 2:
      return [...address(a), 0x28, 2, 0, ...set(c)] // i32.load
    default:
      return [...address(a), ...get(b), 0x36, 2, 0] // i32.store
  }
}

function statement(below) {
  const kind = below(12)
  if (kind > 1) return simpleStatement(below)
  const inner = [...simpleStatement(below), ...simpleStatement(below)]
  if (kind === 0) return [...get(below(COUNTER)), 0x04, VOID, ...inner, 0x05, ...simpleStatement(below), 0x0b]
  const countDown = [...get(COUNTER), ...constant(1), 0x6b, 0x22, COUNTER, 0x0d, 0]
  return [...constant(4), ...set(COUNTER), 0x03, VOID, ...inner, ...countDown, 0x0b]
}

/** (i32, i32) -> i32. It calls one of the functions before it, so that no call goes deep. */
function body(below, index, firstIndex) {
  const bytes = [1, LOCALS - 2, I32]
  for (let i = 0; i < BODY_STATEMENTS; i++) bytes.push(...statement(below))
  if (index > 0) bytes.push(...get(0), ...get(1), 0x10, ...unsigned(firstIndex + (index >> 1)), ...set(1))
  bytes.push(...get(below(COUNTER)), ...get(1), 0x73, 0x0b)
  return Buffer.from([...unsigned(bytes.length), ...bytes])
}

/** Calls some functions all over the module, then fd_write with the iovec at 8. */
function startBody(count, firstIndex) {
  const bytes = [0]
  for (let i = 0; i < CALLED; i++) {
    const index = Math.floor((i * count) / CALLED)
    bytes.push(...constant(i), ...constant(index), 0x10, ...unsigned(firstIndex + index), 0x1a)
  }
  bytes.push(
    ...constant(1),
    ...constant(TEXT_VECTOR),
    ...constant(1),
    ...constant(TEXT_VECTOR + 8),
    0x10,
    0,
    0x1a,
    0x0b,
  )
  return Buffer.from([...unsigned(bytes.length), ...bytes])
}

const text = (value) => [...unsigned(value.length), ...Buffer.from(value)]
const HELLO = 'hello\n'
/** Above what the functions write to. */
const TEXT_VECTOR = 0x8000

function section(id, ...parts) {
  const content = Buffer.concat(parts.map((part) => Buffer.from(part)))
  return Buffer.concat([Buffer.from([id, ...unsigned(content.length)]), content])
}

/** A module with at least so many bytes of code. */
export function largeModule(codeBytes) {
  const below = numbers()
  const bodies = []
  // Functions 0 and 1 are fd_write and _start.
  for (let size = 0; size < codeBytes; size += bodies.at(-1).length) bodies.push(body(below, bodies.length, 2))
  const vector = Buffer.alloc(8)
  vector.writeUInt32LE(TEXT_VECTOR + 16, 0)
  vector.writeUInt32LE(HELLO.length, 4)
  const types = [3, 0x60, 4, I32, I32, I32, I32, 1, I32, 0x60, 0, 0, 0x60, 2, I32, I32, 1, I32]
  return Buffer.concat([
    Buffer.from('\0asm\x01\0\0\0', 'latin1'),
    section(1, types),
    section(2, [1, ...text('wasi_snapshot_preview1'), ...text('fd_write'), 0, 0]),
    section(3, unsigned(bodies.length + 1), [1], Buffer.alloc(bodies.length, 2)),
    section(5, [1, 0, 1]),
    section(7, [2, ...text('memory'), 2, 0, ...text('_start'), 0, 1]),
    section(10, unsigned(bodies.length + 1), startBody(bodies.length, 2), ...bodies),
    section(
      11,
      [2],
      [0, ...constant(TEXT_VECTOR), 0x0b, ...unsigned(vector.length), ...vector],
      [0, ...constant(TEXT_VECTOR + 16), 0x0b, ...text(HELLO)],
    ),
  ])
}
