/** The programs of examples/, compiled natively and to WebAssembly, hold real conversations. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawnSync } from 'node:child_process'
import { createSocket, type Socket as DatagramSocket } from 'node:dgram'
import { Resolver } from 'node:dns/promises'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { Agent, type IncomingMessage, type RequestOptions, request } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { compileGuest } from '../../scripts/guest-compiler.mjs'
import { directory, lines, scriptOf, startProcess } from '../cli/harness.ts'
import { Random } from '../unit/random.ts'

const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url))
const PROGRAMS = ['http_server', 'dns_server', 'dns_client', 'chat_server', 'chat_client'] as const
type Program = (typeof PROGRAMS)[number]

/** One way to run the programs. */
interface Side {
  readonly name: string
  readonly skip: string | false
  /** @param folder a folder of files that the program may use */
  command(program: Program, folder?: string): string[]
}

const hasCompiler = spawnSync('cc', ['--version']).status === 0
const nativePrograms = new Map<Program, string>()
const modules = new Map<Program, string>()
for (const program of PROGRAMS) {
  const source = join(EXAMPLES, `${program}.c`)
  const flags = ['-std=gnu11', '-O1', '-Wall', '-Wextra']
  // Here and not in the tests: the compiler for WebAssembly runs in this process, one program after the other.
  modules.set(
    program,
    await compileGuest({ sources: [source], flags, includeDirs: [EXAMPLES], warningsAreErrors: true }),
  )
  if (!hasCompiler) continue
  const output = join(directory, program)
  const { status, stderr } = spawnSync('cc', [...flags, '-Werror', source, '-o', output], { encoding: 'utf8' })
  assert.equal(status, 0, stderr)
  nativePrograms.set(program, output)
}

const SIDES: readonly Side[] = [
  {
    name: 'natively',
    skip: hasCompiler ? false : 'no C compiler named cc on this machine',
    command: (program) => [nativePrograms.get(program)!],
  },
  {
    name: 'as WebAssembly',
    skip: false,
    command: (program, folder) => [
      process.execPath,
      scriptOf('iwasm'),
      '--addr-pool=127.0.0.1/32',
      '--allow-abstract=*',
      ...(folder === undefined ? [] : [`--dir=${folder}`]),
      modules.get(program)!,
    ],
  },
]

/** A program that is being talked to. What takes too long is killed by the harness, which ends each wait. */
class Talk {
  readonly child: ChildProcess
  output = ''
  errors = ''
  readonly #ended: Promise<number | string>

  constructor([file, ...options]: string[], args: readonly string[]) {
    this.child = startProcess(file!, [...options, ...args])
    this.child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      this.output += text
    })
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.errors += text
    })
    // A program that ends without reading is not at fault.
    this.child.stdin!.on('error', () => {})
    this.#ended = once(this.child, 'close').then(([code, signal]) => code ?? signal)
  }

  /** Waits until the output matches. */
  async until(pattern: RegExp): Promise<RegExpExecArray> {
    let hasEnded = false
    const ended = this.#ended.then(() => {
      hasEnded = true
    })
    for (;;) {
      const match = pattern.exec(this.output)
      if (match !== null) return match
      assert.ok(!hasEnded, `ended without showing ${pattern}: ${this.output}${this.errors}`)
      const more = new AbortController()
      await Promise.race([once(this.child.stdout!, 'data', { signal: more.signal }).catch(() => {}), ended])
      more.abort()
    }
  }

  async port(): Promise<number> {
    return Number((await this.until(/^listening on (?:tcp:)?127\.0\.0\.1:(\d+)\n/m))[1])
  }

  say(text: string): void {
    this.child.stdin!.write(text)
  }

  /** Ends the input and waits for the end. @returns the exit code */
  async exit(): Promise<number | string> {
    this.child.stdin!.end()
    return this.#ended
  }

  /** The same, with nothing on standard error. */
  async end(): Promise<number | string> {
    const exit = await this.exit()
    assert.equal(this.errors, '')
    return exit
  }

  /** Ends a server that would serve for ever. */
  async stop(): Promise<void> {
    this.child.kill('SIGTERM')
    assert.equal(await this.end(), 'SIGTERM')
  }

  get openDescriptors(): number {
    return readdirSync(`/proc/${this.child.pid}/fd`).length
  }
}

/** Starts a server, lets `use` talk to it, and ends it. */
async function withServer(command: string[], args: string[], use: (port: number, server: Talk) => Promise<void>) {
  const server = new Talk(command, args)
  await use(await server.port(), server)
  await server.stop()
}

interface Answer {
  readonly status: number | undefined
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
  readonly isReused: boolean
}

async function ask(port: number, path: string, options: RequestOptions = {}, body?: string): Promise<Answer> {
  const asked = request({ host: '127.0.0.1', port, path, agent: false, ...options })
  asked.end(body)
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]
  const chunks: Buffer[] = await answer.toArray()
  const { statusCode: status, headers } = answer
  return { status, headers, body: Buffer.concat(chunks), isReused: asked.reusedSocket }
}

/** Sends bytes as they are. @returns all that comes back until the server ends the connection */
async function exchange(port: number, data: string | Uint8Array): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.write(data)
  const chunks: Buffer[] = await socket.toArray()
  return Buffer.concat(chunks).toString('latin1')
}

function statusesOf(answers: string): string[] {
  return [...answers.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map((match) => match[1]!)
}

const CLOSE = 'Host: x\r\nConnection: close\r\n\r\n'
const BAD_REQUESTS: readonly { name: string; text: string; status: string }[] = [
  { name: 'no version', text: 'GET /\r\n\r\n', status: '400' },
  { name: 'no method', text: ` / HTTP/1.1\r\n${CLOSE}`, status: '400' },
  { name: 'another protocol', text: `GET / SPDY/3\r\n${CLOSE}`, status: '400' },
  { name: 'a later version', text: `GET / HTTP/2.0\r\n${CLOSE}`, status: '505' },
  { name: 'no Host', text: 'GET / HTTP/1.1\r\n\r\n', status: '400' },
  { name: 'two Hosts', text: 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n', status: '400' },
  { name: 'a line without a colon', text: `GET / HTTP/1.1\r\nHost\r\n${CLOSE}`, status: '400' },
  { name: 'a blank before the colon', text: 'GET / HTTP/1.1\r\nHost : a\r\n\r\n', status: '400' },
  { name: 'a folded line', text: 'GET / HTTP/1.1\r\nHost: a\r\n b: c\r\n\r\n', status: '400' },
  { name: 'a NUL', text: `GET / HTTP/1.1\r\nA: \0\r\n${CLOSE}`, status: '400' },
  { name: 'a byte above ASCII in the target', text: `GET /\xff HTTP/1.1\r\n${CLOSE}`, status: '400' },
  { name: 'a length that is none', text: 'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n', status: '400' },
  {
    name: 'two lengths',
    text: 'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n',
    status: '400',
  },
  { name: 'a body in chunks', text: 'GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n', status: '501' },
  { name: 'a way up', text: `GET /../etc/passwd HTTP/1.1\r\n${CLOSE}`, status: '400' },
  { name: 'a way up, escaped', text: `GET /a/%2e%2E HTTP/1.1\r\n${CLOSE}`, status: '400' },
  { name: 'three dots', text: `GET /... HTTP/1.1\r\n${CLOSE}`, status: '404' },
  { name: 'a hidden name', text: `GET /.ssh HTTP/1.1\r\n${CLOSE}`, status: '404' },
  { name: 'two slashes', text: `GET //about HTTP/1.1\r\n${CLOSE}`, status: '404' },
  { name: 'half an escape', text: `GET /%2 HTTP/1.1\r\n${CLOSE}`, status: '400' },
  { name: 'an escaped NUL', text: `GET /about%00 HTTP/1.1\r\n${CLOSE}`, status: '400' },
  { name: 'no path', text: `GET * HTTP/1.1\r\n${CLOSE}`, status: '400' },
  { name: 'a head without an end', text: `GET / HTTP/1.1\r\nA: ${'a'.repeat(9000)}`, status: '431' },
  { name: 'no request at all', text: `${'\0\xff'.repeat(5000)}`, status: '431' },
]

for (const side of SIDES)
  describe(`http_server ${side.name}`, { skip: side.skip }, () => {
    const served = (use: (port: number, server: Talk) => Promise<void>, ...args: string[]) =>
      withServer(side.command('http_server'), args, use)

    test('several requests over one connection', () =>
      served(async (port) => {
        const agent = new Agent({ keepAlive: true, maxSockets: 1 })
        const first = await ask(port, '/', { agent })
        assert.deepEqual([first.status, first.headers['content-type']], [200, 'text/html; charset=utf-8'])
        assert.match(first.body.toString(), /It works/)
        const head = await ask(port, '/about', { agent, method: 'HEAD' })
        assert.deepEqual([head.status, head.headers['content-length'], head.body.length], [200, '71', 0])
        assert.equal((await ask(port, '/none', { agent })).status, 404)
        const post = await ask(port, '/', { agent, method: 'POST' }, 'GET /none HTTP/1.1\r\n\r\n'.repeat(2000))
        assert.deepEqual([post.status, post.headers.allow], [405, 'GET, HEAD'])
        const last = await ask(port, '/health?really', { agent })
        assert.deepEqual([last.status, last.body.toString(), last.isReused], [200, 'ok\n', true])
        agent.destroy()
      }))

    test('requests in one piece, and one in single bytes', () =>
      served(async (port) => {
        const together = `${'GET /health HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(99)}\r\nHEAD http://x HTTP/1.1\r\n${CLOSE}`
        const answers = await exchange(port, together)
        assert.deepEqual(statusesOf(answers), Array(100).fill('200'))
        assert.equal(answers.split('\r\n\r\nok\n').length, 100)
        const socket = connect({ port, host: '127.0.0.1', noDelay: true })
        for (const byte of `GET /health HTTP/1.0\n\n`) await new Promise((done) => socket.write(byte, done))
        assert.match(Buffer.concat(await socket.toArray()).toString(), /Connection: close\r\n\r\nok\n$/)
      }))

    test('a client that asks much and reads late', () =>
      served(async (port) => {
        const count = 30_000
        const socket = connect(port, '127.0.0.1').pause()
        socket.write('GET /about HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(count))
        socket.write(`GET /health HTTP/1.1\r\n${CLOSE}`)
        // While it does not read, others are served.
        assert.equal((await ask(port, '/health')).status, 200)
        const answers = Buffer.concat(await socket.toArray()).toString()
        assert.equal(statusesOf(answers).length, count + 1)
        assert.match(answers, /Connection: close\r\n\r\nok\n$/)
      }))

    test('bad requests', (context) =>
      served(async (port) => {
        for (const { name, text, status } of BAD_REQUESTS)
          await context.test(name, async () => {
            const answers = await exchange(port, Buffer.from(text, 'latin1'))
            assert.deepEqual(statusesOf(answers), [status])
            assert.match(answers, /^Connection: close\r$/m)
          })
      }))

    test('fifty connections at once, and some that are torn down; nothing stays open', () =>
      served(async (port, server) => {
        const agent = new Agent({ keepAlive: true, maxSockets: 1 })
        await ask(port, '/', { agent })
        const before = server.openDescriptors
        const answers = await Promise.all(Array.from({ length: 50 }, () => ask(port, '/health')))
        assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]))
        for (let i = 0; i < 10; i++) {
          const socket = connect(port, '127.0.0.1')
          await once(socket, 'connect')
          socket.write('GET / HTTP/1.1\r\n')
          const closed = once(socket, 'close')
          socket.resetAndDestroy()
          await closed
        }
        // Answered behind the ends of the others, which came before it.
        const { isReused } = await ask(port, '/', { agent })
        assert.deepEqual([isReused, server.openDescriptors], [true, before])
        agent.destroy()
      }))

    test('who says nothing, or never all of it, is closed', () =>
      served(
        async (port) => {
          assert.equal(await exchange(port, ''), '')
          assert.equal(await exchange(port, 'GET / HTTP/1.1\r\nHost:'), '')
        },
        ...['-t', '0.2'],
      ))

    test('a port that is taken, wrong arguments', () =>
      served(async (port) => {
        for (const [args, exit] of [
          [[String(port)], 1],
          [['-t', '0'], 2],
          [['-x'], 2],
          [['0', '/nowhere/at/all'], 1],
        ] as const) {
          const other = new Talk(side.command('http_server'), args)
          assert.equal(await other.exit(), exit)
          assert.notEqual(other.errors, '')
        }
      }))

    test('files of a directory', async () => {
      const root = mkdtempSync(join(directory, 'www-'))
      const large = Buffer.alloc(3_000_000, 'Berth')
      mkdirSync(join(root, 'sub'))
      writeFileSync(join(root, 'sub/index.html'), '<p>below')
      writeFileSync(join(root, 'a b.css'), 'p {}')
      writeFileSync(join(root, 'empty.json'), '')
      writeFileSync(join(root, 'large'), large)
      writeFileSync(join(root, '.hidden'), 'hidden')
      spawnSync('mkfifo', [join(root, 'fifo')])
      await withServer(side.command('http_server', root), ['0', root], async (port, server) => {
        const agent = new Agent({ keepAlive: true, maxSockets: 1 })
        const get = (path: string, options: RequestOptions = {}) => ask(port, path, { agent, ...options })
        const css = await get('/a%20b.css')
        assert.deepEqual([css.status, css.headers['content-type'], css.body.toString()], [200, 'text/css', 'p {}'])
        // An answer without a file: that of the one before is closed by now.
        assert.equal((await get('/health')).status, 200)
        const before = server.openDescriptors
        assert.equal((await get('/empty.json')).headers['content-length'], '0')
        assert.ok((await get('/large')).body.equals(large))
        const head = await get('/large', { method: 'HEAD' })
        assert.deepEqual([head.headers['content-length'], head.body.length], [String(large.length), 0])
        const moved = await get('/sub?x')
        assert.deepEqual([moved.status, moved.headers.location], [301, '/sub/'])
        assert.equal((await get('/sub/')).body.toString(), '<p>below')
        for (const path of ['/.hidden', '/fifo', '/sub/none', '/large/', '/large/x', `/${'n'.repeat(300)}`])
          assert.equal((await get(path)).status, 404, path)
        assert.equal((await get('/health')).body.toString(), 'ok\n')
        // In the middle of a file the client goes away.
        const leaver = connect(port, '127.0.0.1')
        leaver.write('GET /large HTTP/1.1\r\nHost: x\r\n\r\n')
        await once(leaver, 'data')
        const closed = once(leaver, 'close')
        leaver.resetAndDestroy()
        await closed
        const { isReused } = await get('/health')
        assert.deepEqual([isReused, server.openDescriptors], [true, before])
        agent.destroy()
      })
    })
  })

const RECORDS = [
  'www.example.test=192.0.2.7',
  'WWW.example.test=192.0.2.8',
  'www.example.test=2001:db8::7',
  'www.example.test=txt:say "yes"',
  `long.example.test=txt:${'x'.repeat(600)}`,
]

/** A query: id 0x1234, recursion desired, one question. */
function query(name: string, type: number, { qclass = 1, flags = 0x0100 } = {}): Buffer {
  const labels = name.split('.').map((label) => String.fromCharCode(label.length) + label)
  const end = [0, type >> 8, type & 255, 0, qclass]
  return Buffer.from([
    0x12,
    0x34,
    flags >> 8,
    flags & 255,
    0,
    1,
    0,
    0,
    0,
    0,
    0,
    0,
    ...Buffer.from(labels.join('')),
    ...end,
  ])
}

const GOOD = query('www.example.test', 1)
const HEADER_ONLY = GOOD.subarray(0, 12)
const [NOERROR, FORMERR, NXDOMAIN, NOTIMP, REFUSED] = [0, 1, 3, 4, 5]

/** `rcode` undefined: no reply. */
const QUERIES: readonly { name: string; message: Buffer; rcode: number | undefined }[] = [
  { name: 'a known name', message: GOOD, rcode: NOERROR },
  { name: 'with something behind the question', message: Buffer.concat([GOOD, Buffer.alloc(500)]), rcode: NOERROR },
  { name: 'an unknown name', message: query('nix.test', 1), rcode: NXDOMAIN },
  { name: 'a name with a known one inside', message: query('x.www.example.test', 1), rcode: NXDOMAIN },
  {
    name: 'a name that ends like a known one, in the middle of a label',
    message: query('ample.test', 1),
    rcode: NXDOMAIN,
  },
  { name: 'a name that has only others below it', message: query('example.test', 1), rcode: NOERROR },
  { name: 'nothing', message: Buffer.alloc(0), rcode: undefined },
  { name: 'less than a header', message: GOOD.subarray(0, 11), rcode: undefined },
  { name: 'a reply', message: query('www.example.test', 1, { flags: 0x8100 }), rcode: undefined },
  { name: 'a header alone', message: HEADER_ONLY, rcode: FORMERR },
  { name: 'a question without its last byte', message: GOOD.subarray(0, -1), rcode: FORMERR },
  {
    name: 'a label that goes beyond the end',
    message: Buffer.concat([HEADER_ONLY, Buffer.of(63, 65)]),
    rcode: FORMERR,
  },
  {
    name: 'a reference to itself',
    message: Buffer.concat([HEADER_ONLY, Buffer.of(0xc0, 12, 0, 1, 0, 1)]),
    rcode: FORMERR,
  },
  { name: 'a name of 256 bytes', message: query(`${'a.'.repeat(127)}b`, 1), rcode: FORMERR },
  { name: 'no question', message: Buffer.from(GOOD).fill(0, 4, 6), rcode: FORMERR },
  { name: 'two questions', message: Buffer.from(GOOD).fill(2, 5, 6), rcode: FORMERR },
  { name: 'an answer in a query', message: Buffer.from(GOOD).fill(1, 7, 8), rcode: FORMERR },
  { name: 'another operation', message: query('www.example.test', 1, { flags: 0x2800 }), rcode: NOTIMP },
  { name: 'another class', message: query('www.example.test', 1, { qclass: 3 }), rcode: REFUSED },
]

/** A socket that is closed when `use` is done. */
async function withDatagrams(use: (socket: DatagramSocket) => Promise<void>): Promise<void> {
  const socket = createSocket('udp4')
  try {
    await new Promise<void>((done) => socket.bind(0, '127.0.0.1', done))
    await use(socket)
  } finally {
    socket.close()
  }
}

async function received(socket: DatagramSocket): Promise<Buffer> {
  const [message] = (await once(socket, 'message')) as [Buffer]
  return message
}

/** A record whose name is that of the question. */
const ANSWER = Buffer.of(0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, 192, 0, 2, 1)
const ANSWERED = ';; NOERROR, answers: 1\na.test. 9 IN A 192.0.2.1\n'
const MALFORMED = ';; NOERROR, answers: 1\n;; the rest of the reply is malformed\n'

/** The reply to a query, with one answer that may be none. */
function replyTo(question: Buffer, answer: Buffer): Buffer {
  const reply = Buffer.concat([question, answer])
  reply[2] = 0x80
  reply[7] = 1
  return reply
}

function changed(message: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(message)
  copy[at] = value
  return copy
}

/** In a reply to the client's question the answer begins at byte 12 + 8 + 4. */
const ANSWER_AT = 24

const REPLIES: readonly { name: string; make(question: Buffer): Buffer[]; output: string; exit: number }[] = [
  { name: 'as it should be', make: (question) => [replyTo(question, ANSWER)], output: ANSWERED, exit: 0 },
  {
    name: 'behind others that belong to no query',
    make: (question) => {
      const reply = replyTo(question, ANSWER)
      const otherId = changed(reply, 0, reply[0]! ^ 1)
      return [Buffer.alloc(0), otherId, question, changed(reply, 13, 98), changed(reply, 21, 28), reply]
    },
    output: ANSWERED,
    exit: 0,
  },
  {
    name: 'with a name that refers to itself',
    make: (question) => [replyTo(question, changed(ANSWER, 1, ANSWER_AT))],
    output: MALFORMED,
    exit: 3,
  },
  {
    name: 'with a name that refers forward',
    make: (question) => [replyTo(question, changed(ANSWER, 1, ANSWER_AT + 2))],
    output: MALFORMED,
    exit: 3,
  },
  {
    name: 'with a name that refers beyond the end',
    make: (question) => [replyTo(question, changed(ANSWER, 0, 0xff))],
    output: MALFORMED,
    exit: 3,
  },
  {
    name: 'with a label of a kind that does not exist',
    make: (question) => [replyTo(question, changed(ANSWER, 0, 0x80))],
    output: MALFORMED,
    exit: 3,
  },
  {
    name: 'with data that goes beyond the end',
    make: (question) => [replyTo(question, changed(ANSWER, 11, 5))],
    output: MALFORMED,
    exit: 3,
  },
  { name: 'without its answer', make: (question) => [replyTo(question, Buffer.alloc(0))], output: MALFORMED, exit: 3 },
  {
    name: 'with a text that goes beyond its record, and what terminals obey',
    make: (question) => [replyTo(question, Buffer.of(0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 9, 0, 6, 3, 27, 91, 74, 9, 65))],
    output: `;; NOERROR, answers: 1\na.test. 9 IN TXT "\\027[J"\n;; the rest of the reply is malformed\n`,
    exit: 3,
  },
  {
    name: 'with an error and without the question',
    make: (question) => [Buffer.of(question[0]!, question[1]!, 0x80, 2, 0, 0, 0, 0, 0, 0, 0, 0)],
    output: ';; SERVFAIL, answers: 0\n',
    exit: 1,
  },
]

for (const side of SIDES)
  describe(`dns_server and dns_client ${side.name}`, { skip: side.skip }, () => {
    const served = (use: (port: number, server: Talk) => Promise<void>) =>
      withServer(side.command('dns_server'), RECORDS, use)
    const client = (port: number, ...args: string[]) =>
      new Talk(side.command('dns_client'), ['-p', String(port), '-t', '5', ...args])

    test('the resolver of Node.js', () =>
      served(async (port) => {
        const resolver = new Resolver({ timeout: 5000, tries: 1 })
        resolver.setServers([`127.0.0.1:${port}`])
        assert.deepEqual(await resolver.resolve4('www.example.test'), ['192.0.2.7', '192.0.2.8'])
        assert.deepEqual(await resolver.resolve6('WwW.eXample.test'), ['2001:db8::7'])
        assert.deepEqual(await resolver.resolveTxt('www.example.test'), [['say "yes"']])
        await assert.rejects(resolver.resolveMx('www.example.test'), { code: 'ENODATA' })
        await assert.rejects(resolver.resolve4('nix.test'), { code: 'ENOTFOUND' })
      }))

    test('the client', () =>
      served(async (port) => {
        const all = client(port, 'www.example.TEST', 'any')
        assert.equal(await all.end(), 0)
        assert.deepEqual(lines(all.output), [
          ';; NOERROR, answers: 4, authoritative',
          'www.example.TEST. 60 IN A 192.0.2.7',
          'www.example.TEST. 60 IN A 192.0.2.8',
          'www.example.TEST. 60 IN AAAA 2001:db8::7',
          'www.example.TEST. 60 IN TXT "say \\"yes\\""',
        ])
        const long = client(port, 'long.example.test.', '16', '127.0.0.1')
        assert.deepEqual([await long.end(), long.output], [0, ';; NOERROR, answers: 0, authoritative, truncated\n'])
        const none = client(port, 'nix.test')
        assert.deepEqual([await none.end(), none.output], [1, ';; NXDOMAIN, answers: 0, authoritative\n'])
        for (const args of [[], ['a..b'], ['a', 'NONE'], ['a', 'A', 'not.numeric']])
          assert.equal(await client(port, ...args).exit(), 2, args.join())
      }))

    test('malformed queries', (context) =>
      served((port) =>
        withDatagrams(async (socket) => {
          for (const { name, message, rcode } of QUERIES)
            await context.test(name, async () => {
              socket.send(message, port, '127.0.0.1')
              // The reply to this one tells that there was none to the other.
              const marker = Buffer.from(GOOD).fill(0x77, 0, 2)
              if (rcode === undefined) socket.send(marker, port, '127.0.0.1')
              const reply = await received(socket)
              assert.equal(reply.readUInt16BE(0), rcode === undefined ? 0x7777 : 0x1234)
              if (rcode !== undefined) assert.equal(reply.readUInt16BE(2) & 0x800f, 0x8000 | rcode)
            })
        }),
      ))

    test('random queries', () =>
      served((port) =>
        withDatagrams(async (socket) => {
          const random = new Random(20)
          for (let i = 0; i < 300; i++) {
            const message = Buffer.from(GOOD)
            for (let n = random.below(6); n >= 0; n--)
              message[2 + random.below(message.length - 2)] = random.u32() & 255
            socket.send(message.subarray(0, random.below(message.length)), port, '127.0.0.1')
            const marker = Buffer.from(GOOD).fill(0x77, 0, 2)
            socket.send(marker, port, '127.0.0.1')
            while ((await received(socket)).readUInt16BE(0) !== 0x7777);
          }
        }),
      ))

    for (const { name, make, output, exit } of REPLIES)
      test(`a reply ${name}`, () =>
        withDatagrams(async (socket) => {
          const asking = client(socket.address().port, '-n', '1', 'a.test')
          const asked = once(socket, 'message') as Promise<[Buffer, AddressInfo]>
          const [question, from] = await asked
          for (const reply of make(question)) socket.send(reply, from.port, from.address)
          assert.deepEqual([await asking.end(), asking.output], [exit, output])
        }))

    test('a reply from elsewhere is none, and the query is sent again', () =>
      withDatagrams((server) =>
        withDatagrams(async (stranger) => {
          const asking = new Talk(side.command('dns_client'), [
            '-p',
            String(server.address().port),
            '-t',
            '0.2',
            'a.test',
          ])
          const [first, from] = (await once(server, 'message')) as [Buffer, AddressInfo]
          stranger.send(replyTo(first, ANSWER), from.port, from.address)
          const [second, again] = (await once(server, 'message')) as [Buffer, AddressInfo]
          assert.notEqual(again.port, from.port)
          server.send(replyTo(second, ANSWER), again.port, again.address)
          assert.deepEqual([await asking.end(), asking.output], [0, ANSWERED])
        }),
      ))

    test('nobody there', async () => {
      let port = 0
      await withDatagrams(async (socket) => {
        port = socket.address().port
      })
      const asking = client(port, '-n', '2', 'a.test')
      assert.equal(await asking.exit(), 3)
      assert.deepEqual([asking.output, lines(asking.errors).at(-1)], ['', 'no reply'])
    })
  })

for (const side of SIDES)
  describe(`chat ${side.name}`, { skip: side.skip }, () => {
    const enter = (address: string, ...nick: string[]) => new Talk(side.command('chat_client'), [address, ...nick])

    /** Joins and waits until the server has heard the name. */
    async function member(address: string, nick: string): Promise<Talk> {
      const talk = enter(address, nick)
      await talk.until(new RegExp(`^guest\\d+ is now ${nick}\n`, 'm'))
      return talk
    }

    test('three clients, by TCP and by a Unix-domain name', async () => {
      const name = `unix:@berth-chat-${process.pid}`
      const server = new Talk(side.command('chat_server'), ['-o', 'tcp:127.0.0.1:0', name])
      const port = await server.port()
      await server.until(/^listening on unix:/m)
      const ann = await member(`tcp:127.0.0.1:${port}`, 'ann')
      const before = server.openDescriptors
      const bob = await member(name, 'bob')
      const cid = await member(`tcp:127.0.0.1:${port}`, 'cid')
      await ann.until(/^guest3 is now cid\n/m)
      ann.say('hello\n')
      for (const each of [ann, bob, cid]) await each.until(/^ann: hello\n/m)
      bob.say('hi \x1b[31mall\n/nick ANN\n/nick b b\n/none\n/nick rob\n')
      for (const each of [ann, bob, cid]) await each.until(/^bob: hi {2}\[31mall\n(.*\n)*bob is now rob\n/m)
      assert.match(bob.output, /^\* there is a ANN already\n\* a nickname has .*\n\* \/nick NAME, .*\n/m)
      cid.say('/who\n')
      await cid.until(/^\* here: ann\n\* here: rob\n\* here: cid\n/m)
      cid.say(`${'long'.repeat(300)}\nlast`)
      assert.equal(await cid.end(), 0)
      await ann.until(/^cid: (long){250}\ncid: (long){50}\ncid: last\n\* cid has left\n/m)
      bob.say('/quit\n')
      assert.equal(await bob.end(), 0)
      await ann.until(/^\* rob has left\n/m)
      assert.equal(server.openDescriptors, before)
      assert.equal(await ann.end(), 0)
      assert.equal(await server.end(), 0)
      assert.match(server.output, /\* ann has left\n$/)
    })

    test('who tears the connection down, and who does not listen', async () => {
      const name = `unix:@berth-chat-deaf-${process.pid}`
      await withServer(side.command('chat_server'), ['tcp:127.0.0.1:0', name], async (port) => {
        const ann = await member(`tcp:127.0.0.1:${port}`, 'ann')
        const torn = connect(port, '127.0.0.1')
        await once(torn, 'data')
        const closed = once(torn, 'close')
        torn.resetAndDestroy()
        await closed
        await ann.until(/^\* guest2 has left\n/m)
        const deaf = enter(name, 'deaf')
        await ann.until(/^guest3 is now deaf\n/m)
        deaf.child.stdout!.pause()
        for (let i = 0; !ann.output.includes('* deaf has left'); i++) {
          assert.ok(i < 100, 'a member who does not listen is still there')
          ann.say(`${`${'x'.repeat(900)}\n`.repeat(20)}round ${i}\n`)
          await ann.until(new RegExp(`^ann: round ${i}\n`, 'm'))
        }
        deaf.child.stdout!.resume()
        assert.equal(await deaf.end(), 0)
        ann.say('still here\n')
        await ann.until(/^ann: still here\n/m)
        assert.equal(await ann.end(), 0)
      })
    })

    test('a path that a killed server left behind', async () => {
      const folder = mkdtempSync(join(directory, 'chat-'))
      const path = join(folder, 'socket')
      const start = async () => {
        const server = new Talk(side.command('chat_server', folder), ['-o', `unix:${path}`])
        await server.until(/^listening on unix:.*\n/m)
        return server
      }
      await (await start()).stop()
      assert.ok(existsSync(path))
      const server = await start()
      const second = new Talk(side.command('chat_server', folder), [`unix:${path}`])
      assert.equal(await second.exit(), 1)
      await server.until(/^\* guest1 has left\n/m).catch(() => {})
      assert.equal(await server.end(), 0)
      assert.ok(!existsSync(path))
    })

    test('nobody there, wrong arguments', async () => {
      const nobody = enter(`unix:@berth-nobody-${process.pid}`)
      assert.equal(await nobody.exit(), 1)
      assert.match(nobody.errors, /Connection refused\n$/)
      for (const [args, exit] of [
        [[], 2],
        [['-h'], 2],
        [['tcp:127.0.0.1'], 1],
        [['127.0.0.1:1'], 1],
        [[`unix:/${'long'.repeat(30)}`], 1],
      ] as const)
        assert.equal(await new Talk(side.command('chat_client'), args).exit(), exit, args.join())
    })
  })
