import { CMSGHDR, IOVEC_SIZE, MMSGHDR, MSGHDR, SOCKADDR_IN6 } from './constants.ts'
import { HostBuffer } from './ffi.ts'

/** Messages of one call. Programs that batch gain most of it with eight. */
export const MAX_BATCH = 64
/** Pieces of all messages of a call together. */
const MAX_PIECES = 1024
/** Control data of one message: room for some ten of the control messages there are. */
export const CONTROL_BYTES = 512
/** A `sockaddr_un` is the longest name, 110 bytes. */
const NAME_BYTES = 112

const NONE = new HostBuffer(8)

/**
 * Up to {@link MAX_BATCH} `struct mmsghdr`s in host memory with their names, buffers and control data; reused from call to
 * call. One message is a batch of one, whose first field is a `struct msghdr`.
 */
export class MessageBatch {
  // Made by the first use, as most programs have none.
  #headers = NONE
  /** The same as words. */
  #words: Uint32Array = new Uint32Array(0)
  #names = NONE
  #control = NONE
  #pieces = NONE
  #pieceCount = 0
  /** How many messages there are; the last ones may be taken back. */
  count = 0

  /** The address of the array. */
  get address(): number {
    return this.#headers.address
  }

  /** Comes before everything else. */
  clear(): void {
    if (this.#headers === NONE) {
      this.#headers = new HostBuffer(MAX_BATCH * MMSGHDR.size)
      this.#words = new Uint32Array(this.#headers.bytes.buffer)
      this.#names = new HostBuffer(MAX_BATCH * NAME_BYTES)
      this.#control = new HostBuffer(MAX_BATCH * CONTROL_BYTES)
      this.#pieces = new HostBuffer(MAX_PIECES * IOVEC_SIZE)
    }
    this.count = 0
    this.#pieceCount = 0
  }

  /** Whether a message of so many pieces fits. */
  hasRoomFor(pieces: number): boolean {
    return this.count < MAX_BATCH && this.#pieceCount + pieces <= MAX_PIECES
  }

  /** Begins a message without name, pieces and control data. @returns its index */
  add(): number {
    const at = this.count * MMSGHDR.size
    // So few words are quicker set one by one than filled.
    for (let word = at / 4; word < (at + MMSGHDR.size) / 4; word++) this.#words[word] = 0
    this.#headers.setPointer(at + MSGHDR.iov, this.#pieces.address + this.#pieceCount * IOVEC_SIZE)
    return this.count++
  }

  /** Adds a piece to the message begun last. @param address a process address, good until the call is over */
  addPiece(address: number, lengthBytes: number): void {
    const piece = this.#pieceCount++ * IOVEC_SIZE
    this.#pieces.setPointer(piece, address)
    this.#pieces.view.setUint32(piece + 8, lengthBytes, true)
    this.#pieces.view.setUint32(piece + 12, 0, true)
    this.#words[((this.count - 1) * MMSGHDR.size + MSGHDR.iovlen) / 4]!++
  }

  /** Where the name of a message stands: a view and an offset in it. */
  get names(): DataView {
    return this.#names.view
  }

  nameOffset(index: number): number {
    return index * NAME_BYTES
  }

  /** Gives a message its name: `lengthBytes` bytes that were written, or room for one to be received. */
  setName(index: number, lengthBytes: number): void {
    const at = index * MMSGHDR.size
    this.#headers.setPointer(at + MSGHDR.name, this.#names.address + this.nameOffset(index))
    this.#headers.view.setUint32(at + MSGHDR.namelen, lengthBytes, true)
  }

  /** Room for a name to be received. */
  expectName(index: number): void {
    this.setName(index, Math.max(NAME_BYTES, SOCKADDR_IN6.size))
  }

  nameLength(index: number): number {
    return this.#headers.view.getUint32(index * MMSGHDR.size + MSGHDR.namelen, true)
  }

  /** The bytes behind the family of the received name of a Unix-domain socket. */
  unixName(index: number): Uint8Array {
    const start = this.nameOffset(index)
    return this.#names.bytes.slice(start + 2, start + Math.min(this.nameLength(index), NAME_BYTES))
  }

  setControl(index: number, lengthBytes: number): void {
    const at = index * MMSGHDR.size
    this.#headers.setPointer(at + MSGHDR.control, lengthBytes === 0 ? 0 : this.#control.address + index * CONTROL_BYTES)
    this.#headers.setPointer(at + MSGHDR.controllen, lengthBytes)
  }

  /** The control data of a message that was received. */
  *controlMessages(index: number): Generator<{ level: number; type: number; data: Uint8Array }> {
    const { bytes, view } = this.#control
    const start = index * CONTROL_BYTES
    const end = start + this.#headers.pointer(index * MMSGHDR.size + MSGHDR.controllen)
    for (let at = start; at + CMSGHDR.size <= end; ) {
      const length = this.#control.pointer(at + CMSGHDR.len)
      if (length < CMSGHDR.size || at + length > end) return
      yield {
        level: view.getInt32(at + CMSGHDR.level, true),
        type: view.getInt32(at + CMSGHDR.type, true),
        data: bytes.subarray(at + CMSGHDR.size, at + length),
      }
      at += alignUp(length)
    }
  }

  /** Appends a control message to one that will be sent. @returns false if there is no room for it */
  addControl(index: number, level: number, type: number, data: Uint8Array): boolean {
    const used = this.#headers.pointer(index * MMSGHDR.size + MSGHDR.controllen)
    const length = CMSGHDR.size + data.length
    if (used + alignUp(length) > CONTROL_BYTES) return false
    const at = index * CONTROL_BYTES + used
    this.#control.bytes.fill(0, at, at + alignUp(length))
    this.#control.setPointer(at + CMSGHDR.len, length)
    this.#control.view.setInt32(at + CMSGHDR.level, level, true)
    this.#control.view.setInt32(at + CMSGHDR.type, type, true)
    this.#control.bytes.set(data, at + CMSGHDR.size)
    this.setControl(index, used + alignUp(length))
    return true
  }

  /** The flags of a message that was received. */
  flags(index: number): number {
    return this.#headers.view.getUint32(index * MMSGHDR.size + MSGHDR.flags, true)
  }

  /** The sum of the lengths of a message's pieces. */
  totalBytes(index: number): number {
    let total = 0
    for (const piece of this.#piecesOf(index)) total += this.#pieces.pointer(piece + 8)
    return total
  }

  /** Leaves out the first `bytes` bytes of a message, which are fewer than all. */
  skip(index: number, bytes: number): void {
    for (const piece of this.#piecesOf(index)) {
      const skipped = Math.min(bytes, this.#pieces.pointer(piece + 8))
      this.#pieces.setPointer(piece, this.#pieces.pointer(piece) + skipped)
      this.#pieces.setPointer(piece + 8, this.#pieces.pointer(piece + 8) - skipped)
      bytes -= skipped
    }
  }

  /** Leaves out what is beyond the first `bytes` bytes of a message. */
  limitTo(index: number, bytes: number): void {
    for (const piece of this.#piecesOf(index)) {
      const kept = Math.min(bytes, this.#pieces.pointer(piece + 8))
      this.#pieces.setPointer(piece + 8, kept)
      bytes -= kept
    }
  }

  /** Where the pieces of a message stand. */
  *#piecesOf(index: number): Generator<number> {
    const at = index * MMSGHDR.size
    const first = this.#headers.pointer(at + MSGHDR.iov) - this.#pieces.address
    const count = this.#headers.pointer(at + MSGHDR.iovlen)
    for (let i = 0; i < count; i++) yield first + i * IOVEC_SIZE
  }

  setBytes(index: number, bytes: number): void {
    this.#headers.view.setUint32(index * MMSGHDR.size + MMSGHDR.bytes, bytes, true)
  }

  /** How many bytes of a message of a batch were sent or received. */
  bytes(index: number): number {
    return this.#headers.view.getUint32(index * MMSGHDR.size + MMSGHDR.bytes, true)
  }

  /** The address of the message at `index`. */
  addressOf(index: number): number {
    return this.address + index * MMSGHDR.size
  }
}

function alignUp(length: number): number {
  return (length + CMSGHDR.alignment - 1) & ~(CMSGHDR.alignment - 1)
}
