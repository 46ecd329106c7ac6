/** The descriptor table in shared memory: two views of it in one thread stand for two threads where nothing blocks. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FileType, Rights } from '../../src/abi/preview1.ts'
import { SocketAddress } from '../../src/address/socket-address.ts'
import {
  EpollDescriptor,
  FileDescriptor,
  PreopenedDirectory,
  rightsMask,
  SocketDescriptor,
  StreamDescriptor,
} from '../../src/fd/descriptor.ts'
import { allocateSharedDescriptors, SharedDescriptorTable } from '../../src/fd/shared-table.ts'

const name = Buffer.from('/data')

function twoViews(): [SharedDescriptorTable, SharedDescriptorTable] {
  const shared = allocateSharedDescriptors([name])
  const threads = { hold: () => {}, wakeUsers: () => assert.fail('nobody has to be woken') }
  return [new SharedDescriptorTable(shared, threads), new SharedDescriptorTable(shared, threads)]
}

const tcp = (hostFd: number) => new SocketDescriptor(hostFd, 4, 'tcp', true)

test('each kind of descriptor is the same in the other view', () => {
  const [a, b] = twoViews()
  const path = new FileDescriptor(105, Rights.FD_READ | Rights.PATH_OPEN, Rights.FD_WRITE, true)
  for (const descriptor of [
    new SocketDescriptor(100, 6, 'udp', false),
    new SocketDescriptor(101, 'unix', 'unix', true),
    new StreamDescriptor(102, FileType.REGULAR_FILE, 0),
    new EpollDescriptor(103),
    new PreopenedDirectory(104, name, true),
    path,
  ]) {
    const fd = a.add(descriptor)
    const seen = b.get(fd)!
    assert.equal(seen.constructor, descriptor.constructor)
    assert.equal(seen.hostFd, descriptor.hostFd)
    assert.deepEqual(seen.grantedRights, descriptor.grantedRights)
    if (descriptor instanceof SocketDescriptor) {
      const { family, protocol, isStream, fileType } = seen as SocketDescriptor
      assert.deepEqual([family, protocol, isStream], [descriptor.family, descriptor.protocol, descriptor.isStream])
      assert.equal(fileType, descriptor.fileType)
    }
    if (descriptor instanceof FileDescriptor) assert.equal((seen as FileDescriptor).isReadOnly, true)
    if (descriptor instanceof PreopenedDirectory) assert.equal((seen as PreopenedDirectory).name, name)
    b.endCall()
  }
})

test('what is noted of an open file, its duplicates and the other view see', () => {
  const [a, b] = twoViews()
  const socket = tcp(100)
  socket.file.acceptedPeer = SocketAddress.ipv6(0x2001_0db8, 0, 0xffff_ffff, 1, 65_535).setScope(7, 9)
  const fd = a.add(socket)
  const other = b.add((b.get(fd) as SocketDescriptor).duplicate(101))
  const [seen, duplicate] = [b.get(fd)!.file, a.get(other)!.file]
  assert.deepEqual(duplicate.acceptedPeer, SocketAddress.ipv6(0x2001_0db8, 0, 0xffff_ffff, 1, 65_535).setScope(7, 9))
  seen.acceptedPeer = undefined
  assert.equal(duplicate.acceptedPeer, undefined)
  for (const path of [Buffer.alloc(109, 0x61), Buffer.from('x\0'), new Uint8Array(0)]) {
    duplicate.localPath = path
    duplicate.peerPath = path
    assert.deepEqual([...seen.localPath!, ...seen.peerPath!], [...path, ...path])
  }
  duplicate.localPath = undefined
  seen.pendingError = 111
  seen.nonBlocking = true
  seen.directoryFd = 0
  const { localPath, pendingError, nonBlocking, directoryFd } = duplicate
  assert.deepEqual([localPath, pendingError, nonBlocking, directoryFd], [undefined, 111, true, 0])
  assert.deepEqual([seen.removeUser(), duplicate.removeUser()], [1, 0])
})

test('rights that one view gives up, the other has no longer', () => {
  const [a, b] = twoViews()
  const fd = a.add(tcp(100))
  assert.ok(b.get(fd)!.may(rightsMask(Rights.FD_READ)))
  a.get(fd)!.limitRights(Rights.FD_WRITE, 0n)
  a.changed(fd)
  assert.equal(b.get(fd)!.may(rightsMask(Rights.FD_READ)), false)
  assert.equal(b.get(fd)!.may(rightsMask(Rights.FD_WRITE)), true)
})

test('the lowest free number, whichever view frees it', () => {
  const [a, b] = twoViews()
  assert.deepEqual([a.add(tcp(100)), b.add(tcp(101)), a.add(tcp(102))], [0, 1, 2])
  assert.equal(a.remove(1)!.hostFd, 101)
  assert.equal(b.get(1), undefined)
  assert.equal(b.remove(1), undefined)
  assert.deepEqual([b.add(tcp(103)), b.addFrom(40, tcp(104)), a.addFrom(40, tcp(105)), a.add(tcp(106))], [1, 40, 41, 3])
  assert.equal(a.get(1)!.hostFd, 103, 'not what it was before')
})

test('numbers that cannot be', () => {
  const [a] = twoViews()
  for (const fd of [-1, 1 << 16, Number.NaN, 2 ** 31 - 1]) {
    assert.equal(a.get(fd), undefined)
    assert.equal(a.remove(fd), undefined)
    assert.equal(a.replace(fd, tcp(100)), false)
  }
  assert.equal(a.addFrom(-1, tcp(100)), false)
  assert.equal(a.addFrom(1 << 16, tcp(100)), false)
})

test('replace and renumber, over numbers that are open and free', () => {
  const [a, b] = twoViews()
  const [first, second] = [a.add(tcp(100)), a.add(tcp(101))]
  assert.equal(a.replace(9, tcp(102)), 'none')
  assert.equal((b.replace(9, tcp(103)) as SocketDescriptor).hostFd, 102)
  assert.equal((a.renumber(first, 9) as SocketDescriptor).hostFd, 103)
  assert.equal(b.get(9)!.hostFd, 100)
  assert.equal(b.get(first), undefined)
  assert.equal(a.renumber(second, second), 'none')
  assert.equal(a.renumber(first, 9), false)
  b.endCall()
  assert.deepEqual(
    a.removeAll().map(({ hostFd }) => hostFd),
    [101, 100],
  )
})

test('whoever closes waits for the calls at work, and new ones find nothing', () => {
  const shared = allocateSharedDescriptors([])
  let woken = 0
  let isInterrupted = false
  const user = new SharedDescriptorTable(shared, { hold: () => {}, wakeUsers: () => {} })
  const wakeUsers = (number: number) => {
    woken++
    isInterrupted = user.isInterrupted
    assert.equal(user.get(number), undefined, 'it is being closed')
    user.endCall()
  }
  const closer = new SharedDescriptorTable(shared, { hold: () => {}, wakeUsers })
  const fd = user.add(tcp(100))
  const held = user.get(fd)!
  assert.equal(held.isClosing(), false)
  assert.equal(closer.remove(fd)!.hostFd, 100)
  assert.deepEqual([woken, isInterrupted], [1, true])
})

test('open files are found again once they are forgotten: numbers can be used up and are not', () => {
  const [a] = twoViews()
  for (let i = 0; i < 70_000; i++) {
    const removed = a.remove(a.add(tcp(i)))!
    if (removed.file.removeUser() === 0) a.forget(removed.file)
  }
  assert.equal(a.add(tcp(1)), 0)
})
