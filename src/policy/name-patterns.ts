/** A name pattern that is neither a domain name, `*.domain` nor `*`. */
export class NamePatternError extends Error {
  override readonly name = 'NamePatternError'
}

/**
 * The host names a program may resolve: `domain.com` for that name alone, `*.example.com` for every name below
 * example.com and not example.com itself, `*` for every name. Case and a trailing dot make no difference.
 */
export class NamePatterns {
  readonly #names = new Set<string>()
  /** Each with its leading dot. */
  readonly #suffixes = new Set<string>()
  #all = false

  /** @throws NamePatternError on the first pattern of any other form */
  constructor(patterns: readonly string[]) {
    for (const pattern of patterns) {
      if (pattern === '*') this.#all = true
      else if (pattern.startsWith('*.')) this.#suffixes.add(canonicalName(checked(pattern, pattern.slice(1))))
      else if (pattern.startsWith('.')) checked(pattern, '')
      else this.#names.add(canonicalName(checked(pattern, pattern)))
    }
  }

  includes(name: string): boolean {
    if (this.#all) return true
    const canonical = canonicalName(name)
    if (this.#names.has(canonical)) return true
    // Every label boundary but one at the very start, since "*.example.com" asks for at least one label more.
    for (let dot = canonical.indexOf('.', 1); dot > 0; dot = canonical.indexOf('.', dot + 1)) {
      if (this.#suffixes.has(canonical.slice(dot))) return true
    }
    return false
  }
}

/** Lower case (ASCII only, as DNS compares) and without the dot that marks a name as absolute. */
function canonicalName(name: string): string {
  const lower = name.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
  return lower.endsWith('.') ? lower.slice(0, -1) : lower
}

function checked(pattern: string, rest: string): string {
  // An underscore is in no host name, but in names that people do resolve.
  if (/^\.?[^\s.*/,:]+(\.[^\s.*/,:]+)*\.?$/.test(rest)) return rest
  throw new NamePatternError(
    `'${pattern}' is not a name pattern: it must be a name (domain.com), *.name for all names below it (*.example.com), or * for every name`,
  )
}

/** Whether `text` is a pattern that grants the one name `text`. */
export function isName(text: string): boolean {
  if (text.includes('*')) return false
  try {
    new NamePatterns([text])
    return true
  } catch {
    return false
  }
}
