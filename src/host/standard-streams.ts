import { fstatSync, type Stats } from 'node:fs'
import { FileType } from '../abi/preview1.ts'
import { StreamDescriptor } from '../fd/descriptor.ts'

/** The process's descriptors 0, 1 and 2 with their true kinds. One that the process was started without stays unknown. */
export function standardStreams(): StreamDescriptor[] {
  return [0, 1, 2].map((hostFd) => new StreamDescriptor(hostFd, fileType(hostFd)))
}

function fileType(hostFd: number): FileType {
  let stat: Stats
  try {
    stat = fstatSync(hostFd)
  } catch {
    return FileType.UNKNOWN
  }
  if (stat.isFile()) return FileType.REGULAR_FILE
  if (stat.isCharacterDevice()) return FileType.CHARACTER_DEVICE
  if (stat.isBlockDevice()) return FileType.BLOCK_DEVICE
  if (stat.isDirectory()) return FileType.DIRECTORY
  // Preview 1 has no kind for pipes. A stream socket is what behaves most like the socket pairs that Node.js hands out.
  return stat.isSocket() ? FileType.SOCKET_STREAM : FileType.UNKNOWN
}
