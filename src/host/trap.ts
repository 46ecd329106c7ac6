/** The host ends the program as a trap does; `message` is the reason. */
export class Trap extends Error {
  override readonly name = 'Trap'
}

/** The program was told from outside to end. */
export class Stopped extends Error {
  override readonly name = 'Stopped'
}

/** (module (func (export "t") unreachable)) */
const UNREACHABLE = Uint8Array.of(
  ...[
    0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0, 7, 5, 1, 1, 0x74, 0, 0, 10, 5, 1, 3, 0, 0, 0x0b,
  ],
)

/**
 * Ends the program from inside a host function. A JavaScript error alone can be caught by the program (`catch_all`, which is
 * C++'s `catch (...)`); an error that a trap of the engine has made cannot, so `reason` travels as its cause.
 */
export function endProgram(reason: Error): never {
  const { t } = new WebAssembly.Instance(new WebAssembly.Module(UNREACHABLE), {}).exports as { t: () => never }
  try {
    return t()
  } catch (error) {
    ;(error as Error).cause = reason
    throw error
  }
}

/** The reason given to {@link endProgram}, or the error itself. */
export function endOf(error: unknown): unknown {
  return error instanceof WebAssembly.RuntimeError && error.cause instanceof Error ? error.cause : error
}
