/**
 * Programs whose calls suspend their stack, one scenario by its name. For versions of Node.js that run TypeScript and can suspend stacks;
 * ends by itself, with 0, if everything was as it should be.
 */
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, read, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { promisify } from 'node:util'
import { GuestListener } from '../../../src/embed/guest-listener.ts'
import { WASI, type WASIOptions } from '../../../src/embed/wasi.ts'

const INSTANCES = 1000

const [name = '', programPath = '', reactorPath = ''] = process.argv.slice(2)
const program = new WebAssembly.Module(readFileSync(programPath))
const directory = mkdtempSync(join(tmpdir(), 'berth-suspending-'))

function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length
}

/** Makes an instance and begins to run it. */
function start(args: string[], options: Partial<WASIOptions> = {}, signal?: AbortSignal): Promise<number> {
  const wasi = new WASI({ version: 'preview1', args: ['program', ...args], ...options })
  const instance = new WebAssembly.Instance(program, wasi.getImportObject({ suspend: true }))
  return wasi.startAsync(instance, { signal })
}

/** Lets the event loop turn until something is so. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turn()
}

/** Everything that comes on a connection until its end. */
async function readAll(socket: AsyncIterable<Buffer>): Promise<string> {
  const pieces: Buffer[] = []
  for await (const piece of socket) pieces.push(piece)
  return Buffer.concat(pieces).toString()
}

/** A file that instances write to, and what is in it. */
function outputFile() {
  const path = join(directory, 'output')
  const fd = openSync(path, 'a')
  return { fd, text: () => readFileSync(path, 'utf8') }
}

/** A pipe, open for both directions so that nobody waits for the other end. */
function pipe(): number {
  const path = join(directory, `pipe${openDescriptors()}`)
  execFileSync('mkfifo', [path])
  return openSync(path, 'r+')
}

const scenarios: Record<string, () => Promise<void>> = {
  async 'a thousand echo servers'() {
    const { fd, text } = outputFile()
    const addressOf = (i: number) => `127.1.${i >> 8}.${i & 255}`
    const refused: string[] = []
    const ended: Promise<number>[] = []
    for (let i = 0; i < INSTANCES; i++) {
      const grants = { addrPool: [`${addressOf(i)}/32`], stdout: fd }
      const onDeny = ({ target }: { target: string }) => void refused.push(target)
      ended.push(start(['serve', String(i), addressOf(i), addressOf(i + 1)], { ...grants, onDeny }))
    }
    await until(() => text().split('\n').length > INSTANCES)
    const lines = text().trim().split('\n')
    assert.equal(refused.length, INSTANCES)
    const answers = lines.map(async (line) => {
      const [number, port, other] = line.split(' ')
      assert.equal(other, 'refused')
      const socket = connect(Number(port), addressOf(Number(number)))
      socket.end(`I am ${number}`)
      assert.equal(await readAll(socket), `I am ${number}`)
    })
    await Promise.all(answers)
    assert.equal(answers.length, INSTANCES)
    assert.deepEqual(await Promise.all(ended), new Array(INSTANCES).fill(0))
    closeSync(fd)
  },

  async 'timers keep their beat'() {
    const listener = new GuestListener()
    const ended = start(['echo'], { sockets: [listener] })
    const socket = listener.connect()
    let beats = 0
    const beat = setInterval(() => {
      // The program waits for what comes with the last beat.
      if (++beats === 20) socket.end('now')
    }, 1)
    assert.equal(await readAll(socket), 'now')
    assert.equal(await ended, 0)
    assert.ok(beats >= 20)
    clearInterval(beat)
    listener.close()
  },

  async 'sleeping lets others run'() {
    let beats = 0
    const beat = setInterval(() => beats++, 1)
    assert.deepEqual(await Promise.all([start(['sleep', '20']), start(['sleep', '20'])]), [0, 0])
    clearInterval(beat)
    assert.ok(beats > 0)
  },

  async 'a program that never has to wait does not stop the event loop'() {
    let turns = 0
    let isOver = false
    const ended = start(['exchange', '20000']).finally(() => {
      isOver = true
    })
    while (!isOver) {
      await turn()
      turns++
    }
    assert.equal(await ended, 0)
    // 40,000 calls, of which some sixty may come between two turns.
    assert.ok(turns > 100, `${turns} turns`)
  },

  async 'a pipe that nobody reads does not stop the event loop'() {
    const fd = pipe()
    const wanted = 300_000
    let got = 0
    const ended = start(['write', String(wanted)], { stdout: fd })
    for (let i = 0; i < 10; i++) await turn()
    const block = Buffer.alloc(65_536)
    while (got < wanted) got += (await promisify(read)(fd, block, 0, block.length, null)).bytesRead
    assert.equal(got, wanted)
    assert.equal(await ended, 0)
    closeSync(fd)
  },

  async 'several wait for one descriptor'() {
    const input = pipe()
    const { fd, text } = outputFile()
    const ended = [1, 2, 3].map(() => start(['read'], { stdin: input, stdout: fd }))
    for (let i = 1; i <= 3; i++) {
      await turn()
      writeSync(input, `line ${i}\n`)
      await until(() => text().split('\n').length > i)
    }
    assert.deepEqual(await Promise.all(ended), [0, 0, 0])
    assert.equal(text(), 'read line 1\nread line 2\nread line 3\n')
    closeSync(input)
    closeSync(fd)
  },

  async 'names are looked up beside the event loop'() {
    const { fd, text } = outputFile()
    const grants = { allowResolve: ['*'], stdout: fd }
    let beats = 0
    const beat = setInterval(() => beats++, 1)
    const resolve = async (asked: string) => {
      const before = beats
      await until(() => beats > before)
      return asked === 'one.test' ? ['192.0.2.1'] : []
    }
    assert.equal(await start(['resolve', 'localhost'], grants), 0)
    assert.equal(await start(['resolve', 'one.test'], { ...grants, resolve }), 0)
    assert.equal(await start(['resolve', '192.0.2.7'], grants), 0)
    clearInterval(beat)
    assert.equal(text(), '127.0.0.1\n192.0.2.1\n192.0.2.7\n')
    // More than can be looked up at one time.
    const many = Array.from({ length: 300 }, () => start(['resolve', 'localhost'], grants))
    assert.deepEqual(await Promise.all(many), new Array(300).fill(0))
    // The answer to a program that has been ended is nobody's.
    const never = () => new Promise<never>(() => {})
    const controller = new AbortController()
    const ended = start(['resolve', 'one.test'], { ...grants, resolve: never }, controller.signal)
    setImmediate(() => controller.abort())
    await assert.rejects(ended, { name: 'AbortError' })
    closeSync(fd)
  },

  async 'a close that lingers does not stop the event loop'() {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const ended = start(['linger'], { sockets: [server] })
    // Reads some of it, and no more until it is asked to.
    const socket = connect(port, '127.0.0.1')
    assert.equal(await ended, 0)
    assert.equal(server.listening, false)
    socket.destroy()
  },

  async 'a signal ends a program that waits'() {
    const listener = new GuestListener()
    const controller = new AbortController()
    const ended = start(['echo'], { sockets: [listener] }, controller.signal)
    const reason = new Error('enough')
    const before = openDescriptors()
    setImmediate(() => controller.abort(reason))
    await assert.rejects(ended, { name: 'AbortError', code: 'ABORT_ERR', cause: reason })
    // Its three standard streams and the socket that it was given.
    assert.equal(before - openDescriptors() >= 4, true)
    await assert.rejects(start(['echo'], {}, controller.signal), { name: 'AbortError', cause: reason })
    await assert.rejects(start(['sleep', '1000000'], {}, AbortSignal.timeout(5)), { name: 'AbortError' })
    listener.close()
  },

  async 'exports of a reactor'() {
    const listener = new GuestListener()
    const wasi = new WASI({ version: 'preview1', sockets: [listener] })
    const module = new WebAssembly.Module(readFileSync(reactorPath))
    const instance = new WebAssembly.Instance(module, wasi.getImportObject({ suspend: true }))
    await wasi.initializeAsync(instance)
    const { count, next_byte } = instance.exports as { count: () => number; next_byte: () => number }
    const nextByte = wasi.promising(next_byte)
    const waiting = nextByte()
    assert.equal(count(), 1)
    await assert.rejects(nextByte(), { name: 'BusyError', code: 'ERR_BERTH_BUSY' })
    // The engine's own error, or ours where the engine asks later.
    assert.throws(next_byte, /suspend/)
    assert.equal(count(), 2)
    const socket = listener.connect()
    socket.end('A')
    assert.equal(await waiting, 65)
    const again = nextByte()
    listener.connect().end('B')
    assert.equal(await again, 66)
    wasi.close()
    listener.close()
  },

  async 'what is linked to block cannot suspend'() {
    const wasi = new WASI({ version: 'preview1', args: ['program', 'sleep', '1'] })
    const instance = new WebAssembly.Instance(program, wasi.getImportObject())
    await assert.rejects(wasi.startAsync(instance), { code: 'ERR_BERTH_LINKED' })
    assert.equal(wasi.start(instance), 0)
    const other = new WASI({ version: 'preview1', args: ['program', 'sleep', '1'] })
    const suspending = new WebAssembly.Instance(program, other.getImportObject({ suspend: true }))
    assert.throws(() => other.start(suspending), { code: 'ERR_BERTH_LINKED' })
    assert.equal(await other.startAsync(suspending), 0)
  },
}

// With its first server Node.js opens a descriptor that it keeps.
const spare = createServer().listen(0, '127.0.0.1')
await once(spare, 'listening')
spare.close()
await once(spare, 'close')
const before = openDescriptors()
await scenarios[name]!()
// What was closed in this turn is closed in the next.
for (let turns = 0; openDescriptors() > before && turns < 1000; turns++) await turn()
assert.equal(openDescriptors(), before, 'descriptors are left open')
rmSync(directory, { recursive: true })
