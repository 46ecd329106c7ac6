import { IOV_MAX, IOVEC_SIZE } from './constants.ts'
import { HostBuffer } from './ffi.ts'
import { read, readv, write, writev } from './libc.ts'

/** As many pieces as most programs ever use at once: a program that waits among a thousand others is to be small. */
const FEW = 32

/**
 * The buffers of one vectored call. Reused from call to call: filling it creates nothing. Most calls have one piece, which the
 * system calls without vectors take; so the array of `struct iovec`s is only laid out when it is asked for.
 */
export class Iovecs {
  #addresses: Float64Array
  #lengths: Uint32Array
  #array: HostBuffer | undefined
  /** How many pieces there are: 0 to {@link IOV_MAX}. */
  count = 0
  /** The sum of their lengths. Below 2^42, so a number holds it. */
  totalBytes = 0

  constructor() {
    // One behind the other: after a system call, looking at another page of memory takes longer than a call of a function.
    const pieces = new ArrayBuffer(FEW * (Float64Array.BYTES_PER_ELEMENT + Uint32Array.BYTES_PER_ELEMENT))
    this.#addresses = new Float64Array(pieces, 0, FEW)
    this.#lengths = new Uint32Array(pieces, this.#addresses.byteLength, FEW)
  }

  clear(): void {
    this.count = 0
    this.totalBytes = 0
  }

  /** @param address a process address, good until the call is over */
  add(address: number, lengthBytes: number): void {
    const at = this.count
    if (at === this.#lengths.length) this.#grow()
    this.#addresses[at] = address
    this.#lengths[at] = lengthBytes
    this.count = at + 1
    this.totalBytes += lengthBytes
  }

  #grow(): void {
    const [addresses, lengths] = [this.#addresses, this.#lengths]
    this.#addresses = new Float64Array(IOV_MAX)
    this.#lengths = new Uint32Array(IOV_MAX)
    this.#addresses.set(addresses)
    this.#lengths.set(lengths)
    this.#array = undefined
  }

  /** Address and length of the first piece: one piece needs no vectored call. 0 where there is none. */
  get firstAddress(): number {
    return this.count === 0 ? 0 : this.#addresses[0]!
  }

  get firstBytes(): number {
    return this.count === 0 ? 0 : this.#lengths[0]!
  }

  /** Writes the array for the kernel. @returns its process address, good until the next change here */
  layOut(): number {
    this.#array ??= new HostBuffer(this.#lengths.length * IOVEC_SIZE)
    const { view } = this.#array
    for (let i = 0; i < this.count; i++) {
      this.#array.setPointer(i * IOVEC_SIZE, this.#addresses[i]!)
      view.setUint32(i * IOVEC_SIZE + 8, this.#lengths[i]!, true)
      view.setUint32(i * IOVEC_SIZE + 12, 0, true)
    }
    return this.#array.address
  }

  /** Leaves out the first `bytes` bytes, which are fewer than all. */
  skip(bytes: number): void {
    this.totalBytes -= bytes
    let empty = 0
    while (bytes >= this.#lengths[empty]!) bytes -= this.#lengths[empty++]!
    this.#addresses.copyWithin(0, empty, this.count)
    this.#lengths.copyWithin(0, empty, this.count)
    this.count -= empty
    this.#addresses[0]! += bytes
    this.#lengths[0]! -= bytes
  }

  /** Leaves out what is beyond the first `bytes` bytes, which are fewer than all. */
  limitTo(bytes: number): void {
    this.totalBytes = bytes
    for (let i = 0; i < this.count; i++) {
      const length = this.#lengths[i]!
      if (length < bytes) bytes -= length
      else {
        this.#lengths[i] = bytes
        this.count = i + 1
      }
    }
  }

  /** Keeps only the first piece, and of it at most `limitBytes`. */
  clipTo(limitBytes: number): void {
    const length = Math.min(this.firstBytes, limitBytes)
    if (this.count > 0) this.#lengths[0] = length
    this.count = Math.min(this.count, 1)
    this.totalBytes = length
  }
}

/** Reads into the pieces. @returns the bytes read, or a negative host errno */
export function readPieces(fd: number, pieces: Iovecs): number {
  return pieces.count === 1
    ? read(fd, pieces.firstAddress, pieces.firstBytes)
    : readv(fd, pieces.layOut(), pieces.count)
}

/** Writes the pieces. @returns the bytes written, or a negative host errno */
export function writePieces(fd: number, pieces: Iovecs): number {
  return pieces.count === 1
    ? write(fd, pieces.firstAddress, pieces.firstBytes)
    : writev(fd, pieces.layOut(), pieces.count)
}
