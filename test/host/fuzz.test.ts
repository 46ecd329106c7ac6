/**
 * Whatever a module passes, the host neither crashes nor touches memory outside the guest's, and a call writes nowhere but
 * to the places it was given for results. Arguments are random with a liking for boundaries; the seed is printed and
 * FUZZ_SEED repeats a run, FUZZ_CALLS makes it longer.
 */
import assert from 'node:assert/strict'
import { existsSync, linkSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { BERTH_SIGNATURES } from '../../src/abi/berth-socket.ts'
import { Rights } from '../../src/abi/preview1.ts'
import { SIGNATURES } from '../../src/abi/signatures.ts'
import { Addr, AddrInfo } from '../../src/abi/sock.ts'
import { FileDescriptor, PreopenedDirectory } from '../../src/fd/descriptor.ts'
import { bestOpener, openByWalk } from '../../src/fs/beneath.ts'
import { openDirectory } from '../../src/host/preopens.ts'
import { endOf, Trap } from '../../src/host/trap.ts'
import { MONOTONIC, now } from '../../src/os/clock.ts'
import { epollWait } from '../../src/os/libc-further.ts'
import type { Waiter } from '../../src/wait/waiter.ts'
import { assertUnchanged as assertTreeUnchanged, makeSentinel, snapshot } from '../fs/sentinel.ts'
import { BERTH_FUNCTION_NAMES, createFixture, Exit, FUNCTION_NAMES, LOOPBACK, openHostDescriptors } from './fixture.ts'
import { FILE_RIGHTS } from './sandbox.ts'

const CALLS = Number(process.env.FUZZ_CALLS ?? 250_000)
const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000)
const PAGES = 2
const SIZE = PAGES * 65536

/** Looks, and never waits: random timeouts are as long as they like. */
const impatient: Waiter = {
  poll: () => 0,
  epollWait: (epollFd, events, room) => epollWait(epollFd, events, room, 0),
  callStartNs: () => now(MONOTONIC),
  spins: false,
  spinUntilReadable: () => {},
}

/** A seeded generator (mulberry32): the run can be repeated. */
function generator(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 0x1_0000_0000
  }
}

const BOUNDARIES = [
  0,
  1,
  2,
  3,
  4,
  7,
  8,
  16,
  0xff,
  0x100,
  0xffff,
  0x7fff_ffff,
  0x8000_0000,
  0xffff_fffe,
  0xffff_ffff,
  SIZE - 1,
  SIZE,
  SIZE + 1,
  SIZE - 2,
  SIZE - 4,
  SIZE - 8,
  SIZE - 20,
  SIZE - 24,
  SIZE - 28,
  SIZE - 32,
  SIZE - 48,
  1024,
  1025,
]

/**
 * For each function the places that a successful call may write to, as [address, length] from the arguments. A function
 * that is not named writes nothing.
 */
const RESULTS: Record<string, (p: number[], memory: DataView) => [number, number][]> = {
  args_get: (p) => [
    [p[0]!, 4 * 2],
    [p[1]!, 8],
  ],
  args_sizes_get: (p) => [
    [p[0]!, 4],
    [p[1]!, 4],
  ],
  environ_get: (p) => [
    [p[0]!, 4],
    [p[1]!, 4],
  ],
  environ_sizes_get: (p) => [
    [p[0]!, 4],
    [p[1]!, 4],
  ],
  clock_res_get: (p) => [[p[1]!, 8]],
  clock_time_get: (p) => [[p[2]!, 8]],
  fd_fdstat_get: (p) => [[p[1]!, 24]],
  fd_filestat_get: (p) => [[p[1]!, 64]],
  fd_pread: (p, m) => [[p[4]!, 4], ...iovecs(p[1]!, p[2]!, m)],
  fd_prestat_dir_name: (p) => [[p[1]!, p[2]!]],
  fd_prestat_get: (p) => [[p[1]!, 8]],
  fd_pwrite: (p) => [[p[4]!, 4]],
  fd_read: (p, m) => [[p[3]!, 4], ...iovecs(p[1]!, p[2]!, m)],
  fd_readdir: (p) => [
    [p[1]!, p[2]!],
    [p[4]!, 4],
  ],
  fd_seek: (p) => [[p[3]!, 8]],
  fd_tell: (p) => [[p[1]!, 8]],
  fd_write: (p) => [[p[3]!, 4]],
  path_filestat_get: (p) => [[p[4]!, 64]],
  path_open: (p) => [[p[8]!, 4]],
  path_readlink: (p) => [
    [p[3]!, p[4]!],
    [p[5]!, 4],
  ],
  poll_oneoff: (p) => [
    [p[1]!, 32 * p[2]!],
    [p[3]!, 4],
  ],
  random_get: (p) => [[p[0]!, p[1]!]],
  sock_open: (p) => [[p[3]!, 4]],
  sock_accept: (p) => [[p[2]!, 4]],
  sock_addr_local: (p) => [[p[1]!, Addr.size]],
  sock_addr_remote: (p) => [[p[1]!, Addr.size]],
  sock_addr_resolve: (p) => [
    [p[3]!, p[4]! * AddrInfo.size],
    [p[5]!, 4],
  ],
  sock_recv: (p, m) => [[p[4]!, 4], [p[5]!, 2], ...iovecs(p[1]!, p[2]!, m)],
  sock_recv_from: (p, m) => [[p[4]!, Addr.size], [p[5]!, 4], ...iovecs(p[1]!, p[2]!, m)],
  sock_send: (p) => [[p[4]!, 4]],
  sock_send_to: (p) => [[p[5]!, 4]],
  sock_get_linger: (p) => [
    [p[1]!, 1],
    [p[2]!, 4],
  ],
  sock_get_ip_multicast_loop: (p) => [[p[2]!, 1]],
  ...Object.fromEntries(
    ['recv_timeout', 'send_timeout'].map((name) => [`sock_get_${name}`, (p: number[]) => [[p[1]!, 8]]]),
  ),
  ...Object.fromEntries(
    ['recv_buf_size', 'send_buf_size', 'tcp_keep_idle', 'tcp_keep_intvl'].map((name) => [
      `sock_get_${name}`,
      (p: number[]) => [[p[1]!, 4]],
    ]),
  ),
  ...Object.fromEntries(
    // biome-ignore format: a list of words
    ['keep_alive', 'reuse_addr', 'reuse_port', 'broadcast', 'tcp_no_delay', 'tcp_quick_ack', 'tcp_fastopen_connect',
     'ip_ttl', 'ip_multicast_ttl', 'ipv6_only']
      .map((name) => [`sock_get_${name}`, (p: number[]) => [[p[1]!, 1]]]),
  ),
}

/** The same for the additional module. */
const BERTH_RESULTS: typeof RESULTS = {
  socket: (p) => [[p[3]!, 4]],
  socket_pair: (p) => [[p[3]!, 8]],
  accept: (p, m) => [[p[4]!, 4], ...(p[2] === 0 ? [] : address(p[2]!, p[3]!, m))],
  get_name: (p, m) => address(p[2]!, p[3]!, m),
  send_message: (p) => [[p[3]!, 4]],
  receive_message: (p, m) => [[p[3]!, 4], ...message(p[1]!, m)],
  send_messages: (p) => [
    [p[4]!, 4],
    [p[1]!, 32 * Math.min(p[2]!, 1024)],
  ],
  receive_messages: (p, m) => [
    [p[5]!, 4],
    ...Array.from({ length: Math.min(p[2]!, 1024) }, (_, i) => p[1]! + 32 * i)
      .filter((ptr) => ptr + 32 <= SIZE)
      .flatMap((ptr): [number, number][] => [[ptr, 32], ...message(ptr, m)])
      // A message behind those that were received may be wrong, and the call a success.
      .filter(([ptr, length]) => ptr + length <= SIZE),
  ],
  get_option: (p, m) => [
    [p[4]!, 4],
    [p[3]!, p[4]! + 4 <= SIZE ? Math.min(m.getUint32(p[4]!, true), SIZE - p[3]!) : 0],
  ],
  poll: (p) => [
    [p[3]!, 4],
    [p[0]!, 8 * p[1]!],
  ],
  epoll_create: (p) => [[p[1]!, 4]],
  epoll_wait: (p) => [
    [p[4]!, 4],
    [p[1]!, 16 * Math.min(p[2]!, 4096)],
  ],
  duplicate: (p) => [[p[3]!, 4]],
  io_control: (p) => [[p[2]!, p[1]! === 0x541b || p[1]! === 0x8905 ? 4 : 32]],
  address_info: (p) => [
    [p[3]!, p[4]!],
    [p[5]!, 4],
    [p[6]!, 4],
  ],
  name_info: (p) => [
    [p[2]!, Math.min(p[3]!, 1025)],
    [p[4]!, Math.min(p[5]!, 1025)],
  ],
  interfaces: (p) => [
    [p[0]!, p[1]!],
    [p[2]!, 4],
  ],
}

/** These store how much room they need, or an errno, also where they fail. */
const TELLS_WHAT_IT_NEEDS = ['address_info', 'interfaces']

const EVERY_FUNCTION = [
  ...FUNCTION_NAMES.map((name) => ['wasi', name] as const),
  ...BERTH_FUNCTION_NAMES.map((name) => ['berth', name] as const),
]

function address(ptr: number, lengthPtr: number, memory: DataView): [number, number][] {
  if (lengthPtr + 4 > SIZE) return []
  return [
    [lengthPtr, 4],
    [ptr, Math.min(memory.getUint32(lengthPtr, true), 128)],
  ]
}

/** What receiving into the `msghdr` at `ptr` may write. */
function message(ptr: number, memory: DataView): [number, number][] {
  if (ptr + 28 > SIZE) return []
  const field = (offset: number) => memory.getUint32(ptr + offset, true)
  const name: [number, number] = field(0) === 0 ? [0, 0] : [field(0), Math.min(field(4), 128)]
  const control: [number, number] = field(16) === 0 ? [0, 0] : [field(16), field(20)]
  return [[ptr, 28], name, control, ...iovecs(field(8), field(12), memory)]
}

function iovecs(ptr: number, count: number, memory: DataView): [number, number][] {
  if (count > 1024 || ptr + 8 * count > SIZE) return []
  return Array.from({ length: count }, (_, i) => [
    memory.getUint32(ptr + 8 * i, true),
    memory.getUint32(ptr + 8 * i + 4, true),
  ])
}

/** Where a function takes its paths: the parameters of their addresses, the lengths behind. */
const PATHS: Record<string, readonly number[]> = {
  path_create_directory: [1],
  path_filestat_get: [2],
  path_filestat_set_times: [2],
  path_link: [2, 5],
  path_open: [2],
  path_readlink: [1],
  path_remove_directory: [1],
  path_rename: [1, 4],
  path_symlink: [0, 3],
  path_unlink_file: [1],
}

/** Their directories, and which of them have a parameter that says whether links are followed. */
const DIRECTORIES_OF: typeof PATHS = {
  ...Object.fromEntries(Object.keys(PATHS).map((name) => [name, [0]])),
  path_link: [0, 4],
  path_rename: [0, 3],
  path_symlink: [2],
}
const LOOK_UP = ['path_filestat_get', 'path_filestat_set_times', 'path_link', 'path_open']

/** Functions of files, each of which succeeds now and then. */
const FILE_FUNCTIONS = [
  ...Object.keys(PATHS),
  ...['advise', 'allocate', 'datasync', 'filestat_set_size', 'filestat_set_times', 'pread', 'prestat_dir_name'],
  ...['prestat_get', 'pwrite', 'readdir', 'sync', 'seek', 'tell', 'read', 'write'],
].map((name) => (name.startsWith('path_') ? name : `fd_${name}`))

/** Where the paths lie in memory. */
const PATH_SLOT = 20480

const NAMES = [
  'f',
  'g',
  'd',
  'e',
  'd/f',
  'd/d',
  'e/d',
  'n',
  'm',
  'o',
  'to-f',
  'to-d',
  'out',
  'to-secret',
  '.',
  '..',
  '',
]

/** A directory to change, one for reading only, and what lies next to them. */
const root = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'berth-fuzz-'))
const [inside, outside] = [join(root, 'inside'), join(root, 'outside')]
mkdirSync(inside)
makeSentinel(outside)
const outsideBefore = snapshot(outside)

function renewTree(): void {
  for (const name of readdirSync(inside, 'buffer'))
    rmSync(Buffer.concat([Buffer.from(`${inside}/`), name]), { recursive: true })
  mkdirSync(join(inside, 'd/d'), { recursive: true })
  mkdirSync(join(inside, 'e'))
  writeFileSync(join(inside, 'f'), 'content')
  writeFileSync(join(inside, 'd/f'), 'content')
  linkSync(join(inside, 'f'), join(inside, 'g'))
  for (const [name, text] of [
    ['to-f', 'f'],
    ['to-d', 'd'],
    ['out', '../outside'],
    ['to-secret', 'd/../../outside/secret'],
    ['d/e', '../e'],
    ['e/d', '..'],
  ] as const) {
    symlinkSync(text, join(inside, name))
  }
}

const before = openHostDescriptors()
const openAsWell = bestOpener()
let opened = 0
const fixture = createFixture({
  openBeneath: (...how) => (opened++ % 2 === 0 ? openAsWell : openByWalk)(...how),
  pool: LOOPBACK,
  args: ['a', 'bcdef'],
  env: ['A=1'],
  waiter: impatient,
  pages: PAGES,
})

after(() => {
  fixture.dispose()
  rmSync(root, { recursive: true })
  assert.equal(openHostDescriptors(), before, 'descriptors are left open')
})

test(`${CALLS} calls with random arguments (FUZZ_SEED=${SEED})`, () => {
  const { wasi, table } = fixture
  const random = generator(SEED)
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)]!
  const reference = new Uint8Array(SIZE)
  const answers = new Map<string, Set<number>>()

  // Never the standard streams: the test's own output goes there.
  for (const fd of [0, 1, 2]) table.remove(fd)

  function randomFd(): number {
    return random() < 0.85 ? Math.floor(random() * 12) : pick([-1, -0x8000_0000, 0x7fff_ffff, 99, 1 << 20])
  }
  function randomPointer(): number {
    return random() < 0.6 ? Math.floor(random() * (SIZE - 4096)) : pick(BOUNDARIES)
  }
  function randomI32(): number {
    return (random() < 0.5 ? Math.floor(random() * 8) : pick(BOUNDARIES)) | 0
  }
  function randomI64(): bigint {
    return BigInt.asIntN(64, BigInt(pick(BOUNDARIES)) * BigInt(pick([1, 1, 1000, 0xffff_ffff, 0x8000_0000])))
  }

  const numbersOf = (kind: typeof FileDescriptor | typeof PreopenedDirectory) =>
    Array.from({ length: 12 }, (_, fd) => fd).filter((fd) => table.get(fd) instanceof kind)

  /** Both directories and an open file, where the program has closed them. */
  function giveFiles(): void {
    if (numbersOf(FileDescriptor).length > 2 && numbersOf(PreopenedDirectory).length > 1) return
    for (const isReadOnly of [false, true]) {
      const directory = openDirectory({ guest: 'd', host: inside, isReadOnly })
      assert.ok(typeof directory !== 'number', 'the directory is there')
      const fd = table.add(directory)
      fixture.bytes()[PATH_SLOT] = 0x66
      if (!isReadOnly) wasi.path_open(fd, 1, PATH_SLOT, 1, 1, FILE_RIGHTS, 0n, 0, PATH_SLOT)
    }
  }

  function randomPath(): string {
    const names = Array.from({ length: random() < 0.6 ? 1 : 2 + Math.floor(random() * 2) }, () => pick(NAMES))
    return names.join('/')
  }
  /** The lengths of the paths in memory. */
  const pathLengths: number[] = []
  const PATH_SLOTS = 64
  const pathSlot = (i: number) => PATH_SLOT + 64 * i

  /** Mostly addresses and iovecs that make sense, so that calls get past the first check. */
  function prepareMemory(): void {
    const bytes = fixture.bytes()
    const view = fixture.view()
    for (let at = 0; at < 4096; at += 4) {
      const choice = random()
      const value =
        choice < 0.3 ? Math.floor(random() * 3) : choice < 0.6 ? Math.floor(random() * SIZE) : pick(BOUNDARIES)
      view.setUint32(at, value, true)
    }
    for (let at = 4096; at < 8192; at += 24)
      fixture.putAddress(at, pick(['127.0.0.1', '::1', '0.0.0.0', '192.0.2.1', '::']), 0)
    for (let at = 8192; at < 12288; at += 8)
      fixture.putIovecs(at, [12288 + Math.floor(random() * 1024), Math.floor(random() * 512)])
    for (const text of ['127.0.0.1', '::1', 'localhost', '80', 'http', '']) {
      bytes.set(new TextEncoder().encode(`${text}\0`), 16384 + 32 * Math.floor(random() * 8))
    }
    for (let i = 0; i < PATH_SLOTS; i++) {
      const path = Buffer.from(randomPath())
      bytes.set(path, pathSlot(i))
      pathLengths[i] = path.length
    }
  }

  /** The arguments that lead somewhere, for a third of the calls. */
  function plausible(parameters: string, i: number): number {
    if (i === 0) return randomFd()
    return parameters[i] === 'i'
      ? pick([
          Math.floor(random() * 4),
          4096 + 24 * Math.floor(random() * 170),
          8192 + 8 * Math.floor(random() * 500),
          20480,
          24576,
          16384,
        ])
      : 0
  }

  for (let call = 0; call < CALLS; call++) {
    // Descriptors and files pile up otherwise, until the process has no more.
    if (call % 512 === 0) {
      fixture.dispose()
      renewTree()
    }
    if (call % 64 === 0) prepareMemory()
    if (call % 32 === 0) giveFiles()
    const [module, name] = pick(EVERY_FUNCTION)
    const signatures: Readonly<Record<string, string>> = module === 'wasi' ? SIGNATURES : BERTH_SIGNATURES
    const parameters = signatures[name]!.split(':')[0]!
    const sensible = random() < 0.4
    const values = [...parameters].map((code, i) => {
      if (code === 'I') return randomI64()
      if (sensible) return plausible(parameters, i)
      return i === 0 && random() < 0.7 ? randomFd() : pick([randomPointer, randomI32, randomFd])() | 0
    })
    // Renumbering to a huge number is allowed and costs memory each time; small targets do.
    if (name === 'fd_renumber') values[1] = Number(values[1]) % 64
    if (name === 'duplicate') values[1] = Number(values[1]) % 64
    // The other waits are cut short by descriptors that do not block, or by the waiter.
    if (name === 'epoll_wait') values[3] = 0n
    // What is allocated is taken from somebody.
    if (name === 'fd_allocate') for (const i of [1, 2]) values[i] = BigInt(values[i]!) % 65_536n
    const files = module === 'wasi' && FILE_FUNCTIONS.includes(name) ? numbersOf(FileDescriptor) : []
    if (files.length > 0 && random() < 0.8) {
      if (name.startsWith('fd_')) values[0] = pick(files)
      for (const at of PATHS[name] ?? []) {
        const slot = Math.floor(random() * PATH_SLOTS)
        values[at] = pathSlot(slot)
        values[at + 1] = pathLengths[slot]!
      }
      const directories = numbersOf(PreopenedDirectory)
      for (const at of DIRECTORIES_OF[name] ?? [])
        values[at] = pick(directories.length > 0 && random() < 0.8 ? directories : files)
      if (LOOK_UP.includes(name)) values[1] = Math.floor(random() * 2)
      if (name === 'path_open') {
        values[4] = Math.floor(random() * 16)
        if (random() < 0.5) values[5] = pick([0n, Rights.FD_READ, Rights.FD_WRITE, FILE_RIGHTS, FILE_RIGHTS])
      }
    }

    reference.set(fixture.bytes())
    const allowed =
      (module === 'wasi' ? RESULTS : BERTH_RESULTS)[name]?.(
        values.map((value) => Number(value) >>> 0),
        fixture.view(),
      ) ?? []
    let errno = -1
    try {
      errno = Number((fixture[module][name as never] as (...values: unknown[]) => unknown)(...values))
    } catch (error) {
      assert.ok(error instanceof Exit || endOf(error) instanceof Trap, `${name}(${values.join(', ')}) threw ${error}`)
      assert.ok(name === 'proc_exit' || name === 'proc_raise', `${name} ended the program`)
    }
    if (!answers.has(name)) answers.set(name, new Set())
    answers.get(name)!.add(errno)
    assert.ok(
      errno === -1 || (errno >= 0 && errno <= 76) || (name.endsWith('_info') && errno >= -12),
      `${name}(${values.join(', ')}) answered ${errno}`,
    )
    const inRange = allowed.filter(([ptr, length]) => ptr + length <= SIZE)
    const writable = errno === 0 || errno === -1 ? allowed : TELLS_WHAT_IT_NEEDS.includes(name) ? inRange : []
    assertUnchanged(`${name}(${values.join(', ')}) = ${errno}`, writable, reference)
    keepFromBlocking()
  }

  // A run that only ever met one answer has not got past the first check.
  const lively = [
    'sock_open',
    'sock_bind',
    'sock_listen',
    'sock_send_to',
    'sock_addr_local',
    'fd_fdstat_get',
    'poll_oneoff',
    'sock_recv',
    'sock_set_linger',
    'random_get',
  ]
  for (const name of FILE_FUNCTIONS)
    assert.ok(answers.get(name)!.has(0) && answers.get(name)!.size > 1, `${name}: ${[...answers.get(name)!]}`)
  assertTreeUnchanged(outsideBefore, outside, 'the fuzz')
  assert.deepEqual(readdirSync(root).sort(), ['inside', 'outside'])
  for (const name of lively)
    assert.ok(answers.get(name)!.size > 1, `${name} only ever answered ${[...answers.get(name)!]}`)
  assert.equal(answers.size, new Set(EVERY_FUNCTION.map(([, name]) => name)).size, 'every import was called')

  /** A call on a blocking socket could wait for ever; the guest could ask for the same. */
  function keepFromBlocking(): void {
    for (let fd = 0; fd < 64; fd++) {
      const descriptor = table.get(fd)
      // Files do not block.
      if (descriptor instanceof FileDescriptor) continue
      if (descriptor !== undefined && !descriptor.file.nonBlocking) wasi.fd_fdstat_set_flags(fd, 4)
      if (descriptor !== undefined && !descriptor.file.nonBlocking) {
        // The right was given up: only closing is left.
        wasi.fd_close(fd)
      }
    }
  }
})

/** Compares the whole memory with what it was, the places for results excepted. */
function assertUnchanged(what: string, allowed: [number, number][], reference: Uint8Array): void {
  const now = fixture.bytes()
  if (Buffer.compare(now, reference) === 0) return
  for (const [ptr, length] of allowed) {
    // A result place that is itself out of range must not have been written to; the call cannot have succeeded.
    assert.ok(ptr + length <= SIZE, `${what}: succeeded with a result out of range`)
    reference.set(now.subarray(ptr, ptr + length), ptr)
  }
  assert.equal(Buffer.compare(now, reference), 0, `${what}: wrote outside its results`)
}
