/** Bounds of guest memory, on real WebAssembly memories that grow under the codec's feet. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GuestMemory } from '../../src/memory/guest-memory.ts'

const PAGE = 65_536

/** Hands out a number that tells the buffers apart, as the process address does. */
function setup(descriptor: { initial: number; maximum?: number; shared?: boolean } = { initial: 1, maximum: 3 }) {
  const wasm = new WebAssembly.Memory(descriptor) as WebAssembly.Memory & { grow(pages: number): number }
  const buffers: ArrayBufferLike[] = []
  const memory = new GuestMemory((bytes) => {
    if (!buffers.includes(bytes.buffer)) buffers.push(bytes.buffer)
    return 1e9 * (buffers.indexOf(bytes.buffer) + 1)
  })
  memory.attach(wasm)
  return { wasm, memory }
}

const BOUNDS: readonly (readonly [ptr: number, lengthBytes: number, inside: boolean])[] = [
  [0, 0, true],
  [0, 1, true],
  [0, PAGE, true],
  [0, PAGE + 1, false],
  [1, PAGE - 1, true],
  [1, PAGE, false],
  [PAGE - 1, 1, true],
  [PAGE - 1, 2, false],
  [PAGE - 4, 4, true],
  [PAGE - 3, 4, false],
  [PAGE, 0, true], // an empty range may stand at the end, as in the core specification
  [PAGE, 1, false],
  [PAGE + 1, 0, false],
  [0xffff_ffff, 0, false],
  [0xffff_ffff, 1, false], // sums to 2^32: 0 if it wrapped
  [0xffff_ffff, 2, false],
  [0xffff_fff0, 0x20, false],
  [0x8000_0000, 0x8000_0000, false],
  [0xffff_ffff, 0xffff_ffff, false],
  [0, 0xffff_ffff, false],
  [0, 0xffff_ffff * 48, false], // a count times a record's size
]
for (const [ptr, lengthBytes, inside] of BOUNDS) {
  test(`contains: ${lengthBytes} bytes at ${ptr} of one page ${inside ? 'are' : 'are not'} inside`, () => {
    assert.equal(setup().memory.contains(ptr, lengthBytes), inside)
  })
}

test('before a memory is attached no address is inside', () => {
  const memory = new GuestMemory(() => 1)
  assert.equal(memory.contains(0, 1), false)
  assert.equal(memory.contains(0, 4), false)
  assert.equal(memory.cString(0, 10), undefined)
})

test('a memory of no pages has no inside until it grows', () => {
  const { wasm, memory } = setup({ initial: 0, maximum: 1 })
  assert.equal(memory.contains(0, 0), true)
  assert.equal(memory.contains(0, 1), false)
  wasm.grow(1)
  assert.equal(memory.contains(0, PAGE), true)
  assert.equal(memory.contains(0, PAGE + 1), false)
})

for (const shared of [false, true]) {
  const kind = shared ? 'shared' : 'ordinary'

  test(`${kind} memory that grew: the new pages are inside, what was written is there, the host address is the new one`, () => {
    const { wasm, memory } = setup({ initial: 1, maximum: 3, shared })
    assert.equal(memory.contains(0, 8), true)
    memory.setU32(PAGE - 4, 0x01020304)
    const before = memory.hostAddress(16)
    wasm.grow(1)
    assert.equal(memory.contains(PAGE, PAGE), true)
    assert.equal(memory.contains(PAGE + 1, PAGE), false)
    assert.equal(memory.u32(PAGE - 4), 0x01020304)
    assert.notEqual(memory.hostAddress(16), before)
    memory.setU8(2 * PAGE - 1, 7)
    assert.equal(new Uint8Array(wasm.buffer)[2 * PAGE - 1], 7)
  })

  test(`${kind} memory that grew by nothing is still readable after contains`, () => {
    const { wasm, memory } = setup({ initial: 1, maximum: 3, shared })
    assert.equal(memory.contains(0, 4), true)
    memory.setU32(0, 42)
    wasm.grow(0) // detaches an ordinary buffer all the same
    assert.equal(memory.contains(0, 4), true)
    assert.equal(memory.u32(0), 42)
  })

  test(`${kind} memory: copies are the guest's no more`, () => {
    const { wasm, memory } = setup({ initial: 1, maximum: 3, shared })
    memory.setBytes(100, Uint8Array.of(1, 2, 3, 0))
    const copy = memory.copyBytes(100, 3)
    const text = memory.cString(100, 10)!
    new Uint8Array(wasm.buffer).fill(9, 100, 104)
    assert.deepEqual([...copy], [1, 2, 3])
    assert.deepEqual([...text], [1, 2, 3])
    assert.ok(copy.buffer instanceof ArrayBuffer && text.buffer instanceof ArrayBuffer)
  })
}

test('numbers are little-endian, also at odd addresses, and unsigned', () => {
  const { wasm, memory } = setup()
  memory.contains(0, PAGE)
  const bytes = new Uint8Array(wasm.buffer)
  memory.setU8(1, 0xff)
  memory.setU16(3, 0xfedc)
  memory.setU32(5, 0xfedcba98)
  memory.setU64(9, 0xfedcba9876543210n)
  memory.setU32BigEndian(17, 0x7f000001)
  assert.deepEqual(
    [...bytes.subarray(0, 22)],
    [0, 0xff, 0, 0xdc, 0xfe, 0x98, 0xba, 0xdc, 0xfe, 0x10, 0x32, 0x54, 0x76, 0x98, 0xba, 0xdc, 0xfe, 0x7f, 0, 0, 1, 0],
  )
  assert.equal(memory.u8(1), 0xff)
  assert.equal(memory.u16(3), 0xfedc)
  assert.equal(memory.u32(5), 0xfedcba98)
  assert.equal(memory.i32(5), 0xfedcba98 | 0)
  assert.equal(memory.u64(9), 0xfedcba9876543210n)
  assert.equal(memory.u32BigEndian(17), 0x7f000001)
  memory.setU32BigEndian(17, 0xc0000201)
  assert.equal(memory.u32BigEndian(17), 0xc0000201)
})

test('values are stored in the last bytes of memory and not one further', () => {
  const { memory } = setup()
  memory.contains(0, PAGE)
  memory.setU64(PAGE - 8, 1n)
  assert.equal(memory.u64(PAGE - 8), 1n)
  for (const access of [
    () => memory.u8(PAGE),
    () => memory.u16(PAGE - 1),
    () => memory.u32(PAGE - 3),
    () => memory.u64(PAGE - 7),
    () => memory.setU32(PAGE - 3, 1),
    () => memory.setBytes(PAGE - 1, new Uint8Array(2)),
  ]) {
    assert.throws(access, RangeError, 'an access that nobody asked for does not reach outside')
  }
})

for (const length of [0, 1, 3, 4, 5, 8, 11]) {
  test(`clear: ${length} bytes, and no other`, () => {
    const { wasm, memory } = setup()
    memory.contains(0, PAGE)
    new Uint8Array(wasm.buffer).fill(0xee)
    memory.clear(9, length)
    const expected = [0xee, ...Array(length).fill(0), 0xee]
    assert.deepEqual([...new Uint8Array(wasm.buffer, 8, length + 2)], expected)
  })
}

const TEXT = 'hello'
const STRINGS: readonly { name: string; at: number; nul: boolean; limit: number; found: boolean }[] = [
  { name: 'at the start of memory', at: 0, nul: true, limit: 100, found: true },
  { name: 'exactly as long as the limit', at: 8, nul: true, limit: 5, found: true },
  { name: 'one longer than the limit', at: 8, nul: true, limit: 4, found: false },
  { name: 'whose NUL is the last byte of memory', at: PAGE - 6, nul: true, limit: 100, found: true },
  { name: 'that runs into the end of memory', at: PAGE - 5, nul: false, limit: 100, found: false },
  { name: 'whose limit ends at the end of memory', at: PAGE - 5, nul: false, limit: 5, found: false },
]
for (const { name, at, nul, limit, found } of STRINGS) {
  test(`cString: a string ${name} is ${found ? 'read' : 'refused'}`, () => {
    const { wasm, memory } = setup()
    new Uint8Array(wasm.buffer).fill(0xee)
    memory.setBytes(at, new TextEncoder().encode(nul ? `${TEXT}\0` : TEXT))
    const result = memory.cString(at, limit)
    assert.equal(result === undefined ? undefined : new TextDecoder().decode(result), found ? TEXT : undefined)
  })
}

test('cString: the empty string, also with a limit of 0 and in the last byte; outside memory there is none', () => {
  const { memory } = setup()
  assert.deepEqual(memory.cString(0, 0), new Uint8Array(0))
  assert.deepEqual(memory.cString(PAGE - 1, 1024), new Uint8Array(0))
  assert.equal(memory.cString(PAGE, 1024), undefined)
  assert.equal(memory.cString(0xffff_ffff, 1024), undefined)
})

test('cString finds a string in pages that came later', () => {
  const { wasm, memory } = setup()
  wasm.grow(1)
  new Uint8Array(wasm.buffer).set(new TextEncoder().encode('late\0'), PAGE + 7)
  assert.equal(new TextDecoder().decode(memory.cString(PAGE + 7, 10)), 'late')
})

test('an empty range at address 0 of memory that grew has the address of the memory as it is now', () => {
  const { wasm, memory } = setup()
  assert.equal(memory.contains(0, 1), true)
  const before = memory.hostAddress(0)
  wasm.grow(1)
  assert.equal(memory.contains(0, 0), true)
  assert.notEqual(memory.hostAddress(0), before, 'an old address handed to the kernel would be freed memory')
})
