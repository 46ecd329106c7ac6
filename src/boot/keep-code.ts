/** Given to a bundle by {@link runBundle}; not there where the bundle is loaded as an ordinary module. */
declare const keepCode: (() => void) | undefined

/**
 * Keeps what the engine has compiled of this bundle so far for the next start, unless that was kept before. Called once the
 * start is over, when all that a start needs is compiled.
 */
export function keepCompiledCode(): void {
  if (typeof keepCode !== 'undefined') keepCode()
}
