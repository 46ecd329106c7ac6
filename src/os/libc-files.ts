/**
 * System calls of files, declared at the first use: a program without directories does not pay for them. Otherwise as
 * libc.ts. Offsets and sizes that a number does not hold exactly are bigints.
 */
import { OPEN_HOW, SYS_GETDENTS64, SYS_OPENAT2, SYS_STATX } from './constants.ts'
import { declare, errno } from './ffi.ts'

let declared: ReturnType<typeof declareFunctions> | undefined

function declareFunctions() {
  return {
    fdatasync: declare('fdatasync', 'int', ['int']),
    fsync: declare('fsync', 'int', ['int']),
    ftruncate: declare('ftruncate', 'int', ['int', 'long']),
    futimens: declare('futimens', 'int', ['int', 'uintptr_t']),
    linkat: declare('linkat', 'int', ['int', 'uintptr_t', 'int', 'uintptr_t', 'int']),
    mkdirat: declare('mkdirat', 'int', ['int', 'uintptr_t', 'uint']),
    openat: declare('openat', 'int', ['int', 'uintptr_t', 'int', 'uint']),
    posix_fadvise: declare('posix_fadvise', 'int', ['int', 'long', 'long', 'int']),
    posix_fallocate: declare('posix_fallocate', 'int', ['int', 'long', 'long']),
    preadv: declare('preadv', 'long', ['int', 'uintptr_t', 'int', 'long']),
    pwritev: declare('pwritev', 'long', ['int', 'uintptr_t', 'int', 'long']),
    readlinkat: declare('readlinkat', 'long', ['int', 'uintptr_t', 'uintptr_t', 'size_t']),
    renameat: declare('renameat', 'int', ['int', 'uintptr_t', 'int', 'uintptr_t']),
    symlinkat: declare('symlinkat', 'int', ['uintptr_t', 'int', 'uintptr_t']),
    syscall3: declare('syscall', 'long', ['long', 'long', 'long', 'long']),
    syscall4: declare('syscall', 'long', ['long', 'long', 'long', 'long', 'long']),
    syscall5: declare('syscall', 'long', ['long', 'long', 'long', 'long', 'long', 'long']),
    unlinkat: declare('unlinkat', 'int', ['int', 'uintptr_t', 'int']),
    utimensat: declare('utimensat', 'int', ['int', 'uintptr_t', 'uintptr_t', 'int']),
  }
}

function native() {
  declared ??= declareFunctions()
  return declared
}

export function fdatasync(fd: number): number {
  const result = native().fdatasync(fd)
  return result < 0 ? -errno() : result
}

export function fsync(fd: number): number {
  const result = native().fsync(fd)
  return result < 0 ? -errno() : result
}

export function ftruncate(fd: number, size: bigint): number {
  const result = native().ftruncate(fd, size)
  return result < 0 ? -errno() : result
}

/** @param times as in {@link utimensat} */
export function futimens(fd: number, times: number): number {
  const result = native().futimens(fd, times)
  return result < 0 ? -errno() : result
}

/** Directory entries as `struct linux_dirent64`. @returns bytes, 0 at the end */
export function getdents64(fd: number, buffer: number, room: number): number {
  const result = native().syscall3(SYS_GETDENTS64, fd, buffer, room)
  return result < 0 ? -errno() : result
}

export function linkat(fd: number, path: number, newFd: number, newPath: number, flags: number): number {
  const result = native().linkat(fd, path, newFd, newPath, flags)
  return result < 0 ? -errno() : result
}

export function mkdirat(fd: number, path: number, mode: number): number {
  const result = native().mkdirat(fd, path, mode)
  return result < 0 ? -errno() : result
}

export function openat(fd: number, path: number, flags: number, mode: number): number {
  const result = native().openat(fd, path, flags, mode)
  return result < 0 ? -errno() : result
}

/** @param how a `struct open_how` */
export function openat2(fd: number, path: number, how: number): number {
  const result = native().syscall4(SYS_OPENAT2, fd, path, how, OPEN_HOW.size)
  return result < 0 ? -errno() : result
}

/** Answers its error instead of setting errno. */
export function posixFadvise(fd: number, offset: bigint, length: bigint, advice: number): number {
  return -native().posix_fadvise(fd, offset, length, advice)
}

/** Answers its error instead of setting errno. */
export function posixFallocate(fd: number, offset: bigint, length: bigint): number {
  return -native().posix_fallocate(fd, offset, length)
}

export function preadv(fd: number, iovecs: number, count: number, offset: bigint): number {
  const result = native().preadv(fd, iovecs, count, offset)
  return result < 0 ? -errno() : result
}

export function pwritev(fd: number, iovecs: number, count: number, offset: bigint): number {
  const result = native().pwritev(fd, iovecs, count, offset)
  return result < 0 ? -errno() : result
}

export function readlinkat(fd: number, path: number, buffer: number, room: number): number {
  const result = native().readlinkat(fd, path, buffer, room)
  return result < 0 ? -errno() : result
}

export function renameat(fd: number, path: number, newFd: number, newPath: number): number {
  const result = native().renameat(fd, path, newFd, newPath)
  return result < 0 ? -errno() : result
}

/** @param status a `struct statx` */
export function statx(fd: number, path: number, flags: number, mask: number, status: number): number {
  const result = native().syscall5(SYS_STATX, fd, path, flags, mask, status)
  return result < 0 ? -errno() : result
}

export function symlinkat(target: number, fd: number, path: number): number {
  const result = native().symlinkat(target, fd, path)
  return result < 0 ? -errno() : result
}

export function unlinkat(fd: number, path: number, flags: number): number {
  const result = native().unlinkat(fd, path, flags)
  return result < 0 ? -errno() : result
}

/** @param times two `struct timespec`s: access, modification; @param path 0 for the descriptor itself */
export function utimensat(fd: number, path: number, times: number, flags: number): number {
  const result = native().utimensat(fd, path, times, flags)
  return result < 0 ? -errno() : result
}
