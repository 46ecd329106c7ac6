import { POLLFD } from './constants.ts'
import { HostBuffer } from './ffi.ts'

/** An array of `struct pollfd` in host memory that grows as needed and is reused from call to call. */
export class Pollfds {
  #buffer = new HostBuffer(64 * POLLFD.size)
  count = 0

  get address(): number {
    return this.#buffer.address
  }

  clear(): void {
    this.count = 0
  }

  /** @returns the entry's index */
  add(hostFd: number, events: number): number {
    const at = this.count * POLLFD.size
    if (at === this.#buffer.bytes.length) {
      const larger = new HostBuffer(2 * this.#buffer.bytes.length)
      larger.bytes.set(this.#buffer.bytes)
      this.#buffer = larger
    }
    this.#buffer.view.setInt32(at + POLLFD.fd, hostFd, true)
    this.#buffer.view.setUint32(at + POLLFD.events, events, true)
    return this.count++
  }

  /** What the kernel reported for the entry at `index`. */
  revents(index: number): number {
    return this.#buffer.view.getUint16(index * POLLFD.size + POLLFD.revents, true)
  }
}
