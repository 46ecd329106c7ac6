/** As in the original. */
export const MAX_KEYS = 32

/** One key, in 32-bit words. `generation` is odd while the key exists, and grows with every creation and deletion. */
const Key = { size: 2, generation: 0, destructor: 1 } as const
export const KEYS_WORDS = MAX_KEYS * Key.size

/** A value that a thread leaves behind, and what its key's creator wants called with it. */
export interface LeftValue {
  /** Index in the guest's function table, not 0. */
  readonly destructor: number
  readonly value: number
}

/** Keys are shared; the values of one thread are its own and lie here, in its own memory. */
export class ThreadKeys {
  readonly #words: Int32Array
  readonly #keys: number
  readonly #values = new Int32Array(MAX_KEYS)
  /** The generation of the key that the value was stored for; a value of an earlier one does not count. */
  readonly #generations = new Int32Array(MAX_KEYS)

  /** @param keys index of the first word, of {@link KEYS_WORDS} */
  constructor(words: Int32Array, keys: number) {
    this.#words = words
    this.#keys = keys
  }

  /** Forgets all values: from now on it is another thread that calls. */
  clear(): void {
    this.#generations.fill(0)
  }

  /**
   * @param destructor index in the guest's function table; 0 for none
   * @returns the key, or -1 if there are {@link MAX_KEYS}
   */
  create(destructor: number): number {
    for (let key = 0; key < MAX_KEYS; key++) {
      const generation = this.#generation(key)
      if (isLive(generation)) continue
      const at = this.#at(key)
      if (Atomics.compareExchange(this.#words, at, generation, (generation + 1) | 0) !== generation) continue
      Atomics.store(this.#words, at + Key.destructor, destructor)
      return key
    }
    return -1
  }

  delete(key: number): boolean {
    const generation = this.#generation(key)
    if (!isLive(generation)) return false
    return Atomics.compareExchange(this.#words, this.#at(key), generation, (generation + 1) | 0) === generation
  }

  set(key: number, value: number): boolean {
    const generation = this.#generation(key)
    if (!isLive(generation)) return false
    this.#values[key] = value
    this.#generations[key] = generation
    return true
  }

  /** @returns 0 if nothing was set, and for what is no key */
  get(key: number): number {
    const generation = this.#generation(key)
    return isLive(generation) && this.#generations[key] === generation ? this.#values[key]! : 0
  }

  /** Takes what this thread has stored, key by key, once: a value that comes back for an earlier key stays. */
  *takeAll(): Generator<LeftValue> {
    for (let key = 0; key < MAX_KEYS; key++) {
      const value = this.get(key)
      this.#values[key] = 0
      const destructor = Atomics.load(this.#words, this.#at(key) + Key.destructor)
      if (value !== 0 && destructor !== 0) yield { destructor, value }
    }
  }

  /** 0 for what is out of range. */
  #generation(key: number): number {
    return key >= 0 && key < MAX_KEYS ? Atomics.load(this.#words, this.#at(key)) : 0
  }

  #at(key: number): number {
    return this.#keys + key * Key.size
  }
}

function isLive(generation: number): boolean {
  return (generation & 1) !== 0
}
