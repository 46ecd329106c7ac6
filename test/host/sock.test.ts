import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { Errno } from '../../src/abi/errno.ts'
import { FdFlags, RiFlags, Rights, SOCKET_RIGHTS } from '../../src/abi/preview1.ts'
import { createFixture, type Fixture, LOOPBACK, must, openHostDescriptors } from './fixture.ts'

/** Where the tests put what the host reads (`IN`) and what it writes (`OUT`). */
const IN = 1024
const OUT = 4096
const BUFFER = 8192

let before: number
let f: Fixture

beforeEach(() => {
  before = openHostDescriptors()
  f = createFixture()
})

afterEach(() => {
  f.dispose()
  assert.equal(openHostDescriptors(), before, 'descriptors are left open')
})

function u32(ptr: number): number {
  return f.view().getUint32(ptr, true)
}

function hex(ptr: number, length: number): string {
  return Buffer.from(f.bytes().slice(ptr, ptr + length)).toString('hex')
}

function send(fd: number, text: string): void {
  f.bytes().set(new TextEncoder().encode(text), BUFFER)
  must(f.wasi.sock_send(fd, f.putIovecs(IN, [BUFFER, text.length]), 1, 0, OUT))
}

/** Receives into pieces of the given lengths. @returns errno, text and flags */
function recv(fd: number, riFlags: number, ...lengths: number[]) {
  let at = BUFFER
  const pieces = lengths.map((length): [number, number] => {
    const piece: [number, number] = [at, length]
    at += length
    return piece
  })
  const errno = f.wasi.sock_recv(fd, f.putIovecs(IN, ...pieces), pieces.length, riFlags, OUT, OUT + 4)
  const text = errno === 0 ? new TextDecoder().decode(f.bytes().slice(BUFFER, BUFFER + u32(OUT))) : ''
  return { errno, text, roFlags: f.view().getUint16(OUT + 4, true) }
}

const GETTERS: [name: string, bytes: number, family: 4 | 6, type: 'stream' | 'datagram'][] = [
  ['recv_timeout', 8, 4, 'stream'],
  ['send_timeout', 8, 4, 'stream'],
  ['recv_buf_size', 4, 4, 'stream'],
  ['send_buf_size', 4, 4, 'stream'],
  ['keep_alive', 1, 4, 'stream'],
  ['reuse_addr', 1, 4, 'stream'],
  ['reuse_port', 1, 4, 'stream'],
  ['broadcast', 1, 4, 'datagram'],
  ['tcp_no_delay', 1, 4, 'stream'],
  ['tcp_quick_ack', 1, 4, 'stream'],
  ['tcp_keep_idle', 4, 4, 'stream'],
  ['tcp_keep_intvl', 4, 4, 'stream'],
  ['tcp_fastopen_connect', 1, 4, 'stream'],
  ['ip_ttl', 1, 4, 'stream'],
  ['ip_multicast_ttl', 1, 4, 'datagram'],
  ['ipv6_only', 1, 6, 'stream'],
]

for (const [name, bytes, family, type] of GETTERS) {
  test(`sock_get_${name} writes ${bytes} bytes and no more, also at the end of memory`, () => {
    const fd = f.open(family, type)
    const get = f.wasi[`sock_get_${name}` as 'sock_get_ip_ttl']
    const end = f.bytes().length
    f.bytes().fill(0xee)
    assert.equal(get(fd, OUT), Errno.SUCCESS)
    assert.equal(hex(OUT - 1, 1) + hex(OUT + bytes, 1), 'eeee')
    assert.equal(get(fd, end - bytes), Errno.SUCCESS)
    assert.equal(get(fd, end - bytes + 1), Errno.FAULT)
    assert.equal(get(fd, -1), Errno.FAULT)
    assert.equal(get(99, OUT), Errno.BADF)
    assert.equal(get(1, OUT), Errno.NOTSOCK)
  })
}

test('sock_get_linger writes one byte and four', () => {
  const fd = f.open(4, 'stream')
  must(f.wasi.sock_set_linger(fd, 1, 10))
  f.bytes().fill(0xee)
  assert.equal(f.wasi.sock_get_linger(fd, OUT, OUT + 16), Errno.SUCCESS)
  assert.equal(hex(OUT, 2), '01ee')
  assert.equal(hex(OUT + 16, 5), '0a000000ee')
})

test('bind does not turn lingering on', () => {
  const { client, server, listener } = f.connectedPair()
  for (const fd of [listener, server, client]) {
    must(f.wasi.sock_get_linger(fd, OUT, OUT + 4))
    assert.equal(f.bytes()[OUT], 0)
  }
})

test('a bool option counts the low 8 bits only', () => {
  const fd = f.open(4, 'stream')
  must(f.wasi.sock_set_keep_alive(fd, 0x101))
  must(f.wasi.sock_get_keep_alive(fd, OUT))
  assert.equal(f.bytes()[OUT], 1)
  must(f.wasi.sock_set_keep_alive(fd, 0x100))
  must(f.wasi.sock_get_keep_alive(fd, OUT))
  assert.equal(f.bytes()[OUT], 0)
})

test('a time to live above 255 is refused, not cut to 8 bits', () => {
  const fd = f.open(4, 'stream')
  assert.equal(f.wasi.sock_set_ip_ttl(fd, 300), Errno.INVAL)
})

test('addresses have the layout of the extension', () => {
  const ipv4 = f.open(4, 'datagram')
  must(f.wasi.sock_bind(ipv4, f.putAddress(IN, '127.0.0.1', 0)))
  const port4 = Buffer.alloc(2)
  port4.writeUInt16LE(f.localPort(ipv4))
  f.bytes().fill(0xee, OUT, OUT + 24)
  must(f.wasi.sock_addr_local(ipv4, OUT))
  assert.equal(hex(OUT, 24), `000000007f000001${port4.toString('hex')}${'ee'.repeat(14)}`)

  const ipv6 = f.open(6, 'datagram')
  must(f.wasi.sock_bind(ipv6, f.putAddress(IN, '::1', 0)))
  const port6 = Buffer.alloc(2)
  port6.writeUInt16LE(f.localPort(ipv6))
  f.bytes().fill(0xee, OUT, OUT + 24)
  must(f.wasi.sock_addr_local(ipv6, OUT))
  assert.equal(hex(OUT, 24), `01000000${'00'.repeat(14)}0100${port6.toString('hex')}eeee`)
})

test('an unknown address kind is PROTONOSUPPORT', () => {
  const fd = f.open(4, 'stream')
  f.putAddress(IN, '127.0.0.1', 0)
  f.view().setUint32(IN, 2, true)
  assert.equal(f.wasi.sock_bind(fd, IN), Errno.PROTONOSUPPORT)
  assert.equal(f.wasi.sock_connect(fd, IN), Errno.PROTONOSUPPORT)
})

test('sock_recv: PEEK leaves the data, WAITALL fills the buffers, unknown flags are refused', () => {
  const { client, server } = f.connectedPair()
  send(client, 'hello')
  assert.deepEqual(recv(server, RiFlags.RECV_PEEK, 2), { errno: 0, text: 'he', roFlags: 0 })
  send(client, 'world')
  assert.deepEqual(recv(server, RiFlags.RECV_WAITALL, 4, 6), { errno: 0, text: 'helloworld', roFlags: 0 })
  assert.equal(recv(server, 4, 4).errno, Errno.INVAL)
  assert.equal(f.wasi.sock_send(client, IN, 1, 1, OUT), Errno.INVAL)
})

for (const [pieces, expected] of [
  [[3], 'abc'],
  [[1, 2], 'abc'],
  [[0, 3, 0], 'abc'],
] as const) {
  test(`sock_recv says that a datagram was cut (pieces ${pieces.join('+')})`, () => {
    const { a, b } = f.datagramPair()
    send(a, 'abcdef')
    send(a, 'abc')
    assert.deepEqual(recv(b, 0, ...pieces), { errno: 0, text: expected, roFlags: 1 })
    assert.deepEqual(recv(b, 0, ...pieces), { errno: 0, text: expected, roFlags: 0 })
  })
}

test('a peeked datagram that is longer than the buffer counts as cut and stays whole', () => {
  const { a, b } = f.datagramPair()
  send(a, 'abcdef')
  assert.deepEqual(recv(b, RiFlags.RECV_PEEK, 2), { errno: 0, text: 'ab', roFlags: 1 })
  assert.deepEqual(recv(b, 0, 10), { errno: 0, text: 'abcdef', roFlags: 0 })
})

test('transfers of nothing: an empty datagram arrives, as does one sent from no buffers', () => {
  const { a, b } = f.datagramPair()
  must(f.wasi.sock_send(a, IN, 0, 0, OUT))
  send(a, '')
  send(a, 'x')
  assert.deepEqual(recv(b, 0, 10), { errno: 0, text: '', roFlags: 0 })
  assert.deepEqual(recv(b, 0, 10), { errno: 0, text: '', roFlags: 0 })
  assert.deepEqual(recv(b, 0, 10), { errno: 0, text: 'x', roFlags: 0 })
})

test('sock_recv_from on a stream names the peer, in the family of the socket', () => {
  const { client, server } = f.connectedPair()
  send(client, 'x')
  f.bytes().fill(0xee, OUT, OUT + 64)
  must(f.wasi.sock_recv_from(server, f.putIovecs(IN, [BUFFER, 10]), 1, 0, OUT, OUT + 32))
  assert.equal(hex(OUT, 8), '000000007f000001')
  assert.equal(f.view().getUint16(OUT + 8, true), f.localPort(client))
  assert.equal(hex(OUT + 10, 14), 'ee'.repeat(14))
})

test('sock_recv_from takes flags: PEEK leaves the datagram', () => {
  const { a, b } = f.datagramPair()
  send(a, 'x')
  for (const flags of [RiFlags.RECV_PEEK, 0]) {
    must(f.wasi.sock_recv_from(b, f.putIovecs(IN, [BUFFER, 10]), 1, flags, OUT, OUT + 32))
    assert.equal(u32(OUT + 32), 1)
  }
})

test('the address of an accepted peer is known even after it reset the connection', () => {
  const { fd: listener, port } = f.listen('127.0.0.1')
  const client = f.open(4, 'stream')
  must(f.wasi.sock_connect(client, f.putAddress(IN, '127.0.0.1', port)))
  const clientPort = f.localPort(client)
  must(f.wasi.sock_set_linger(client, 1, 0))
  must(f.wasi.fd_close(client))
  must(f.wasi.sock_accept(listener, 0, OUT))
  const accepted = u32(OUT)
  assert.equal(f.wasi.sock_addr_remote(accepted, OUT), Errno.SUCCESS)
  assert.equal(f.view().getUint16(OUT + 8, true), clientPort)
  assert.equal(f.wasi.sock_addr_remote(accepted, OUT), Errno.NOTCONN, 'asked again, the kernel answers')
})

test('sock_accept gives the flag NONBLOCK to the new socket and refuses unknown ones', () => {
  const { fd: listener, port } = f.listen('127.0.0.1')
  for (const flags of [FdFlags.NONBLOCK, 0]) {
    const client = f.open(4, 'stream')
    must(f.wasi.sock_connect(client, f.putAddress(IN, '127.0.0.1', port)))
    must(f.wasi.sock_accept(listener, flags, OUT))
    const accepted = u32(OUT)
    must(f.wasi.fd_fdstat_get(accepted, OUT))
    assert.equal(f.view().getUint16(OUT + 2, true), flags)
    if (flags !== 0) assert.equal(recv(accepted, 0, 1).errno, Errno.AGAIN)
  }
  assert.equal(f.wasi.sock_accept(listener, 0x20, OUT), Errno.INVAL)
})

test('a result that cannot be delivered costs no connection and no descriptor', () => {
  const { fd: listener, port } = f.listen('127.0.0.1')
  const client = f.open(4, 'stream')
  must(f.wasi.sock_connect(client, f.putAddress(IN, '127.0.0.1', port)))
  const open = openHostDescriptors()
  const end = f.bytes().length
  assert.equal(f.wasi.sock_accept(listener, 0, end - 3), Errno.FAULT)
  assert.equal(f.wasi.sock_open(-1, 0, 1, end - 3), Errno.FAULT)
  assert.equal(openHostDescriptors(), open)
  must(f.wasi.sock_accept(listener, 0, OUT))
})

test('bad pointers consume no data', () => {
  const { client, server } = f.connectedPair()
  const end = f.bytes().length
  send(client, 'data')
  f.putIovecs(IN, [BUFFER, 4])
  assert.equal(f.wasi.sock_recv(server, IN, 1, 0, end - 3, OUT), Errno.FAULT)
  assert.equal(f.wasi.sock_recv(server, IN, 1, 0, OUT, end - 1), Errno.FAULT)
  assert.equal(f.wasi.sock_recv(server, end - 7, 1, 0, OUT, OUT + 4), Errno.FAULT)
  assert.equal(f.wasi.sock_recv(server, f.putIovecs(IN, [end - 3, 4]), 1, 0, OUT, OUT + 4), Errno.FAULT)
  assert.equal(
    f.wasi.sock_recv(server, f.putIovecs(IN, [BUFFER, 2], [0xffff_ffff, 2]), 2, 0, OUT, OUT + 4),
    Errno.FAULT,
  )
  assert.equal(f.wasi.sock_recv(server, IN, 1025, 0, OUT, OUT + 4), Errno.INVAL)
  assert.equal(recv(server, 0, 10).text, 'data')
})

test('sock_close closes a socket and nothing else', () => {
  const { client, server } = f.connectedPair()
  assert.equal(f.wasi.sock_close(client), Errno.SUCCESS)
  assert.equal(f.wasi.sock_close(client), Errno.BADF)
  assert.equal(f.wasi.sock_close(1), Errno.NOTSOCK)
  assert.equal(recv(server, 0, 1).text, '', 'the peer sees the end of the stream')
  assert.equal(f.open(4, 'stream'), client, 'the number is free again')
})

test('sock_shutdown closes the direction it is told, and refuses none and unknown ones', () => {
  const { client, server } = f.connectedPair()
  assert.equal(f.wasi.sock_shutdown(client, 0), Errno.INVAL)
  assert.equal(f.wasi.sock_shutdown(client, 4), Errno.INVAL)
  must(f.wasi.sock_shutdown(client, 2))
  assert.equal(recv(server, 0, 1).text, '')
  send(server, 'still')
  assert.equal(recv(client, 0, 9).text, 'still')
})

test('sending to a closed peer is PIPE and does not end the process', () => {
  const { client, server } = f.connectedPair()
  must(f.wasi.fd_close(server))
  send(client, 'x')
  // The reset that answers it arrives at once on loopback.
  f.putIovecs(IN, [BUFFER, 1])
  let errno: number
  do errno = f.wasi.sock_send(client, IN, 1, 0, OUT)
  while (errno === 0)
  assert.ok(errno === Errno.PIPE || errno === Errno.CONNRESET)
  assert.equal(f.wasi.sock_send(client, IN, 1, 0, OUT), Errno.PIPE)
  assert.equal(f.wasi.fd_write(client, IN, 1, OUT), Errno.PIPE)
})

for (const [name, needed] of [
  ['sock_bind', Rights.SOCK_BIND],
  ['sock_accept', Rights.SOCK_ACCEPT],
  ['sock_accept', Rights.SOCK_ACCEPT_EXT],
  ['sock_recv', Rights.SOCK_RECV],
  ['sock_recv', Rights.FD_READ],
  ['sock_recv_from', Rights.SOCK_RECV_FROM],
  ['sock_send', Rights.SOCK_SEND],
  ['sock_send', Rights.FD_WRITE],
  ['sock_send_to', Rights.SOCK_SEND_TO],
  ['sock_addr_local', Rights.SOCK_ADDR_LOCAL],
  ['sock_addr_remote', Rights.SOCK_ADDR_REMOTE],
  ['sock_shutdown', Rights.SOCK_SHUTDOWN],
  ['fd_filestat_get', Rights.FD_FILESTAT_GET],
  ['fd_fdstat_set_flags', Rights.FD_FDSTAT_SET_FLAGS],
] as const) {
  test(`${name} needs the right ${needed.toString(2).length - 1}, and no other's absence matters`, () => {
    const zeros = [0, 0, 0, 0, 0] as const
    const call = (fd: number) => (f.wasi[name] as (...values: number[]) => number)(fd, IN, ...zeros)
    const without = f.open(4, 'datagram')
    must(f.wasi.fd_fdstat_set_rights(without, SOCKET_RIGHTS & ~needed, 0n))
    assert.equal(call(without), Errno.NOTCAPABLE)
    const others = f.open(4, 'datagram')
    must(f.wasi.fd_fdstat_set_flags(others, FdFlags.NONBLOCK))
    const all = SOCKET_RIGHTS & ~Rights.POLL_FD_READWRITE
    must(f.wasi.fd_fdstat_set_rights(others, all, 0n))
    assert.notEqual(call(others), Errno.NOTCAPABLE)
    assert.equal(f.wasi.fd_fdstat_set_rights(others, SOCKET_RIGHTS, 0n), Errno.NOTCAPABLE, 'a right comes back')
  })
}

test('sock_addr_resolve: with no room it still counts, and stores no more than fits', () => {
  const text = (ptr: number, value: string) => f.bytes().set(new TextEncoder().encode(`${value}\0`), ptr)
  text(IN, '127.0.0.1')
  text(IN + 64, '80')
  f.bytes().fill(0, IN + 128, IN + 140)
  f.bytes().fill(0xee, OUT, OUT + 128)
  assert.equal(f.wasi.sock_addr_resolve(IN, IN + 64, IN + 128, OUT, 0, OUT + 100), Errno.SUCCESS)
  assert.equal(u32(OUT + 100), 2, 'a stream and a datagram entry')
  assert.equal(hex(OUT, 4), 'eeeeeeee')
  assert.equal(f.wasi.sock_addr_resolve(IN, IN + 64, IN + 128, OUT, 1, OUT + 100), Errno.SUCCESS)
  assert.equal(u32(OUT + 100), 2)
  assert.equal(hex(OUT, 10), '000000007f0000015000')
  assert.equal(hex(OUT + 28, 4), 'eeeeeeee')
})

test('sock_addr_resolve: the vector of the reference', () => {
  const text = (ptr: number, value: string) => f.bytes().set(new TextEncoder().encode(`${value}\0`), ptr)
  text(IN, '2001:db8:1:2:3:4:5:6')
  text(IN + 64, '4660')
  f.bytes().set(Buffer.from('010000000100000001000000', 'hex'), IN + 128)
  f.bytes().fill(0xee, OUT, OUT + 128)
  must(f.wasi.sock_addr_resolve(IN, IN + 64, IN + 128, OUT, 4, OUT + 120))
  assert.equal(hex(OUT, 28), '010000000120b80d0100020003000400050006003412eeee01000000')
})

for (const [name, service, expected] of [
  ['name.invalid', '', Errno.ACCES],
  ['127.0.0.1', 'no-such-service', Errno.PROTONOSUPPORT],
  ['', '80', Errno.INVAL],
] as const) {
  test(`sock_addr_resolve("${name}", "${service}") answers ${expected}`, () => {
    const text = (ptr: number, value: string) => f.bytes().set(new TextEncoder().encode(`${value}\0`), ptr)
    text(IN, name)
    text(IN + 64, service)
    f.bytes().set(Buffer.from('010000000200000001000000', 'hex'), IN + 128)
    assert.equal(f.wasi.sock_addr_resolve(IN, IN + 64, IN + 128, OUT, 4, OUT + 120), expected)
  })
}

test('numeric hosts in every spelling need no name permission', () => {
  for (const spelling of ['127.0.0.1', '127.1', '0x7f.1', '2130706433', '::1', '::ffff:127.0.0.1']) {
    f.bytes().set(new TextEncoder().encode(`${spelling}\0\0`), IN)
    f.bytes().fill(0, IN + 128, IN + 140)
    f.bytes()[IN + 64] = 0
    assert.equal(f.wasi.sock_addr_resolve(IN, IN + 64, IN + 128, OUT, 1, OUT + 120), Errno.SUCCESS, spelling)
  }
  assert.deepEqual(f.refusals, [])
})

test('a name without a NUL inside memory is FAULT', () => {
  const end = f.bytes().length
  f.bytes().fill(0x61, end - 10)
  assert.equal(f.wasi.sock_addr_resolve(end - 10, IN, IN, OUT, 1, OUT + 120), Errno.FAULT)
})

test('an IPv6 listener on every address takes IPv4 peers only where the pool grants 0.0.0.0', () => {
  for (const [pool, v6only] of [
    [['::/128'], 1],
    [['::/128', '0.0.0.0/32'], 0],
  ] as const) {
    const g = createFixture({ pool })
    for (const how of ['bind', 'listen'] as const) {
      const fd = g.open(6, 'stream')
      if (how === 'bind') must(g.wasi.sock_bind(fd, g.putAddress(IN, '::', 0)))
      else must(g.wasi.sock_listen(fd, 1))
      must(g.wasi.sock_get_ipv6_only(fd, OUT))
      assert.equal(g.bytes()[OUT], v6only, `${how} with ${pool}`)
    }
    g.dispose()
  }
})

test('listen on an unbound socket is a use of the wildcard address', () => {
  const g = createFixture({ pool: ['127.0.0.1/32'] })
  const fd = g.open(4, 'stream')
  assert.equal(g.wasi.sock_listen(fd, 1), Errno.ACCES)
  assert.deepEqual(g.refusals, [
    { operation: 'listen', protocol: 'tcp', target: '0.0.0.0:0', remedy: '--addr-pool=0.0.0.0/32' },
  ])
  must(g.wasi.sock_bind(fd, g.putAddress(IN, '127.0.0.1', 0)))
  assert.equal(g.wasi.sock_listen(fd, 1), Errno.SUCCESS)
  g.dispose()
})

test('a refused send leaves the socket unbound', () => {
  const g = createFixture({ pool: ['127.0.0.1/32'] })
  const fd = g.open(4, 'datagram')
  g.putIovecs(IN, [BUFFER, 1])
  assert.equal(g.wasi.sock_send_to(fd, IN, 1, 0, g.putAddress(IN + 64, '192.0.2.1', 9), OUT), Errno.ACCES)
  assert.equal(g.localPort(fd), 0)
  must(g.wasi.sock_send_to(fd, IN, 1, 0, g.putAddress(IN + 64, '127.0.0.1', 9), OUT))
  assert.notEqual(g.localPort(fd), 0)
  g.dispose()
})

test('joining a multicast group is a use of its address, leaving it is not', () => {
  const g = createFixture({ pool: ['224.0.0.0/24'] })
  const fd = g.open(4, 'datagram')
  const loopback = 0x0100_007f
  assert.equal(g.wasi.sock_set_ip_add_membership(fd, g.putAddress(IN, '224.0.1.1', 0), loopback), Errno.ACCES)
  assert.equal(g.wasi.sock_set_ip_drop_membership(fd, IN, loopback), Errno.ADDRNOTAVAIL)
  must(g.wasi.sock_set_ip_add_membership(fd, g.putAddress(IN, '224.0.0.251', 0), loopback))
  assert.equal(g.wasi.sock_set_ip_add_membership(fd, IN, loopback), Errno.ADDRINUSE)
  must(g.wasi.sock_set_ip_drop_membership(fd, IN, loopback))
  g.dispose()
})

test('policy is asked of what the kernel would do: IPv4 in IPv6 clothes, the wildcard as a destination', () => {
  for (const [pool, host, expected] of [
    [['::/0'], '::ffff:127.0.0.1', Errno.ACCES],
    [['::ffff:0:0/96'], '::ffff:127.0.0.1', Errno.CONNREFUSED],
    [['127.0.0.0/8'], '::ffff:127.0.0.1', Errno.CONNREFUSED],
    [['::/128'], '::', Errno.ACCES],
    [['::1/128'], '::', Errno.CONNREFUSED],
    [['0.0.0.0/32', '::/0'], '::ffff:0.0.0.0', Errno.ACCES],
  ] as const) {
    const g = createFixture({ pool })
    // A port that was just given back: nobody listens there.
    const probe = createFixture({ pool: LOOPBACK })
    const { port } = probe.listen('127.0.0.1')
    probe.dispose()
    const fd = g.open(6, 'stream')
    assert.equal(g.wasi.sock_connect(fd, g.putAddress(IN, host, port)), expected, `${host} with ${pool}`)
    g.dispose()
  }
})
