const told = new Set<string>()

/** Tells the embedding program something once that it should know and that stops nothing. */
export function warnOnce(message: string): void {
  if (told.has(message)) return
  told.add(message)
  process.emitWarning(message, 'BerthWarning')
}
