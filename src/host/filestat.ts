import type { FileType } from '../abi/preview1.ts'
import type { Layouts } from '../abi/unstable.ts'
import type { GuestMemory } from '../memory/guest-memory.ts'
import type { FileStatus } from '../os/file-status.ts'

/** Stores a `filestat` at `ptr`, where there is room for it. */
export function storeFilestat(
  memory: GuestMemory,
  ptr: number,
  layout: Layouts['filestat'],
  status: FileStatus,
  fileType: FileType,
): void {
  memory.clear(ptr, layout.size)
  memory.setU64(ptr + layout.dev, status.dev)
  memory.setU64(ptr + layout.ino, status.ino)
  memory.setU8(ptr + layout.filetype, fileType)
  memory.setU32(ptr + layout.nlink, status.nlink)
  memory.setU64(ptr + layout.fileSize, status.fileSize)
  memory.setU64(ptr + layout.atim, status.atim)
  memory.setU64(ptr + layout.mtim, status.mtim)
  memory.setU64(ptr + layout.ctim, status.ctim)
}
