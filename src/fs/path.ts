import { PATH_MAX } from '../os/constants.ts'
import { HostErrno } from '../os/errno.ts'
import { HostBuffer } from '../os/ffi.ts'

const SLASH = 0x2f
const DOT = 0x2e

/** A path in host memory, where the kernel reads it. */
export class PathBuffer {
  readonly #buffer = new HostBuffer(PATH_MAX)
  readonly address = this.#buffer.address

  /** @param path at most PATH_MAX - 1 bytes, none of them NUL; @returns {@link address} */
  set(path: Uint8Array): number {
    this.#buffer.bytes.set(path)
    this.#buffer.bytes[path.length] = 0
    return this.address
  }
}

/** Whether these bytes can be a path at all. @returns 0 or a negative host errno */
export function checkPath(path: Uint8Array): number {
  if (path.length === 0) return -HostErrno.ENOENT
  if (path.length >= PATH_MAX) return -HostErrno.ENAMETOOLONG
  return path.includes(0) ? -HostErrno.EINVAL : 0
}

export function isAbsolute(path: Uint8Array): boolean {
  return path[0] === SLASH
}

export function endsInSlash(path: Uint8Array): boolean {
  return path[path.length - 1] === SLASH
}

/** @param name a component of a path, without slashes */
export function isDotDot(name: Uint8Array): boolean {
  return name.length === 2 && name[0] === DOT && name[1] === DOT
}

/** The last component of a path and what comes before it. */
export interface SplitPath {
  /** Empty where the path is a single component. */
  readonly parent: Uint8Array
  /** With one of the slashes behind it, if there are any: whether they matter is the kernel's to say. */
  readonly name: Uint8Array
  /** `.` and `..` name a directory by where it is and not by an entry in its parent. */
  readonly isDots: boolean
}

/** @param path a relative path that is not empty */
export function splitPath(path: Uint8Array): SplitPath {
  let end = path.length
  while (end > 0 && path[end - 1] === SLASH) end--
  const start = path.lastIndexOf(SLASH, end - 1) + 1
  const length = end - start
  const isDots = length <= 2 && path[start] === DOT && path[end - 1] === DOT
  return {
    parent: path.subarray(0, start),
    name: path.subarray(start, Math.min(end + 1, path.length)),
    isDots,
  }
}
