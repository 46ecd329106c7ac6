/** What a program may reach is what the command line grants, and a refusal tells the person what was missing. */
import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { networkInterfaces } from 'node:os'
import { describe, test } from 'node:test'
import { addr, cString, load, print, program, repeat, type Step, silently, words } from './guest.ts'
import { finish, iwasm, lines, start, untilShown, wasm } from './harness.ts'

const IPV6 = Object.values(networkInterfaces()).some((list) => list?.some((entry) => entry.address === '::1'))
const skipIpv6 = IPV6 ? false : 'this machine has no IPv6 loopback'

// Where things stand in the programs' memory.
const [FD, ACCEPTED, COUNT, ADDR, ADDR2, IOV, BUF, NAME, SERVICE, HINTS, OUT] = [
  0, 4, 8, 64, 96, 200, 300, 400, 460, 480, 1000,
]
const TCP: Step = silently(['sock_open', -1, 0, 1, FD])
const TCP6: Step = silently(['sock_open', -1, 1, 1, FD])
const UDP: Step = silently(['sock_open', -1, 0, 0, FD])
const UDP6: Step = silently(['sock_open', -1, 1, 0, FD])
const fd = load(FD)
const CONNECT: Step = ['sock_connect', fd, ADDR]
const BIND: Step = ['sock_bind', fd, ADDR]
const LISTEN: Step = ['sock_listen', fd, 8]
const SEND_TO: Step = ['sock_send_to', fd, IOV, 1, 0, ADDR, COUNT]
const JOIN: Step = ['sock_set_ip_add_membership', fd, ADDR, 0x0100007f]
const JOIN6: Step = ['sock_set_ip_add_membership', fd, ADDR, 0]
const RESOLVE: Step = ['sock_addr_resolve', NAME, SERVICE, HINTS, OUT, 16, COUNT]

const DATA = { [IOV]: words(BUF, 5), [BUF]: cString('hello') }

function at(host: string, port: number) {
  return { ...DATA, [ADDR]: addr(host, port) }
}

function named(name: string) {
  return { ...DATA, [NAME]: cString(name), [HINTS]: words(1, 2, 1) }
}

const ACCES = '2'

/** Nothing is sent: 192.0.2.0/24 and 2001:db8::/32 are for documentation, and each use is refused before the kernel. */
const REFUSED: readonly { open: Step; use: Step; data: Record<number, Uint8Array>; says: string; remedy: string }[] = [
  {
    open: TCP,
    use: CONNECT,
    data: at('192.0.2.1', 80),
    says: 'connect 192.0.2.1:80 (tcp)',
    remedy: '--addr-pool=192.0.2.1/32',
  },
  {
    open: UDP,
    use: CONNECT,
    data: at('192.0.2.1', 53),
    says: 'connect 192.0.2.1:53 (udp)',
    remedy: '--addr-pool=192.0.2.1/32',
  },
  { open: TCP, use: BIND, data: at('0.0.0.0', 0), says: 'bind 0.0.0.0:0 (tcp)', remedy: '--addr-pool=0.0.0.0/32' },
  {
    open: UDP,
    use: BIND,
    data: at('127.0.0.1', 0),
    says: 'bind 127.0.0.1:0 (udp)',
    remedy: '--addr-pool=127.0.0.1/32',
  },
  { open: TCP, use: LISTEN, data: {}, says: 'listen 0.0.0.0:0 (tcp)', remedy: '--addr-pool=0.0.0.0/32' },
  {
    open: UDP,
    use: SEND_TO,
    data: at('192.0.2.1', 9),
    says: 'send to 192.0.2.1:9 (udp)',
    remedy: '--addr-pool=192.0.2.1/32',
  },
  {
    open: UDP,
    use: JOIN,
    data: at('239.1.2.3', 0),
    says: 'join group 239.1.2.3:0 (udp)',
    remedy: '--addr-pool=239.1.2.3/32',
  },
  {
    open: TCP,
    use: CONNECT,
    data: at('0.0.0.0', 22),
    says: 'connect 0.0.0.0:22 (tcp)',
    remedy: '--addr-pool=127.0.0.1/32',
  },
  { open: TCP, use: RESOLVE, data: named('localhost'), says: 'resolve localhost', remedy: '--allow-resolve=localhost' },
]
const REFUSED_IPV6: typeof REFUSED = [
  {
    open: TCP6,
    use: CONNECT,
    data: at('2001:db8::1', 80),
    says: 'connect [2001:db8::1]:80 (tcp)',
    remedy: '--addr-pool=2001:db8::1/128',
  },
  {
    open: TCP6,
    use: CONNECT,
    data: at('::ffff:192.0.2.1', 80),
    says: 'connect [::ffff:192.0.2.1]:80 (tcp)',
    remedy: '--addr-pool=192.0.2.1/32',
  },
  { open: TCP6, use: CONNECT, data: at('::', 80), says: 'connect [::]:80 (tcp)', remedy: '--addr-pool=::1/128' },
  { open: TCP6, use: BIND, data: at('::', 0), says: 'bind [::]:0 (tcp)', remedy: '--addr-pool=::/128' },
  { open: TCP6, use: LISTEN, data: {}, says: 'listen [::]:0 (tcp)', remedy: '--addr-pool=::/128' },
  {
    open: UDP6,
    use: SEND_TO,
    data: at('2001:db8::1', 9),
    says: 'send to [2001:db8::1]:9 (udp)',
    remedy: '--addr-pool=2001:db8::1/128',
  },
  {
    open: UDP6,
    use: JOIN6,
    data: at('ff15::1', 0),
    says: 'join group [ff15::1]:0 (udp)',
    remedy: '--addr-pool=ff15::1/128',
  },
]

describe('refused', () => {
  for (const { open, use, data, says, remedy } of [...REFUSED, ...REFUSED_IPV6]) {
    const skip = REFUSED.some((entry) => entry.says === says) ? false : skipIpv6
    test(`${says}: errno 2 a thousand times, and one line that names the flag`, { skip }, async () => {
      const path = wasm(program([open, repeat(1000, [use])], data))
      const { exit, stdout, stderr } = await iwasm([path])
      assert.equal(exit, 0)
      assert.equal(stdout, `${ACCES}\n`.repeat(1000))
      assert.equal(stderr, `iwasm: refused: ${says}; ${remedy} would allow it\n`)
    })
  }

  test('the neighbours of what is granted', async () => {
    const path = wasm(
      program([TCP, CONNECT, ['sock_connect', fd, ADDR2]], { ...at('192.0.2.3', 1), [ADDR2]: addr('192.0.2.6', 1) }),
    )
    const { stdout, stderr } = await iwasm(['--addr-pool=192.0.2.4/31', path])
    assert.equal(stdout, '2\n2\n')
    assert.equal(lines(stderr).length, 2)
  })

  test('a grant of names is none of addresses, and the other way round', async () => {
    const path = wasm(
      program([TCP, CONNECT, RESOLVE], { ...at('127.0.0.1', 1), ...named('localhost'), [ADDR]: addr('127.0.0.1', 1) }),
    )
    assert.equal((await iwasm(['--allow-resolve=*', '-v=0', path])).stdout, '2\n0\n')
    const addressesOnly = await iwasm(['--addr-pool=127.0.0.0/8', '-v=0', path])
    assert.equal(lines(addressesOnly.stdout)[1], ACCES)
    assert.notEqual(lines(addressesOnly.stdout)[0], ACCES)
  })

  test('-v=0 silences the lines and changes no answer', async () => {
    const path = wasm(
      program([TCP, LISTEN, CONNECT, BIND, RESOLVE], { ...named('localhost'), [ADDR]: addr('192.0.2.1', 80) }),
    )
    assert.deepEqual(await iwasm(['-v=0', path]), { exit: 0, stdout: '2\n2\n2\n2\n', stderr: '' })
    const shown = await iwasm(['-v=1', path])
    assert.equal(shown.stdout, '2\n2\n2\n2\n')
    assert.equal(lines(shown.stderr).length, 4)
  })

  test('a program that tries every port fills no disk', async () => {
    const nextPort = `(i32.store16 (i32.const ${ADDR + 8}) (i32.add (i32.const 1) (i32.load16_u (i32.const ${ADDR + 8}))))`
    const path = wasm(program([TCP, repeat(5000, [silently(CONNECT), nextPort]), CONNECT], at('192.0.2.1', 1)))
    const { stdout, stderr } = await iwasm([path])
    assert.equal(stdout, '2\n')
    assert.equal(lines(stderr).length, 101)
    assert.match(lines(stderr).at(-1)!, /more than 100 refusals/)
  })

  test('a name cannot steer the terminal', async () => {
    const path = wasm(program([RESOLVE], named('a\n\x1b[2Jb')))
    const { stdout, stderr } = await iwasm([path])
    assert.equal(stdout, '2\n')
    assert.equal(lines(stderr).length, 1)
    assert.ok(!stderr.includes('\x1b'))
  })

  test('the program chooses no other stream for its refusals than stderr, and its own stderr stays in order', async () => {
    const path = wasm(program([TCP, ['fd_write', 2, IOV, 1, COUNT], LISTEN], DATA))
    const { stdout, stderr } = await iwasm([path])
    assert.equal(stdout, '0\n2\n')
    assert.match(stderr, /^helloiwasm: refused: /)
  })
})

/** A server of this process that counts who comes. */
async function withServer(
  host: string,
  body: (port: number, connections: () => number) => Promise<void>,
): Promise<void> {
  let connections = 0
  const server: Server = createServer((socket) => {
    connections++
    socket.on('error', () => {})
    socket.end()
  })
  server.listen(0, host)
  await once(server, 'listening')
  try {
    await body((server.address() as AddressInfo).port, () => connections)
  } finally {
    server.close()
    await once(server, 'close')
  }
}

/** Which spelling of the server's address under which grant reaches it. */
const CONNECTS: readonly { pool: string; to: string; family: 4 | 6; allowed: boolean }[] = [
  { pool: '127.0.0.1/32', to: '127.0.0.1', family: 4, allowed: true },
  { pool: '127.0.0.0/8', to: '127.0.0.1', family: 4, allowed: true },
  { pool: '0.0.0.0/0', to: '127.0.0.1', family: 4, allowed: true },
  { pool: '10.0.0.0/8,127.0.0.1/32', to: '127.0.0.1', family: 4, allowed: true },
  { pool: '::ffff:127.0.0.1/128', to: '127.0.0.1', family: 4, allowed: true },
  { pool: '127.0.0.1/32', to: '0.0.0.0', family: 4, allowed: true }, // the kernel takes it to loopback
  { pool: '0.0.0.0/32', to: '0.0.0.0', family: 4, allowed: false },
  { pool: '0.0.0.0/15', to: '127.0.0.1', family: 4, allowed: false }, // everything, in the original
  { pool: '127.0.0.0/32', to: '127.0.0.1', family: 4, allowed: false },
  { pool: '127.0.0.2/31', to: '127.0.0.1', family: 4, allowed: false },
  { pool: '::/0', to: '127.0.0.1', family: 4, allowed: false },
  { pool: '127.0.0.1/32', to: '::ffff:127.0.0.1', family: 6, allowed: true },
  { pool: '127.0.0.1/32', to: '::ffff:0.0.0.0', family: 6, allowed: true },
  { pool: '0.0.0.0/32', to: '::ffff:0.0.0.0', family: 6, allowed: false },
  { pool: '::/0', to: '::ffff:127.0.0.1', family: 6, allowed: false }, // a hole, in the original
  { pool: '::fffe:0:0/95', to: '::ffff:127.0.0.1', family: 6, allowed: false },
]

describe('connect', () => {
  for (const { pool, to, family, allowed } of CONNECTS) {
    const skip = family === 6 ? skipIpv6 : false
    test(`with ${pool}, ${to} ${allowed ? 'is reached' : 'is refused and nobody comes'}`, { skip }, async () => {
      await withServer('127.0.0.1', async (port, connections) => {
        const receive: Step[] = allowed ? [['sock_recv', fd, IOV, 1, 0, COUNT, COUNT + 4]] : []
        const path = wasm(program([family === 6 ? TCP6 : TCP, CONNECT, ...receive], at(to, port)))
        const { exit, stdout } = await iwasm(['-v=0', `--addr-pool=${pool}`, path])
        assert.deepEqual([exit, stdout], [0, allowed ? '0\n0\n' : '2\n'])
        assert.equal(connections(), allowed ? 1 : 0)
      })
    })
  }

  test('a refused connect leaves the socket usable for an allowed one', async () => {
    await withServer('127.0.0.1', async (port) => {
      const data = { ...at('127.0.0.2', port), [ADDR2]: addr('127.0.0.1', port) }
      const path = wasm(program([TCP, CONNECT, ['sock_connect', fd, ADDR2]], data))
      assert.equal((await iwasm(['-v=0', '--addr-pool=127.0.0.1/32', path])).stdout, '2\n0\n')
    })
  })

  test('an unknown kind of address is errno 66 and no refusal', async () => {
    const path = wasm(program([TCP, CONNECT, BIND], { [ADDR]: words(2, 0x0100007f, 80, 0, 0, 0) }))
    assert.deepEqual(await iwasm([path]), { exit: 0, stdout: '66\n66\n', stderr: '' })
  })
})

/** The bytes that `use` leads to; then the local port, so that the world can be tried on it. */
const PORT4 = print(load(ADDR2 + 8))
const PORT6 = print(load(ADDR2 + 20))
const LOCAL: Step = silently(['sock_addr_local', fd, ADDR2])
const ACCEPT: Step = ['sock_accept', fd, 0, ACCEPTED]

/** Whether somebody from `host` is let in at `port`. */
async function isReachable(host: string, port: number): Promise<boolean> {
  const socket = connect(port, host)
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

/** Starts a program whose last line before it accepts is its port; tries `clients` in turn. @returns who was let in */
async function letsIn(pool: string, wat: string, clients: readonly string[]): Promise<boolean[]> {
  const child = start(['-v=0', `--addr-pool=${pool}`, wasm(wat)])
  try {
    const shown = await untilShown(child.stdout!, ';')
    const port = Number(lines(shown).at(-2))
    assert.ok(port > 0, shown)
    const results: boolean[] = []
    for (const client of clients) results.push(await isReachable(client, port))
    return results
  } finally {
    const done = finish(child).catch(() => {})
    child.kill('SIGTERM')
    await done
  }
}

/** Tells the test that the port is complete: a semicolon, then endless accepting. */
const SEMICOLON: Step = silently(['fd_write', 1, IOV + 16, 1, COUNT])
const SERVE = [SEMICOLON, repeat(1000, [silently(ACCEPT)])]
const SERVER_DATA = { ...DATA, [IOV + 16]: words(BUF + 16, 2), [BUF + 16]: cString(';\n') }

describe('listening', () => {
  test('bind to loopback and port 0: the port is found and a client is accepted', async () => {
    const path = program([TCP, BIND, LISTEN, LOCAL, PORT4, ...SERVE], { ...SERVER_DATA, [ADDR]: addr('127.0.0.1', 0) })
    assert.deepEqual(await letsIn('127.0.0.1/32', path, ['127.0.0.1', '127.0.0.2']), [true, false])
  })

  test('bind to the wildcard needs the wildcard, not everything that it stands for', async () => {
    const path = wasm(program([TCP, BIND], at('0.0.0.0', 0)))
    for (const [pool, stdout] of [
      ['0.0.0.0/32', '0\n'],
      ['0.0.0.0/15', '0\n'], // the documentation's samples
      ['127.0.0.0/8', '2\n'],
      ['128.0.0.0/1', '2\n'],
      ['::/0', '2\n'],
    ] as const) {
      assert.equal((await iwasm(['-v=0', `--addr-pool=${pool}`, path])).stdout, stdout, pool)
    }
  })

  test('listening without bind is a bind to the wildcard', async () => {
    const wat = program([TCP, LISTEN, LOCAL, PORT4, ...SERVE], SERVER_DATA)
    assert.deepEqual(await letsIn('0.0.0.0/32', wat, ['127.0.0.1']), [true])
    const refused = wasm(program([TCP, LISTEN, LOCAL, PORT4], SERVER_DATA))
    assert.equal((await iwasm(['-v=0', '--addr-pool=127.0.0.0/8', refused])).stdout, '2\n0\n', 'and no port was taken')
  })

  test('a listener that was bound is not asked again', async () => {
    const path = wasm(program([TCP, BIND, LISTEN, LISTEN], at('127.0.0.1', 0)))
    assert.deepEqual(await iwasm(['--addr-pool=127.0.0.1/32', path]), { exit: 0, stdout: '0\n0\n0\n', stderr: '' })
  })

  const BOTH = ['127.0.0.1', '::1']
  for (const [name, steps] of [
    ['bound to ::', [TCP6, BIND, LISTEN, LOCAL, PORT6, ...SERVE]],
    [
      'told to take both families and bound to ::',
      [TCP6, ['sock_set_ipv6_only', fd, 0], BIND, LISTEN, LOCAL, PORT6, ...SERVE],
    ],
    ['never bound', [TCP6, LISTEN, LOCAL, PORT6, ...SERVE]],
  ] as const satisfies readonly (readonly [string, readonly Step[]])[]) {
    const wat = program(steps, { ...SERVER_DATA, [ADDR]: addr('::', 0) })
    test(`an IPv6 listener ${name}: without the IPv4 wildcard it takes IPv6 clients only`, {
      skip: skipIpv6,
    }, async () => {
      assert.deepEqual(await letsIn('::/128', wat, BOTH), [false, true])
      assert.deepEqual(await letsIn('::/0,127.0.0.1/32', wat, BOTH), [false, true])
    })
    test(`an IPv6 listener ${name}: with the IPv4 wildcard it takes both`, { skip: skipIpv6 }, async () => {
      assert.deepEqual(await letsIn('::/128,0.0.0.0/32', wat, BOTH), [true, true])
    })
  }

  test('what was made IPv6-only cannot be widened afterwards', { skip: skipIpv6 }, async () => {
    const path = wasm(program([TCP6, BIND, ['sock_set_ipv6_only', fd, 0], LISTEN, LOCAL], at('::', 0)))
    const INVAL = '28'
    assert.equal((await iwasm(['--addr-pool=::/128', path])).stdout, `0\n${INVAL}\n0\n`)
  })

  test('bind to ::ffff:127.0.0.1 is a bind to 127.0.0.1', { skip: skipIpv6 }, async () => {
    const wat = program([TCP6, BIND, LISTEN, LOCAL, PORT6, ...SERVE], {
      ...SERVER_DATA,
      [ADDR]: addr('::ffff:127.0.0.1', 0),
    })
    assert.deepEqual(await letsIn('127.0.0.1/32', wat, BOTH), [true, false])
    assert.equal(
      (await iwasm(['-v=0', '--addr-pool=::/0', wasm(program([TCP6, BIND], at('::ffff:127.0.0.1', 0)))])).stdout,
      '2\n',
    )
  })
})

describe('datagrams', () => {
  test('sendto reaches what is granted and nothing beside it', async () => {
    const receiver = createSocket('udp4')
    receiver.bind(0, '127.0.0.1')
    await once(receiver, 'listening')
    try {
      const received = once(receiver, 'message') as Promise<[Buffer]>
      const { port } = receiver.address()
      // Refused ones first: were they sent, they would arrive before the one that is allowed.
      const data = {
        ...DATA,
        [ADDR]: addr('0.0.0.0', port),
        [ADDR2]: addr('127.0.0.1', port),
        [BUF + 8]: cString('right'),
      }
      const wrong: Step = ['sock_send_to', fd, IOV, 1, 0, ADDR, COUNT]
      const right: Step = ['sock_send_to', fd, IOV + 8, 1, 0, ADDR2, COUNT]
      const path = wasm(program([UDP, wrong, right], { ...data, [IOV + 8]: words(BUF + 8, 5) }))
      assert.equal((await iwasm(['-v=0', '--addr-pool=127.0.0.1/32', path])).stdout, '0\n0\n')
      assert.equal((await received)[0].toString(), 'hello', '0.0.0.0 is judged and reached as loopback')
      const again = once(receiver, 'message') as Promise<[Buffer]>
      const beside = wasm(
        program([UDP, wrong, right], {
          ...data,
          [ADDR]: addr('127.0.0.1', port),
          [ADDR2]: addr('127.0.0.2', port),
          [IOV + 8]: words(BUF + 8, 5),
        }),
      )
      assert.equal((await iwasm(['-v=0', '--addr-pool=127.0.0.1/32', beside])).stdout, '0\n2\n')
      assert.equal((await again)[0].toString(), 'hello')
    } finally {
      receiver.close()
    }
  })

  test('joining a group needs the group, leaving it needs nothing', async () => {
    const leave: Step = ['sock_set_ip_drop_membership', fd, ADDR, 0x0100007f]
    const path = wasm(program([UDP, JOIN, leave], at('239.1.2.3', 0)))
    assert.equal((await iwasm(['--addr-pool=239.1.2.3/32', path])).stdout, '0\n0\n')
    const ADDRNOTAVAIL = '4'
    assert.equal((await iwasm(['-v=0', '--addr-pool=239.1.2.4/32', path])).stdout, `2\n${ADDRNOTAVAIL}\n`)
  })
})

describe('names', () => {
  for (const [pattern, name, errno] of [
    ['localhost', 'localhost', '0'],
    ['localhost', 'LocalHost', '0'],
    ['LOCALHOST.', 'localhost', '0'],
    ['*', 'localhost', '0'],
    ['*.localhost', 'localhost', '2'],
    ['localhost.test', 'localhost', '2'],
    ['ocalhost', 'localhost', '2'],
    ['localhost', ' localhost', '2'],
    ['localhost', 'localhost ', '2'],
    // Bytes that a decoder drops are part of the name that is looked up.
    ['localhost', '\ufefflocalhost', '2'],
    ['other.test', '127.0.0.1', '0'], // an address is no name: what is done with it is asked later
    ['other.test', '::1', '0'],
  ] as const) {
    test(`with --allow-resolve=${pattern}, ${JSON.stringify(name)} answers errno ${errno}`, async () => {
      const path = wasm(program([RESOLVE], named(name)))
      assert.deepEqual(await iwasm(['-v=0', `--allow-resolve=${pattern}`, path]), {
        exit: 0,
        stdout: `${errno}\n`,
        stderr: '',
      })
    })
  }

  test('a name that was resolved may not be used without its address being granted', async () => {
    await withServer('127.0.0.1', async (port, connections) => {
      // The first found address stands where connect looks; only its port is filled in.
      const setPort = `(i32.store16 (i32.const ${OUT + 8}) (i32.const ${port}))`
      const connectFound: Step = ['sock_connect', fd, OUT]
      const path = wasm(
        program([TCP, RESOLVE, setPort, connectFound], { ...named('localhost'), [HINTS]: words(1, 0, 1) }),
      )
      assert.equal((await iwasm(['-v=0', '--allow-resolve=localhost', path])).stdout, '0\n2\n')
      assert.equal(connections(), 0)
      assert.equal((await iwasm(['--allow-resolve=localhost', '--addr-pool=127.0.0.0/8', path])).stdout, '0\n0\n')
    })
  })
})
