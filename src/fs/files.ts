import { FileType } from '../abi/preview1.ts'
import type { FileDescriptor, StreamDescriptor } from '../fd/descriptor.ts'
import { DirectoryEntries, type DirectoryEntry } from '../fd/directory-entries.ts'
import {
  AT_FDCWD,
  AT_REMOVEDIR,
  AT_SYMLINK_FOLLOW,
  AT_SYMLINK_NOFOLLOW,
  F_GETFL,
  F_SETFL,
  O_ACCMODE,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_NOFOLLOW,
  O_PATH,
  O_TRUNC,
  UTIME_NOW,
  UTIME_OMIT,
} from '../os/constants.ts'
import { HostErrno } from '../os/errno.ts'
import { HostBuffer } from '../os/ffi.ts'
import { FileStatus } from '../os/file-status.ts'
import { type Iovecs, readPieces, writePieces } from '../os/iovecs.ts'
import { close, fcntl } from '../os/libc.ts'
import {
  fdatasync,
  fsync,
  ftruncate,
  futimens,
  linkat,
  mkdirat,
  posixFadvise,
  posixFallocate,
  preadv,
  pwritev,
  readlinkat,
  renameat,
  symlinkat,
  unlinkat,
  utimensat,
} from '../os/libc-files.ts'
import { bestOpener, type OpenBeneath } from './beneath.ts'
import { checkPath, endsInSlash, isAbsolute, isDotDot, PathBuffer, splitPath } from './path.ts'

/** What a new file and a new directory permit, before the process's umask. */
const NEW_FILE_MODE = 0o666
const NEW_DIRECTORY_MODE = 0o777

const DOT = Uint8Array.of(0x2e)

/** A file, or a standard stream that may be one. */
export type AnyFile = FileDescriptor | StreamDescriptor

/** A time to set: nanoseconds since the epoch, the present, or as it was. */
export type NewTime = bigint | 'now' | 'unchanged'

/**
 * The one door to files. Every path is resolved beneath the directory it is given with, and every change asks first whether
 * the directory was given for reading only. Operations answer a result of 0 or more, or a negative host errno.
 */
export class Files {
  /** What the last `status…` call found. */
  readonly status = new FileStatus()
  readonly #openBeneath: OpenBeneath
  readonly #name = new PathBuffer()
  readonly #otherName = new PathBuffer()
  readonly #times = new HostBuffer(32)

  /** @param openBeneath how paths are resolved; by default as well as this kernel can */
  constructor(openBeneath: OpenBeneath = bestOpener()) {
    this.#openBeneath = openBeneath
  }

  /** @param flags of `open`; @returns a host descriptor or a negative host errno */
  open(dir: FileDescriptor, path: Uint8Array, flags: number): number {
    const wrong = checkRelative(path)
    if (wrong < 0) return wrong
    if (!dir.isReadOnly) return this.#openBeneath(dir.hostFd, path, flags, NEW_FILE_MODE, dir.isClosing)
    if ((flags & O_ACCMODE) !== 0 || (flags & O_TRUNC) !== 0) return -HostErrno.EROFS
    return (flags & O_CREAT) === 0
      ? this.#openBeneath(dir.hostFd, path, flags, 0, dir.isClosing)
      : this.#openMade(dir, path, flags)
  }

  /** What `open` with O_CREAT answers below a directory for reading only: what is there already, it opens. */
  #openMade(dir: FileDescriptor, path: Uint8Array, flags: number): number {
    const isExclusive = (flags & O_EXCL) !== 0
    const looking = isExclusive ? O_PATH | O_NOFOLLOW : flags & ~O_CREAT
    const fd = this.#openBeneath(dir.hostFd, path, looking, 0, dir.isClosing)
    // What is wrong with the way to it, or with its name, is said first.
    if (fd === -HostErrno.ENOENT) {
      return this.#inParent(dir, path, () => (endsInSlash(path) ? -HostErrno.EISDIR : -HostErrno.EROFS))
    }
    if (fd < 0) return fd
    const isDirectory = this.status.ofDescriptor(fd) === 0 && this.status.fileType === FileType.DIRECTORY
    if (!isExclusive && !isDirectory) return fd
    close(fd)
    return isExclusive ? -HostErrno.EEXIST : -HostErrno.EISDIR
  }

  /**
   * Opens the directory that holds the last component of a path.
   * @returns a host descriptor of its own, and the component; or a negative host errno
   */
  openParent(dir: FileDescriptor, path: Uint8Array): { fd: number; name: Uint8Array } | number {
    const wrong = checkRelative(path)
    if (wrong < 0) return wrong
    const { parent, name, isDots } = splitPath(path)
    const holder = isDots ? path : parent
    const fd = this.#openBeneath(dir.hostFd, holder.length === 0 ? DOT : holder, O_PATH | O_DIRECTORY, 0, dir.isClosing)
    return fd < 0 ? fd : { fd, name: isDots ? DOT : name }
  }

  /** @returns O_APPEND, O_NONBLOCK and their like, and the access mode; or a negative host errno */
  statusFlags(file: FileDescriptor): number {
    const known = file.file.statusFlags
    if (known !== undefined) return known
    const flags = fcntl(file.hostFd, F_GETFL, 0)
    if (flags >= 0) file.file.statusFlags = flags
    return flags
  }

  /** @param flags O_APPEND, O_NONBLOCK; the others stay as they are */
  setStatusFlags(file: FileDescriptor, flags: number): number {
    file.file.statusFlags = undefined
    return fcntl(file.hostFd, F_SETFL, flags)
  }

  close(file: FileDescriptor): number {
    return close(file.hostFd)
  }

  createDirectory(dir: FileDescriptor, path: Uint8Array): number {
    if (dir.isReadOnly) return -HostErrno.EROFS
    return this.#inParent(dir, path, (fd, name) => mkdirat(fd, this.#name.set(name), NEW_DIRECTORY_MODE))
  }

  removeDirectory(dir: FileDescriptor, path: Uint8Array): number {
    if (dir.isReadOnly) return -HostErrno.EROFS
    return this.#inParent(dir, path, (fd, _, written) => unlinkat(fd, this.#name.set(written), AT_REMOVEDIR))
  }

  unlink(dir: FileDescriptor, path: Uint8Array): number {
    if (dir.isReadOnly) return -HostErrno.EROFS
    return this.#inParent(dir, path, (fd, name) => unlinkat(fd, this.#name.set(name), 0))
  }

  rename(dir: FileDescriptor, path: Uint8Array, newDir: FileDescriptor, newPath: Uint8Array): number {
    if (dir.isReadOnly || newDir.isReadOnly) return -HostErrno.EROFS
    return this.#inParent(dir, path, (fd, name) =>
      this.#inParent(newDir, newPath, (newFd, newName) =>
        renameat(fd, this.#name.set(name), newFd, this.#otherName.set(newName)),
      ),
    )
  }

  /**
   * A second name for a file. Both directories must be writable: through a name in a writable one a file could be changed
   * that was given for reading only.
   */
  link(dir: FileDescriptor, path: Uint8Array, follow: boolean, newDir: FileDescriptor, newPath: Uint8Array): number {
    if (dir.isReadOnly || newDir.isReadOnly) return -HostErrno.EROFS
    return this.#atName(
      dir,
      path,
      (fd, name) => {
        // The kernel looks for the old name first.
        const missing = this.status.of(fd, this.#name.set(name), AT_SYMLINK_NOFOLLOW)
        if (missing < 0) return missing
        if (follow && this.status.isSymbolicLink) return FOLLOW
        return this.#inParent(newDir, newPath, (newFd, newName) =>
          linkat(fd, this.#name.set(name), newFd, this.#otherName.set(newName), 0),
        )
      },
      (fd) =>
        this.#inParent(newDir, newPath, (newFd, newName) =>
          linkat(AT_FDCWD, this.#name.set(procPath(fd)), newFd, this.#otherName.set(newName), AT_SYMLINK_FOLLOW),
        ),
    )
  }

  /** @param target the text of the link: a relative path, as an absolute one would mean something else to the host */
  symlink(target: Uint8Array, dir: FileDescriptor, path: Uint8Array): number {
    if (dir.isReadOnly) return -HostErrno.EROFS
    const wrong = checkRelative(target)
    if (wrong < 0) return wrong
    return this.#inParent(dir, path, (fd, name) => symlinkat(this.#otherName.set(target), fd, this.#name.set(name)))
  }

  /** Stores the text of a link, cut to `room` bytes. @returns the bytes stored */
  readLink(dir: FileDescriptor, path: Uint8Array, address: number, room: number): number {
    return this.#atName(
      dir,
      path,
      (fd, name) => readlinkat(fd, this.#name.set(name), address, room),
      () => -HostErrno.EINVAL,
    )
  }

  /** Looks up {@link status}. */
  statusOf(dir: FileDescriptor, path: Uint8Array, follow: boolean): number {
    return this.#atName(
      dir,
      path,
      (fd, name) => {
        const result = this.status.of(fd, this.#name.set(name), AT_SYMLINK_NOFOLLOW)
        return result === 0 && follow && this.status.isSymbolicLink ? FOLLOW : result
      },
      (fd) => this.status.ofDescriptor(fd),
    )
  }

  setTimes(dir: FileDescriptor, path: Uint8Array, follow: boolean, atim: NewTime, mtim: NewTime): number {
    if (dir.isReadOnly) return -HostErrno.EROFS
    this.#putTimes(atim, mtim)
    return this.#atName(
      dir,
      path,
      (fd, name) => {
        const at = this.#name.set(name)
        if (follow && this.#isLink(fd, at)) return FOLLOW
        return utimensat(fd, at, this.#times.address, AT_SYMLINK_NOFOLLOW)
      },
      (fd) => utimensat(AT_FDCWD, this.#name.set(procPath(fd)), this.#times.address, 0),
    )
  }

  setTimesOf(file: AnyFile, atim: NewTime, mtim: NewTime): number {
    if (file.isReadOnly) return -HostErrno.EROFS
    this.#putTimes(atim, mtim)
    return futimens(file.hostFd, this.#times.address)
  }

  setSize(file: AnyFile, size: bigint): number {
    return file.isReadOnly ? -HostErrno.EROFS : ftruncate(file.hostFd, size)
  }

  allocate(file: AnyFile, offset: bigint, length: bigint): number {
    return file.isReadOnly ? -HostErrno.EROFS : posixFallocate(file.hostFd, offset, length)
  }

  /** @param advice a `POSIX_FADV_…` */
  advise(file: AnyFile, offset: bigint, length: bigint, advice: number): number {
    return posixFadvise(file.hostFd, offset, length, advice)
  }

  sync(file: AnyFile): number {
    return fsync(file.hostFd)
  }

  syncData(file: AnyFile): number {
    return fdatasync(file.hostFd)
  }

  /** @returns bytes read, 0 at the end */
  read(file: FileDescriptor, buffers: Iovecs): number {
    for (;;) {
      const bytes = readPieces(file.hostFd, buffers)
      if (bytes !== -HostErrno.EINTR || file.isClosing()) return bytes
    }
  }

  /** @returns bytes written, fewer than asked for where the disk is full */
  write(file: FileDescriptor, buffers: Iovecs): number {
    for (;;) {
      const bytes = writePieces(file.hostFd, buffers)
      if (bytes !== -HostErrno.EINTR || file.isClosing()) return bytes
    }
  }

  readAt(file: AnyFile, buffers: Iovecs, offset: bigint): number {
    for (;;) {
      const bytes = preadv(file.hostFd, buffers.layOut(), buffers.count, offset)
      if (bytes !== -HostErrno.EINTR || file.isClosing()) return bytes
    }
  }

  writeAt(file: AnyFile, buffers: Iovecs, offset: bigint): number {
    for (;;) {
      const bytes = pwritev(file.hostFd, buffers.layOut(), buffers.count, offset)
      if (bytes !== -HostErrno.EINTR || file.isClosing()) return bytes
    }
  }

  /**
   * Gives the entries behind `cookie` to `take` until it answers false. `..` has the number of the directory itself, as in
   * the root of a file system: what is above may be outside.
   */
  readDirectory(dir: FileDescriptor, cookie: bigint, take: (entry: DirectoryEntry) => boolean): number {
    dir.entries ??= new DirectoryEntries()
    return dir.entries.read(dir, cookie, (entry) => {
      if (!isDotDot(entry.name)) return take(entry)
      const result = this.status.ofDescriptor(dir.hostFd)
      return take({ ...entry, ino: result < 0 ? 0n : this.status.ino })
    })
  }

  /**
   * Acts on the last component of a path in the directory that holds it. The kernel follows no link there.
   * @param act gets `.` where the path ends in `..`; and as it is written, for what never goes there
   */
  #inParent(
    dir: FileDescriptor,
    path: Uint8Array,
    act: (dirFd: number, name: Uint8Array, written: Uint8Array) => number,
  ): number {
    const wrong = checkRelative(path)
    if (wrong < 0) return wrong
    const { parent, name, isDots } = splitPath(path)
    const holder = isDots ? path : parent
    if (holder.length === 0) return act(dir.hostFd, name, name)
    const fd = this.#openBeneath(dir.hostFd, holder, O_PATH | O_DIRECTORY, 0, dir.isClosing)
    if (fd < 0) return fd
    try {
      return act(fd, isDots ? DOT : name, name)
    } finally {
      close(fd)
    }
  }

  /**
   * Acts on what a path names, where the kernel would follow a link of the form `link/`, out of the directory if it leads
   * there.
   * @param act acts on a name in its directory, or answers {@link FOLLOW}
   * @param actOn acts on what was opened, where the path has to be followed to its end
   */
  #atName(
    dir: FileDescriptor,
    path: Uint8Array,
    act: (dirFd: number, name: Uint8Array) => number,
    actOn: (fd: number) => number,
  ): number {
    const isDirectory = endsInSlash(path)
    if (!isDirectory) {
      const result = this.#inParent(dir, path, act)
      if (result !== FOLLOW) return result
    }
    const fd = this.open(dir, path, isDirectory ? O_PATH | O_DIRECTORY : O_PATH)
    if (fd < 0) return fd
    try {
      return actOn(fd)
    } finally {
      close(fd)
    }
  }

  #isLink(dirFd: number, name: number): boolean {
    return this.status.of(dirFd, name, AT_SYMLINK_NOFOLLOW) === 0 && this.status.isSymbolicLink
  }

  #putTimes(atim: NewTime, mtim: NewTime): void {
    for (const [i, time] of [atim, mtim].entries()) {
      const isSet = typeof time === 'bigint'
      this.#times.view.setBigInt64(16 * i, isSet ? time / 1_000_000_000n : 0n, true)
      const nanoseconds = time === 'now' ? UTIME_NOW : UTIME_OMIT
      this.#times.view.setBigInt64(16 * i + 8, isSet ? time % 1_000_000_000n : BigInt(nanoseconds), true)
    }
  }
}

/** What an action answers when the name is a link that is to be followed. No errno has this number. */
const FOLLOW = -0x1_0000

/** A path that can be resolved beneath a directory. @returns 0 or a negative host errno */
function checkRelative(path: Uint8Array): number {
  const wrong = checkPath(path)
  if (wrong < 0) return wrong
  return isAbsolute(path) ? -HostErrno.EPERM : 0
}

/** The path by which the kernel finds what a descriptor of this process stands for. */
function procPath(fd: number): Uint8Array {
  return Buffer.from(`/proc/self/fd/${fd}`)
}
