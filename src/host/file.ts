import { Errno } from '../abi/errno.ts'
import { Advice, ALL_FST_FLAGS, Dirent, FstFlags, PreopenType, Prestat, Rights } from '../abi/preview1.ts'
import {
  FileDescriptor,
  PreopenedDirectory,
  type RightsMask,
  rightsMask,
  SocketDescriptor,
  StreamDescriptor,
} from '../fd/descriptor.ts'
import type { DirectoryEntry } from '../fd/directory-entries.ts'
import type { AnyFile, NewTime } from '../fs/files.ts'
import {
  POSIX_FADV_DONTNEED,
  POSIX_FADV_NOREUSE,
  POSIX_FADV_NORMAL,
  POSIX_FADV_RANDOM,
  POSIX_FADV_SEQUENTIAL,
  POSIX_FADV_WILLNEED,
} from '../os/constants.ts'
import { errnoOf, type Host, type HostFunctions } from './host.ts'

const READ = rightsMask(Rights.FD_READ | Rights.FD_SEEK)
const WRITE = rightsMask(Rights.FD_WRITE | Rights.FD_SEEK)
const ADVISE = rightsMask(Rights.FD_ADVISE)
const ALLOCATE = rightsMask(Rights.FD_ALLOCATE)
const SYNC = rightsMask(Rights.FD_SYNC)
const SET_SIZE = rightsMask(Rights.FD_FILESTAT_SET_SIZE)
const SET_TIMES = rightsMask(Rights.FD_FILESTAT_SET_TIMES)
const READDIR = rightsMask(Rights.FD_READDIR)

/** The `POSIX_FADV_…` of each advice. */
const HOST_ADVICE: Readonly<Record<number, number>> = {
  [Advice.NORMAL]: POSIX_FADV_NORMAL,
  [Advice.SEQUENTIAL]: POSIX_FADV_SEQUENTIAL,
  [Advice.RANDOM]: POSIX_FADV_RANDOM,
  [Advice.WILLNEED]: POSIX_FADV_WILLNEED,
  [Advice.DONTNEED]: POSIX_FADV_DONTNEED,
  [Advice.NOREUSE]: POSIX_FADV_NOREUSE,
}

type FileFunction =
  | 'fd_advise'
  | 'fd_allocate'
  | 'fd_datasync'
  | 'fd_filestat_set_size'
  | 'fd_filestat_set_times'
  | 'fd_pread'
  | 'fd_prestat_dir_name'
  | 'fd_prestat_get'
  | 'fd_pwrite'
  | 'fd_readdir'
  | 'fd_sync'

/** The functions of open files and directories. Source: WASI snapshot-01. */
export function fileFunctions(host: Host): HostFunctions<FileFunction> {
  const { memory, table } = host

  /**
   * The file that `fd` stands for, if it has the rights `needed`; else why not.
   * @param otherwise what the kernel answers for sockets and pipes
   * @param notPermitted what is answered without the rights: where these are those of writing, what the kernel answers for
   *   a file that is not open for it
   */
  function file(
    fd: number,
    needed: RightsMask,
    otherwise: Errno,
    notPermitted: Errno = Errno.NOTCAPABLE,
  ): AnyFile | Errno {
    const found = table.get(fd)
    if (found === undefined) return Errno.BADF
    if (found instanceof SocketDescriptor) return otherwise
    if (found.may(needed)) return found
    if (found instanceof StreamDescriptor && !found.isSeekable) return otherwise
    return notPermitted
  }

  function preopened(fd: number): PreopenedDirectory | Errno {
    const found = table.get(fd)
    return found instanceof PreopenedDirectory ? found : Errno.BADF
  }

  /** Reads or writes at a position. @param transfer answers bytes or a negative host errno */
  function transferAt(
    fd: number,
    iovsPtr: number,
    iovsLen: number,
    sizePtr: number,
    needed: RightsMask,
    transfer: (file: AnyFile) => number,
  ): Errno {
    sizePtr >>>= 0
    if (!memory.contains(sizePtr, 4)) return Errno.FAULT
    const loaded = host.loadIovecs(iovsPtr >>> 0, iovsLen >>> 0)
    if (loaded !== Errno.SUCCESS) return loaded
    const found = file(fd, needed, Errno.SPIPE, Errno.BADF)
    if (typeof found === 'number') return found
    const bytes = transfer(found)
    if (bytes < 0) return errnoOf(bytes)
    memory.setU32(sizePtr, bytes)
    return Errno.SUCCESS
  }

  return {
    fd_advise(fd, offset, length, advice) {
      const found = file(fd, ADVISE, Errno.SPIPE)
      const isSocket = table.get(fd) instanceof SocketDescriptor
      if (typeof found === 'number' && !isSocket) return found
      const hostAdvice = HOST_ADVICE[advice]
      if (hostAdvice === undefined) return Errno.INVAL
      // The kernel takes any advice on a socket.
      return typeof found === 'number' ? Errno.SUCCESS : errnoOf(host.files.advise(found, offset, length, hostAdvice))
    },

    fd_allocate(fd, offset, length) {
      const found = file(fd, ALLOCATE, Errno.NODEV, Errno.BADF)
      return typeof found === 'number' ? found : errnoOf(host.files.allocate(found, offset, length))
    },

    /** Asks for the right of `fd_sync`, which does more: C libraries ask for that of data only where they write. */
    fd_datasync(fd) {
      const found = file(fd, SYNC, Errno.INVAL)
      return typeof found === 'number' ? found : errnoOf(host.files.syncData(found))
    },

    fd_filestat_set_size(fd, size) {
      const found = file(fd, SET_SIZE, Errno.INVAL, Errno.INVAL)
      return typeof found === 'number' ? found : errnoOf(host.files.setSize(found, size))
    },

    fd_filestat_set_times(fd, atim, mtim, flags) {
      const found = file(fd, SET_TIMES, Errno.NOTCAPABLE)
      if (typeof found === 'number') return found
      const times = newTimes(atim, mtim, flags)
      return times === undefined ? Errno.INVAL : errnoOf(host.files.setTimesOf(found, ...times))
    },

    fd_pread(fd, iovsPtr, iovsLen, offset, sizePtr) {
      return transferAt(fd, iovsPtr, iovsLen, sizePtr, READ, (found) => host.files.readAt(found, host.iovecs, offset))
    },

    fd_pwrite(fd, iovsPtr, iovsLen, offset, sizePtr) {
      return transferAt(fd, iovsPtr, iovsLen, sizePtr, WRITE, (found) => host.files.writeAt(found, host.iovecs, offset))
    },

    /** "No such descriptor" is how a C library learns that it has seen all preopened directories. */
    fd_prestat_get(fd, prestatPtr) {
      prestatPtr >>>= 0
      if (!memory.contains(prestatPtr, Prestat.size)) return Errno.FAULT
      const found = preopened(fd)
      if (typeof found === 'number') return found
      memory.clear(prestatPtr, Prestat.size)
      memory.setU8(prestatPtr + Prestat.tag, PreopenType.DIR)
      memory.setU32(prestatPtr + Prestat.nameLength, found.name.length)
      return Errno.SUCCESS
    },

    /** Stores the name without a NUL. */
    fd_prestat_dir_name(fd, namePtr, nameLen) {
      namePtr >>>= 0
      nameLen >>>= 0
      if (!memory.contains(namePtr, nameLen)) return Errno.FAULT
      const found = preopened(fd)
      if (typeof found === 'number') return table.get(fd) === undefined ? found : Errno.NOTDIR
      if (nameLen < found.name.length) return Errno.NAMETOOLONG
      memory.setBytes(namePtr, found.name)
      return Errno.SUCCESS
    },

    /**
     * Stores as many entries as fit, the last one cut where the room ends: less than `length` bytes stored means that there
     * are no more.
     * @param cookie of the entry to go on behind; 0 for the first
     */
    fd_readdir(fd, ptr, length, cookie, sizePtr) {
      ptr >>>= 0
      length >>>= 0
      sizePtr >>>= 0
      if (!memory.contains(ptr, length) || !memory.contains(sizePtr, 4)) return Errno.FAULT
      const found = table.get(fd)
      if (found === undefined) return Errno.BADF
      if (!(found instanceof FileDescriptor) || !found.isDirectory) return Errno.NOTDIR
      if (!found.may(READDIR)) return Errno.NOTCAPABLE
      let used = 0
      const result = host.files.readDirectory(found, cookie, (entry) => {
        used += storeEntry(ptr + used, length - used, entry)
        return used < length
      })
      if (result < 0) return errnoOf(result)
      memory.setU32(sizePtr, used)
      return Errno.SUCCESS
    },

    fd_sync(fd) {
      const found = file(fd, SYNC, Errno.INVAL)
      return typeof found === 'number' ? found : errnoOf(host.files.sync(found))
    },
  }

  /** @returns the bytes stored, at most `room` */
  function storeEntry(ptr: number, room: number, entry: DirectoryEntry): number {
    direntView.setBigUint64(Dirent.next, entry.next, true)
    direntView.setBigUint64(Dirent.ino, entry.ino, true)
    direntView.setUint32(Dirent.namlen, entry.name.length, true)
    direntView.setUint8(Dirent.type, entry.type)
    dirent.set(entry.name, Dirent.size)
    const bytes = Math.min(Dirent.size + entry.name.length, room)
    memory.setBytes(ptr, dirent.subarray(0, bytes))
    return bytes
  }
}

/** One entry as it will lie in guest memory; a name has at most 255 bytes. */
const dirent = new Uint8Array(Dirent.size + 256)
const direntView = new DataView(dirent.buffer)

/** @returns undefined for flags that contradict each other or do not exist */
export function newTimes(atim: bigint, mtim: bigint, flags: number): [atim: NewTime, mtim: NewTime] | undefined {
  if ((flags & ~ALL_FST_FLAGS) !== 0) return undefined
  const access = newTime(atim, (flags & FstFlags.ATIM) !== 0, (flags & FstFlags.ATIM_NOW) !== 0)
  const modification = newTime(mtim, (flags & FstFlags.MTIM) !== 0, (flags & FstFlags.MTIM_NOW) !== 0)
  return access === undefined || modification === undefined ? undefined : [access, modification]
}

function newTime(time: bigint, isGiven: boolean, isNow: boolean): NewTime | undefined {
  if (isGiven) return isNow ? undefined : BigInt.asUintN(64, time)
  return isNow ? 'now' : 'unchanged'
}
