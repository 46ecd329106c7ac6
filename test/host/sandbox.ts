/** A temporary directory that a fixture's guest is given twice: to change (descriptor 3) and for reading only (4). */
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Errno } from '../../src/abi/errno.ts'
import { Dirent, Rights } from '../../src/abi/preview1.ts'
import { bestOpener, kernelOpener, type OpenBeneath, openByWalk } from '../../src/fs/beneath.ts'
import { createFixture, type Fixture, openHostDescriptors } from './fixture.ts'

/** Every way in which paths are resolved here. */
export const RESOLVERS: readonly (readonly [how: string, openBeneath: OpenBeneath])[] =
  bestOpener() === openByWalk
    ? [['the walk', openByWalk]]
    : [
        ['the kernel', kernelOpener()],
        ['the walk', openByWalk],
      ]

/** The descriptors that the guest starts with. */
export const DIR = 3
export const FIXED = 4

/** Places in the guest's memory: iovecs, results, data, two paths. */
export const IN = 1024
export const OUT = 4096
export const BUFFER = 8192
export const PATH = 65_536
export const OTHER_PATH = 81_920

export const READ = Rights.FD_READ
export const WRITE = Rights.FD_WRITE
/** What a C library asks for when it opens a file for reading and writing. */
export const FILE_RIGHTS =
  Rights.FD_READ |
  Rights.FD_WRITE |
  Rights.FD_SEEK |
  Rights.FD_TELL |
  Rights.FD_SYNC |
  Rights.FD_DATASYNC |
  Rights.FD_FDSTAT_SET_FLAGS |
  Rights.FD_ADVISE |
  Rights.FD_ALLOCATE |
  Rights.FD_FILESTAT_GET |
  Rights.FD_FILESTAT_SET_SIZE |
  Rights.FD_FILESTAT_SET_TIMES |
  Rights.POLL_FD_READWRITE

const NAMES = new Map<number, string>(Object.entries(Errno).map(([name, value]) => [value, name]))

/** Compares errno by name. */
export function answers(actual: number, expected: Errno | readonly Errno[], what = ''): void {
  const accepted = typeof expected === 'number' ? [expected] : expected
  const names = accepted.map((errno) => NAMES.get(errno)).join(' or ')
  assert.ok(accepted.includes(actual as Errno), `${what}: ${NAMES.get(actual) ?? actual}, expected ${names}`)
}

export interface OpenOptions {
  readonly dir?: number
  readonly follow?: boolean
  readonly oflags?: number
  readonly base?: bigint
  readonly inheriting?: bigint
  readonly fdFlags?: number
}

export interface Entry {
  readonly next: bigint
  readonly ino: bigint
  readonly type: number
  readonly name: string
}

export class Sandbox {
  readonly #descriptors = openHostDescriptors()
  readonly #root: string
  readonly f: Fixture
  readonly wasi: Fixture['wasi']

  /** @param parent where the temporary directory is made */
  constructor({ openBeneath = bestOpener(), parent = tmpdir() }: { openBeneath?: OpenBeneath; parent?: string } = {}) {
    this.#root = mkdtempSync(join(parent, 'berth-files-'))
    mkdirSync(this.host())
    mkdirSync(this.outside())
    this.f = createFixture({
      openBeneath,
      directories: [
        { guest: 'sandbox', host: this.host(), readOnly: false },
        { guest: '/fixed', host: this.host(), readOnly: true },
      ],
    })
    this.wasi = this.f.wasi
  }

  /** The host's path of a file that the guest can reach. */
  host(name = ''): string {
    return join(this.#root, 'inside', name)
  }

  /** The host's path of a file that the guest must not reach. */
  outside(name = ''): string {
    return join(this.#root, 'outside', name)
  }

  /** Writes a path into the guest's memory. @returns its address and length */
  path(path: string | Uint8Array, at = PATH): [ptr: number, len: number] {
    const bytes = typeof path === 'string' ? new TextEncoder().encode(path) : path
    this.f.bytes().set(bytes, at)
    return [at, bytes.length]
  }

  other(path: string | Uint8Array): [ptr: number, len: number] {
    return this.path(path, OTHER_PATH)
  }

  tryOpen(path: string | Uint8Array, options: OpenOptions = {}): number {
    const { dir = DIR, follow = true, oflags = 0, base = 0n, inheriting = 0n, fdFlags = 0 } = options
    return this.wasi.path_open(dir, follow ? 1 : 0, ...this.path(path), oflags, base, inheriting, fdFlags, OUT)
  }

  open(path: string | Uint8Array, options: OpenOptions = {}): number {
    answers(this.tryOpen(path, options), Errno.SUCCESS, `path_open ${path}`)
    return this.u32()
  }

  /** The result that a function has left at {@link OUT}. */
  u32(at = OUT): number {
    return this.f.view().getUint32(at, true)
  }

  u64(at = OUT): bigint {
    return this.f.view().getBigUint64(at, true)
  }

  text(at: number, length: number): string {
    return new TextDecoder().decode(this.f.bytes().slice(at, at + length))
  }

  /** Writes data into the guest's memory and iovecs that name it, in two pieces. @returns the iovecs' address and count */
  data(text: string): [ptr: number, count: number] {
    const bytes = new TextEncoder().encode(text)
    this.f.bytes().set(bytes, BUFFER)
    const half = bytes.length >> 1
    return [this.f.putIovecs(IN, [BUFFER, half], [BUFFER + half, bytes.length - half]), 2]
  }

  write(fd: number, text: string): void {
    answers(this.wasi.fd_write(fd, ...this.data(text), OUT), Errno.SUCCESS, 'fd_write')
    assert.equal(this.u32(), new TextEncoder().encode(text).length)
  }

  /** Reads at most 64 bytes. */
  read(fd: number): string {
    const iovecs = this.f.putIovecs(IN, [BUFFER, 3], [BUFFER + 3, 61])
    answers(this.wasi.fd_read(fd, iovecs, 2, OUT), Errno.SUCCESS, 'fd_read')
    return this.text(BUFFER, this.u32())
  }

  tell(fd: number): bigint {
    answers(this.wasi.fd_tell(fd, OUT), Errno.SUCCESS, 'fd_tell')
    return this.u64()
  }

  fdstat(fd: number): { type: number; flags: number; base: bigint; inheriting: bigint } {
    answers(this.wasi.fd_fdstat_get(fd, OUT), Errno.SUCCESS, 'fd_fdstat_get')
    const view = this.f.view()
    return {
      type: view.getUint8(OUT),
      flags: view.getUint16(OUT + 2, true),
      base: this.u64(OUT + 8),
      inheriting: this.u64(OUT + 16),
    }
  }

  /** A descriptor of the directory with fewer rights. */
  limited(without: bigint, withoutInheriting = 0n): number {
    const { base, inheriting } = this.fdstat(DIR)
    return this.open('.', { base: base & ~without, inheriting: inheriting & ~withoutInheriting })
  }

  /** The bytes that one call of `fd_readdir` stores in a buffer of `room` bytes. */
  listBytes(fd: number, room: number, cookie = 0n): Uint8Array {
    this.f.bytes().fill(0xee, BUFFER, BUFFER + room + 8)
    answers(this.wasi.fd_readdir(fd, BUFFER, room, cookie, OUT), Errno.SUCCESS, 'fd_readdir')
    const used = this.u32()
    assert.ok(used <= room, 'more than fits')
    for (const byte of this.f.bytes().subarray(BUFFER + used, BUFFER + room + 8)) assert.equal(byte, 0xee)
    return this.f.bytes().slice(BUFFER, BUFFER + used)
  }

  /** The whole entries behind a cookie, as many as fit into `room` bytes. */
  list(fd: number, cookie = 0n, room = 32_768): Entry[] {
    const bytes = this.listBytes(fd, room, cookie)
    const view = new DataView(bytes.buffer)
    const entries: Entry[] = []
    for (let at = 0; at + Dirent.size <= bytes.length; ) {
      const end = at + Dirent.size + view.getUint32(at + Dirent.namlen, true)
      if (end > bytes.length) break
      entries.push({
        next: view.getBigUint64(at + Dirent.next, true),
        ino: view.getBigUint64(at + Dirent.ino, true),
        type: view.getUint8(at + Dirent.type),
        name: new TextDecoder().decode(bytes.subarray(at + Dirent.size, end)),
      })
      at = end
    }
    return entries
  }

  dispose(): void {
    this.f.dispose()
    rmSync(this.#root, { recursive: true, force: true })
    assert.equal(openHostDescriptors(), this.#descriptors, 'descriptors are left open')
  }
}
