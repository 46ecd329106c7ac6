/** A word of shared memory by which threads keep each other out for a moment. */
export class SharedLock {
  readonly #words: Int32Array
  readonly #index: number

  /** @param index of a word that is 0 at the beginning and nobody else's */
  constructor(words: Int32Array, index: number) {
    this.#words = words
    this.#index = index
  }

  /** Runs `work`, which must not take the lock itself, while no other thread runs any. */
  during<T>(work: () => T): T {
    while (Atomics.compareExchange(this.#words, this.#index, 0, 1) !== 0) Atomics.wait(this.#words, this.#index, 1)
    try {
      return work()
    } finally {
      Atomics.store(this.#words, this.#index, 0)
      Atomics.notify(this.#words, this.#index, 1)
    }
  }
}
