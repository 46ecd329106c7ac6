/** The additional module, for what the oracle programs do not show: policy, layouts, limits. */
import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { GuestMsg, GuestPoll } from '../../src/abi/berth-socket.ts'
import { Errno } from '../../src/abi/errno.ts'
import { createFixture, type Fixture, LOOPBACK, must, openHostDescriptors } from './fixture.ts'

const IN = 1024
const OUT = 4096
const BUFFER = 8192
const MESSAGE = 16384
const NAME = 20480
const CONTROL = 24576

let before: number
let f: Fixture

beforeEach(() => {
  before = openHostDescriptors()
  f = createFixture({ pool: [...LOOPBACK, '224.0.0.0/24'], abstractNames: ['berth-test'], devices: ['lo'] })
})

afterEach(() => {
  f.dispose()
  assert.equal(openHostDescriptors(), before, 'descriptors are left open')
})

function u32(ptr: number): number {
  return f.view().getUint32(ptr, true)
}

function socket(domain: number, type: number, protocol = 0): number {
  must(f.berth.socket(domain, type, protocol, OUT))
  return u32(OUT)
}

function putSockaddrIn(ptr: number, host: string, port: number): number {
  const view = f.view()
  view.setUint16(ptr, 1, true)
  view.setUint16(ptr + 2, port)
  f.bytes().set(host.split('.').map(Number), ptr + 4)
  return ptr
}

function boundUdp(host = '127.0.0.1'): { fd: number; port: number } {
  const fd = socket(1, 5)
  must(f.berth.bind(fd, putSockaddrIn(NAME, host, 0), 16))
  return { fd, port: f.localPort(fd) }
}

/** Writes a msghdr for one buffer. */
function putMessage(length: number, more: { name?: [number, number]; control?: [number, number] } = {}): number {
  const view = f.view()
  f.putIovecs(IN, [BUFFER, length])
  for (const [i, value] of [...(more.name ?? [0, 0]), IN, 1, ...(more.control ?? [0, 0]), 0].entries()) {
    view.setUint32(MESSAGE + 4 * i, value, true)
  }
  return MESSAGE
}

function putControl(level: number, type: number, data: Uint8Array): [number, number] {
  const view = f.view()
  view.setUint32(CONTROL, 12 + data.length, true)
  view.setInt32(CONTROL + 4, level, true)
  view.setInt32(CONTROL + 8, type, true)
  f.bytes().set(data, CONTROL + 12)
  return [CONTROL, 12 + data.length]
}

for (const [name, parameters, expected] of [
  ['an unknown domain', [4, 6, 0], Errno.AFNOSUPPORT],
  ['no domain', [0, 6, 0], Errno.AFNOSUPPORT],
  ['an unknown type', [1, 1, 0], Errno.INVAL],
  ['a protocol of another type', [1, 6, 17], Errno.PROTONOSUPPORT],
  ['packets in order over the internet', [1, 7, 0], Errno.PROTOTYPE],
  ['a protocol of Unix-domain sockets', [3, 6, 1], Errno.PROTONOSUPPORT],
] as const) {
  test(`socket: ${name} is ${expected}`, () => {
    const [domain, type, protocol] = parameters
    assert.equal(f.berth.socket(domain, type, protocol, OUT), expected)
  })
}

test('socket_pair: both ends reach each other, in every type; internet families have none', () => {
  for (const type of [5, 6, 7]) {
    must(f.berth.socket_pair(3, type | 0x4000, 0, OUT))
    const [a, b] = [u32(OUT), u32(OUT + 4)]
    f.bytes().set([1, 2, 3], BUFFER)
    must(f.berth.send_message(a, putMessage(3), 0, OUT))
    must(f.berth.receive_message(b, putMessage(10), 0, OUT))
    assert.equal(u32(OUT), 3)
    assert.equal(f.berth.receive_message(b, putMessage(10), 0, OUT), Errno.AGAIN, 'the flag NONBLOCK counts')
  }
  assert.equal(f.berth.socket_pair(1, 6, 0, OUT), Errno.NOTSUP)
})

test('abstract names need a permission; paths a directory', () => {
  const name = (text: string) => {
    f.view().setUint16(NAME, 3, true)
    f.bytes().set(new TextEncoder().encode(text), NAME + 2)
    return 2 + text.length
  }
  const fd = socket(3, 6)
  assert.equal(f.berth.bind(fd, NAME, name('\0other')), Errno.ACCES)
  assert.equal(f.berth.bind(fd, NAME, name('/tmp/socket')), Errno.ACCES)
  assert.equal(f.berth.bind(fd, NAME, 2), Errno.ACCES, 'a name that the kernel picks')
  assert.deepEqual(
    f.refusals.map(({ target, remedy }) => [target, remedy]),
    [
      ["abstract name 'other'", '--allow-abstract=other'],
      ["path '/tmp/socket'", '--dir with a directory that holds it'],
      ["abstract name ''", '--allow-abstract=*'],
    ],
  )
  must(f.berth.bind(fd, NAME, name('\0berth-test')))
  must(f.wasi.sock_listen(fd, 1))
  const client = socket(3, 6)
  must(f.berth.connect(client, NAME, name('\0berth-test')))
  f.view().setUint32(OUT, 128, true)
  must(f.berth.accept(fd, 0, NAME, OUT, OUT + 8))
  assert.equal(u32(OUT), 2, 'the client has no name')
  f.view().setUint32(OUT, 128, true)
  must(f.berth.get_name(fd, 0, NAME, OUT))
  assert.equal(u32(OUT), 13)
})

test('a source address in control data is a use of that address', () => {
  const { fd } = boundUdp()
  const to: [number, number] = [putSockaddrIn(NAME, '127.0.0.1', 9), 16]
  const pktinfo = (host: string) => Uint8Array.from([0, 0, 0, 0, ...host.split('.').map(Number), 0, 0, 0, 0])
  const send = (host: string) =>
    f.berth.send_message(fd, putMessage(1, { name: to, control: putControl(0, 8, pktinfo(host)) }), 0, OUT)
  assert.equal(send('192.0.2.1'), Errno.ACCES)
  assert.deepEqual(f.refusals[0], {
    operation: 'bind',
    protocol: 'udp',
    target: '192.0.2.1:0',
    remedy: '--addr-pool=192.0.2.1/32',
  })
  assert.equal(send('127.0.0.1'), Errno.SUCCESS)
})

test('control data that does not pass is refused, and broken headers are', () => {
  const { fd } = boundUdp()
  const to: [number, number] = [putSockaddrIn(NAME, '127.0.0.1', 9), 16]
  const send = (control: [number, number]) => f.berth.send_message(fd, putMessage(1, { name: to, control }), 0, OUT)
  assert.equal(send(putControl(0x7fff_ffff, 1, new Uint8Array(4))), Errno.INVAL, 'descriptors')
  const control = putControl(0, 2, new Uint8Array(4))
  f.view().setUint32(CONTROL, 11, true)
  assert.equal(send(control), Errno.INVAL)
  f.view().setUint32(CONTROL, 0xffff_ffff, true)
  assert.equal(send(control), Errno.INVAL)
  assert.equal(send([CONTROL, 4096]), Errno.NOBUFS)
})

test('messages: every destination is asked for; those before a refused one are sent', () => {
  const receiver = boundUdp()
  const { fd } = boundUdp()
  const view = f.view()
  f.putIovecs(IN, [BUFFER, 4])
  for (const [i, host] of ['127.0.0.1', '127.0.0.1', '192.0.2.1', '127.0.0.1'].entries()) {
    putSockaddrIn(NAME + 32 * i, host, receiver.port)
    for (const [k, value] of [NAME + 32 * i, 16, IN, 1, 0, 0, 0, 0].entries()) {
      view.setUint32(MESSAGE + 32 * i + 4 * k, value, true)
    }
  }
  must(f.berth.send_messages(fd, MESSAGE, 4, 0, OUT))
  assert.equal(u32(OUT), 2)
  assert.equal(f.refusals.length, 1)
  assert.equal(f.berth.send_messages(fd, MESSAGE + 64, 1, 0, OUT), Errno.ACCES)
  for (let i = 0; i < 4; i++) view.setUint32(MESSAGE + 32 * i, 0, true)
  must(f.berth.receive_messages(receiver.fd, MESSAGE, 4, GuestMsg.DONTWAIT, -1n, OUT))
  assert.equal(u32(OUT), 2)
  assert.equal(view.getUint32(MESSAGE + 28, true), 4)
})

test('a receive tells name, cut and control data in the layout of the guest', () => {
  const receiver = boundUdp()
  const sender = boundUdp()
  f.view().setInt32(OUT, 1, true)
  must(f.berth.set_option(receiver.fd, 0, 12, OUT, 4)) // IP_RECVTTL
  const to: [number, number] = [putSockaddrIn(NAME, '127.0.0.1', receiver.port), 16]
  must(f.berth.send_message(sender.fd, putMessage(8, { name: to }), 0, OUT))
  f.bytes().fill(0xee, CONTROL, CONTROL + 64)
  must(f.berth.receive_message(receiver.fd, putMessage(4, { name: [NAME, 64], control: [CONTROL, 64] }), 0, OUT))
  assert.equal(u32(OUT), 4)
  assert.equal(u32(MESSAGE + 4), 16)
  assert.equal(f.view().getUint16(NAME + 2), sender.port)
  assert.equal(u32(MESSAGE + 24), GuestMsg.TRUNC)
  assert.deepEqual([u32(MESSAGE + 20), u32(CONTROL), u32(CONTROL + 4), u32(CONTROL + 8)], [16, 16, 0, 2])
  assert.equal(u32(CONTROL + 16), 0xeeee_eeee)
})

test('control data that does not fit is said to be cut', () => {
  const receiver = boundUdp()
  f.view().setInt32(OUT, 1, true)
  must(f.berth.set_option(receiver.fd, 0, 12, OUT, 4))
  const to: [number, number] = [putSockaddrIn(NAME, '127.0.0.1', receiver.port), 16]
  must(f.berth.send_message(receiver.fd, putMessage(1, { name: to }), 0, OUT))
  must(f.berth.receive_message(receiver.fd, putMessage(4, { control: [CONTROL, 12] }), 0, OUT))
  assert.equal(u32(MESSAGE + 24) & GuestMsg.CTRUNC, GuestMsg.CTRUNC)
  assert.equal(u32(MESSAGE + 20), 0)
})

test('options: those that reach beyond the socket do not exist; groups and devices are asked for', () => {
  const fd = socket(1, 5)
  const set = (level: number, option: number, ...bytes: number[]) => {
    f.bytes().set(bytes, OUT)
    return f.berth.set_option(fd, level, option, OUT, bytes.length)
  }
  const SOL_SOCKET = 0x7fff_ffff
  assert.equal(set(SOL_SOCKET, 26, ...new Array<number>(16).fill(0)), Errno.NOPROTOOPT, 'SO_ATTACH_FILTER')
  assert.equal(set(1, 2, 1, 0, 0, 0), Errno.NOPROTOOPT, "Linux's own number of SOL_SOCKET")
  assert.equal(set(SOL_SOCKET, 25, ...new TextEncoder().encode('eth9')), Errno.PERM)
  assert.equal(set(0, 35, 224, 0, 1, 1, 127, 0, 0, 1), Errno.ACCES)
  assert.equal(set(0, 35, 224, 0, 0, 251, 127, 0, 0, 1), Errno.SUCCESS)
  assert.equal(set(0, 39, 224, 0, 1, 1, 127, 0, 0, 1, 127, 0, 0, 1), Errno.ACCES)
  const request = new Uint8Array(72)
  request.set([1, 0, 0, 0], 0)
  request.set([1, 0, 0, 0, 224, 0, 1, 1], 8)
  assert.equal(set(0, 42, ...request), Errno.ACCES)
  assert.deepEqual(
    f.refusals.map(({ operation, target }) => `${operation} ${target}`),
    ['bind to device eth9', 'join group 224.0.1.1:0', 'join group 224.0.1.1:0', 'join group 224.0.1.1:0'],
  )
  const ipv6 = socket(2, 5)
  f.bytes().set(request, OUT)
  assert.equal(f.berth.set_option(ipv6, 41, 42, OUT, 72), Errno.ACCES)
})

test('SO_TYPE and SO_DOMAIN are told in the numbers of the guest, SO_ERROR as its errno', () => {
  const get = (fd: number, option: number) => {
    f.view().setUint32(OUT + 8, 4, true)
    must(f.berth.get_option(fd, 0x7fff_ffff, option, OUT, OUT + 8))
    return u32(OUT)
  }
  for (const [domain, type] of [
    [1, 6],
    [1, 5],
    [2, 6],
    [3, 7],
  ] as const) {
    const fd = socket(domain, type)
    assert.deepEqual([get(fd, 3), get(fd, 39)], [type, domain])
  }
  const gone = f.listen('127.0.0.1')
  must(f.wasi.fd_close(gone.fd))
  const fd = socket(1, 6 | 0x4000)
  assert.equal(f.berth.connect(fd, putSockaddrIn(NAME, '127.0.0.1', gone.port), 16), Errno.INPROGRESS)
  assert.equal(get(fd, 4), Errno.CONNREFUSED)
  assert.equal(get(fd, 4), Errno.SUCCESS)
})

test('an error that poll_oneoff told of is still what SO_ERROR says, once', () => {
  const { client, server } = f.connectedPair()
  must(f.wasi.sock_set_linger(server, 1, 0))
  must(f.wasi.fd_close(server))
  f.bytes().fill(0, IN, IN + 48)
  f.view().setUint8(IN + 8, 1)
  f.view().setInt32(IN + 16, client, true)
  must(f.wasi.poll_oneoff(IN, BUFFER, 1, OUT))
  assert.equal(f.view().getUint16(BUFFER + 8, true), Errno.CONNRESET)
  f.view().setUint32(OUT + 8, 4, true)
  must(f.berth.get_option(client, 0x7fff_ffff, 4, OUT, OUT + 8))
  assert.equal(u32(OUT), Errno.CONNRESET)
})

test('poll: descriptors below 0 are passed over, unknown ones told', () => {
  const { client } = f.connectedPair()
  const view = f.view()
  for (const [i, fd] of [-1, 99, client].entries()) {
    view.setInt32(IN + 8 * i, fd, true)
    view.setUint32(IN + 8 * i + 4, GuestPoll.OUT, true)
  }
  must(f.berth.poll(IN, 3, -1n, OUT))
  assert.equal(u32(OUT), 2)
  const revents = [0, 1, 2].map((i) => view.getUint16(IN + 8 * i + 6, true))
  assert.deepEqual(revents, [0, GuestPoll.NVAL, GuestPoll.OUT])
  must(f.berth.poll(0, 0, 1_000_000n, OUT))
  assert.equal(u32(OUT), 0)
})

test('epoll: data comes back whole; a set cannot hold itself; a socket is no set', () => {
  const { client } = f.connectedPair()
  must(f.berth.epoll_create(0x80000, OUT))
  const set = u32(OUT)
  f.view().setUint32(IN, 4, true)
  f.view().setBigUint64(IN + 8, 0xfedc_ba98_7654_3210n, true)
  must(f.berth.epoll_control(set, 1, client, IN))
  assert.equal(f.berth.epoll_control(set, 1, client, IN), Errno.EXIST)
  assert.equal(f.berth.epoll_control(set, 1, set, IN), Errno.INVAL)
  assert.equal(f.berth.epoll_control(client, 1, set, IN), Errno.INVAL)
  assert.equal(f.berth.epoll_control(set, 1, 99, IN), Errno.BADF)
  must(f.berth.epoll_wait(set, BUFFER, 4, -1n, OUT))
  assert.equal(u32(OUT), 1)
  assert.equal(f.view().getBigUint64(BUFFER + 8, true), 0xfedc_ba98_7654_3210n)
  assert.equal(f.berth.epoll_wait(set, BUFFER, 0, 0n, OUT), Errno.INVAL)
  must(f.berth.epoll_control(set, 2, client, 0))
  must(f.berth.epoll_wait(set, BUFFER, 4, 1_000_000n, OUT))
  assert.equal(u32(OUT), 0)
})

test('duplicate: mode is shared, numbers are not; what a number stood for is closed', () => {
  const { client, server } = f.connectedPair()
  must(f.berth.duplicate(client, 20, 0, OUT))
  assert.equal(u32(OUT), 20)
  must(f.wasi.fd_fdstat_set_flags(20, 4))
  must(f.wasi.fd_fdstat_get(client, OUT))
  assert.equal(f.view().getUint16(OUT + 2, true), 4)
  must(f.wasi.fd_close(client))
  must(f.wasi.sock_send(20, f.putIovecs(IN, [BUFFER, 1]), 1, 0, OUT))
  must(f.berth.duplicate(20, server, 1, OUT))
  assert.equal(
    f.berth.receive_message(20, putMessage(1), 0, OUT),
    Errno.CONNRESET,
    'the peer is gone, unread data lost',
  )
  assert.equal(f.berth.duplicate(20, -1, 1, OUT), Errno.BADF)
  assert.equal(f.berth.duplicate(20, 1 << 20, 0, OUT), Errno.INVAL)
  assert.equal(f.berth.duplicate(77, 0, 0, OUT), Errno.BADF)
})

test('interfaces: only addresses that may be bound are shown', () => {
  must(f.berth.interfaces(BUFFER, 1200, OUT))
  const addresses = Array.from({ length: u32(OUT) / 120 }, (_, i) => f.bytes()[BUFFER + 120 * i + 24 + 4])
  assert.ok(addresses.includes(127))
  assert.equal(f.berth.interfaces(BUFFER, 10, OUT), Errno.RANGE)
  const none = createFixture({ pool: [] })
  must(none.berth.interfaces(BUFFER, 1200, OUT))
  assert.equal(none.view().getUint32(OUT, true), 0)
  none.dispose()
})

test('looking an address up needs permission for its reverse name; without it the number is given', () => {
  const name = (g: Fixture, flags: number) => {
    g.view().setUint16(NAME, 1, true)
    g.bytes().set([127, 0, 0, 1], NAME + 4)
    const status = g.berth.name_info(NAME, 16, BUFFER, 100, 0, 0, flags)
    return status === 0 ? new TextDecoder().decode(g.bytes().slice(BUFFER, g.bytes().indexOf(0, BUFFER))) : status
  }
  assert.equal(name(f, 0), '127.0.0.1')
  assert.equal(name(f, 8), -2)
  assert.equal(f.refusals[0]!.remedy, '--allow-resolve=1.0.0.127.in-addr.arpa')
  const permitted = createFixture({ names: ['*.in-addr.arpa'] })
  assert.equal(name(permitted, 8), 'localhost')
  permitted.dispose()
})
