/** Given to a bundle by `runBundle`; not there where the tests run the sources. */
declare const keepCode: ((isEnd: boolean) => void) | undefined

/**
 * Keeps what the engine has compiled of this bundle so far for the next start, unless that was kept before. Called when the
 * start is over and the program comes next: it may be one that never returns.
 */
export function keepCompiledCode(): void {
  if (typeof keepCode !== 'undefined') keepCode(false)
}

/** At the end of a run that has kept its code: keeps it again, with what the program has used since. */
export function completeKeptCode(): void {
  if (typeof keepCode !== 'undefined') keepCode(true)
}
