import { FileType } from '../abi/preview1.ts'
import { AT_FDCWD, O_CLOEXEC, O_RDWR, POLLIN, POLLOUT } from '../os/constants.ts'
import { HostErrno } from '../os/errno.ts'
import { HostBuffer } from '../os/ffi.ts'
import { type Iovecs, readPieces, writePieces } from '../os/iovecs.ts'
import { close } from '../os/libc.ts'
import { openat } from '../os/libc-files.ts'
import { dup2 } from '../os/libc-further.ts'
import { Pollfds } from '../os/pollfds.ts'
import type { Waiter } from '../wait/waiter.ts'
import type { StreamDescriptor } from './descriptor.ts'

const NOWHERE = new HostBuffer(16)
NOWHERE.bytes.set(Buffer.from('/dev/null\0'))

/** Opens /dev/null, for both directions. @returns a host descriptor, or a negative host errno */
export function openNowhere(): number {
  return openat(AT_FDCWD, NOWHERE.address, O_RDWR | O_CLOEXEC, 0)
}

/** A pipe that reports room has room for at least this much (POSIX `PIPE_BUF` on Linux). */
export const PIPE_BUF = 4096

/**
 * Reading and writing of the standard streams. They are shared with other processes, so their own O_NONBLOCK is neither
 * changed nor relied on: the guest's mode decides, and `poll` is asked where it matters.
 */
export class Streams {
  readonly #waiter: Waiter
  readonly #pollfds = new Pollfds()

  constructor(waiter: Waiter) {
    this.#waiter = waiter
  }

  /** @returns bytes read, 0 at the end of input, or a negative host errno */
  read(stream: StreamDescriptor, buffers: Iovecs): number {
    if (stream.file.nonBlocking) return this.tryRead(stream, buffers)
    for (;;) {
      const bytes = readPieces(stream.hostFd, buffers)
      if (bytes === -HostErrno.EINTR && !stream.isClosing()) continue
      if (bytes !== -HostErrno.EAGAIN) return bytes
      this.#isReady(stream, POLLIN, undefined)
      if (stream.isClosing()) return -HostErrno.EINTR
    }
  }

  /** The same without waiting: EAGAIN where nothing is there. */
  protected tryRead(stream: StreamDescriptor, buffers: Iovecs): number {
    if (!this.#isReady(stream, POLLIN, 0n)) return -HostErrno.EAGAIN
    for (;;) {
      const bytes = readPieces(stream.hostFd, buffers)
      if (bytes !== -HostErrno.EINTR || stream.isClosing()) return bytes
    }
  }

  /** @returns bytes written, possibly fewer than asked for, or a negative host errno */
  write(stream: StreamDescriptor, buffers: Iovecs): number {
    if (stream.file.nonBlocking) return this.tryWrite(stream, buffers)
    const wantedBytes = buffers.totalBytes
    for (let done = 0; ; ) {
      const bytes = writePieces(stream.hostFd, buffers)
      if (bytes === -HostErrno.EINTR && !stream.isClosing()) continue
      // A write that blocks takes everything, also where another process made the pipe non-blocking.
      if (bytes === -HostErrno.EAGAIN) {
        this.#isReady(stream, POLLOUT, undefined)
        if (stream.isClosing()) return -HostErrno.EINTR
      } else if (bytes < 0) return done > 0 ? done : bytes
      else {
        done += bytes
        if (bytes === 0 || done === wantedBytes) return done
        buffers.skip(bytes)
      }
    }
  }

  /** The same without waiting, as much as there is room for. */
  protected tryWrite(stream: StreamDescriptor, buffers: Iovecs): number {
    if (!this.#isReady(stream, POLLOUT, 0n)) return -HostErrno.EAGAIN
    // A larger write to a descriptor that blocks would wait for the rest.
    if (stream.fileType !== FileType.REGULAR_FILE && buffers.totalBytes > PIPE_BUF) buffers.clipTo(PIPE_BUF)
    for (;;) {
      const bytes = writePieces(stream.hostFd, buffers)
      if (bytes !== -HostErrno.EINTR || stream.isClosing()) return bytes
    }
  }

  /**
   * Closes a stream. The numbers 0 to 2 of the process stay taken, or a socket would get one and receive what the process
   * itself writes there: standard error stays as it is, the others are led to /dev/null, so that the other end sees the end.
   */
  close(stream: StreamDescriptor): number {
    if (stream.hostFd > 2) return close(stream.hostFd)
    if (stream.hostFd === 2) return 0
    const nowhere = openNowhere()
    if (nowhere < 0) return nowhere
    const result = dup2(nowhere, stream.hostFd)
    close(nowhere)
    return Math.min(result, 0)
  }

  #isReady(stream: StreamDescriptor, events: number, timeoutNs: bigint | undefined): boolean {
    this.#pollfds.clear()
    this.#pollfds.add(stream.hostFd, events)
    return this.#waiter.poll(this.#pollfds, timeoutNs) > 0
  }
}
