/**
 * The words of guest memory that several threads read and write at once. As with GuestMemory, whose `contains` must have
 * said yes before: guest addresses are unsigned byte offsets, callers pass `ptr >>> 0`.
 */
export class GuestWords {
  readonly #memory: WebAssembly.Memory
  #words = new Int32Array(0)

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory
  }

  load(ptr: number): number {
    return Atomics.load(this.#view(), ptr / 4)
  }

  store(ptr: number, value: number): void {
    Atomics.store(this.#view(), ptr / 4, value)
  }

  /** Stores `value` if the word is `expected`. @returns what it was */
  compareExchange(ptr: number, expected: number, value: number): number {
    return Atomics.compareExchange(this.#view(), ptr / 4, expected, value)
  }

  /** Memory that has grown is another buffer. */
  #view(): Int32Array {
    const { buffer } = this.#memory
    if (this.#words.buffer !== buffer) this.#words = new Int32Array(buffer)
    return this.#words
  }
}

/** Whether the engine can work on the word atomically. */
export function isWordAligned(ptr: number): boolean {
  return (ptr & 3) === 0
}
