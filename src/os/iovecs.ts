import { IOV_MAX, IOVEC_SIZE } from './constants.ts'
import { HostBuffer } from './ffi.ts'

/** As many pieces as most programs ever use at once: a program that waits among a thousand others is to be small. */
const FEW = 32

/**
 * The buffers of one vectored call as `struct iovec`s in host memory. Reused from call to call: filling it creates nothing.
 */
export class Iovecs {
  #buffer = new HostBuffer(FEW * IOVEC_SIZE)
  /** The address of the array. */
  address = this.#buffer.address
  /** How many pieces there are: 0 to {@link IOV_MAX}. */
  count = 0
  /** The sum of their lengths. Below 2^42, so a number holds it. */
  totalBytes = 0

  clear(): void {
    this.count = 0
    this.totalBytes = 0
  }

  /** @param address a process address, good until the call is over */
  add(address: number, lengthBytes: number): void {
    const at = this.count * IOVEC_SIZE
    if (at === this.#buffer.bytes.length) this.#grow()
    const { view } = this.#buffer
    view.setUint32(at, address, true)
    view.setUint32(at + 4, address / 0x1_0000_0000, true)
    view.setUint32(at + 8, lengthBytes, true)
    view.setUint32(at + 12, 0, true)
    this.count++
    this.totalBytes += lengthBytes
  }

  #grow(): void {
    const larger = new HostBuffer(IOV_MAX * IOVEC_SIZE)
    larger.bytes.set(this.#buffer.bytes)
    this.#buffer = larger
    this.address = larger.address
  }

  /** Address and length of the first piece: one piece needs no vectored call. 0 where there is none. */
  get firstAddress(): number {
    return this.count === 0 ? 0 : this.#buffer.pointer(0)
  }

  get firstBytes(): number {
    return this.count === 0 ? 0 : this.#buffer.view.getUint32(8, true)
  }

  /** Leaves out the first `bytes` bytes, which are fewer than all. */
  skip(bytes: number): void {
    const { view } = this.#buffer
    this.totalBytes -= bytes
    let empty = 0
    while (bytes >= view.getUint32(empty * IOVEC_SIZE + 8, true)) {
      bytes -= view.getUint32(empty * IOVEC_SIZE + 8, true)
      empty++
    }
    this.#buffer.bytes.copyWithin(0, empty * IOVEC_SIZE, this.count * IOVEC_SIZE)
    this.count -= empty
    this.#buffer.setPointer(0, this.#buffer.pointer(0) + bytes)
    view.setUint32(8, view.getUint32(8, true) - bytes, true)
  }

  /** Leaves out what is beyond the first `bytes` bytes, which are fewer than all. */
  limitTo(bytes: number): void {
    const { view } = this.#buffer
    this.totalBytes = bytes
    for (let i = 0; i < this.count; i++) {
      const length = view.getUint32(i * IOVEC_SIZE + 8, true)
      if (length < bytes) bytes -= length
      else {
        view.setUint32(i * IOVEC_SIZE + 8, bytes, true)
        this.count = i + 1
      }
    }
  }

  /** Keeps only the first piece, and of it at most `limitBytes`. */
  clipTo(limitBytes: number): void {
    const length = Math.min(this.firstBytes, limitBytes)
    if (this.count > 0) this.#buffer.view.setUint32(8, length, true)
    this.count = Math.min(this.count, 1)
    this.totalBytes = length
  }
}
