/** Something the person can put right; the message says how. */
export class CompilerError extends Error {
  override readonly name = 'CompilerError'
}
