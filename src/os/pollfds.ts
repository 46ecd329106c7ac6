import { POLLFD } from './constants.ts'
import { HostBuffer } from './ffi.ts'
import { poll } from './libc.ts'

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

  fd(index: number): number {
    return this.#buffer.view.getInt32(index * POLLFD.size + POLLFD.fd, true)
  }

  /** What is asked for in the entry at `index`. */
  events(index: number): number {
    return this.#buffer.view.getUint16(index * POLLFD.size + POLLFD.events, true)
  }

  /** What the kernel reported for the entry at `index`. */
  revents(index: number): number {
    return this.#buffer.view.getUint16(index * POLLFD.size + POLLFD.revents, true)
  }
}

const single = new Pollfds()

/** What `poll` reports of a descriptor at once: of `events`, errors and hang-ups. */
export function readyEvents(hostFd: number, events: number): number {
  single.clear()
  single.add(hostFd, events)
  return poll(single.address, 1, 0) > 0 ? single.revents(0) : 0
}
