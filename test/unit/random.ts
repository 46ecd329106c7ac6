/** A repeatable source of random numbers (mulberry32): a failure names its seed and can be run again. */
export class Random {
  #state: number

  constructor(seed: number) {
    this.#state = seed
  }

  /** 0 to 2^32 - 1. */
  u32(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let t = this.#state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return (t ^ (t >>> 14)) >>> 0
  }

  /** 0 to `end` - 1. */
  below(end: number): number {
    return this.u32() % end
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!
  }
}
