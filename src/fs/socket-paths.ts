import { PreopenedDirectory } from '../fd/descriptor.ts'
import type { DescriptorTable } from '../fd/table.ts'
import { AT_FDCWD, O_PATH, PATH_MAX } from '../os/constants.ts'
import { HostErrno } from '../os/errno.ts'
import { HostBuffer } from '../os/ffi.ts'
import { readlinkat } from '../os/libc-files.ts'
import type { Files } from './files.ts'
import { PathBuffer } from './path.ts'

/** A path in the directory that holds it. */
interface Place {
  readonly directory: PreopenedDirectory
  readonly path: Uint8Array
}

/** How the kernel tells, as the name of a socket, the directory in which a Berth program has made it. */
const PROC_NAME = /^(\/proc\/\d+\/fd\/\d+)\/(.*)$/s

/**
 * The paths of Unix-domain sockets: plain C strings without a directory, which are looked for in the directories that the
 * program was given, as its C library does for files. All paths are bytes without NUL.
 */
export class SocketPaths {
  readonly #files: () => Files
  readonly #table: DescriptorTable
  #name: PathBuffer | undefined
  #link: HostBuffer | undefined

  constructor(files: () => Files, table: DescriptorTable) {
    this.#files = files
    this.#table = table
  }

  /**
   * Opens the directory in which a socket is to be made.
   * @returns its host descriptor and the name there, a negative host errno, or undefined if no given directory has the path
   */
  openParent(path: Uint8Array): { fd: number; name: Uint8Array } | number | undefined {
    return this.#table.briefly(() => {
      const place = this.#place(path)
      if (place === undefined) return undefined
      if (place.directory.isReadOnly) return -HostErrno.EROFS
      return this.#files().openParent(place.directory, place.path)
    })
  }

  /** Opens what is at a path, only to be named. @returns a host descriptor, a negative host errno, or undefined as above */
  openTarget(path: Uint8Array): number | undefined {
    return this.#table.briefly(() => {
      const place = this.#place(path)
      return place === undefined ? undefined : this.#files().open(place.directory, place.path, O_PATH)
    })
  }

  /**
   * What a program may know of the path that the kernel gives as the name of another's socket: the path by which the program
   * itself reaches it, nothing if it does not. A relative path is what its maker chose to tell.
   */
  visible(hostPath: Uint8Array): Uint8Array | undefined {
    return this.#table.briefly(() => this.#visible(hostPath))
  }

  #visible(hostPath: Uint8Array): Uint8Array | undefined {
    let text = Buffer.from(hostPath).toString('latin1')
    const made = PROC_NAME.exec(text)
    if (made !== null) {
      const directory = this.#readLink(made[1]!)
      if (directory === undefined) return undefined
      text = `${directory}/${made[2]}`
    }
    if (!text.startsWith('/')) return hostPath
    let best: { length: number; path: string } | undefined
    for (const directory of this.#directories()) {
      const host = this.#readLink(`/proc/self/fd/${directory.hostFd}`)
      if (host === undefined || (best !== undefined && best.length >= host.length)) continue
      const base = host.endsWith('/') ? host : `${host}/`
      if (text.startsWith(base)) best = { length: host.length, path: join(directory.name, text.slice(base.length)) }
    }
    return best === undefined ? undefined : Buffer.from(best.path, 'latin1')
  }

  /** The directory whose name is the longest beginning of a path. `./` and `/` at the beginning mean nothing. */
  #place(path: Uint8Array): Place | undefined {
    const wanted = withoutRoot(path)
    let best: { directory: PreopenedDirectory; length: number } | undefined
    for (const directory of this.#directories()) {
      const { length } = withoutRoot(directory.name)
      const name = wanted.slice(0, length)
      const isBeginning = length === 0 || ((wanted[length] ?? '/') === '/' && name === withoutRoot(directory.name))
      if (isBeginning && (best === undefined || length > best.length)) best = { directory, length }
    }
    if (best === undefined) return undefined
    const rest = withoutRoot(Buffer.from(wanted.slice(best.length), 'latin1'))
    return { directory: best.directory, path: Buffer.from(rest === '' ? '.' : rest, 'latin1') }
  }

  *#directories(): Generator<PreopenedDirectory> {
    for (const descriptor of this.#table.all()) if (descriptor instanceof PreopenedDirectory) yield descriptor
  }

  #readLink(path: string): string | undefined {
    this.#name ??= new PathBuffer()
    this.#link ??= new HostBuffer(PATH_MAX)
    const length = readlinkat(AT_FDCWD, this.#name.set(Buffer.from(path, 'latin1')), this.#link.address, PATH_MAX)
    return length < 0 ? undefined : Buffer.from(this.#link.bytes.subarray(0, length)).toString('latin1')
  }
}

/** A path from the root or the present directory on, as latin-1; without slashes at the end. */
function withoutRoot(path: Uint8Array): string {
  return Buffer.from(path)
    .toString('latin1')
    .replace(/^(\/|\.(\/|$))+/, '')
    .replace(/\/+$/, '')
}

/** The path of something below the directory of this name. */
function join(name: Uint8Array, rest: string): string {
  const base = Buffer.from(name).toString('latin1')
  if (base === '' || base === '.') return rest
  return base.endsWith('/') ? base + rest : `${base}/${rest}`
}
