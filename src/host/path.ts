import { Errno } from '../abi/errno.ts'
import { ALL_FD_FLAGS, ALL_LOOKUP_FLAGS, ALL_OFLAGS, FdFlags, LookupFlags, OFlags, Rights } from '../abi/preview1.ts'
import type { Layouts } from '../abi/unstable.ts'
import { FileDescriptor, PATH_RIGHTS, type RightsMask, rightsMask } from '../fd/descriptor.ts'
import {
  O_APPEND,
  O_CREAT,
  O_DIRECTORY,
  O_DSYNC,
  O_EXCL,
  O_NOFOLLOW,
  O_NONBLOCK,
  O_RDONLY,
  O_RDWR,
  O_SYNC,
  O_TRUNC,
  O_WRONLY,
  PATH_MAX,
} from '../os/constants.ts'
import { newTimes } from './file.ts'
import { storeFilestat } from './filestat.ts'
import { errnoOf, type Host, type HostFunctions } from './host.ts'

const CREATE_DIRECTORY = rightsMask(Rights.PATH_CREATE_DIRECTORY)
const CREATE_FILE = rightsMask(Rights.PATH_CREATE_FILE)
const LINK_SOURCE = rightsMask(Rights.PATH_LINK_SOURCE)
const LINK_TARGET = rightsMask(Rights.PATH_LINK_TARGET)
const OPEN = rightsMask(Rights.PATH_OPEN)
const READLINK = rightsMask(Rights.PATH_READLINK)
const RENAME_SOURCE = rightsMask(Rights.PATH_RENAME_SOURCE)
const RENAME_TARGET = rightsMask(Rights.PATH_RENAME_TARGET)
const FILESTAT_GET = rightsMask(Rights.PATH_FILESTAT_GET)
const FILESTAT_SET_SIZE = rightsMask(Rights.PATH_FILESTAT_SET_SIZE)
const FILESTAT_SET_TIMES = rightsMask(Rights.PATH_FILESTAT_SET_TIMES)
const SYMLINK = rightsMask(Rights.PATH_SYMLINK)
const REMOVE_DIRECTORY = rightsMask(Rights.PATH_REMOVE_DIRECTORY)
const UNLINK_FILE = rightsMask(Rights.PATH_UNLINK_FILE)

/** The rights that need a descriptor which reads, and one which writes. */
const READING = Rights.FD_READ | Rights.FD_READDIR
const WRITING = Rights.FD_WRITE | Rights.FD_ALLOCATE | Rights.FD_FILESTAT_SET_SIZE

type PathFunction =
  | 'path_create_directory'
  | 'path_filestat_get'
  | 'path_filestat_set_times'
  | 'path_link'
  | 'path_open'
  | 'path_readlink'
  | 'path_remove_directory'
  | 'path_rename'
  | 'path_symlink'
  | 'path_unlink_file'

/** The functions that take a path, each beneath the directory it comes with. Source: WASI snapshot-01. */
export function pathFunctions(host: Host, { filestat }: Layouts): HostFunctions<PathFunction> {
  const { memory, table } = host

  /** The bytes of a path, copied; undefined if they are not all in memory. One that is too long stays too long. */
  function path(ptr: number, length: number): Uint8Array | undefined {
    ptr >>>= 0
    length >>>= 0
    return memory.contains(ptr, length) ? memory.copyBytes(ptr, Math.min(length, PATH_MAX)) : undefined
  }

  /** The directory that `fd` stands for, if the rights `needed` are there; else why not. */
  function directory(fd: number, needed: RightsMask): FileDescriptor | Errno {
    const found = table.get(fd)
    if (found === undefined) return Errno.BADF
    if (!(found instanceof FileDescriptor)) return Errno.NOTDIR
    if (found.may(needed)) return found
    return found.isDirectory ? Errno.NOTCAPABLE : Errno.NOTDIR
  }

  /** A function of one directory and one path in it. */
  function onPath(
    fd: number,
    ptr: number,
    length: number,
    needed: RightsMask,
    act: (dir: FileDescriptor, path: Uint8Array) => number,
  ): Errno {
    const name = path(ptr, length)
    if (name === undefined) return Errno.FAULT
    const dir = directory(fd, needed)
    return typeof dir === 'number' ? dir : errnoOf(act(dir, name))
  }

  return {
    path_create_directory: (fd, ptr, length) =>
      onPath(fd, ptr, length, CREATE_DIRECTORY, (dir, name) => host.files.createDirectory(dir, name)),

    path_remove_directory: (fd, ptr, length) =>
      onPath(fd, ptr, length, REMOVE_DIRECTORY, (dir, name) => host.files.removeDirectory(dir, name)),

    path_unlink_file: (fd, ptr, length) =>
      onPath(fd, ptr, length, UNLINK_FILE, (dir, name) => host.files.unlink(dir, name)),

    path_filestat_get(fd, lookupFlags, ptr, length, statPtr) {
      const name = path(ptr, length)
      statPtr >>>= 0
      if (name === undefined || !memory.contains(statPtr, filestat.size)) return Errno.FAULT
      const dir = directory(fd, FILESTAT_GET)
      if (typeof dir === 'number') return dir
      if ((lookupFlags & ~ALL_LOOKUP_FLAGS) !== 0) return Errno.INVAL
      const { files } = host
      const result = files.statusOf(dir, name, (lookupFlags & LookupFlags.SYMLINK_FOLLOW) !== 0)
      if (result < 0) return errnoOf(result)
      storeFilestat(memory, statPtr, filestat, files.status, files.status.fileType)
      return Errno.SUCCESS
    },

    path_filestat_set_times(fd, lookupFlags, ptr, length, atim, mtim, flags) {
      const name = path(ptr, length)
      if (name === undefined) return Errno.FAULT
      const dir = directory(fd, FILESTAT_SET_TIMES)
      if (typeof dir === 'number') return dir
      const times = newTimes(atim, mtim, flags)
      if (times === undefined || (lookupFlags & ~ALL_LOOKUP_FLAGS) !== 0) return Errno.INVAL
      return errnoOf(host.files.setTimes(dir, name, (lookupFlags & LookupFlags.SYMLINK_FOLLOW) !== 0, ...times))
    },

    path_link(fd, lookupFlags, ptr, length, newFd, newPtr, newLength) {
      const name = path(ptr, length)
      const newName = path(newPtr, newLength)
      if (name === undefined || newName === undefined) return Errno.FAULT
      const dir = directory(fd, LINK_SOURCE)
      if (typeof dir === 'number') return dir
      const newDir = directory(newFd, LINK_TARGET)
      if (typeof newDir === 'number') return newDir
      if ((lookupFlags & ~ALL_LOOKUP_FLAGS) !== 0) return Errno.INVAL
      const follow = (lookupFlags & LookupFlags.SYMLINK_FOLLOW) !== 0
      return errnoOf(host.files.link(dir, name, follow, newDir, newName))
    },

    /**
     * Opens. The rights asked for decide whether the file is opened for reading, writing or both; none exceed what the
     * directory hands on.
     */
    path_open(fd, lookupFlags, ptr, length, oflags, rights, rightsInheriting, fdFlags, fdPtr) {
      const name = path(ptr, length)
      fdPtr >>>= 0
      if (name === undefined || !memory.contains(fdPtr, 4)) return Errno.FAULT
      const dir = directory(fd, OPEN)
      if (typeof dir === 'number') return dir
      const isDefined = (oflags & ~ALL_OFLAGS) === 0 && (fdFlags & ~ALL_FD_FLAGS) === 0
      if (!isDefined || (lookupFlags & ~ALL_LOOKUP_FLAGS) !== 0) return Errno.INVAL
      // Linux once created a file there.
      if ((oflags & OFlags.CREAT) !== 0 && (oflags & OFlags.DIRECTORY) !== 0) return Errno.INVAL
      // Bits that mean nothing for files are nothing to refuse.
      rights &= PATH_RIGHTS
      rightsInheriting &= PATH_RIGHTS
      if (((rights | rightsInheriting) & ~dir.rightsInheriting) !== 0n) return Errno.NOTCAPABLE
      if ((oflags & OFlags.CREAT) !== 0 && !dir.may(CREATE_FILE)) return Errno.NOTCAPABLE
      if ((oflags & OFlags.TRUNC) !== 0 && !dir.may(FILESTAT_SET_SIZE)) return Errno.NOTCAPABLE
      if (!table.hasRoom) return Errno.MFILE
      const flags = accessMode(rights) | openFlags(lookupFlags, oflags) | statusFlags(fdFlags)
      const hostFd = host.files.open(dir, name, flags)
      if (hostFd < 0) return errnoOf(hostFd)
      memory.setU32(fdPtr, table.add(new FileDescriptor(hostFd, rights, rightsInheriting, dir.isReadOnly)))
      return Errno.SUCCESS
    },

    /** Stores the text of a link without a NUL, cut where the room ends. */
    path_readlink(fd, ptr, length, bufferPtr, bufferLength, sizePtr) {
      const name = path(ptr, length)
      bufferPtr >>>= 0
      bufferLength >>>= 0
      sizePtr >>>= 0
      if (name === undefined || !memory.contains(bufferPtr, bufferLength) || !memory.contains(sizePtr, 4)) {
        return Errno.FAULT
      }
      const dir = directory(fd, READLINK)
      if (typeof dir === 'number') return dir
      const bytes = host.files.readLink(dir, name, memory.hostAddress(bufferPtr), bufferLength)
      if (bytes < 0) return errnoOf(bytes)
      memory.setU32(sizePtr, bytes)
      return Errno.SUCCESS
    },

    path_rename(fd, ptr, length, newFd, newPtr, newLength) {
      const name = path(ptr, length)
      const newName = path(newPtr, newLength)
      if (name === undefined || newName === undefined) return Errno.FAULT
      const dir = directory(fd, RENAME_SOURCE)
      if (typeof dir === 'number') return dir
      const newDir = directory(newFd, RENAME_TARGET)
      if (typeof newDir === 'number') return newDir
      return errnoOf(host.files.rename(dir, name, newDir, newName))
    },

    path_symlink(targetPtr, targetLength, fd, ptr, length) {
      const target = path(targetPtr, targetLength)
      if (target === undefined) return Errno.FAULT
      return onPath(fd, ptr, length, SYMLINK, (dir, name) => host.files.symlink(target, dir, name))
    },
  }
}

function accessMode(rights: bigint): number {
  if ((rights & WRITING) === 0n) return O_RDONLY
  return (rights & READING) === 0n ? O_WRONLY : O_RDWR
}

function openFlags(lookupFlags: number, oflags: number): number {
  return (
    ((lookupFlags & LookupFlags.SYMLINK_FOLLOW) !== 0 ? 0 : O_NOFOLLOW) |
    ((oflags & OFlags.CREAT) !== 0 ? O_CREAT : 0) |
    ((oflags & OFlags.DIRECTORY) !== 0 ? O_DIRECTORY : 0) |
    ((oflags & OFlags.EXCL) !== 0 ? O_EXCL : 0) |
    ((oflags & OFlags.TRUNC) !== 0 ? O_TRUNC : 0)
  )
}

/** Linux synchronises reads as it does writes, or not at all: RSYNC is SYNC, as in its C libraries. */
function statusFlags(fdFlags: number): number {
  return (
    ((fdFlags & FdFlags.APPEND) !== 0 ? O_APPEND : 0) |
    ((fdFlags & FdFlags.DSYNC) !== 0 ? O_DSYNC : 0) |
    ((fdFlags & FdFlags.NONBLOCK) !== 0 ? O_NONBLOCK : 0) |
    ((fdFlags & (FdFlags.SYNC | FdFlags.RSYNC)) !== 0 ? O_SYNC : 0)
  )
}
