/** Numbers of descriptors, and the rights that a descriptor carries. */
import assert from 'node:assert/strict'
import { closeSync, openSync } from 'node:fs'
import { test } from 'node:test'
import { FileType, Rights, SOCKET_RIGHTS, SOCKET_RIGHTS_INHERITING } from '../../src/abi/preview1.ts'
import { type Descriptor, rightsMask, SocketDescriptor, StreamDescriptor } from '../../src/fd/descriptor.ts'
import { DescriptorTable } from '../../src/fd/table.ts'
import { Random } from './random.ts'

/** No host descriptor stands behind these: the table never touches one. */
let unique = 1000
const descriptor = () => new SocketDescriptor(unique++, 4, 'tcp', true)

const MAX = 1 << 20

/** Numbers that a guest can pass as an i32 and that stand for nothing. */
const IMPOSSIBLE = [-1, -2, -2147483648, 2147483647, MAX, MAX + 1]

test('numbers are given from 0 upwards, and a freed one is given again before any higher', () => {
  const table = new DescriptorTable()
  const given = Array.from({ length: 200 }, () => table.add(descriptor()))
  assert.deepEqual(given, [...Array(200).keys()])
  // Freed in another order than numbered, across the boundaries of the 32-bit words that hold the map.
  for (const fd of [130, 31, 32, 199, 0, 64, 63]) table.remove(fd)
  assert.deepEqual(
    Array.from({ length: 8 }, () => table.add(descriptor())),
    [0, 31, 32, 63, 64, 130, 199, 200],
  )
})

for (const size of [31, 32, 33, 127, 128, 129, 255, 256, 257]) {
  test(`with ${size} descriptors open the next number is ${size}, and each one is found again`, () => {
    const table = new DescriptorTable()
    const all = Array.from({ length: size }, descriptor)
    for (const d of all) table.add(d)
    for (const [fd, d] of all.entries()) assert.equal(table.get(fd), d)
    assert.equal(table.get(size), undefined)
    const top = table.remove(size - 1)
    assert.equal(top, all.at(-1))
    assert.equal(table.add(descriptor()), size - 1)
    assert.equal(table.add(descriptor()), size)
  })
}

test('a number that stands for nothing: get, remove and renumber say so and change nothing', () => {
  const table = new DescriptorTable()
  const only = descriptor()
  table.add(only)
  for (const fd of [...IMPOSSIBLE, 1, 31, 32, 127, 128]) {
    assert.equal(table.get(fd), undefined, `get ${fd}`)
    assert.equal(table.remove(fd), undefined, `remove ${fd}`)
    assert.equal(table.renumber(fd, 0), false, `renumber ${fd} to 0`)
    assert.equal(table.renumber(fd, fd), false, `renumber ${fd} to itself`)
  }
  for (const to of IMPOSSIBLE) assert.equal(table.renumber(0, to), false, `renumber 0 to ${to}`)
  assert.equal(table.get(0), only)
  assert.equal(table.add(descriptor()), 1)
})

test('a removed number is free at once, and only once', () => {
  const table = new DescriptorTable()
  const first = descriptor()
  table.add(first)
  assert.equal(table.remove(0), first)
  assert.equal(table.remove(0), undefined)
  assert.equal(table.get(0), undefined)
})

test('renumber moves to a free number and frees the old one', () => {
  const table = new DescriptorTable()
  const [a, b] = [descriptor(), descriptor()]
  table.add(a)
  table.add(b)
  assert.equal(table.renumber(0, 500), 'none')
  assert.equal(table.get(500), a)
  assert.equal(table.get(0), undefined)
  assert.equal(table.add(descriptor()), 0)
  assert.equal(table.add(descriptor()), 2, 'nothing between was taken')
})

test('renumber onto an open number hands out what stood there', () => {
  const table = new DescriptorTable()
  const [a, b] = [descriptor(), descriptor()]
  table.add(a)
  table.add(b)
  assert.equal(table.renumber(0, 1), b)
  assert.equal(table.get(1), a)
  assert.equal(table.get(0), undefined)
})

test('renumber onto itself keeps the descriptor and closes nothing', () => {
  const table = new DescriptorTable()
  const a = descriptor()
  table.add(a)
  assert.equal(table.renumber(0, 0), 'none')
  assert.equal(table.get(0), a)
  assert.equal(table.add(descriptor()), 1)
})

test('the highest number can be used, the one above cannot', () => {
  const table = new DescriptorTable()
  const a = descriptor()
  table.add(a)
  assert.equal(table.renumber(0, MAX), false)
  assert.equal(table.renumber(0, MAX - 1), 'none')
  assert.equal(table.get(MAX - 1), a)
  assert.equal(table.add(descriptor()), 0, 'the lowest free number is still the lowest')
  assert.equal(table.remove(MAX - 1), a)
})

test('a full table says that it has no room, and has room again after one is removed', () => {
  const table = new DescriptorTable()
  const one = descriptor()
  // From the top down, since adding one by one looks for the lowest free number each time.
  for (let fd = MAX - 1; fd > 0; fd--) {
    table.add(one)
    table.renumber(0, fd)
  }
  assert.equal(table.hasRoom, true)
  assert.equal(table.add(one), 0)
  assert.equal(table.hasRoom, false)
  table.remove(777_777)
  assert.equal(table.hasRoom, true)
  assert.equal(table.add(one), 777_777)
  assert.equal(table.hasRoom, false)
})

test('removeAll hands out every descriptor in order and leaves an empty table', () => {
  const table = new DescriptorTable()
  const all = Array.from({ length: 70 }, descriptor)
  for (const d of all) table.add(d)
  table.remove(3)
  table.renumber(5, 300)
  const expected = [...all.filter((_, i) => i !== 3 && i !== 5), all[5]]
  assert.deepEqual(table.removeAll(), expected)
  assert.deepEqual(table.removeAll(), [])
  assert.equal(table.get(0), undefined)
  assert.equal(table.get(300), undefined)
  assert.equal(table.add(descriptor()), 0)
})

test('random operations: the table answers as a map with the lowest free number does', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const random = new Random(seed)
    const table = new DescriptorTable()
    const model = new Map<number, Descriptor>()
    const someFd = () => (random.below(10) === 0 ? random.pick(IMPOSSIBLE) : random.below(150))
    const log: string[] = []
    for (let step = 0; step < 1500; step++) {
      const say = (what: string) => log.push(what)
      switch (random.below(5)) {
        case 0:
        case 1: {
          const d = descriptor()
          let lowest = 0
          while (model.has(lowest)) lowest++
          say(`add ${lowest}`)
          assert.equal(table.add(d), lowest, `seed ${seed}: ${log.slice(-10)}`)
          model.set(lowest, d)
          break
        }
        case 2: {
          const fd = someFd()
          say(`remove ${fd}`)
          assert.equal(table.remove(fd), model.get(fd), `seed ${seed}: ${log.slice(-10)}`)
          model.delete(fd)
          break
        }
        case 3: {
          const from = someFd()
          const to = someFd()
          say(`renumber ${from} ${to}`)
          const moved = model.get(from)
          const expected =
            moved === undefined || to < 0 || to >= MAX ? false : from === to ? 'none' : (model.get(to) ?? 'none')
          assert.equal(table.renumber(from, to), expected, `seed ${seed}: ${log.slice(-10)}`)
          if (expected !== false) {
            model.delete(from)
            model.set(to, moved!)
          }
          break
        }
        default: {
          const fd = someFd()
          assert.equal(table.get(fd), model.get(fd), `seed ${seed}: get ${fd}`)
        }
      }
    }
    assert.deepEqual(
      table.removeAll(),
      [...model].sort(([a], [b]) => a - b).map(([, d]) => d),
    )
  }
})

test('a fresh socket carries the rights that the original reports', () => {
  const socket = descriptor()
  assert.equal(socket.rightsBase, 0x3ff820004an)
  assert.equal(socket.rightsInheriting, 0x3fffffffffn)
})

test('every single right: there or not, as the bits say', () => {
  for (let bit = 0n; bit < 64n; bit++) {
    const socket = descriptor()
    const has = (SOCKET_RIGHTS & (1n << bit)) !== 0n
    assert.equal(socket.may(rightsMask(1n << bit)), has, `bit ${bit}`)
  }
  assert.equal(descriptor().may(rightsMask(0n)), true, 'nothing needed')
  assert.equal(descriptor().may(rightsMask(SOCKET_RIGHTS)), true, 'everything there needed at once')
})

test('needing two rights of which one is missing is refused, in either half', () => {
  const socket = descriptor()
  assert.equal(socket.limitRights(Rights.FD_READ | Rights.SOCK_RECV, 0n), true)
  assert.equal(socket.may(rightsMask(Rights.FD_READ | Rights.SOCK_RECV)), true)
  assert.equal(socket.may(rightsMask(Rights.FD_READ | Rights.FD_WRITE)), false)
  assert.equal(socket.may(rightsMask(Rights.SOCK_RECV | Rights.SOCK_SEND)), false)
  assert.equal(socket.may(rightsMask(Rights.SOCK_ACCEPT_EXT)), false, 'bit 31, the sign of an i32')
})

test('rights can be given up and not regained', () => {
  const socket = descriptor()
  const less = SOCKET_RIGHTS & ~Rights.FD_WRITE
  assert.equal(socket.limitRights(less, SOCKET_RIGHTS_INHERITING), true)
  assert.equal(socket.rightsBase, less)
  assert.equal(socket.may(rightsMask(Rights.FD_WRITE)), false)
  // Refused, with nothing changed: the old base again, a right it never had, and inheriting ones beyond the old.
  for (const [base, inheriting] of [
    [SOCKET_RIGHTS, 0n],
    [less | (1n << 63n), 0n],
    [0n, SOCKET_RIGHTS_INHERITING | (1n << 38n)],
  ] as const) {
    assert.equal(socket.limitRights(base, inheriting), false)
    assert.equal(socket.rightsBase, less)
    assert.equal(socket.rightsInheriting, SOCKET_RIGHTS_INHERITING)
  }
  assert.equal(socket.limitRights(less, SOCKET_RIGHTS_INHERITING), true, 'the same again is no gain')
  assert.equal(socket.limitRights(0n, 0n), true)
  assert.equal(socket.may(rightsMask(Rights.FD_READ)), false)
})

// What a terminal may, test/cli/stream-kinds.test.ts sees.
for (const [name, fileType, seekable] of [
  ['a device, but no terminal', FileType.CHARACTER_DEVICE, true],
  ['a pipe', FileType.UNKNOWN, false],
  ['a file', FileType.REGULAR_FILE, true],
] as const) {
  test(`a standard stream that is ${name} ${seekable ? 'may' : 'may not'} be sought in`, () => {
    const hostFd = openSync('/dev/null', 'r')
    const stream = new StreamDescriptor(hostFd, fileType)
    closeSync(hostFd)
    assert.equal(stream.may(rightsMask(Rights.FD_SEEK)), seekable)
    assert.equal(stream.may(rightsMask(Rights.FD_TELL)), seekable)
    for (const right of [Rights.FD_READ, Rights.FD_WRITE, Rights.POLL_FD_READWRITE, Rights.FD_FDSTAT_SET_FLAGS]) {
      assert.equal(stream.may(rightsMask(right)), true)
    }
    assert.equal(stream.may(rightsMask(Rights.SOCK_BIND)), false)
  })
}
