/** Path functions as data: one call, made by a guest, or by the plain system call at a host directory. */
import { readlinkSync } from 'node:fs'
import { Errno } from '../../src/abi/errno.ts'
import { FstFlags, OFlags, Rights } from '../../src/abi/preview1.ts'
import { kernelOpener, type OpenBeneath, openByWalk } from '../../src/fs/beneath.ts'
import {
  AT_FDCWD,
  AT_REMOVEDIR,
  AT_SYMLINK_FOLLOW,
  AT_SYMLINK_NOFOLLOW,
  O_CLOEXEC,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_NOCTTY,
  O_NOFOLLOW,
  O_PATH,
  O_RDONLY,
  O_RDWR,
  O_TRUNC,
  O_WRONLY,
  OPEN_HOW,
  PATH_MAX,
} from '../../src/os/constants.ts'
import { wasiErrno } from '../../src/os/errno.ts'
import { HostBuffer } from '../../src/os/ffi.ts'
import { FileStatus } from '../../src/os/file-status.ts'
import { close } from '../../src/os/libc.ts'
import {
  linkat,
  mkdirat,
  openat,
  openat2,
  readlinkat,
  renameat,
  symlinkat,
  unlinkat,
  utimensat,
} from '../../src/os/libc-files.ts'
import { BUFFER, DIR, OUT, type Sandbox } from '../host/sandbox.ts'

/** Whether the kernel resolves beneath, asked without a line of what is tested. */
function kernelCan(): boolean {
  const how = new HostBuffer(OPEN_HOW.size)
  how.view.setUint32(OPEN_HOW.flags, O_PATH | O_CLOEXEC, true)
  const dot = new HostBuffer(2)
  dot.bytes.set([0x2e, 0])
  const fd = openat2(AT_FDCWD, dot.address, how.address)
  if (fd >= 0) close(fd)
  return fd >= 0
}

export const KERNEL_RESOLVES = kernelCan()
/** For the option `skip` of a test. */
export const SKIP_KERNEL = KERNEL_RESOLVES ? false : 'this kernel has no openat2, or does not let it be called'

/** Both ways in which paths are resolved. */
export const OPENERS: readonly { how: string; openBeneath: OpenBeneath; skip: string | false }[] = [
  { how: 'openat2', openBeneath: kernelOpener(), skip: SKIP_KERNEL },
  { how: 'the walk', openBeneath: openByWalk, skip: false },
]

type Path = string | Uint8Array

export type Call =
  | { does: 'open'; path: Path; follow: boolean; oflags: number; rights: bigint }
  | { does: 'stat' | 'times'; path: Path; follow: boolean }
  | { does: 'mkdir' | 'rmdir' | 'unlink' | 'readlink'; path: Path }
  | { does: 'rename'; path: Path; to: Path }
  | { does: 'link'; path: Path; to: Path; follow: boolean }
  | { does: 'symlink'; text: Path; path: Path }

/** What a call came to; `found` tells which file it was, or what a link says. */
export interface Outcome {
  readonly errno: Errno
  readonly found?: string
}

export const READ_RIGHTS = Rights.FD_READ | Rights.FD_READDIR | Rights.FD_FILESTAT_GET
export const WRITE_RIGHTS = Rights.FD_WRITE | Rights.FD_FILESTAT_GET

/** The times that `times` sets, in nanoseconds. */
export const SET_ATIM = 1_111_111_111_000_000_001n
export const SET_MTIM = 1_222_222_222_000_000_002n

const NAMES = new Map<number, string>(Object.entries(Errno).map(([name, value]) => [value, name]))

export function errnoName(errno: number): string {
  return NAMES.get(errno) ?? String(errno)
}

export function describeCall(call: Call): string {
  const shown = Object.entries(call).map(([key, value]) => {
    const text = value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value)
    return `${key}=${JSON.stringify(text.length > 200 ? `${text.slice(0, 80)}… (${text.length} bytes)` : text)}`
  })
  return shown.join(' ')
}

/** The host's name of what a host descriptor stands for. */
export function pathOfDescriptor(hostFd: number): string {
  return readlinkSync(`/proc/self/fd/${hostFd}`, { encoding: 'latin1' })
}

/** Makes the call as a guest does. @param other the directory of a second path */
export function callAsGuest(s: Sandbox, call: Call, dir = DIR, other = dir): Outcome {
  const { wasi } = s
  const path = s.path(call.path)
  const plain = (errno: number): Outcome => ({ errno: errno as Errno })
  switch (call.does) {
    case 'open': {
      const errno = wasi.path_open(dir, call.follow ? 1 : 0, ...path, call.oflags, call.rights, 0n, 0, OUT)
      if (errno !== Errno.SUCCESS) return plain(errno)
      const fd = s.u32()
      const found = pathOfDescriptor(s.f.table.get(fd)!.hostFd)
      wasi.fd_close(fd)
      return { errno: Errno.SUCCESS, found }
    }
    case 'stat': {
      const errno = wasi.path_filestat_get(dir, call.follow ? 1 : 0, ...path, OUT)
      return errno === Errno.SUCCESS ? { errno, found: `${s.u64(OUT + 8)}` } : plain(errno)
    }
    case 'times': {
      const flags = FstFlags.ATIM | FstFlags.MTIM
      return plain(wasi.path_filestat_set_times(dir, call.follow ? 1 : 0, ...path, SET_ATIM, SET_MTIM, flags))
    }
    case 'mkdir':
      return plain(wasi.path_create_directory(dir, ...path))
    case 'rmdir':
      return plain(wasi.path_remove_directory(dir, ...path))
    case 'unlink':
      return plain(wasi.path_unlink_file(dir, ...path))
    case 'readlink': {
      const errno = wasi.path_readlink(dir, ...path, BUFFER, PATH_MAX, OUT)
      if (errno !== Errno.SUCCESS) return plain(errno)
      return { errno, found: Buffer.from(s.f.bytes().slice(BUFFER, BUFFER + s.u32())).toString('latin1') }
    }
    case 'rename':
      return plain(wasi.path_rename(dir, ...path, other, ...s.other(call.to)))
    case 'link':
      return plain(wasi.path_link(dir, call.follow ? 1 : 0, ...path, other, ...s.other(call.to)))
    case 'symlink':
      return plain(wasi.path_symlink(...s.other(call.text), dir, ...path))
  }
}

/** Longer than any path may be, as the kernel is to refuse those itself. */
const ROOM_BYTES = 2 * PATH_MAX
const first = new HostBuffer(ROOM_BYTES)
const second = new HostBuffer(ROOM_BYTES)
const status = new FileStatus()
const times = new HostBuffer(32)
for (const [i, time] of [SET_ATIM, SET_MTIM].entries()) {
  times.view.setBigInt64(16 * i, time / 1_000_000_000n, true)
  times.view.setBigInt64(16 * i + 8, time % 1_000_000_000n, true)
}

function put(buffer: HostBuffer, path: Path): number {
  const bytes = Buffer.from(path)
  buffer.bytes.set(bytes)
  buffer.bytes[bytes.length] = 0
  return buffer.address
}

export function openFlags(follow: boolean, oflags: number, rights: bigint): number {
  const writes = (rights & Rights.FD_WRITE) !== 0n
  const access = !writes ? O_RDONLY : (rights & Rights.FD_READ) !== 0n ? O_RDWR : O_WRONLY
  const bits: [number, number][] = [
    [OFlags.CREAT, O_CREAT],
    [OFlags.DIRECTORY, O_DIRECTORY],
    [OFlags.EXCL, O_EXCL],
    [OFlags.TRUNC, O_TRUNC],
  ]
  return bits.reduce(
    (flags, [bit, hostBit]) => ((oflags & bit) === 0 ? flags : flags | hostBit),
    access | O_CLOEXEC | O_NOCTTY | (follow ? 0 : O_NOFOLLOW),
  )
}

/** Makes the same call as a native program would: nothing keeps it inside. */
export function callNatively(dirFd: number, call: Call): Outcome {
  const path = put(first, call.path)
  const plain = (result: number): Outcome => ({ errno: result < 0 ? wasiErrno(-result) : Errno.SUCCESS })
  switch (call.does) {
    case 'open': {
      const fd = openat(dirFd, path, openFlags(call.follow, call.oflags, call.rights), 0o666)
      if (fd < 0) return plain(fd)
      const found = pathOfDescriptor(fd)
      close(fd)
      return { errno: Errno.SUCCESS, found }
    }
    case 'stat': {
      const result = status.of(dirFd, path, call.follow ? 0 : AT_SYMLINK_NOFOLLOW)
      return result < 0 ? plain(result) : { errno: Errno.SUCCESS, found: `${status.ino}` }
    }
    case 'times':
      return plain(utimensat(dirFd, path, times.address, call.follow ? 0 : AT_SYMLINK_NOFOLLOW))
    case 'mkdir':
      return plain(mkdirat(dirFd, path, 0o777))
    case 'rmdir':
      return plain(unlinkat(dirFd, path, AT_REMOVEDIR))
    case 'unlink':
      return plain(unlinkat(dirFd, path, 0))
    case 'readlink': {
      const length = readlinkat(dirFd, path, second.address, ROOM_BYTES)
      if (length < 0) return plain(length)
      return { errno: Errno.SUCCESS, found: Buffer.from(second.bytes.slice(0, length)).toString('latin1') }
    }
    case 'rename':
      return plain(renameat(dirFd, path, dirFd, put(second, call.to)))
    case 'link':
      return plain(linkat(dirFd, path, dirFd, put(second, call.to), call.follow ? AT_SYMLINK_FOLLOW : 0))
    case 'symlink':
      return plain(symlinkat(put(second, call.text), dirFd, path))
  }
}

const { CREAT, DIRECTORY, TRUNC } = OFlags
/** All that `path_open` can be asked; CREAT with DIRECTORY is refused without a look at the path. */
const OFLAGS = Array.from({ length: 16 }, (_, flags) => flags).filter((flags) => (flags & 3) !== (CREAT | DIRECTORY))
const ACCESS = [0n, READ_RIGHTS, WRITE_RIGHTS, READ_RIGHTS | WRITE_RIGHTS]

/**
 * Every function on one path.
 * @param here a file inside, for functions that take two paths
 * @param free a name inside that is not taken
 */
export function everyCall(path: Path, here: string, free: string): Call[] {
  const calls: Call[] = [
    { does: 'readlink', path },
    { does: 'mkdir', path },
    { does: 'rmdir', path },
    { does: 'unlink', path },
    { does: 'rename', path, to: free },
    { does: 'rename', path: here, to: path },
    { does: 'rename', path, to: path },
    { does: 'symlink', text: 'file', path },
  ]
  for (const follow of [false, true]) {
    calls.push(
      { does: 'stat', path, follow },
      { does: 'times', path, follow },
      { does: 'link', path, to: free, follow },
      { does: 'link', path: here, to: path, follow },
    )
    for (const oflags of OFLAGS) for (const rights of ACCESS) calls.push({ does: 'open', path, follow, oflags, rights })
  }
  return calls
}

/** Whether a call that succeeds leaves everything as it was. */
export function changesNothing(call: Call): boolean {
  if (call.does === 'open') return (call.oflags & (CREAT | TRUNC)) === 0
  return call.does === 'stat' || call.does === 'readlink'
}
