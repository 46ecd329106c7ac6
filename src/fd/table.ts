import type { Descriptor } from './descriptor.ts'
import type { OpenFile } from './open-file.ts'

/** Descriptor numbers end here (`fs.nr_open` of a Linux kernel): what a guest may name cannot make the table huge. */
export const MAX_DESCRIPTORS = 1 << 20

/**
 * The guest's descriptor numbers. A new descriptor gets the lowest free number, as POSIX promises. Knows nothing of what a
 * descriptor does; whoever takes one out closes it.
 */
export class DescriptorTable {
  readonly #entries: (Descriptor | undefined)[] = []
  /** One bit per number, set where taken; 32 numbers per element. */
  #taken = new Uint32Array(4)
  /** Elements of {@link #taken} before this one have no number free. */
  #full = 0

  /** @param fd any number a guest may have passed */
  get(fd: number): Descriptor | undefined {
    return this.#entries[fd]
  }

  /** Whether one more descriptor fits. */
  get hasRoom(): boolean {
    return this.#lowestFree() < MAX_DESCRIPTORS
  }

  /** @returns the number given; the caller has asked for {@link hasRoom} */
  add(descriptor: Descriptor): number {
    const fd = this.#lowestFree()
    this.#put(fd, descriptor)
    return fd
  }

  /** @returns the lowest free number from `least` on, given to `descriptor`; false if there is none */
  addFrom(least: number, descriptor: Descriptor): number | false {
    for (let fd = least; fd >= 0 && fd < MAX_DESCRIPTORS; fd++) {
      if (this.#entries[fd] !== undefined) continue
      this.#put(fd, descriptor)
      return fd
    }
    return false
  }

  /** Gives the number `fd` to `descriptor`. @returns what it stood for, 'none', or false if it is no possible number */
  replace(fd: number, descriptor: Descriptor): Descriptor | 'none' | false {
    if (fd < 0 || fd >= MAX_DESCRIPTORS) return false
    const replaced = this.remove(fd)
    this.#put(fd, descriptor)
    return replaced ?? 'none'
  }

  /** Frees a number. @returns what it stood for */
  remove(fd: number): Descriptor | undefined {
    const descriptor = this.#entries[fd]
    if (descriptor === undefined) return undefined
    this.#entries[fd] = undefined
    this.#taken[fd >>> 5]! &= ~(1 << (fd & 31))
    this.#full = Math.min(this.#full, fd >>> 5)
    return descriptor
  }

  /**
   * Moves what `from` stands for to the number `to`, which need not be taken.
   * @returns what `to` stood for, or 'none'; false if `from` is free or `to` is no possible number
   */
  renumber(from: number, to: number): Descriptor | 'none' | false {
    const moved = this.#entries[from]
    if (moved === undefined || to < 0 || to >= MAX_DESCRIPTORS) return false
    if (from === to) return 'none'
    this.remove(from)
    return this.replace(to, moved)
  }

  /** Makes what was changed of a descriptor's rights known to other threads. */
  changed(_fd: number): void {}

  /** An open file that no descriptor stands for any more. */
  forget(_file: OpenFile): void {}

  /**
   * Gives back what {@link get} has given out. With several threads a descriptor is not closed while one of them works
   * on it: this ends each host call, and comes before a number is given to something else.
   */
  endCall(): void {}

  /** Gives back at the end of `work` what it has looked up. */
  briefly<T>(work: () => T): T {
    return work()
  }

  /** Whether another thread is closing something that this thread works on. */
  get isInterrupted(): boolean {
    return false
  }

  /** Every open descriptor, in the order of the numbers. */
  *all(): Generator<Descriptor> {
    for (const descriptor of this.#entries) if (descriptor !== undefined) yield descriptor
  }

  /** The same; the table is then empty. */
  removeAll(): Descriptor[] {
    const open = [...this.all()]
    this.#entries.length = 0
    this.#taken.fill(0)
    this.#full = 0
    return open
  }

  #put(fd: number, descriptor: Descriptor): void {
    while (this.#entries.length <= fd) this.#entries.push(undefined)
    this.#entries[fd] = descriptor
    if (fd >>> 5 >= this.#taken.length) {
      const larger = new Uint32Array(Math.max(2 * this.#taken.length, (fd >>> 5) + 1))
      larger.set(this.#taken)
      this.#taken = larger
    }
    this.#taken[fd >>> 5]! |= 1 << (fd & 31)
  }

  #lowestFree(): number {
    for (; this.#full < this.#taken.length; this.#full++) {
      const free = ~this.#taken[this.#full]! >>> 0
      if (free !== 0) return 32 * this.#full + 31 - Math.clz32(free & -free)
    }
    return 32 * this.#full
  }
}
