import { fstatSync } from 'node:fs'
import { Errno } from '../abi/errno.ts'
import { ALL_FD_FLAGS, FdFlags, Fdstat, Filestat, Rights, Whence } from '../abi/preview1.ts'
import { type Descriptor, type RightsMask, rightsMask, SocketDescriptor } from '../fd/descriptor.ts'
import { HostErrno } from '../os/errno.ts'
import { lseek } from '../os/libc.ts'
import { errnoOf, type Host, type HostFunctions } from './host.ts'

const READ = rightsMask(Rights.FD_READ)
const WRITE = rightsMask(Rights.FD_WRITE)
const SEEK = rightsMask(Rights.FD_SEEK)
const TELL = rightsMask(Rights.FD_TELL)
const SET_FLAGS = rightsMask(Rights.FD_FDSTAT_SET_FLAGS)
const FILESTAT_GET = rightsMask(Rights.FD_FILESTAT_GET)

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
export function fdFunctions(host: Host): HostFunctions<FdFunction> {
  const { memory, network, streams, table } = host

  function descriptor(fd: number, needed: RightsMask): Descriptor | Errno {
    const found = table.get(fd)
    if (found === undefined) return Errno.BADF
    return found.may(needed) ? found : Errno.NOTCAPABLE
  }

  /** Moves the position of `fd`; a socket answers SPIPE as the kernel does, whatever its rights. */
  function seek(fd: number, offset: bigint, whence: number, resultPtr: number, needed: RightsMask): Errno {
    if (!memory.contains(resultPtr, 8)) return Errno.FAULT
    const found = table.get(fd)
    if (found === undefined) return Errno.BADF
    if (found instanceof SocketDescriptor) return Errno.SPIPE
    if (!found.may(needed)) return Errno.SPIPE
    if (whence < Whence.SET || whence > Whence.END) return Errno.INVAL
    const position = lseek(found.hostFd, Number(offset), whence)
    if (position < 0) return errnoOf(position)
    memory.setU64(resultPtr, BigInt(position))
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
      memory.fill(statPtr, Fdstat.size, 0)
      memory.setU8(statPtr + Fdstat.filetype, found.fileType)
      memory.setU16(statPtr + Fdstat.flags, found.file.nonBlocking ? FdFlags.NONBLOCK : 0)
      memory.setU64(statPtr + Fdstat.rightsBase, found.rightsBase)
      memory.setU64(statPtr + Fdstat.rightsInheriting, found.rightsInheriting)
      return Errno.SUCCESS
    },

    /** Of the flags only NONBLOCK means something here; the others are for files, and asking for them is refused. */
    fd_fdstat_set_flags(fd, flags) {
      const found = descriptor(fd, SET_FLAGS)
      if (typeof found === 'number') return found
      if ((flags & ~ALL_FD_FLAGS) !== 0) return Errno.INVAL
      if ((flags & ~FdFlags.NONBLOCK) !== 0) return Errno.NOTSUP
      const nonBlocking = (flags & FdFlags.NONBLOCK) !== 0
      if (found instanceof SocketDescriptor) return errnoOf(network.setNonBlocking(found, nonBlocking))
      found.file.nonBlocking = nonBlocking
      return Errno.SUCCESS
    },

    fd_fdstat_set_rights(fd, base, inheriting) {
      const found = table.get(fd)
      if (found === undefined) return Errno.BADF
      const limited = found.limitRights(BigInt.asUintN(64, base), BigInt.asUintN(64, inheriting))
      return limited ? Errno.SUCCESS : Errno.NOTCAPABLE
    },

    fd_filestat_get(fd, statPtr) {
      statPtr >>>= 0
      if (!memory.contains(statPtr, Filestat.size)) return Errno.FAULT
      const found = descriptor(fd, FILESTAT_GET)
      if (typeof found === 'number') return found
      const stat = fstatSync(found.hostFd, { bigint: true })
      memory.fill(statPtr, Filestat.size, 0)
      memory.setU64(statPtr + Filestat.dev, stat.dev)
      memory.setU64(statPtr + Filestat.ino, stat.ino)
      memory.setU8(statPtr + Filestat.filetype, found.fileType)
      memory.setU64(statPtr + Filestat.nlink, stat.nlink)
      memory.setU64(statPtr + Filestat.fileSize, stat.size)
      memory.setU64(statPtr + Filestat.atim, stat.atimeNs)
      memory.setU64(statPtr + Filestat.mtim, stat.mtimeNs)
      memory.setU64(statPtr + Filestat.ctim, stat.ctimeNs)
      return Errno.SUCCESS
    },

    fd_read(fd, iovsPtr, iovsLen, sizePtr) {
      sizePtr >>>= 0
      if (!memory.contains(sizePtr, 4)) return Errno.FAULT
      const loaded = host.loadIovecs(iovsPtr >>> 0, iovsLen >>> 0)
      if (loaded !== Errno.SUCCESS) return loaded
      const found = descriptor(fd, READ)
      if (typeof found === 'number') return found
      const { iovecs } = host
      let bytes: number
      if (!(found instanceof SocketDescriptor)) bytes = streams.read(found, iovecs)
      // Unlike `recv` of nothing, `read` of nothing does not look at the socket.
      else bytes = iovecs.totalBytes === 0 ? 0 : network.receive(found, iovecs, NO_FLAGS)
      if (bytes < 0) return errnoOf(bytes)
      memory.setU32(sizePtr, bytes)
      return Errno.SUCCESS
    },

    fd_write(fd, iovsPtr, iovsLen, sizePtr) {
      sizePtr >>>= 0
      if (!memory.contains(sizePtr, 4)) return Errno.FAULT
      const loaded = host.loadIovecs(iovsPtr >>> 0, iovsLen >>> 0)
      if (loaded !== Errno.SUCCESS) return loaded
      const found = descriptor(fd, WRITE)
      if (typeof found === 'number') return found
      const bytes =
        found instanceof SocketDescriptor ? network.send(found, host.iovecs) : streams.write(found, host.iovecs)
      if (bytes < 0) return errnoOf(bytes)
      memory.setU32(sizePtr, bytes)
      return Errno.SUCCESS
    },

    /** As POSIX `dup2` and then `close(from)`: `to` need not be open. */
    fd_renumber(from, to) {
      const replaced = table.renumber(from, to)
      if (replaced === false) return Errno.BADF
      return replaced === 'none' ? Errno.SUCCESS : errnoOf(Math.max(host.release(replaced), -HostErrno.EIO))
    },

    fd_seek(fd, offset, whence, positionPtr) {
      return seek(fd, offset, whence, positionPtr >>> 0, SEEK)
    },

    fd_tell(fd, positionPtr) {
      return seek(fd, 0n, Whence.CUR, positionPtr >>> 0, TELL)
    },
  }
}
