/** The instances of so many threads are some megabytes; collecting them takes as long as starting a hundred. */
const INSTANCES_PER_COLLECTION = 500

/**
 * What the instances of ended threads leave behind in a Worker. The engine puts them where it cleans up last, and lets tens
 * of megabytes gather there in each Worker; a program that starts threads all the time would seem to leak.
 */
export class InstanceGarbage {
  #instances = 0
  #collect: (() => void) | undefined

  /** Notes that one more instance is not needed any more. */
  add(): void {
    if (++this.#instances < INSTANCES_PER_COLLECTION) return
    this.#instances = 0
    this.#collect ??= engineCollector()
    this.#collect()
  }
}

/**
 * The engine shows its collector only to what is made under this flag; the flag is taken back at once. An engine that does
 * not know it is left to itself.
 */
function engineCollector(): () => void {
  const { setFlagsFromString } = process.getBuiltinModule('node:v8')
  const { runInNewContext } = process.getBuiltinModule('node:vm')
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('globalThis.gc') as (() => void) | undefined
  setFlagsFromString('--no-expose-gc')
  return collect ?? (() => {})
}
