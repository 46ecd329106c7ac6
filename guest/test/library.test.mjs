/**
 * The libraries by themselves, on a host that answers from tables and knows no network: library.c with the one that imports
 * nothing but the original's functions, so that what it tests holds on every host, and the host can be made to behave like the
 * original where that falls short; and which imports the other one calls for what.
 */
import assert from 'node:assert/strict'
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { WASI } from 'node:wasi'
import { compileGuest, systemClang } from '../../scripts/guest-compiler.mjs'

const PROGRAM = fileURLToPath(new URL('library.c', import.meta.url))
const WARNINGS = ['-Wall', '-Wextra', '-Wpedantic', '-Wconversion', '-Wshadow']

const Errno = { AFNOSUPPORT: 5, BADF: 8, INVAL: 28, NODEV: 43, NOTCONN: 53, NOTSOCK: 57, PROTONOSUPPORT: 66 }
const Filetype = { DGRAM: 5, STREAM: 6 }
const SOCKETS = {
  10: { type: Filetype.STREAM, ip6: false },
  11: { type: Filetype.DGRAM, ip6: false },
  12: { type: Filetype.STREAM, ip6: true },
  13: { type: Filetype.DGRAM, ip6: true },
  20: { type: Filetype.STREAM, ip6: false },
  30: { type: Filetype.STREAM, isUnix: true },
  31: { type: Filetype.DGRAM, ip6: true, isLinkLocal: true },
}
const DATA = Buffer.from('abcdef')
const LOOPBACK = Buffer.from('00000000 7f000001 3412'.replaceAll(' ', ''), 'hex')
const LOOPBACK6 = Buffer.from('01000000 00000000000000000000000000000100 3412'.replaceAll(' ', ''), 'hex')
const LINK_LOCAL = Buffer.from('01000000 80fe00000000000000000000000000000100 3412'.replaceAll(' ', ''), 'hex')
const LAST = 99

const scratch = mkdtempSync(join(tmpdir(), 'berth-library-'))
after(() => rmSync(scratch, { recursive: true, force: true }))

const toolchains = systemClang().length > 0 ? ['yowasp', 'system'] : ['yowasp']
for (const toolchain of toolchains) {
  test(`library.c with ${toolchain}`, async () => {
    const path = await compileGuest({
      library: 'original',
      sources: [PROGRAM],
      flags: ['-O1', ...WARNINGS],
      toolchain,
      warningsAreErrors: true,
    })
    const output = join(scratch, toolchain)
    const wasi = new WASI({ version: 'preview1', returnOnExit: true, stdout: openSync(output, 'w') })
    const host = fakeHost(wasi.wasiImport)
    const imports = { wasi_snapshot_preview1: host.imports }
    const instance = await WebAssembly.instantiate(await WebAssembly.compile(readFileSync(path)), imports)
    host.memory = instance.exports.memory
    const status = wasi.start(instance)
    assert.equal(readFileSync(output, 'utf8'), '0 failures\n')
    assert.equal(status, 0)
    assert.deepEqual(host.nonblocking, new Set([13, 20]))
  })
}

/** A call in C, and the imports it may use: first those of the original, as long as they can carry it. */
const ROUTES = [
  ['socket(AF_INET, SOCK_STREAM, 0)', 'sock_open'],
  ['socket(AF_UNIX, SOCK_STREAM, 0)', 'v1.socket'],
  ['socket(AF_UNIX, SOCK_RDM, 0)', ''],
  ['socketpair(AF_UNIX, SOCK_DGRAM, 0, pair)', 'v1.socket_pair'],
  ['socketpair(AF_INET, SOCK_DGRAM, 0, pair)', ''],
  ['bind(10, ANY(v4), sizeof v4)', 'sock_bind'],
  ['bind(12, ANY(v6), sizeof v6)', 'sock_bind'],
  ['bind(12, ANY(scoped), sizeof scoped)', 'v1.bind'],
  ['bind(10, ANY(local), 20)', 'v1.bind'],
  ['connect(12, ANY(v6), sizeof v6)', 'sock_connect'],
  ['connect(12, ANY(scoped), sizeof scoped)', 'v1.connect'],
  ['connect(12, ANY(scoped), 24)', 'sock_connect'],
  ['connect(11, ANY(none), 2)', 'v1.connect'],
  ['connect(11, ANY(none), 1)', 'fd_fdstat_get'],
  ['getsockname(10, ANY(any), &len)', 'sock_addr_local'],
  ['getsockname(30, ANY(any), &len)', 'sock_addr_local v1.get_name'],
  ['getsockname(31, ANY(any), &len)', 'sock_addr_local v1.get_name'],
  ['getpeername(20, ANY(any), &len)', 'sock_addr_remote'],
  ['accept(10, NULL, NULL)', 'sock_accept'],
  ['send(11, "abc", 3, MSG_NOSIGNAL)', 'sock_send'],
  ['send(11, "abc", 3, MSG_MORE)', 'v1.send_message'],
  ['sendto(11, "abc", 3, 0, ANY(v4), sizeof v4)', 'sock_send_to'],
  ['sendto(11, "abc", 3, MSG_DONTWAIT, ANY(v4), sizeof v4)', 'v1.send_message'],
  ['sendto(13, "abc", 3, 0, ANY(scoped), sizeof scoped)', 'v1.send_message'],
  ['sendto(11, "abc", 3, MSG_DONTWAIT, ANY(v4), 129)', 'fd_fdstat_get'],
  ['sendmsg(11, &message, 0)', 'sock_send'],
  ['sendmsg(11, &controlled, 0)', 'v1.send_message'],
  ['sendmsg(11, &promised, 0)', 'fd_fdstat_get'],
  ['sendmmsg(11, many, 2, 0)', 'v1.send_messages'],
  ['sendmmsg(11, many, 0, 0)', 'fd_fdstat_get'],
  ['recv(11, room, 3, MSG_PEEK | MSG_WAITALL)', 'sock_recv'],
  ['recv(11, room, 3, MSG_TRUNC)', 'v1.receive_message'],
  ['recvfrom(11, room, 3, 0, ANY(v4), &(socklen_t){ 16 })', 'fd_fdstat_get sock_recv_from'],
  ['recvfrom(11, room, 3, 0, ANY(any), &len)', 'sock_addr_local fd_fdstat_get sock_recv_from'],
  ['recvfrom(13, room, 3, 0, ANY(any), &len)', 'sock_addr_local v1.receive_message'],
  ['recvfrom(30, room, 3, 0, ANY(any), &len)', 'sock_addr_local v1.receive_message'],
  ['recvfrom(-1, room, 3, 0, ANY(any), &len)', 'sock_addr_local fd_fdstat_get'],
  ['recvmsg(11, &message, 0)', 'sock_recv'],
  ['recvmsg(11, &controlled, 0)', 'v1.receive_message'],
  ['recvmmsg(11, many, 2, 0, NULL)', 'v1.receive_messages'],
  ['getsockopt(10, SOL_SOCKET, SO_ERROR, &one, &four)', 'v1.get_option'],
  ['getsockopt(10, SOL_SOCKET, SO_TYPE, &one, &four)', 'sock_addr_local fd_fdstat_get'],
  ['getsockopt(30, SOL_SOCKET, SO_TYPE, &one, &four)', 'sock_addr_local v1.get_option'],
  ['setsockopt(10, IPPROTO_IP, IP_TTL, &one, 4)', 'sock_set_ip_ttl'],
  ['getsockopt(10, IPPROTO_IP, IP_TTL, &one, &four)', 'sock_get_ip_ttl'],
  ['setsockopt(10, IPPROTO_IP, IP_TTL, &minus_one, 4)', 'v1.set_option'],
  ['setsockopt(10, IPPROTO_TCP, TCP_CORK, &one, 4)', 'v1.set_option'],
  ['setsockopt(10, IPPROTO_TCP, TCP_CORK, NULL, 4)', 'fd_fdstat_get fd_fdstat_get'],
  ['setsockopt(11, IPPROTO_IP, MCAST_JOIN_GROUP, &group, sizeof group)', 'v1.set_option'],
  ['recvmsg(11, &message, 0)', 'sock_recv'],
  ['setsockopt(11, IPPROTO_IP, IP_PKTINFO, &one, 4)', 'v1.set_option'],
  ['recvmsg(11, &message, 0)', 'v1.receive_message'],
]

test('which imports a call uses', async () => {
  const source = join(scratch, 'routes.c')
  writeFileSync(
    source,
    `#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/un.h>
__attribute__((import_module("test"), import_name("next"))) void next(void);
#define ANY(addr) ((struct sockaddr *)&(addr))
int main(void) {
  struct sockaddr_in v4 = { .sin_family = AF_INET };
  struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_scope_id = 3 }, scoped = v6;
  struct sockaddr_un local = { .sun_family = AF_UNIX };
  struct sockaddr none = { .sa_family = AF_UNSPEC };
  struct sockaddr_storage any;
  char room[8] = { 0 }, control[32] = { 0 };
  struct iovec iov = { room, 3 };
  struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1 }, controlled = message, promised = message;
  struct mmsghdr many[2] = { { .msg_hdr = message }, { .msg_hdr = message } };
  struct group_req group = { .gr_interface = 1 };
  socklen_t len = sizeof any, four = 4;
  int pair[2], one = 1, minus_one = -1;
  scoped.sin6_addr.s6_addr[0] = 0xfe;
  scoped.sin6_addr.s6_addr[1] = 0x80;
  controlled.msg_control = control;
  controlled.msg_controllen = promised.msg_controllen = sizeof control;
${ROUTES.map(([call]) => `  len = sizeof any; ${call}; next();`).join('\n')}
  return 0;
}
`,
  )
  const path = await compileGuest({ sources: [source], flags: ['-O1', ...WARNINGS], warningsAreErrors: true })
  const wasi = new WASI({ version: 'preview1', returnOnExit: true })
  const host = fakeHost(wasi.wasiImport)
  const seen = ['']
  const record = (name) => {
    seen.push(`${seen.pop()} ${name}`.trim())
  }
  const recorded = (imports, prefix) =>
    Object.fromEntries(
      Object.entries(imports).map(([name, call]) => [
        name,
        (...args) => {
          record(prefix + name)
          return call(...args)
        },
      ]),
    )
  const extended =
    'socket socket_pair bind connect get_name send_message receive_message send_messages receive_messages get_option set_option'
  const instance = await WebAssembly.instantiate(await WebAssembly.compile(readFileSync(path)), {
    wasi_snapshot_preview1: recorded(host.imports, ''),
    berth_socket_v1: recorded(Object.fromEntries(extended.split(' ').map((name) => [name, () => 0])), 'v1.'),
    test: { next: () => seen.push('') },
  })
  host.memory = instance.exports.memory
  assert.equal(wasi.start(instance), 0)
  const calls = ROUTES.map(([call], i) => [call, seen[i]])
  assert.deepEqual(calls, ROUTES)
})

function fakeHost(preview1) {
  const host = { memory: undefined, nonblocking: new Set() }
  const options = new Map()
  let last = LOOPBACK // the address that was passed in last
  const bytes = () => Buffer.from(host.memory.buffer)
  const failure = (fd) => (SOCKETS[fd] ? 0 : fd >= 0 && fd <= 2 ? Errno.NOTSOCK : Errno.BADF)
  const put = (pointer, data) => {
    data.copy(bytes(), pointer)
    return 0
  }
  const putNumber = (pointer, number) => {
    bytes().writeUInt32LE(number, pointer)
    return 0
  }
  const takeAddress = (pointer) => {
    last = Buffer.from(bytes().subarray(pointer, pointer + 24))
    return 0
  }
  const keep = (name, value) => {
    options.set(name, value)
    return 0
  }
  const text = (pointer) => bytes().toString('utf8', pointer, bytes().indexOf(0, pointer))
  const iovs = (pointer, count) =>
    Array.from({ length: count }, (_, i) => ({
      at: bytes().readUInt32LE(pointer + 8 * i),
      size: bytes().readUInt32LE(pointer + 8 * i + 4),
    }))
  const scatter = (pointer, count) => {
    let given = 0
    for (const { at, size } of iovs(pointer, count)) {
      const part = DATA.subarray(given, given + size)
      put(at, part)
      given += part.length
    }
    return given
  }
  const total = (pointer, count) => iovs(pointer, count).reduce((sum, { size }) => sum + size, 0)

  const sockets = {
    sock_open: (_pool, family, type, out) => putNumber(out, family === 1 ? (type ? 12 : 13) : type ? 10 : 11),
    sock_bind: (fd, addr) => failure(fd) || takeAddress(addr),
    sock_connect: (fd, addr) => failure(fd) || takeAddress(addr),
    sock_listen: failure,
    sock_accept: (fd, _flags, out) => failure(fd) || putNumber(out, 20),
    sock_addr_local: (fd, out) => (fd === LAST ? put(out, last) : failure(fd) || putLocal(fd, out)),
    sock_addr_remote: (fd, out) => (fd === 20 ? Errno.NOTCONN : failure(fd) || put(out, local(fd))),
    sock_send: (fd, data, count, _flags, sent) => failure(fd) || putNumber(sent, total(data, count)),
    sock_send_to: (fd, data, count, _flags, to, sent) =>
      failure(fd) || takeAddress(to) || putNumber(sent, total(data, count)),
    sock_recv: (fd, room, count, _flags, received, roFlags) => {
      if (failure(fd)) return failure(fd)
      const given = scatter(room, count)
      // a stream has no datagrams to cut
      if (given < DATA.length && SOCKETS[fd].type === Filetype.DGRAM) bytes().writeUInt16LE(1, roFlags)
      return putNumber(received, given)
    },
    // a stream's source is the IPv6 zero address, as with the original
    sock_recv_from: (fd, room, count, _flags, source, received) =>
      failure(fd) ||
      putNumber(received, scatter(room, count)) ||
      put(source, SOCKETS[fd].type === Filetype.DGRAM ? local(fd) : Buffer.from([1, ...Buffer.alloc(21)])),
    sock_shutdown: failure,
    sock_set_linger: (fd, on, seconds) => failure(fd) || keep('linger', [on, seconds]),
    sock_get_linger: (fd, on, seconds) =>
      failure(fd) || put(on, Buffer.from([options.get('linger')[0]])) || putNumber(seconds, options.get('linger')[1]),
    sock_set_ip_multicast_loop: (fd, ip6, on) => failure(fd) || keep(`loop${ip6}`, on),
    sock_get_ip_multicast_loop: (fd, ip6, out) => failure(fd) || put(out, Buffer.from([options.get(`loop${ip6}`)])),
    sock_set_ip_add_membership: membership,
    sock_set_ip_drop_membership: membership,
    sock_addr_resolve: resolve,
  }
  for (const [width, names] of Object.entries({
    1: 'keep_alive reuse_addr reuse_port broadcast tcp_no_delay tcp_quick_ack tcp_fastopen_connect ip_ttl ip_multicast_ttl ipv6_only',
    4: 'tcp_keep_idle tcp_keep_intvl',
    8: 'recv_timeout send_timeout recv_buf_size send_buf_size', // of the sizes eight bytes too, as with the original
  })) {
    for (const name of names.split(' ')) {
      sockets[`sock_set_${name}`] = (fd, value) => failure(fd) || keep(name, BigInt(value))
      sockets[`sock_get_${name}`] = (fd, out) => {
        if (failure(fd)) return failure(fd)
        const data = Buffer.alloc(8)
        data.writeBigUInt64LE(BigInt.asUintN(64, options.get(name)))
        return put(out, data.subarray(0, Number(width)))
      }
    }
  }

  function local(fd) {
    return SOCKETS[fd].isLinkLocal ? LINK_LOCAL : SOCKETS[fd].ip6 ? LOOPBACK6 : LOOPBACK
  }

  function putLocal(fd, out) {
    return SOCKETS[fd].isUnix ? Errno.AFNOSUPPORT : put(out, local(fd))
  }

  function membership(fd, group, index) {
    const kind = bytes().readUInt32LE(group)
    const addr = bytes().toString('hex', group + 4, group + (kind ? 20 : 8))
    if (kind === 0 && addr === 'ef010203' && index === 0x0100007f) return failure(fd)
    return kind === 1 && addr === '02ff0000000000000000000001000200' && index === 3 ? failure(fd) : Errno.NODEV
  }

  function resolve(hostPointer, servicePointer, hints, out, capacity, found) {
    const name = text(hostPointer)
    const service = text(servicePointer)
    const [type, family] = [bytes().readInt32LE(hints), bytes().readInt32LE(hints + 4)]
    const hosts = {
      'two.test': ['10.0.0.1', 6],
      'four.test': ['10.0.0.4'],
      'many.test': Array.from({ length: 40 }, (_, i) => `10.0.1.${i}`),
      '1.2.3.4': ['1.2.3.4'],
      '127.0.0.1': ['127.0.0.1'],
    }
    const services = { '': [0, 0], http: [undefined, 80], domain: [53, 53] }
    const scripted = name.match(/^error-(\d+)\.test$/)
    if (scripted) return Number(scripted[1])
    if (!hosts[name]) return Errno.INVAL
    if (!services[service]) return Errno.PROTONOSUPPORT
    const entries = []
    for (const addr of hosts[name]) {
      if (addr === 6 ? family === 0 : family === 1) continue
      for (const kind of [1, 0]) {
        const port = services[service][kind]
        if (port === undefined || (type !== -1 && type !== kind)) continue
        const entry = Buffer.alloc(28)
        if (addr === 6) {
          Buffer.from('01000000 0120b80d000000000000000000000100'.replaceAll(' ', ''), 'hex').copy(entry)
          entry.writeUInt16LE(port, 20)
        } else {
          addr.split('.').forEach((byte, i) => {
            entry[4 + i] = Number(byte)
          })
          entry.writeUInt16LE(port, 8)
        }
        entry.writeInt32LE(kind, 24)
        entries.push(entry)
      }
    }
    if (entries.length === 0) return Errno.INVAL
    put(out, Buffer.concat(entries.slice(0, capacity)))
    return putNumber(found, entries.length)
  }

  host.imports = {
    ...preview1,
    ...sockets,
    fd_fdstat_get: (fd, out) => {
      if (fd < 0) return Errno.BADF // node:wasi says INVAL
      if (!SOCKETS[fd]) return preview1.fd_fdstat_get(fd, out)
      return put(out, Buffer.from([SOCKETS[fd].type, ...Buffer.alloc(23)]))
    },
    fd_fdstat_set_flags: (fd, flags) => {
      if (flags === 4) host.nonblocking.add(fd)
      return failure(fd)
    },
  }
  return host
}
