import { Errno } from '../abi/errno.ts'
import { SocketDescriptor } from '../fd/descriptor.ts'
import type { Host, HostFunctions } from './host.ts'

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

/**
 * The functions of files and directories, as a program meets them that has neither: every descriptor is a socket or a
 * standard stream, so each function answers what such a descriptor answers. C libraries import these and ask at start-up
 * which directories there are.
 */
export function fileFunctions(host: Host): HostFunctions<FileFunction> {
  const { table } = host

  /** A socket answers as the kernel does; a standard stream has not the right. */
  function notAFile(fd: number, socketErrno: Errno): Errno {
    const found = table.get(fd)
    if (found === undefined) return Errno.BADF
    return found instanceof SocketDescriptor ? socketErrno : Errno.NOTCAPABLE
  }

  function notADirectory(fd: number): Errno {
    return table.get(fd) === undefined ? Errno.BADF : Errno.NOTDIR
  }

  return {
    fd_advise: (fd) => notAFile(fd, Errno.SPIPE),
    fd_allocate: (fd) => notAFile(fd, Errno.NODEV),
    fd_datasync: (fd) => notAFile(fd, Errno.INVAL),
    fd_filestat_set_size: (fd) => notAFile(fd, Errno.INVAL),
    fd_filestat_set_times: (fd) => notAFile(fd, Errno.NOTCAPABLE),
    fd_pread: (fd) => notAFile(fd, Errno.SPIPE),
    // "No such descriptor" is how a C library learns that it has seen all preopened directories.
    fd_prestat_dir_name: () => Errno.BADF,
    fd_prestat_get: () => Errno.BADF,
    fd_pwrite: (fd) => notAFile(fd, Errno.SPIPE),
    fd_readdir: notADirectory,
    fd_sync: (fd) => notAFile(fd, Errno.INVAL),
    path_create_directory: notADirectory,
    path_filestat_get: notADirectory,
    path_filestat_set_times: notADirectory,
    path_link: notADirectory,
    path_open: notADirectory,
    path_readlink: notADirectory,
    path_remove_directory: notADirectory,
    path_rename: notADirectory,
    path_symlink: (_oldPathPtr, _oldPathLen, fd) => notADirectory(fd),
    path_unlink_file: notADirectory,
  }
}
