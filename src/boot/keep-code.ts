/** When what is compiled is kept: before the program runs, at its end, or now and never again. */
export type Moment = 'start' | 'end' | 'only'

/** Given to a bundle by `runBundle`; not there where the tests run the sources. */
declare const keepCode: ((moment: Moment) => void) | undefined

function keep(moment: Moment): void {
  if (typeof keepCode !== 'undefined') keepCode(moment)
}

/**
 * Keeps what the engine has compiled of this bundle so far for the next start, unless that was kept before. Called when the
 * start is over and the program comes next: it may be one that never returns.
 */
export function keepCompiledCode(): void {
  keep('start')
}

/** At the end of a run that has kept its code: keeps it again, with what the program has used since. */
export function completeKeptCode(): void {
  keep('end')
}

/**
 * The same as {@link keepCompiledCode} where nothing can be added later: the engine's flags are about to change, or other
 * threads must not wait at the end.
 */
export function keepCompiledCodeOnce(): void {
  keep('only')
}
