/** Sockets of this process that a program is given: what moves, who has it afterwards, and that no byte is lost. */
import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Server, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { after, before, describe, test } from 'node:test'
import { TLSSocket } from 'node:tls'
import { fileURLToPath } from 'node:url'
import { compileGuest } from '../../scripts/guest-compiler.mjs'
import { GuestListener, type HandedSocket, spawn, WASI } from '../../src/index.ts'
import { close as closeSocket, socket as openSocket } from '../../src/os/libc.ts'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const directory = mkdtempSync(join(tmpdir(), 'berth-hand-over-'))
after(() => rmSync(directory, { recursive: true }))

let echo: string
let given: string

before(async () => {
  echo = await compileGuest({ sources: [join(HERE, '../../examples/embed/echo.c')] })
  given = await compileGuest({ sources: [join(HERE, 'guest/given.c')] })
})

async function listening(path?: string): Promise<Server> {
  const server = createServer()
  if (path === undefined) server.listen(0, '127.0.0.1')
  else server.listen(path)
  await once(server, 'listening')
  return server
}

const portOf = (server: Server) => (server.address() as AddressInfo).port

/** A connection to this process: its end here, and the other. */
async function connection(options = {}): Promise<{ here: Socket; peer: Socket }> {
  const server = createServer({ ...options, allowHalfOpen: true })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const peer = connect({ port: portOf(server), host: '127.0.0.1', allowHalfOpen: true })
  const [here] = (await once(server, 'connection')) as [Socket]
  server.close()
  if (peer.connecting) await once(peer, 'connect')
  return { here, peer }
}

/** The sockets of this process, and what stands for one. Other descriptors belong to Workers that wait for the next program. */
function openSockets(): string[] {
  return readdirSync('/proc/self/fd')
    .map((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`)
      } catch {
        return ''
      }
    })
    .filter((target) => target.startsWith('socket:') || target.includes('berth-'))
}

async function exchange(socket: Socket, message: string): Promise<string> {
  socket.end(message)
  return text(socket)
}

describe('a server', () => {
  test('of a port: the program accepts, and the server is closed here', async () => {
    const server = await listening()
    const port = portOf(server)
    const closed = once(server, 'close')
    await using _ = spawn(echo, { sockets: [server] })
    await closed
    assert.equal(server.listening, false)
    assert.equal(await exchange(connect(port, '127.0.0.1'), 'one'), 'one')
    assert.equal(await exchange(connect(port, '127.0.0.1'), 'two'), 'two')
  })

  test('of a path, which stays', async () => {
    const path = join(directory, 'server')
    await using _ = spawn(echo, { sockets: [await listening(path)] })
    assert.equal(await exchange(connect(path), 'by path'), 'by path')
    assert.ok(existsSync(path))
    rmSync(path)
  })

  test('with connections: those stay here', async () => {
    const server = await listening()
    const socket = connect(portOf(server), '127.0.0.1')
    const [accepted] = (await once(server, 'connection')) as [Socket]
    await using _ = spawn(echo, { sockets: [server] })
    accepted.end('from here')
    assert.equal(await text(socket), 'from here')
  })
})

describe('a connection', () => {
  test('in its event: every byte, also those that were there before', async () => {
    const sent = Buffer.alloc(3_000_000, 'all the bytes ')
    const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const peer = connect({ port: portOf(server), host: '127.0.0.1', allowHalfOpen: true })
    peer.end(sent)
    let closed = false
    const program = await new Promise<ReturnType<typeof spawn>>((resolve) => {
      server.once('connection', (socket) => {
        socket.once('close', () => {
          closed = true
        })
        resolve(spawn(given, { args: ['given', 'connection'], sockets: [socket] }))
      })
    })
    server.close()
    const [received, output] = await Promise.all([text(peer), text(program.stdout!), program.result])
    assert.equal(received, sent.toString())
    assert.equal(output, '3000000 bytes, then 0\n')
    assert.ok(closed)
  })

  test('that was paused from the start, some time later', async () => {
    const { here, peer } = await connection({ pauseOnConnect: true })
    peer.end('early bytes')
    const program = spawn(given, { args: ['given', 'connection'], sockets: [here] })
    assert.equal(await text(peer), 'early bytes')
    assert.equal((await program.result).exitCode, 0)
  })

  test('with bytes that were read and not consumed, or are still to be sent, is refused and stays', async () => {
    const { here, peer } = await connection()
    peer.write('read here')
    await once(here, 'readable')
    assert.throws(() => spawn(given, { sockets: [here] }), {
      code: 'ERR_BERTH_SOCKET',
      message: /9 bytes that were read/,
    })
    assert.equal(here.read().toString(), 'read here')
    here.cork()
    here.write('to be sent')
    assert.throws(() => spawn(given, { sockets: [here] }), {
      code: 'ERR_BERTH_SOCKET',
      message: /10 bytes that are not sent/,
    })
    here.uncork()
    here.end()
    assert.equal(await text(peer), 'to be sent')
    peer.end()
    here.resume()
  })

  test('that is not one yet, or no more, or encrypted, is refused', async () => {
    const server = await listening()
    const socket = connect(portOf(server), '127.0.0.1')
    assert.throws(() => spawn(given, { sockets: [socket] }), { code: 'ERR_BERTH_SOCKET', message: /not connected yet/ })
    await once(socket, 'connect')
    assert.throws(() => spawn(given, { sockets: [new TLSSocket(socket)] }), {
      code: 'ERR_BERTH_SOCKET',
      message: /TLS/,
    })
    socket.destroy()
    assert.throws(() => spawn(given, { sockets: [socket] }), { code: 'ERR_BERTH_SOCKET', message: /closed/ })
    assert.throws(() => spawn(given, { sockets: [new Socket()] }), { code: 'ERR_BERTH_SOCKET' })
    server.close()
  })
})

test('a datagram socket', async () => {
  const socket = createSocket('udp4')
  assert.throws(() => spawn(given, { sockets: [socket] }), { code: 'ERR_BERTH_SOCKET', message: /not bound/ })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const { port } = socket.address()
  const closed = once(socket, 'close')
  const program = spawn(given, { args: ['given', 'datagram'], sockets: [socket], addrPool: ['127.0.0.1/32'] })
  await closed
  const peer = createSocket('udp4')
  peer.send('a question', port, '127.0.0.1')
  const [answer] = await once(peer, 'message')
  peer.close()
  assert.equal(answer.toString(), 'a question')
  assert.equal((await program.result).exitCode, 0)
})

test('a descriptor is shared, and keeps its mode', async () => {
  const server = await listening()
  const { fd } = (server as unknown as { _handle: { fd: number } })._handle
  const program = spawn(given, { args: ['given', 'modes'], sockets: [fd] })
  assert.equal(await text(program.stdout!), 'LISTEN_FDS=1 LISTEN_FDNAMES=socket0\n3 0 stream non-blocking\n')
  await program.result
  assert.ok(server.listening)
  connect(portOf(server), '127.0.0.1').end()
  const [accepted] = (await once(server, 'connection')) as [Socket]
  accepted.destroy()
  server.close()
})

test('several, in their order, in blocking mode', async () => {
  const datagrams = createSocket('udp4').bind(0, '127.0.0.1')
  await once(datagrams, 'listening')
  const sockets = [datagrams, await listening(), new GuestListener()]
  const program = spawn(given, { args: ['given', 'modes', '3'], sockets })
  const rows = ['3 0 datagram blocking', '4 0 stream blocking', '5 0 stream blocking']
  const head = 'LISTEN_FDS=3 LISTEN_FDNAMES=socket0:socket1:socket2'
  assert.equal(await text(program.stdout!), `${[head, ...rows].join('\n')}\n`)
})

test('if one is refused, none is moved', async () => {
  const server = await listening()
  const others: HandedSocket[] = [999_999, new Socket(), server]
  for (const other of others) {
    assert.throws(() => spawn(echo, { sockets: [server, other] }), { code: 'ERR_BERTH_SOCKET' })
    assert.ok(server.listening)
  }
  assert.throws(() => spawn(echo, { sockets: [server], limits: { sockets: -1 } }), { code: 'ERR_OUT_OF_RANGE' })
  assert.ok(server.listening)
  server.close()
})

describe('a listener without a port', () => {
  test('several connections, one after the other', async () => {
    const listener = new GuestListener()
    await using program = spawn(echo, { sockets: [listener] })
    for (const message of ['one', 'two', 'three']) assert.equal(await exchange(listener.connect(), message), message)
    program.kill()
    await program.result
    const [error] = await once(listener.connect(), 'error')
    assert.equal((error as NodeJS.ErrnoException).code, 'ECONNREFUSED')
    listener.close()
    assert.throws(() => listener.connect(), { code: 'ERR_BERTH_SOCKET' })
  })

  test('is for one program, and leaves nothing behind', async () => {
    const before = openSockets()
    {
      using listener = new GuestListener()
      await using _ = spawn(echo, { sockets: [listener] })
      assert.throws(() => spawn(echo, { sockets: [listener] }), { code: 'ERR_BERTH_SOCKET', message: /before/ })
    }
    assert.deepEqual(openSockets(), before)
  })
})

test('a socket of a kind that no program can have is refused, and those beside it are not lost', async () => {
  const server = await listening()
  // Of the kernel's routing tables: AF_NETLINK, SOCK_RAW.
  const netlink = openSocket(16, 3, 0)
  const listener = (server as unknown as { _handle: { fd: number } })._handle.fd
  const before = openSockets().length
  assert.throws(() => new WASI({ version: 'preview1', sockets: [netlink, listener] }), { code: 'ERR_BERTH_LOAD' })
  assert.equal(openSockets().length, before)
  closeSocket(netlink)
  server.close()
})
