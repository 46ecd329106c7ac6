/**
 * The host functions called directly, with a guest memory that the test fills: for what a C program cannot show (pointers
 * out of range, widths of results, single errno numbers).
 */
import { readdirSync } from 'node:fs'
import { BERTH_SIGNATURES } from '../../src/abi/berth-socket.ts'
import { SIGNATURES } from '../../src/abi/signatures.ts'
import { Addr, AddrKind } from '../../src/abi/sock.ts'
import { parseAddress } from '../../src/address/socket-address.ts'
import { DescriptorTable } from '../../src/fd/table.ts'
import type { OpenBeneath } from '../../src/fs/beneath.ts'
import { Files } from '../../src/fs/files.ts'
import { berthFunctions, unstableFunctions, wasiFunctions } from '../../src/host/dialect.ts'
import { Host } from '../../src/host/host.ts'
import { openDirectory } from '../../src/host/preopens.ts'
import { standardStreams } from '../../src/host/standard-streams.ts'
import { GuestMemory } from '../../src/memory/guest-memory.ts'
import { Network } from '../../src/net/network.ts'
import { addressOf } from '../../src/os/ffi.ts'
import { AddressPool } from '../../src/policy/address-pool.ts'
import { NamePatterns } from '../../src/policy/name-patterns.ts'
import { Policy, type Refusal } from '../../src/policy/policy.ts'
import { BlockingWaiter } from '../../src/wait/blocking-waiter.ts'
import type { Waiter } from '../../src/wait/waiter.ts'

export interface FixtureOptions {
  readonly pool?: readonly string[]
  readonly names?: readonly string[]
  readonly devices?: readonly string[]
  readonly abstractNames?: readonly string[]
  readonly args?: readonly string[]
  readonly env?: readonly string[]
  readonly waiter?: Waiter
  readonly pages?: number
  /** Preopened from descriptor 3 on. */
  readonly directories?: readonly { guest: string; host: string; readOnly?: boolean }[]
  /** How paths are resolved. */
  readonly openBeneath?: OpenBeneath
}

export const LOOPBACK = ['127.0.0.0/8', '::1/128', '0.0.0.0/32', '::/128']

/** Thrown in place of ending the process. */
export class Exit extends Error {
  readonly code: number
  constructor(code: number) {
    super(`exit ${code}`)
    this.code = code
  }
}

export function createFixture(options: FixtureOptions = {}) {
  const wasmMemory = new WebAssembly.Memory({ initial: options.pages ?? 2 })
  const memory = new GuestMemory(addressOf)
  memory.attach(wasmMemory)
  const refusals: Refusal[] = []
  const pool = AddressPool.parse(options.pool ?? LOOPBACK)
  const policy = new Policy(
    pool,
    new NamePatterns(options.names ?? []),
    (refusal) => refusals.push(refusal),
    options.devices,
    options.abstractNames,
  )
  const table = new DescriptorTable()
  for (const stream of standardStreams()) table.add(stream)
  for (const directory of options.directories ?? []) {
    const opened = openDirectory({ ...directory, isReadOnly: directory.readOnly ?? false })
    if (typeof opened === 'number') throw new Error(`${directory.host}: errno ${-opened}`)
    table.add(opened)
  }
  const cString = (text: string) => new TextEncoder().encode(`${text}\0`)
  const host = new Host({
    memory,
    table,
    network: new Network(policy),
    waiter: options.waiter ?? new BlockingWaiter(),
    args: (options.args ?? []).map(cString),
    env: (options.env ?? []).map(cString),
    exit: (code) => {
      throw new Exit(code)
    },
    createFiles: () => new Files(options.openBeneath),
  })
  const wasi = wasiFunctions(host)
  const unstable = unstableFunctions(host)
  const berth = berthFunctions(host)
  const view = () => new DataView(wasmMemory.buffer)
  const bytes = () => new Uint8Array(wasmMemory.buffer)

  /** Where a fixture function leaves results: below what the tests use for their own. */
  const SCRATCH = 64

  function open(family: 4 | 6, type: 'stream' | 'datagram'): number {
    const errno = wasi.sock_open(-1, family === 6 ? 1 : 0, type === 'stream' ? 1 : 0, SCRATCH)
    if (errno !== 0) throw new Error(`sock_open: errno ${errno}`)
    return view().getInt32(SCRATCH, true)
  }

  /** Writes an `__wasi_addr_t`. @returns `ptr` */
  function putAddress(ptr: number, host: string, port: number): number {
    const address = parseAddress(host)!
    memory.setU32(ptr + Addr.kind, address.family === 4 ? AddrKind.IPV4 : AddrKind.IPV6)
    if (address.family === 4) {
      memory.setU32BigEndian(ptr + Addr.ip4, address.w3)
      memory.setU16(ptr + Addr.ip4Port, port)
    } else {
      for (const [i, word] of [address.w0, address.w1, address.w2, address.w3].entries()) {
        memory.setU16(ptr + Addr.ip6 + 4 * i, word >>> 16)
        memory.setU16(ptr + Addr.ip6 + 4 * i + 2, word & 0xffff)
      }
      memory.setU16(ptr + Addr.ip6Port, port)
    }
    return ptr
  }

  function localPort(fd: number): number {
    const errno = wasi.sock_addr_local(fd, SCRATCH)
    if (errno !== 0) throw new Error(`sock_addr_local: errno ${errno}`)
    const isIpv4 = view().getUint32(SCRATCH, true) === AddrKind.IPV4
    return view().getUint16(SCRATCH + (isIpv4 ? Addr.ip4Port : Addr.ip6Port), true)
  }

  /** Writes iovecs of (address, length) pairs. @returns `ptr` */
  function putIovecs(ptr: number, ...pieces: [ptr: number, len: number][]): number {
    for (const [i, [buf, len]] of pieces.entries()) {
      memory.setU32(ptr + 8 * i, buf)
      memory.setU32(ptr + 8 * i + 4, len)
    }
    return ptr
  }

  function listen(host: string): { fd: number; port: number } {
    const fd = open(host.includes(':') ? 6 : 4, 'stream')
    must(wasi.sock_bind(fd, putAddress(SCRATCH, host, 0)))
    must(wasi.sock_listen(fd, 16))
    return { fd, port: localPort(fd) }
  }

  /** A connected pair of TCP sockets on 127.0.0.1. */
  function connectedPair(): { client: number; server: number; listener: number } {
    const { fd: listener, port } = listen('127.0.0.1')
    const client = open(4, 'stream')
    must(wasi.sock_connect(client, putAddress(SCRATCH, '127.0.0.1', port)))
    must(wasi.sock_accept(listener, 0, SCRATCH))
    return { client, server: view().getInt32(SCRATCH, true), listener }
  }

  /** Two UDP sockets on 127.0.0.1, each connected to the other. */
  function datagramPair(): { a: number; b: number } {
    const [a, b] = [open(4, 'datagram'), open(4, 'datagram')]
    for (const fd of [a, b]) must(wasi.sock_bind(fd, putAddress(SCRATCH, '127.0.0.1', 0)))
    const [portA, portB] = [localPort(a), localPort(b)]
    must(wasi.sock_connect(a, putAddress(SCRATCH, '127.0.0.1', portB)))
    must(wasi.sock_connect(b, putAddress(SCRATCH, '127.0.0.1', portA)))
    return { a, b }
  }

  function dispose(): void {
    host.releaseAll()
  }

  return {
    wasi,
    unstable,
    berth,
    memory,
    wasmMemory,
    table,
    refusals,
    view,
    bytes,
    open,
    putAddress,
    putIovecs,
    localPort,
    listen,
    connectedPair,
    datagramPair,
    dispose,
  }
}

export type Fixture = ReturnType<typeof createFixture>

/** Fails where a call that prepares a test did. */
export function must(errno: number): void {
  if (errno !== 0) throw new Error(`a call that should succeed answered errno ${errno}`)
}

export const BERTH_FUNCTION_NAMES = Object.keys(BERTH_SIGNATURES) as (keyof typeof BERTH_SIGNATURES)[]

/** How many descriptors this process has open. */
export function openHostDescriptors(): number {
  return readdirSync('/proc/self/fd').length
}

export const FUNCTION_NAMES = Object.keys(SIGNATURES) as (keyof typeof SIGNATURES)[]
