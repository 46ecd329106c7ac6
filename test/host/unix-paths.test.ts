/** Unix-domain sockets by path: in the directories that the program was given, and nowhere else. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import { Errno } from '../../src/abi/errno.ts'
import { Rights } from '../../src/abi/preview1.ts'
import { createFixture, type Fixture, must, openHostDescriptors } from './fixture.ts'

const NAME = 1024
const OUT = 2048
const [UNIX, DGRAM, STREAM] = [3, 5, 6]

let before: number
let root: string
let f: Fixture

beforeEach(() => {
  before = openHostDescriptors()
  root = realpathSync(mkdtempSync(join(tmpdir(), 'berth-unix-')))
  mkdirSync(join(root, 'in/sub'), { recursive: true })
  mkdirSync(join(root, 'out'))
  f = createFixture({
    directories: [
      { guest: '.', host: join(root, 'in') },
      { guest: '/fixed', host: join(root, 'in/sub'), readOnly: true },
    ],
  })
})

afterEach(() => {
  f.dispose()
  rmSync(root, { recursive: true })
  assert.equal(openHostDescriptors(), before, 'descriptors are left open')
})

function socket(type: number): number {
  must(f.berth.socket(UNIX, type, 0, OUT))
  return f.view().getInt32(OUT, true)
}

/** Writes a `sockaddr_un` at {@link NAME}. @returns its length */
function put(path: string): number {
  const bytes = Buffer.from(`${path}\0`, 'latin1')
  f.view().setUint16(NAME, UNIX, true)
  f.bytes().set(bytes, NAME + 2)
  return 2 + bytes.length
}

const bind = (fd: number, path: string) => f.berth.bind(fd, NAME, put(path))
const connect = (fd: number, path: string) => f.berth.connect(fd, NAME, put(path))

function name(fd: number, isPeer: boolean): string {
  f.view().setUint32(OUT, 128, true)
  must(f.berth.get_name(fd, isPeer ? 1 : 0, NAME, OUT))
  return Buffer.from(f.bytes().slice(NAME + 2, NAME + f.view().getUint32(OUT, true))).toString('latin1')
}

function listening(path: string): number {
  const fd = socket(STREAM)
  must(bind(fd, path))
  must(f.wasi.sock_listen(fd, 4))
  return fd
}

function accept(fd: number): number {
  must(f.berth.accept(fd, 0, 0, 0, OUT))
  return f.view().getInt32(OUT, true)
}

test('a path is a file in the directory; both ends know it by the path that they used', () => {
  const server = listening('./sub/../a.sock')
  assert.ok(statSync(join(root, 'in/a.sock')).isSocket())
  const client = socket(STREAM)
  must(connect(client, '/a.sock'))
  const accepted = accept(server)
  assert.deepEqual([name(server, false), name(client, true)], ['./sub/../a.sock\0', '/a.sock\0'])
  assert.deepEqual([name(accepted, false), name(accepted, true), name(client, false)], ['./sub/../a.sock\0', '', ''])
  assert.equal(bind(socket(STREAM), 'a.sock'), Errno.ADDRINUSE)
  assert.equal(bind(server, 'b.sock'), Errno.INVAL, 'it has a name already')
  assert.equal(existsSync(join(root, 'in/b.sock')), false)
})

test('datagrams carry the sender, by the path that the receiver knows it by', () => {
  const [a, b] = [socket(DGRAM), socket(DGRAM)]
  must(bind(a, 'a.sock'))
  must(bind(b, 'sub/b.sock'))
  must(connect(b, 'a.sock'))
  f.bytes().set(Buffer.from('hello'), 4096)
  must(f.wasi.sock_send(b, f.putIovecs(512, [4096, 5]), 1, 0, OUT))
  const message = 3072
  f.bytes().fill(0, message, message + 28)
  for (const [i, value] of [NAME, 128, f.putIovecs(512, [4200, 16]), 1].entries()) {
    f.view().setUint32(message + 4 * i, value, true)
  }
  must(f.berth.receive_message(a, message, 0, OUT))
  const length = f.view().getUint32(message + 4, true)
  // The longest name of a directory that leads there, which is the one given for reading only.
  assert.equal(Buffer.from(f.bytes().slice(NAME + 2, NAME + length)).toString(), '/fixed/b.sock\0')
  assert.equal(Buffer.from(f.bytes().slice(4200, 4205)).toString(), 'hello')
  must(f.berth.send_message(a, message, 0, OUT))
  must(f.wasi.sock_recv(b, f.putIovecs(512, [4300, 16]), 1, 0, OUT, OUT + 4))
  assert.equal(f.view().getUint32(OUT, true), 16)
})

for (const path of [
  '../out/x.sock',
  'link/x.sock',
  'absolute/x.sock',
  'sub/../../out/x.sock',
  '/proc/self/cwd/x.sock',
]) {
  test(`${path} leads nowhere`, async () => {
    symlinkSync('../out', join(root, 'in/link'))
    symlinkSync(join(root, 'out'), join(root, 'in/absolute'))
    const server = createServer().listen(join(root, 'out/x.sock'))
    await once(server, 'listening')
    const errnos = [bind(socket(STREAM), path.replace('x.', 'new.')), connect(socket(STREAM), path)]
    const expected = path.startsWith('/proc') ? Errno.NOENT : Errno.PERM
    server.close()
    await once(server, 'close')
    assert.deepEqual(errnos, [expected, expected])
    assert.equal(existsSync(join(root, 'out/new.sock')), false)
  })
}

test('a link to a socket is followed inside, and a new socket is not made through one', () => {
  const server = listening('sub/a.sock')
  symlinkSync('sub/a.sock', join(root, 'in/to-socket'))
  symlinkSync('../out/new.sock', join(root, 'in/to-outside'))
  must(connect(socket(STREAM), 'to-socket'))
  must(f.wasi.fd_close(accept(server)))
  assert.equal(connect(socket(STREAM), 'to-outside'), Errno.PERM)
  assert.equal(bind(socket(STREAM), 'to-outside'), Errno.ADDRINUSE)
  assert.equal(existsSync(join(root, 'out/new.sock')), false)
})

test('for reading only: nothing is made, but what is there can be connected to', () => {
  assert.equal(bind(socket(STREAM), '/fixed/a.sock'), Errno.ROFS)
  const server = listening('sub/a.sock')
  must(connect(socket(STREAM), '/fixed/a.sock'))
  must(f.wasi.fd_close(accept(server)))
})

test('errors are those of Linux', () => {
  const plain = socket(STREAM)
  assert.equal(connect(plain, 'missing'), Errno.NOENT)
  assert.equal(bind(plain, 'missing/a.sock'), Errno.NOENT)
  assert.equal(connect(plain, 'sub'), Errno.CONNREFUSED)
  assert.equal(bind(plain, 'sub'), Errno.ADDRINUSE)
  must(bind(socket(DGRAM), 'd.sock'))
  assert.equal(connect(plain, 'd.sock'), Errno.PROTOTYPE)
  assert.equal(bind(plain, 'x'.repeat(105)), Errno.NAMETOOLONG, 'what does not fit behind the directory')
  assert.equal(f.berth.bind(plain, NAME, 2 + 109), Errno.INVAL)
})

test('without a directory a path is refused, once told', () => {
  for (const fd of [3, 4]) must(f.wasi.fd_close(fd))
  assert.equal(bind(socket(STREAM), 'a.sock'), Errno.ACCES)
  assert.equal(connect(socket(STREAM), '/fixed/a.sock'), Errno.ACCES)
  assert.deepEqual(
    f.refusals.map(({ operation, target }) => [operation, target]),
    [
      ['bind', "path 'a.sock'"],
      ['connect', "path '/fixed/a.sock'"],
    ],
  )
})

test('the directory of a socket is held while any duplicate is open, also when it has been moved', () => {
  const server = socket(STREAM)
  const open = openHostDescriptors()
  must(bind(server, 'sub/a.sock'))
  assert.equal(openHostDescriptors(), open + 1)
  must(f.berth.duplicate(server, 0, 0, OUT))
  must(f.wasi.fd_close(server))
  const duplicate = f.view().getInt32(OUT, true)
  renameSync(join(root, 'in/sub'), join(root, 'in/moved'))
  must(f.wasi.sock_listen(duplicate, 1))
  must(connect(socket(STREAM), 'moved/a.sock'))
  const during = openHostDescriptors()
  must(f.wasi.fd_close(duplicate))
  assert.equal(openHostDescriptors(), during - 2)
})

test('sock_close gives the directory back as fd_close does', () => {
  const open = openHostDescriptors()
  for (let i = 0; i < 3; i++) {
    const fd = socket(DGRAM)
    must(bind(fd, `${i}.sock`))
    must(f.wasi.sock_close(fd))
    assert.equal(f.wasi.sock_close(fd), Errno.BADF)
  }
  assert.equal(openHostDescriptors(), open)
})

test('rights of the directory do not matter, the grant does: a directory that gave up path_open still has sockets', () => {
  must(f.wasi.fd_fdstat_set_rights(3, Rights.FD_READDIR, 0n))
  must(bind(socket(STREAM), 'a.sock'))
})
