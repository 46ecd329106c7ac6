import { Trap } from '../host/trap.ts'
import type { Signature } from '../runtime/inspect.ts'

/**
 * Reads the arguments of a function called with `-f`: decimal or 0x for integers, decimal, `nan` or `inf` for floats, a
 * number for an externref.
 * @throws Trap in the original's words
 */
export function parseArguments(signature: Signature, words: readonly string[]): unknown[] {
  const types = [...signature.slice(0, signature.indexOf(':'))]
  if (types.length !== words.length) throw new Trap('invalid input argument count')
  return types.map((type, i) => {
    const value = parseValue(type, words[i]!)
    if (value === undefined) throw new Trap(`invalid input argument ${i}: ${words[i]}`)
    return value
  })
}

function parseValue(type: string, word: string): unknown {
  switch (type) {
    case 'i': {
      const value = parseInteger(word)
      return value === undefined ? undefined : Number(BigInt.asIntN(32, value))
    }
    case 'I':
      return parseInteger(word)
    case 'f':
    case 'F':
      return parseFloat64(word)
    case 'e': {
      const value = parseInteger(word)
      return value === undefined ? undefined : Number(value)
    }
    default:
      return undefined
  }
}

function parseInteger(word: string): bigint | undefined {
  const match = /^([-+]?)(0[xX][0-9a-fA-F]+|\d+)$/.exec(word)
  if (match === null) return undefined
  return match[1] === '-' ? -BigInt(match[2]!) : BigInt(match[2]!)
}

function parseFloat64(word: string): number | undefined {
  const match = /^([-+]?)(nan|inf|infinity|(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)$/i.exec(word)
  if (match === null) return undefined
  const text = match[2]!.toLowerCase()
  const magnitude = text === 'nan' ? Number.NaN : text.startsWith('inf') ? Number.POSITIVE_INFINITY : Number(text)
  return match[1] === '-' ? -magnitude : magnitude
}

/** The results of a call as the original prints them: `0x3:i32,1.5:f64`; nothing for no result. */
export function formatResults(signature: Signature, result: unknown): string {
  const types = [...signature.slice(signature.indexOf(':') + 1)]
  const values = types.length > 1 ? (result as unknown[]) : [result]
  return types.map((type, i) => formatValue(type, values[i])).join(',')
}

function formatValue(type: string, value: unknown): string {
  switch (type) {
    case 'i':
      return `0x${((value as number) >>> 0).toString(16)}:i32`
    case 'I':
      return `0x${BigInt.asUintN(64, value as bigint).toString(16)}:i64`
    case 'f':
      return `${formatFloat(Math.fround(value as number), 9)}:f32`
    case 'F':
      return `${formatFloat(value as number, 17)}:f64`
    case 'e':
      return value === null ? 'extern:ref.null' : `0x${Number(value).toString(16)}:ref.extern`
    default:
      return `${String(value)}:ref`
  }
}

function formatFloat(value: number, digits: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf'
  if (Object.is(value, -0)) return '-0'
  return String(digits === 9 ? Number(value.toPrecision(9)) : value)
}
