/**
 * The symbols that an object file defines for others. Source: "WebAssembly Object File Linking", section "linking", version 2.
 */
const CUSTOM_SECTION = 0
const SYMBOL_TABLE = 8
const Kind = { FUNCTION: 0, DATA: 1, SECTION: 3 }
const Flag = { LOCAL: 0x02, UNDEFINED: 0x10, EXPLICIT_NAME: 0x40 }

/** @param {Uint8Array} object @returns {string[]} */
export function definedSymbols(object) {
  const bytes = Buffer.from(object)
  let at = 8 // behind magic and version
  const number = () => {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++]
      value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value >>> 0
    }
  }
  const text = () => {
    const length = number()
    at += length
    return bytes.toString('utf8', at - length, at)
  }

  const symbol = () => {
    const kind = bytes[at++]
    const flags = number()
    const isDefined = (flags & Flag.UNDEFINED) === 0
    let name = ''
    if (kind === Kind.DATA) {
      name = text()
      if (isDefined) for (const _ of ['segment', 'offset', 'size']) number()
    } else {
      number() // index
      if (kind !== Kind.SECTION && (isDefined || (flags & Flag.EXPLICIT_NAME) !== 0)) name = text()
    }
    return isDefined && (flags & Flag.LOCAL) === 0 && kind !== Kind.SECTION ? name : ''
  }

  while (at < bytes.length) {
    const id = bytes[at++]
    const size = number()
    const end = at + size
    if (id === CUSTOM_SECTION && text() === 'linking') {
      number() // version
      while (at < end) {
        const part = bytes[at++]
        const partSize = number()
        const partEnd = at + partSize
        if (part === SYMBOL_TABLE) return Array.from({ length: number() }, symbol).filter((name) => name !== '')
        at = partEnd
      }
    }
    at = end
  }
  return []
}
