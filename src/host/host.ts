import { Errno } from '../abi/errno.ts'
import { Iovec } from '../abi/preview1.ts'
import type { FunctionName, SIGNATURES } from '../abi/signatures.ts'
import { type Descriptor, FileDescriptor, type RightsMask, SocketDescriptor } from '../fd/descriptor.ts'
import { leaveFile } from '../fd/open-file.ts'
import { Streams } from '../fd/stream.ts'
import type { DescriptorTable } from '../fd/table.ts'
import { Files } from '../fs/files.ts'
import type { GuestMemory } from '../memory/guest-memory.ts'
import { Messages } from '../net/messages.ts'
import type { Network } from '../net/network.ts'
import { IOV_MAX, O_NONBLOCK } from '../os/constants.ts'
import { wasiErrno } from '../os/errno.ts'
import { Iovecs } from '../os/iovecs.ts'
import type { ThreadGroup } from '../threads/group.ts'
import type { Waiter } from '../wait/waiter.ts'
import type { PthreadParts } from './pthread-parts.ts'

type Parameters<Codes> = Codes extends `i${infer Rest}`
  ? [number, ...Parameters<Rest>]
  : Codes extends `I${infer Rest}`
    ? [bigint, ...Parameters<Rest>]
    : []

/** The function behind an import, by its signature. i32 arrive signed; a function answers an {@link Errno}. */
export type HostFunction<Signature> = Signature extends `${infer Codes}:${infer Result}`
  ? (...parameters: Parameters<Codes>) => Result extends 'i' ? number : void
  : never

/** Some of the functions of an import module, by a table of signatures. */
export type HostFunctionsOf<Signatures, Name extends keyof Signatures> = { [N in Name]: HostFunction<Signatures[N]> }

/** Some of preview 1 and the extension; each file of this room supplies those of one WASI area. */
export type HostFunctions<Name extends FunctionName> = HostFunctionsOf<typeof SIGNATURES, Name>

/** What a host is made of; some may be left out. */
type HostParts = Pick<Host, 'memory' | 'table' | 'network' | 'waiter' | 'args' | 'env' | 'exit'> &
  Partial<Pick<Host, 'messages' | 'streams' | 'threads'>> & { readonly createFiles?: () => Files }

/**
 * What the host functions of one program share. A function decodes its arguments, looks up the descriptor, asks the rooms
 * below, and encodes the result; the checks come in this order, so that the errno never depends on luck: pointers (FAULT),
 * descriptor (BADF, NOTSOCK, NOTCAPABLE), arguments (INVAL, AFNOSUPPORT), policy (ACCES), the kernel's own.
 */
export class Host {
  readonly memory: GuestMemory
  readonly table: DescriptorTable
  readonly network: Network
  readonly waiter: Waiter
  /** `argv`, each element with its NUL. */
  readonly args: readonly Uint8Array[]
  /** `KEY=VALUE`, each with its NUL. */
  readonly env: readonly Uint8Array[]
  readonly exit: (code: number) => never
  /** The threads of the program, if it can have any. */
  readonly threads: ThreadGroup | undefined
  /** What the functions of lib-pthread work on, of the thread that runs at the time; none for other programs. */
  pthread: PthreadParts | undefined
  readonly iovecs = new Iovecs()
  readonly streams: Streams
  readonly messages: Messages
  readonly #createFiles: () => Files
  #files: Files | undefined

  constructor(parts: HostParts) {
    this.memory = parts.memory
    this.table = parts.table
    this.network = parts.network
    this.waiter = parts.waiter
    this.args = parts.args
    this.env = parts.env
    this.exit = parts.exit
    this.threads = parts.threads
    this.streams = parts.streams ?? new Streams(parts.waiter)
    this.messages = parts.messages ?? new Messages(parts.network.policy)
    this.#createFiles = parts.createFiles ?? (() => new Files())
  }

  /** Made at the first use: programs without directories do not pay for it. */
  get files(): Files {
    this.#files ??= this.#createFiles()
    return this.#files
  }

  /**
   * Reads an array of `iovec`s into {@link iovecs}, every buffer checked. The copy is what the kernel gets: the guest's own
   * array is not looked at again.
   * @param count number of iovecs, 8 bytes each
   */
  loadIovecs(ptr: number, count: number): Errno {
    const { memory, iovecs } = this
    iovecs.clear()
    if (count > IOV_MAX) return Errno.INVAL
    if (!memory.contains(ptr, count * Iovec.size)) return Errno.FAULT
    for (let at = ptr; iovecs.count < count; at += Iovec.size) {
      const buf = memory.u32(at + Iovec.buf)
      const len = memory.u32(at + Iovec.len)
      if (!memory.contains(buf, len)) return Errno.FAULT
      iovecs.add(memory.hostAddress(buf), len)
    }
    return Errno.SUCCESS
  }

  /** Gives a descriptor the guest's O_NONBLOCK. @returns 0, or a negative host errno */
  setNonBlocking(descriptor: Descriptor, nonBlocking: boolean): number {
    if (descriptor instanceof SocketDescriptor) return this.network.setNonBlocking(descriptor, nonBlocking)
    if (descriptor instanceof FileDescriptor) {
      const flags = this.files.statusFlags(descriptor)
      return this.files.setStatusFlags(descriptor, nonBlocking ? flags | O_NONBLOCK : flags & ~O_NONBLOCK)
    }
    descriptor.file.nonBlocking = nonBlocking
    return 0
  }

  /** Closes what was taken out of the table. @returns 0, or a negative host errno */
  release(descriptor: Descriptor): number {
    const { file } = descriptor
    const isLast = leaveFile(file)
    if (isLast) this.table.forget(file)
    if (descriptor instanceof SocketDescriptor) return this.network.close(descriptor, isLast)
    return descriptor instanceof FileDescriptor ? this.files.close(descriptor) : this.streams.close(descriptor)
  }

  /** Closes all that is open, the standard streams excepted: they are the process's. */
  releaseAll(): void {
    for (const descriptor of this.table.removeAll()) if (descriptor.hostFd > 2) this.release(descriptor)
  }

  /** Comes before a call on `socket` that sleeps until there is something to receive or to accept. */
  spinUntilReadable(socket: SocketDescriptor): void {
    const { file, hostFd } = socket
    if (this.waiter.spins && !file.nonBlocking && file.pendingError === 0) this.waiter.spinUntilReadable(hostFd)
  }

  /** The socket that `fd` stands for, if the rights `needed` are there; else why not. */
  socket(fd: number, needed: RightsMask): SocketDescriptor | Errno {
    const descriptor = this.table.get(fd)
    if (descriptor === undefined) return Errno.BADF
    if (!(descriptor instanceof SocketDescriptor)) return Errno.NOTSOCK
    return descriptor.may(needed) ? descriptor : Errno.NOTCAPABLE
  }
}

/** The errno for a result of the rooms below: 0 or more is success, below 0 a host errno. */
export function errnoOf(result: number): Errno {
  return result < 0 ? wasiErrno(-result) : Errno.SUCCESS
}
