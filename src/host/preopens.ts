import { PreopenedDirectory } from '../fd/descriptor.ts'
import { PathBuffer } from '../fs/path.ts'
import { AT_FDCWD, O_CLOEXEC, O_DIRECTORY, PATH_MAX } from '../os/constants.ts'
import { HostErrno } from '../os/errno.ts'
import { openat } from '../os/libc-files.ts'

/** A directory that a program is given. */
export interface Directory {
  /** The name by which the program knows it. */
  readonly guest: string
  /** Where it is on the host. */
  readonly host: string
  /** Whether nothing in it may be changed through it. */
  readonly isReadOnly: boolean
}

/** Opens a directory of the host for a program. @returns a negative host errno if that cannot be done */
export function openDirectory({ guest, host, isReadOnly }: Directory): PreopenedDirectory | number {
  const path = Buffer.from(host)
  if (path.length >= PATH_MAX) return -HostErrno.ENAMETOOLONG
  if (path.includes(0)) return -HostErrno.EINVAL
  const hostFd = openat(AT_FDCWD, new PathBuffer().set(path), O_DIRECTORY | O_CLOEXEC, 0)
  return hostFd < 0 ? hostFd : new PreopenedDirectory(hostFd, Buffer.from(guest), isReadOnly)
}
