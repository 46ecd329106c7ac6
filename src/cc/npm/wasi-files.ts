import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  renameSync,
  rmdirSync,
  type Stats,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { Errno } from '../../abi/errno.ts'
import type { HostPaths } from './host-paths.ts'

/**
 * The part of WASI preview 1 that the compiler needs, on this machine's files: 29 functions. The compiler is a tool of the
 * person who starts it and sees what that person sees; for programs that are not trusted there is `src/host`.
 */
export interface Streams {
  readonly stdin: Uint8Array
  readonly stdout: (bytes: Uint8Array) => void
  readonly stderr: (bytes: Uint8Array) => void
}

/** What a run looked at and made, so that its results can be kept. */
export interface Trace {
  /** Files read, by their path. */
  readonly read: Set<string>
  /** Paths that were looked for and found, but not as files that were read. */
  readonly seen: Set<string>
  readonly missing: Set<string>
  readonly written: Set<string>
}

export interface Setting {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly paths: HostPaths
  /** Permissions that new files do not get. */
  readonly umask: number
  readonly streams: Streams
  readonly trace: Trace
}

export class Exit extends Error {
  readonly code: number

  constructor(code: number) {
    super(`exit ${code}`)
    this.code = code
  }
}

interface Entry {
  readonly kind: 'stdin' | 'stdout' | 'stderr' | 'root' | 'file' | 'directory'
  readonly path: string
  readonly handle: number
  readonly append: boolean
  position: number
  names?: readonly string[]
}

const Oflags = { CREAT: 1, DIRECTORY: 2, EXCL: 4, TRUNC: 8 }
const Filetype = { UNKNOWN: 0, CHARACTER_DEVICE: 2, DIRECTORY: 3, REGULAR_FILE: 4, SYMBOLIC_LINK: 7 }
const FOLLOW = 1
const APPEND = 1
const RIGHT_READ = 1n << 1n
const RIGHT_WRITE = 1n << 6n
const ALL_RIGHTS = 0x1fffffffn
const ROOT = 3

const ERRNOS: Readonly<Record<string, number>> = Object.fromEntries(
  Object.entries(Errno).map(([name, value]) => [name === 'TOOBIG' ? 'E2BIG' : `E${name}`, value]),
)

type HostFunction = (...args: never[]) => number

export interface WasiFiles {
  readonly imports: Record<string, HostFunction>
  /** Closes what the compiler left open, which is its habit. */
  readonly close: () => void
}

/** @param memory the compiler's memory, which there is only after it was instantiated */
export function wasiFiles(setting: Setting, memory: () => WebAssembly.Memory): WasiFiles {
  const { paths, streams, trace, umask } = setting
  const entries = new Map<number, Entry>()
  const standard = { path: '', handle: -1, append: false, position: 0 }
  entries.set(0, { kind: 'stdin', ...standard })
  entries.set(1, { kind: 'stdout', ...standard })
  entries.set(2, { kind: 'stderr', ...standard })
  entries.set(ROOT, { kind: 'root', ...standard, path: '/' })

  const view = () => new DataView(memory().buffer)
  const bytes = (ptr: number, length: number) => new Uint8Array(memory().buffer, ptr >>> 0, length >>> 0)
  const text = (ptr: number, length: number) => Buffer.from(bytes(ptr, length)).toString()
  const hostPath = (dir: number, ptr: number, length: number) =>
    dir === ROOT ? paths.resolve(text(ptr, length)) : join(entryOf(dir).path, text(ptr, length))
  const putStrings = (strings: readonly string[], pointers: number, buffer: number) => {
    for (const [i, string] of strings.entries()) {
      view().setUint32(pointers + 4 * i, buffer, true)
      buffer += Buffer.from(memory().buffer).write(`${string}\0`, buffer)
    }
    return Errno.SUCCESS
  }
  const putSizes = (strings: readonly string[], count: number, size: number) => {
    view().setUint32(count, strings.length, true)
    view().setUint32(
      size,
      strings.reduce((sum, string) => sum + Buffer.byteLength(string) + 1, 0),
      true,
    )
    return Errno.SUCCESS
  }
  const environment = Object.entries(setting.env).map(([name, value]) => `${name}=${value}`)
  const iovecs = (ptr: number, count: number) =>
    Array.from({ length: count }, (_, i) =>
      bytes(view().getUint32(ptr + 8 * i, true), view().getUint32(ptr + 8 * i + 4, true)),
    )

  /** Remembers how a path was found. */
  function look<T>(path: string, act: () => T): T {
    try {
      const result = act()
      trace.seen.add(path)
      return result
    } catch (error) {
      trace.missing.add(path)
      throw error
    }
  }

  function putFilestat(stat: Stats | undefined, kind: number, ptr: number): number {
    const at = view()
    bytes(ptr, 64).fill(0)
    at.setUint8(ptr + 16, kind)
    if (stat === undefined) return Errno.SUCCESS
    at.setBigUint64(ptr, BigInt(stat.dev), true)
    at.setBigUint64(ptr + 8, BigInt(stat.ino), true)
    at.setBigUint64(ptr + 24, BigInt(stat.nlink), true)
    at.setBigUint64(ptr + 32, BigInt(stat.size), true)
    for (const [i, time] of [stat.atimeMs, stat.mtimeMs, stat.ctimeMs].entries())
      at.setBigUint64(ptr + 40 + 8 * i, BigInt(Math.trunc(time)) * 1_000_000n, true)
    return Errno.SUCCESS
  }

  function entryOf(fd: number): Entry {
    const entry = entries.get(fd)
    if (entry === undefined) throw { code: 'EBADF' }
    return entry
  }

  function open(path: string, oflags: number, rights: bigint, fdflags: number): Entry {
    const writes = (rights & RIGHT_WRITE) !== 0n
    let flags = writes ? ((rights & RIGHT_READ) !== 0n ? constants.O_RDWR : constants.O_WRONLY) : constants.O_RDONLY
    if (oflags & Oflags.CREAT) flags |= constants.O_CREAT
    if (oflags & Oflags.EXCL) flags |= constants.O_EXCL
    if (oflags & Oflags.TRUNC) flags |= constants.O_TRUNC
    if (oflags & Oflags.DIRECTORY) flags |= constants.O_DIRECTORY
    const changes = writes || (flags & (constants.O_CREAT | constants.O_TRUNC)) !== 0
    // Reading an output back is no dependence on what lay there before.
    const act = () => openSync(path, flags, 0o666 & ~umask)
    const handle = changes || trace.written.has(path) ? act() : look(path, act)
    const isDirectory = fstatSync(handle).isDirectory()
    if (changes) trace.written.add(path)
    else if (!isDirectory && !trace.written.has(path)) trace.read.add(path)
    return { kind: isDirectory ? 'directory' : 'file', path, handle, append: (fdflags & APPEND) !== 0, position: 0 }
  }

  function readInto(entry: Entry, target: Uint8Array, position: number): number {
    if (entry.kind === 'stdin') {
      const part = streams.stdin.subarray(position, position + target.length)
      target.set(part)
      return part.length
    }
    return readSync(entry.handle, target, 0, target.length, position)
  }

  function read(entry: Entry, iovs: number, count: number, position: number): number {
    let done = 0
    for (const target of iovecs(iovs, count)) {
      const length = readInto(entry, target, position + done)
      done += length
      if (length < target.length) break
    }
    return done
  }

  const functions: Record<string, (...args: never[]) => number | undefined> = {
    args_sizes_get: (count: number, size: number) => putSizes(setting.args, count, size),
    args_get: (pointers: number, buffer: number) => putStrings(setting.args, pointers, buffer),
    environ_sizes_get: (count: number, size: number) => putSizes(environment, count, size),
    environ_get: (pointers: number, buffer: number) => putStrings(environment, pointers, buffer),
    clock_time_get: (id: number, _precision: bigint, out: number) => {
      const now = id === 0 ? BigInt(Date.now()) * 1_000_000n : process.hrtime.bigint()
      view().setBigUint64(out, now, true)
      return 0
    },
    random_get: (ptr: number, length: number) => {
      crypto.getRandomValues(bytes(ptr, length))
      return 0
    },
    proc_exit: (code: number) => {
      throw new Exit(code)
    },
    fd_prestat_get: (fd: number, out: number) => {
      if (fd !== ROOT) return Errno.BADF
      view().setUint32(out, 0, true)
      view().setUint32(out + 4, 1, true)
      return 0
    },
    fd_prestat_dir_name: (fd: number, ptr: number, length: number) => {
      if (fd !== ROOT) return Errno.BADF
      bytes(ptr, length)[0] = '/'.charCodeAt(0)
      return 0
    },
    fd_close: (fd: number) => {
      const entry = entryOf(fd)
      entries.delete(fd)
      if (entry.handle >= 0) closeSync(entry.handle)
      return 0
    },
    fd_fdstat_get: (fd: number, out: number) => {
      const { kind, append } = entryOf(fd)
      bytes(out, 24).fill(0)
      const isFolder = kind === 'root' || kind === 'directory'
      // Standard streams are no terminals: without colours, whatever the person's terminal can do.
      view().setUint8(out, isFolder ? Filetype.DIRECTORY : kind === 'file' ? Filetype.REGULAR_FILE : Filetype.UNKNOWN)
      view().setUint16(out + 2, append ? APPEND : 0, true)
      view().setBigUint64(out + 8, ALL_RIGHTS, true)
      view().setBigUint64(out + 16, ALL_RIGHTS, true)
      return 0
    },
    fd_filestat_get: (fd: number, out: number) => {
      const entry = entryOf(fd)
      if (entry.kind === 'root') return putFilestat(statSync('/'), Filetype.DIRECTORY, out)
      if (entry.handle < 0) return putFilestat(undefined, Filetype.UNKNOWN, out)
      const stat = fstatSync(entry.handle)
      return putFilestat(stat, filetype(stat), out)
    },
    fd_filestat_set_size: (fd: number, size: bigint) => {
      ftruncateSync(entryOf(fd).handle, Number(size))
      return 0
    },
    fd_read: (fd: number, iovs: number, count: number, out: number) => {
      const entry = entryOf(fd)
      const done = read(entry, iovs, count, entry.position)
      entry.position += done
      view().setUint32(out, done, true)
      return 0
    },
    fd_pread: (fd: number, iovs: number, count: number, offset: bigint, out: number) => {
      view().setUint32(out, read(entryOf(fd), iovs, count, Number(offset)), true)
      return 0
    },
    fd_write: (fd: number, iovs: number, count: number, out: number) => {
      const entry = entryOf(fd)
      let done = 0
      for (const source of iovecs(iovs, count)) {
        if (entry.kind === 'stdout' || entry.kind === 'stderr') streams[entry.kind](source.slice())
        else {
          const at = entry.append ? fstatSync(entry.handle).size : entry.position
          for (let part = 0; part < source.length; )
            part += writeSync(entry.handle, source, part, source.length - part, at + part)
          entry.position = at + source.length
        }
        done += source.length
      }
      view().setUint32(out, done, true)
      return 0
    },
    fd_seek: (fd: number, offset: bigint, whence: number, out: number) => {
      const entry = entryOf(fd)
      if (entry.kind !== 'file') return Errno.SPIPE
      const base = [0, entry.position, fstatSync(entry.handle).size][whence]
      if (base === undefined || base + Number(offset) < 0) return Errno.INVAL
      entry.position = base + Number(offset)
      view().setBigUint64(out, BigInt(entry.position), true)
      return 0
    },
    fd_readdir: (fd: number, ptr: number, length: number, cookie: bigint, out: number) => {
      const entry = entryOf(fd)
      entry.names ??= ['.', '..', ...readdirSync(entry.kind === 'root' ? '/' : entry.path)]
      let used = 0
      for (let i = Number(cookie); i < entry.names.length && used < length; i++) {
        const name = Buffer.from(entry.names[i]!)
        const record = Buffer.alloc(24 + name.length)
        record.writeBigUInt64LE(BigInt(i + 1), 0)
        record.writeUInt32LE(name.length, 16)
        const stat = statSync(`${entry.path}/${entry.names[i]}`, { throwIfNoEntry: false })
        record.writeBigUInt64LE(BigInt(stat?.ino ?? 0), 8)
        record.writeUInt8(stat === undefined ? Filetype.UNKNOWN : filetype(stat), 20)
        name.copy(record, 24)
        // A record that does not fit is cut: the caller sees a full buffer and asks again.
        const part = record.subarray(0, length - used)
        bytes(ptr + used, part.length).set(part)
        used += part.length
      }
      view().setUint32(out, used, true)
      return 0
    },
    path_open: (
      dir: number,
      _lookup: number,
      ptr: number,
      length: number,
      oflags: number,
      rights: bigint,
      _inheriting: bigint,
      fdflags: number,
      out: number,
    ) => {
      const entry = open(hostPath(dir, ptr, length), oflags, rights, fdflags)
      let fd = ROOT + 1
      while (entries.has(fd)) fd++
      entries.set(fd, entry)
      view().setUint32(out, fd, true)
      return 0
    },
    path_filestat_get: (dir: number, flags: number, ptr: number, length: number, out: number) => {
      const path = hostPath(dir, ptr, length)
      const act = () => (flags & FOLLOW ? statSync(path) : lstatSync(path))
      const stat = trace.written.has(path) ? act() : look(path, act)
      return putFilestat(stat, filetype(stat), out)
    },
    path_readlink: (dir: number, ptr: number, length: number, buffer: number, size: number, out: number) => {
      const path = text(ptr, length)
      // LLVM asks in this way for the real path of a file it has opened.
      const own = path.match(/^proc\/self\/fd\/(\d+)$/)
      const target = Buffer.from(
        own ? entryOf(Number(own[1])).path : readlinkSync(hostPath(dir, ptr, length)),
      ).subarray(0, size)
      bytes(buffer, target.length).set(target)
      view().setUint32(out, target.length, true)
      return 0
    },
    path_create_directory: (dir: number, ptr: number, length: number) => {
      mkdirSync(hostPath(dir, ptr, length), 0o777 & ~umask)
      return 0
    },
    path_remove_directory: (dir: number, ptr: number, length: number) => {
      rmdirSync(hostPath(dir, ptr, length))
      return 0
    },
    path_rename: (dir: number, from: number, fromLength: number, toDir: number, to: number, toLength: number) => {
      const [source, target] = [hostPath(dir, from, fromLength), hostPath(toDir, to, toLength)]
      renameSync(source, target)
      trace.written.delete(source)
      trace.written.add(target)
      return 0
    },
    path_unlink_file: (dir: number, ptr: number, length: number) => {
      const path = hostPath(dir, ptr, length)
      unlinkSync(path)
      trace.written.delete(path)
      return 0
    },
  }
  // Neither clang nor lld needs these for what they do here.
  for (const name of ['fd_filestat_set_times', 'path_link', 'path_symlink', 'poll_oneoff'])
    functions[name] = () => Errno.NOSYS
  return {
    imports: Object.fromEntries(Object.entries(functions).map(([name, act]) => [name, withErrno(act)])),
    close: () => {
      for (const { handle } of entries.values()) if (handle >= 0) closeSync(handle)
      entries.clear()
    },
  }
}

function withErrno(act: (...args: never[]) => number | undefined): HostFunction {
  return (...args) => {
    try {
      return act(...args) ?? Errno.SUCCESS
    } catch (error) {
      const { code } = error as { code?: unknown }
      if (typeof code !== 'string') throw error
      return ERRNOS[code] ?? Errno.IO
    }
  }
}

function filetype(stat: Stats): number {
  if (stat.isDirectory()) return Filetype.DIRECTORY
  if (stat.isFile()) return Filetype.REGULAR_FILE
  if (stat.isSymbolicLink()) return Filetype.SYMBOLIC_LINK
  return Filetype.CHARACTER_DEVICE
}
