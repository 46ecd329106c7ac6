import { FileType } from '../abi/preview1.ts'
import type { FileDescriptor } from '../fd/descriptor.ts'
import { PIPE_BUF } from '../fd/stream.ts'
import { orWaitToRead, writeAll } from '../fd/suspending-streams.ts'
import { O_NONBLOCK, POLLIN, POLLOUT } from '../os/constants.ts'
import { HostErrno } from '../os/errno.ts'
import type { Iovecs } from '../os/iovecs.ts'
import { readyEvents } from '../os/pollfds.ts'
import type { SuspendedCall } from '../wait/suspended-call.ts'
import { Files } from './files.ts'

/**
 * Files of a program whose calls suspend its stack. A disk answers at once, as far as the kernel knows; a named pipe or a
 * device is waited for. Opening a named pipe that nobody has at the other end holds up the thread.
 */
export class SuspendingFiles extends Files {
  readonly #call: SuspendedCall

  constructor(call: SuspendedCall) {
    super()
    this.#call = call
  }

  override read(file: FileDescriptor, buffers: Iovecs): number {
    if (!this.#mayBlock(file)) return super.read(file, buffers)
    const bytes = readyEvents(file.hostFd, POLLIN) !== 0 ? super.read(file, buffers) : -HostErrno.EAGAIN
    return orWaitToRead(this.#call, file.hostFd, bytes)
  }

  override write(file: FileDescriptor, buffers: Iovecs): number {
    if (!this.#mayBlock(file)) return super.write(file, buffers)
    return writeAll(this.#call, file.hostFd, buffers, () => {
      if (readyEvents(file.hostFd, POLLOUT) === 0) return -HostErrno.EAGAIN
      if (buffers.totalBytes > PIPE_BUF) buffers.clipTo(PIPE_BUF)
      return super.write(file, buffers)
    })
  }

  #mayBlock(file: FileDescriptor): boolean {
    const isOnDisk = file.fileType === FileType.REGULAR_FILE || file.fileType === FileType.DIRECTORY
    return !isOnDisk && (this.statusFlags(file) & O_NONBLOCK) === 0
  }
}
