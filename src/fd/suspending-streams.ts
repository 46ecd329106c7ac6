import { FileType } from '../abi/preview1.ts'
import { POLLIN, POLLOUT } from '../os/constants.ts'
import { HostErrno } from '../os/errno.ts'
import type { Iovecs } from '../os/iovecs.ts'
import { readiness } from '../wait/readiness.ts'
import type { SuspendedCall } from '../wait/suspended-call.ts'
import type { Waiter } from '../wait/waiter.ts'
import { EpollDescriptor, type StreamDescriptor } from './descriptor.ts'
import { Streams } from './stream.ts'

/** The standard streams of a program whose calls suspend its stack. Others share them: they may well block by themselves. */
export class SuspendingStreams extends Streams {
  readonly #call: SuspendedCall

  constructor(waiter: Waiter, call: SuspendedCall) {
    super(waiter)
    this.#call = call
  }

  override read(stream: StreamDescriptor, buffers: Iovecs): number {
    if (stream.file.nonBlocking || answersAtOnce(stream)) return super.read(stream, buffers)
    return orWaitToRead(this.#call, stream.hostFd, this.tryRead(stream, buffers))
  }

  override write(stream: StreamDescriptor, buffers: Iovecs): number {
    if (stream.file.nonBlocking || answersAtOnce(stream)) return super.write(stream, buffers)
    return writeAll(this.#call, stream.hostFd, buffers, () => this.tryWrite(stream, buffers))
  }

  override close(stream: StreamDescriptor): number {
    const result = super.close(stream)
    readiness.closed(stream.hostFd)
    return result
  }
}

/** Files on a disk; and an epoll set, which the kernel lets nobody read. */
function answersAtOnce(stream: StreamDescriptor): boolean {
  return stream.fileType === FileType.REGULAR_FILE || stream instanceof EpollDescriptor
}

/** Has a call repeated when there is something to read. @param result of an attempt that did not wait */
export function orWaitToRead(call: SuspendedCall, hostFd: number, result: number): number {
  if (result === -HostErrno.EAGAIN) call.waitFor(hostFd, POLLIN)
  return result
}

/** Has a call repeated until everything is written. @param attempt writes what there is room for, without waiting */
export function writeAll(call: SuspendedCall, hostFd: number, buffers: Iovecs, attempt: () => number): number {
  const wantedBytes = buffers.totalBytes
  if (call.bytes > 0) {
    // Only who changes the program's memory from outside makes less of it.
    if (call.bytes >= wantedBytes) return call.bytes
    buffers.skip(call.bytes)
  }
  const written = attempt()
  if (written < 0 && written !== -HostErrno.EAGAIN) return call.bytes > 0 ? call.bytes : written
  call.bytes += Math.max(written, 0)
  if (written === 0 || call.bytes >= wantedBytes) return call.bytes
  call.waitFor(hostFd, POLLOUT)
  return -HostErrno.EAGAIN
}
