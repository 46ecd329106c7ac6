import { fstatSync } from 'node:fs'
import { FileType } from '../abi/preview1.ts'
import { StreamDescriptor } from '../fd/descriptor.ts'
import { F_GETFL, O_ACCMODE } from '../os/constants.ts'
import { fileTypeOf } from '../os/file-status.ts'
import { fcntl } from '../os/libc.ts'

/**
 * Standard input, output and error as what they are.
 * @param hostFds by default those of this process; one that it was started without stays unknown
 */
export function standardStreams(hostFds: readonly number[] = [0, 1, 2]): StreamDescriptor[] {
  return hostFds.map((hostFd) => {
    const flags = fcntl(hostFd, F_GETFL, 0)
    return new StreamDescriptor(hostFd, fileType(hostFd), flags < 0 ? undefined : flags & O_ACCMODE)
  })
}

function fileType(hostFd: number): FileType {
  try {
    return fileTypeOf(fstatSync(hostFd).mode)
  } catch {
    return FileType.UNKNOWN
  }
}
