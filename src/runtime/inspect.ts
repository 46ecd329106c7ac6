/**
 * What a module imports and exports, with types: engines tell names and kinds only, and an import is matched by its type
 * as well. Reads a binary that the engine has accepted, so it need not be validated again; what is newer than this parser
 * reads as a type that matches nothing. Source: WebAssembly core specification, binary format.
 */

/** A function type as `parameters:results`, one letter a value: i I f F for i32 i64 f32 f64, e for externref, ? for others. */
export type Signature = string

export interface MemoryLimits {
  /** In pages of 64 KiB. */
  readonly initial: number
  readonly maximum: number | undefined
  readonly shared: boolean
  /** There where the memory is of a kind that this parser does not know: 64-bit addresses, pages of another size. */
  readonly unknown?: true
}

export type ModuleImport = { readonly module: string; readonly name: string } & (
  | {
      readonly kind: 'function'
      readonly signature: Signature
      /** There where the type is a guess, since the binary is not at hand: its parameters are then looked at in each call. */
      readonly isTypeUnknown?: true
    }
  | { readonly kind: 'memory'; readonly limits: MemoryLimits }
  | { readonly kind: 'table' | 'global' | 'tag' }
)

export type ModuleExport = { readonly name: string } & (
  | { readonly kind: 'function'; readonly signature: Signature }
  | { readonly kind: 'memory' | 'table' | 'global' | 'tag' }
)

export interface ModuleShape {
  readonly imports: readonly ModuleImport[]
  readonly exports: readonly ModuleExport[]
}

const Section = { TYPE: 1, IMPORT: 2, FUNCTION: 3, EXPORT: 7 } as const
const EXTERNAL_KINDS = ['function', 'table', 'memory', 'global', 'tag'] as const
const VALUE_LETTERS: Readonly<Record<number, string>> = { 127: 'i', 126: 'I', 125: 'f', 124: 'F', 111: 'e' }
const REFERENCE_WITH_HEAP_TYPE = [0x63, 0x64]

export function inspectModule(bytes: Uint8Array): ModuleShape {
  const reader = new Reader(bytes, 8)
  let types: Signature[] = []
  /** The type of each function, the imported ones first. */
  const functions: Signature[] = []
  const imports: ModuleImport[] = []
  const exports: ModuleExport[] = []
  while (!reader.atEnd) {
    const id = reader.byte()
    const section = reader.slice(reader.u32())
    if (id === Section.TYPE) types = readTypes(section)
    else if (id === Section.IMPORT) {
      section.vector(() => {
        const entry = readImport(section, types)
        imports.push(entry)
        if (entry.kind === 'function') functions.push(entry.signature)
      })
    } else if (id === Section.FUNCTION) section.vector(() => functions.push(types[section.u32()] ?? '?'))
    else if (id === Section.EXPORT) {
      section.vector(() => {
        const name = section.name()
        const kind = EXTERNAL_KINDS[section.byte()] ?? 'tag'
        const index = section.u32()
        exports.push(kind === 'function' ? { name, kind, signature: functions[index] ?? '?' } : { name, kind })
      })
    }
  }
  return { imports, exports }
}

/** The function types by index. Other types (structures, arrays) take an index and match nothing. */
function readTypes(section: Reader): Signature[] {
  const types: Signature[] = []
  const readOne = (): void => {
    let form = section.byte()
    if (form === 0x4f || form === 0x50) {
      section.vector(() => section.u32()) // the supertypes
      form = section.byte()
    }
    if (form === 0x60) {
      const parameters = readValueTypes(section)
      types.push(`${parameters}:${readValueTypes(section)}`)
      return
    }
    types.push('?')
    const skipField = (): void => {
      const storage = section.byte()
      if (REFERENCE_WITH_HEAP_TYPE.includes(storage)) section.skipInteger()
      section.byte() // mutability
    }
    if (form === 0x5f) section.vector(skipField)
    else if (form === 0x5e) skipField()
  }
  section.vector(() => {
    if (section.peek() !== 0x4e) return readOne()
    section.byte()
    section.vector(readOne)
  })
  return types
}

function readValueTypes(section: Reader): string {
  let letters = ''
  section.vector(() => {
    letters += readValueType(section)
  })
  return letters
}

/** The letter of a value type in a signature. */
export function readValueType(section: Reader): string {
  const code = section.byte()
  if (REFERENCE_WITH_HEAP_TYPE.includes(code)) section.skipInteger()
  return VALUE_LETTERS[code] ?? '?'
}

function readImport(section: Reader, types: readonly Signature[]): ModuleImport {
  const module = section.name()
  const name = section.name()
  const kind = EXTERNAL_KINDS[section.byte()] ?? 'tag'
  switch (kind) {
    case 'function':
      return { module, name, kind, signature: types[section.u32()] ?? '?' }
    case 'memory':
      return { module, name, kind, limits: readLimits(section) }
    case 'table':
      readValueType(section)
      readLimits(section)
      return { module, name, kind }
    case 'global':
      readValueType(section)
      section.byte()
      return { module, name, kind }
    case 'tag':
      section.byte()
      section.u32()
      return { module, name, kind }
  }
}

export function readLimits(section: Reader): MemoryLimits {
  const flags = section.byte()
  const initial = section.u32()
  const maximum = (flags & 1) !== 0 ? section.u32() : undefined
  return { initial, maximum, shared: (flags & 2) !== 0, ...(flags > 3 ? { unknown: true } : {}) }
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** Reads a binary, or a part of it, from its start to its end. */
export class Reader {
  readonly #bytes: Uint8Array
  #at: number
  readonly #end: number

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.#bytes = bytes
    this.#at = start
    this.#end = end
  }

  get atEnd(): boolean {
    return this.#at >= this.#end
  }

  peek(): number {
    return this.#bytes[this.#at] ?? 0
  }

  byte(): number {
    if (this.#at >= this.#end) throw new RangeError('unexpected end of a module section')
    return this.#bytes[this.#at++]!
  }

  /** LEB128, unsigned. */
  u32(): number {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = this.byte()
      value += (byte & 0x7f) * factor
      if (byte < 0x80) return value
    }
  }

  /** LEB128, signed. */
  s32(): number {
    let value = 0
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte()
      value |= (byte & 0x7f) << shift
      if (byte >= 0x80) continue
      const isNegative = (byte & 0x40) !== 0
      return isNegative && shift < 28 ? value | (-1 << (shift + 7)) : value
    }
  }

  /** LEB128 of any size and sign, not looked at. */
  skipInteger(): void {
    while (this.byte() >= 0x80);
  }

  name(): string {
    return utf8.decode(this.bytes(this.u32()))
  }

  /** The next `length` bytes themselves, not a copy. */
  bytes(length: number): Uint8Array {
    const start = this.#at
    this.#at += length
    return this.#bytes.subarray(start, Math.min(this.#at, this.#end))
  }

  /** All that is left. */
  rest(): Uint8Array {
    return this.bytes(this.#end - this.#at)
  }

  /** The next `length` bytes as a reader of their own; this one goes on behind them. */
  slice(length: number): Reader {
    const start = this.#at
    this.#at += length
    return new Reader(this.#bytes, start, Math.min(start + length, this.#end))
  }

  vector(readElement: () => void): void {
    for (let left = this.u32(); left > 0; left--) readElement()
  }
}
