import { Errno } from '../abi/errno.ts'
import { ALL_FD_FLAGS, FdFlags, Fdstat, Rights } from '../abi/preview1.ts'
import type { Layouts } from '../abi/unstable.ts'
import { type Descriptor, FileDescriptor, type RightsMask, rightsMask, SocketDescriptor } from '../fd/descriptor.ts'
import type { Files } from '../fs/files.ts'
import { F_GETFL, O_APPEND, O_DSYNC, O_NONBLOCK, O_SYNC } from '../os/constants.ts'
import { HostErrno } from '../os/errno.ts'
import { FileStatus } from '../os/file-status.ts'
import { fcntl, lseek } from '../os/libc.ts'
import { storeFilestat } from './filestat.ts'
import { errnoOf, type Host, type HostFunctions } from './host.ts'

const READ = rightsMask(Rights.FD_READ)
const WRITE = rightsMask(Rights.FD_WRITE)
const SEEK = rightsMask(Rights.FD_SEEK)
const TELL = rightsMask(Rights.FD_TELL)
const SET_FLAGS = rightsMask(Rights.FD_FDSTAT_SET_FLAGS)
const FILESTAT_GET = rightsMask(Rights.FD_FILESTAT_GET)

/** `lseek`'s own numbers. Source: POSIX `unistd.h` on Linux. */
const [SEEK_SET, SEEK_CUR, SEEK_END] = [0, 1, 2]

const NO_FLAGS = { peek: false, waitAll: false }

type FdFunction =
  | 'fd_close'
  | 'fd_fdstat_get'
  | 'fd_fdstat_set_flags'
  | 'fd_fdstat_set_rights'
  | 'fd_filestat_get'
  | 'fd_read'
  | 'fd_renumber'
  | 'fd_seek'
  | 'fd_tell'
  | 'fd_write'

/** The descriptor functions that mean something whatever a descriptor stands for. Source: WASI snapshot-01. */
export function fdFunctions(host: Host, { filestat, whence: Whence }: Layouts): HostFunctions<FdFunction> {
  const { memory, network, streams, table } = host
  const status = new FileStatus()
  /** What `lseek` calls each `whence`. */
  const hostWhence = new Map([
    [Whence.SET, SEEK_SET],
    [Whence.CUR, SEEK_CUR],
    [Whence.END, SEEK_END],
  ])

  function descriptor(fd: number, needed: RightsMask): Descriptor | Errno {
    const found = table.get(fd)
    if (found === undefined) return Errno.BADF
    return found.may(needed) ? found : Errno.NOTCAPABLE
  }

  /** The same for reading and writing: what is open the other way only is no descriptor for it, says POSIX. */
  function transferable(fd: number, needed: RightsMask): Descriptor | Errno {
    const found = descriptor(fd, needed)
    return found === Errno.NOTCAPABLE && !(table.get(fd) instanceof SocketDescriptor) ? Errno.BADF : found
  }

  /**
   * Moves the position of `fd`; to ask where it is needs the right to tell only. A socket answers SPIPE as the kernel does,
   * whatever its rights.
   */
  function seek(fd: number, offset: bigint, whence: number, resultPtr: number): Errno {
    if (!memory.contains(resultPtr, 8)) return Errno.FAULT
    const found = table.get(fd)
    if (found === undefined) return Errno.BADF
    if (found instanceof SocketDescriptor) return Errno.SPIPE
    // A directory has positions, but only cookies lead to them.
    if (found instanceof FileDescriptor && found.isDirectory) return Errno.BADF
    const from = hostWhence.get(whence)
    const isPermitted = found.may(SEEK) || (offset === 0n && from === SEEK_CUR && found.may(TELL))
    if (!isPermitted) return found instanceof FileDescriptor ? Errno.NOTCAPABLE : Errno.SPIPE
    if (from === undefined) return Errno.INVAL
    const position = lseek(found.hostFd, offset, from)
    if (position < 0n) return errnoOf(Number(position))
    memory.setU64(resultPtr, position)
    return Errno.SUCCESS
  }

  return {
    fd_close(fd) {
      const removed = table.remove(fd)
      return removed === undefined ? Errno.BADF : errnoOf(host.release(removed))
    },

    fd_fdstat_get(fd, statPtr) {
      statPtr >>>= 0
      if (!memory.contains(statPtr, Fdstat.size)) return Errno.FAULT
      const found = table.get(fd)
      if (found === undefined) return Errno.BADF
      memory.clear(statPtr, Fdstat.size)
      memory.setU8(statPtr + Fdstat.filetype, found.fileType)
      memory.setU16(statPtr + Fdstat.flags, fdFlags(found, host.files))
      memory.setU64(statPtr + Fdstat.rightsBase, found.rightsBase)
      memory.setU64(statPtr + Fdstat.rightsInheriting, found.rightsInheriting)
      return Errno.SUCCESS
    },

    /**
     * NONBLOCK can be changed, and APPEND of a file. How an open file synchronises Linux does not let change: asking for more
     * is refused, and what is left out stays, as with `F_SETFL`.
     */
    fd_fdstat_set_flags(fd, flags) {
      const found = descriptor(fd, SET_FLAGS)
      if (typeof found === 'number') return found
      if ((flags & ~ALL_FD_FLAGS) !== 0) return Errno.INVAL
      const changeable = found instanceof FileDescriptor ? FdFlags.NONBLOCK | FdFlags.APPEND : FdFlags.NONBLOCK
      if ((flags & ~fdFlags(found, host.files) & ~changeable) !== 0) return Errno.NOTSUP
      const nonBlocking = (flags & FdFlags.NONBLOCK) !== 0
      if (found instanceof FileDescriptor) {
        const append = (flags & FdFlags.APPEND) !== 0
        return errnoOf(host.files.setStatusFlags(found, (nonBlocking ? O_NONBLOCK : 0) | (append ? O_APPEND : 0)))
      }
      return errnoOf(host.setNonBlocking(found, nonBlocking))
    },

    fd_fdstat_set_rights(fd, base, inheriting) {
      const found = table.get(fd)
      if (found === undefined) return Errno.BADF
      const limited = found.limitRights(BigInt.asUintN(64, base), BigInt.asUintN(64, inheriting))
      if (limited) table.changed(fd)
      return limited ? Errno.SUCCESS : Errno.NOTCAPABLE
    },

    fd_filestat_get(fd, statPtr) {
      statPtr >>>= 0
      if (!memory.contains(statPtr, filestat.size)) return Errno.FAULT
      const found = descriptor(fd, FILESTAT_GET)
      if (typeof found === 'number') return found
      const result = status.ofDescriptor(found.hostFd)
      if (result < 0) return errnoOf(result)
      // A socket's file does not say of which kind it is, and what was opened by its path has just been looked at.
      const fileType = found instanceof FileDescriptor ? status.fileType : found.fileType
      storeFilestat(memory, statPtr, filestat, status, fileType)
      return Errno.SUCCESS
    },

    fd_read(fd, iovsPtr, iovsLen, sizePtr) {
      sizePtr >>>= 0
      if (!memory.contains(sizePtr, 4)) return Errno.FAULT
      const loaded = host.loadIovecs(iovsPtr >>> 0, iovsLen >>> 0)
      if (loaded !== Errno.SUCCESS) return loaded
      const found = transferable(fd, READ)
      if (typeof found === 'number') return found
      const { iovecs } = host
      let bytes: number
      if (found instanceof FileDescriptor) bytes = host.files.read(found, iovecs)
      else if (!(found instanceof SocketDescriptor)) bytes = streams.read(found, iovecs)
      // Unlike `recv` of nothing, `read` of nothing does not look at the socket.
      else if (iovecs.totalBytes === 0) bytes = 0
      else {
        host.spinUntilReadable(found)
        bytes = network.receive(found, iovecs, NO_FLAGS)
      }
      if (bytes < 0) return errnoOf(bytes)
      memory.setU32(sizePtr, bytes)
      return Errno.SUCCESS
    },

    fd_write(fd, iovsPtr, iovsLen, sizePtr) {
      sizePtr >>>= 0
      if (!memory.contains(sizePtr, 4)) return Errno.FAULT
      const loaded = host.loadIovecs(iovsPtr >>> 0, iovsLen >>> 0)
      if (loaded !== Errno.SUCCESS) return loaded
      const found = transferable(fd, WRITE)
      if (typeof found === 'number') return found
      const { iovecs } = host
      let bytes: number
      if (found instanceof FileDescriptor) bytes = host.files.write(found, iovecs)
      else bytes = found instanceof SocketDescriptor ? network.send(found, iovecs) : streams.write(found, iovecs)
      if (bytes < 0) return errnoOf(bytes)
      memory.setU32(sizePtr, bytes)
      return Errno.SUCCESS
    },

    /** As POSIX `dup2` and then `close(from)`, but for a number that is open. */
    fd_renumber(from, to) {
      if (table.get(to) === undefined) return Errno.BADF
      const replaced = table.renumber(from, to)
      if (replaced === false) return Errno.BADF
      return replaced === 'none' ? Errno.SUCCESS : errnoOf(Math.max(host.release(replaced), -HostErrno.EIO))
    },

    fd_seek(fd, offset, whence, positionPtr) {
      return seek(fd, offset, whence, positionPtr >>> 0)
    },

    fd_tell(fd, positionPtr) {
      return seek(fd, 0n, Whence.CUR, positionPtr >>> 0)
    },
  }
}

/** The `fdflags` of a descriptor. Whether a stream or a socket blocks is the guest's own; the rest is the kernel's. */
function fdFlags(descriptor: Descriptor, files: Files): number {
  if (descriptor instanceof SocketDescriptor) return descriptor.file.nonBlocking ? FdFlags.NONBLOCK : 0
  const isFile = descriptor instanceof FileDescriptor
  const flags = Math.max(isFile ? files.statusFlags(descriptor) : fcntl(descriptor.hostFd, F_GETFL, 0), 0)
  const nonBlocking = isFile ? (flags & O_NONBLOCK) !== 0 : descriptor.file.nonBlocking
  return (
    (nonBlocking ? FdFlags.NONBLOCK : 0) |
    ((flags & O_APPEND) !== 0 ? FdFlags.APPEND : 0) |
    ((flags & O_DSYNC) !== 0 ? FdFlags.DSYNC : 0) |
    ((flags & O_SYNC) === O_SYNC ? FdFlags.SYNC | FdFlags.RSYNC : 0)
  )
}
