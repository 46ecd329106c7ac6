/**
 * Threads are instances of one module over one memory. This makes of a module's binary the two that their instances are made
 * from: with the memory as an import, without writing the data again, and with what starting a thread needs as exports.
 * Reads a binary that the engine has accepted. Source: WebAssembly core specification, binary format.
 */
import { LoadError } from './errors.ts'
import { inspectModule, type ModuleImport, Reader, readLimits, readValueType } from './inspect.ts'

export interface PreparedModule {
  /** For the first instance. The array that was given where nothing had to change. */
  readonly main: Uint8Array
  /** For every further instance. The same array as `main` where that will do. */
  readonly thread: Uint8Array
  /** The memory that both import; undefined: the module has none. Threads need one that is `shared`: the caller's to judge. */
  readonly memory: ImportedMemory | undefined
  /** The name under which both export table 0; undefined: there is none. */
  readonly table: string | undefined
  /** The linker's stack pointer; undefined: not to be told from other globals. */
  readonly stackPointer: StackPointer | undefined
  /** The values of the exported constants of these names: where the heap begins, and where the static data end. */
  readonly heapBase: number | undefined
  readonly dataEnd: number | undefined
}

export interface ImportedMemory {
  readonly module: string
  readonly name: string
  /** In pages of 64 KiB. */
  readonly initial: number
  readonly maximum: number | undefined
  readonly shared: boolean
}

export interface StackPointer {
  /** The name under which both export the global. */
  readonly name: string
  readonly initial: number
}

/** The sections by their ids, in the order in which they stand. Custom sections (0) stand anywhere. */
const Section = {
  TYPE: 1,
  IMPORT: 2,
  FUNCTION: 3,
  TABLE: 4,
  MEMORY: 5,
  TAG: 13,
  STRINGS: 14,
  GLOBAL: 6,
  EXPORT: 7,
  START: 8,
  ELEMENT: 9,
  DATA_COUNT: 12,
  CODE: 10,
  DATA: 11,
} as const
const SECTION_ORDER: readonly number[] = Object.values(Section)
const CUSTOM_SECTION = 0

const ExternalKind = { TABLE: 1, MEMORY: 2, GLOBAL: 3 } as const
const DataKind = { PASSIVE: 1, ACTIVE_IN_MEMORY: 2 } as const
/** A passive segment of no bytes. */
const EMPTY_SEGMENT = [DataKind.PASSIVE, 0]

interface ModuleSection {
  readonly id: number
  readonly content: Uint8Array
}

interface Global {
  readonly isMutable: boolean
  /** Where it is an `i32.const`: unsigned, as an address. */
  readonly initial: number | undefined
}

/** @throws LoadError if the module has several memories, or one of 64-bit addresses */
export function prepareForThreads(bytes: Uint8Array): PreparedModule {
  const { imports } = inspectModule(bytes)
  const sections = readSections(bytes)
  const memory = findMemory(sections, imports)
  const exports = new ExportList(sections)
  const table = hasTable(sections, imports) ? exports.nameOf(ExternalKind.TABLE, 0, 'berth:table') : undefined
  const { stackPointer, heapBase, dataEnd } = findStack(sections, imports, exports)

  const reachable = append(importMemory(sections, memory), Section.EXPORT, exports.added)
  const applied = emptyActiveSegments(reachable)
  const main = reachable === sections ? bytes : encodeModule(reachable)
  const thread = applied === reachable ? main : encodeModule(applied)
  return { main, thread, memory, table, stackPointer, heapBase, dataEnd }
}

/**
 * The same module with its memory as an import, so that whoever makes the memory sets its limit.
 * @throws LoadError if it has several memories, or one of 64-bit addresses
 */
export function prepareForLimit(bytes: Uint8Array): Uint8Array {
  const sections = readSections(bytes)
  const imported = importMemory(sections, findMemory(sections, inspectModule(bytes).imports))
  return imported === sections ? bytes : encodeModule(imported)
}

function findMemory(sections: readonly ModuleSection[], imports: readonly ModuleImport[]): ImportedMemory | undefined {
  const found = [
    ...imports.filter((entry) => entry.kind === 'memory'),
    ...readVector(sections, Section.MEMORY, readLimits).map((limits) => ({ ...newImportName(imports), limits })),
  ]
  if (found.length > 1)
    throw new LoadError('WASM module load failed: threads or limits with several memories are not supported')
  if (found[0] === undefined) return undefined
  const { module, name, limits } = found[0]
  if (limits.unknown) {
    throw new LoadError(
      'WASM module load failed: threads and limits need a memory of 32-bit addresses and 64 KiB pages',
    )
  }
  return { module, name, initial: limits.initial, maximum: limits.maximum, shared: limits.shared }
}

function newImportName(imports: readonly ModuleImport[]): { module: string; name: string } {
  const module = 'env'
  const taken = imports.filter((entry) => entry.module === module).map(({ name }) => name)
  return { module, name: unusedName('memory', taken) }
}

/** A defined memory becomes the last import. Nothing else is numbered together with it, and it stays number 0. */
function importMemory(
  sections: readonly ModuleSection[],
  memory: ImportedMemory | undefined,
): readonly ModuleSection[] {
  const types = readVector(sections, Section.MEMORY, (section) => section.rest())
  if (memory === undefined || types[0] === undefined) return sections
  const entry = concat([encodeName(memory.module), encodeName(memory.name), [ExternalKind.MEMORY], types[0]])
  return append(sections, Section.IMPORT, [entry]).filter(({ id }) => id !== Section.MEMORY)
}

function hasTable(sections: readonly ModuleSection[], imports: readonly ModuleImport[]): boolean {
  const defined = contentOf(sections, Section.TABLE)?.u32() ?? 0
  return defined > 0 || imports.some(({ kind }) => kind === 'table')
}

/**
 * Nothing in a module says which global is the stack pointer; the original takes the first mutable `i32` that begins with a
 * constant not above `__heap_base`, in modules that export that and `__data_end`.
 */
function findStack(
  sections: readonly ModuleSection[],
  imports: readonly ModuleImport[],
  exports: ExportList,
): Pick<PreparedModule, 'stackPointer' | 'heapBase' | 'dataEnd'> {
  const firstIndex = imports.filter(({ kind }) => kind === 'global').length
  const globals = readVector(sections, Section.GLOBAL, readGlobal)
  const constant = (name: string): number | undefined => {
    const global = globals[exports.indexOf(ExternalKind.GLOBAL, name) - firstIndex]
    return global?.isMutable ? undefined : global?.initial
  }
  const heapBase = constant('__heap_base')
  const dataEnd = constant('__data_end')
  if (heapBase === undefined || dataEnd === undefined) return { stackPointer: undefined, heapBase, dataEnd }
  const isStackPointer = ({ isMutable, initial }: Global) => isMutable && initial !== undefined && initial <= heapBase
  const place = globals.findIndex(isStackPointer)
  const initial = globals[place]?.initial
  if (initial === undefined) return { stackPointer: undefined, heapBase, dataEnd }
  const name = exports.nameOf(ExternalKind.GLOBAL, firstIndex + place, 'berth:stack_pointer')
  return { stackPointer: { name, initial }, heapBase, dataEnd }
}

function readGlobal(section: Reader): Global {
  readValueType(section)
  const isMutable = section.byte() === 1
  return { isMutable, initial: readConstant(section) }
}

/**
 * An active segment is applied when an instance is made, and dropped then: from there on it has no bytes. A module that is
 * not to apply it again begins there, with the same number of segments.
 */
function emptyActiveSegments(sections: readonly ModuleSection[]): readonly ModuleSection[] {
  let active = 0
  const segments = readVector(sections, Section.DATA, (section) => {
    const kind = section.u32()
    if (kind === DataKind.ACTIVE_IN_MEMORY) section.skipInteger()
    if (kind !== DataKind.PASSIVE) skipExpression(section)
    const bytes = section.bytes(section.u32())
    if (kind === DataKind.PASSIVE) return concat([[kind], encodeU32(bytes.length), bytes])
    active++
    return EMPTY_SEGMENT
  })
  if (active === 0) return sections
  const content = concat([encodeU32(segments.length), ...segments])
  return sections.map((section) => (section.id === Section.DATA ? { id: section.id, content } : section))
}

/** The exports that a module has and those that it is to have. */
class ExportList {
  readonly #entries: { readonly kind: number; readonly index: number; readonly name: string }[]
  readonly #added: Uint8Array[] = []

  constructor(sections: readonly ModuleSection[]) {
    this.#entries = readVector(sections, Section.EXPORT, (section) => {
      const name = section.name()
      return { name, kind: section.byte(), index: section.u32() }
    })
  }

  /** The new entries, encoded. */
  get added(): readonly Uint8Array[] {
    return this.#added
  }

  /** What is exported under a name, or -1. */
  indexOf(kind: number, name: string): number {
    return this.#entries.find((entry) => entry.kind === kind && entry.name === name)?.index ?? -1
  }

  /** A name under which something is exported; where it is not yet, it will be under `wanted`, or one like it. */
  nameOf(kind: number, index: number, wanted: string): string {
    const known = this.#entries.find((entry) => entry.kind === kind && entry.index === index)
    if (known !== undefined) return known.name
    const taken = this.#entries.map((entry) => entry.name)
    const name = unusedName(wanted, taken)
    this.#entries.push({ kind, index, name })
    this.#added.push(concat([encodeName(name), [kind], encodeU32(index)]))
    return name
  }
}

function unusedName(wanted: string, taken: readonly string[]): string {
  let name = wanted
  while (taken.includes(name)) name += "'"
  return name
}

// ---- Constant expressions.

const Opcode = {
  END: 0x0b,
  GLOBAL_GET: 0x23,
  I32_CONST: 0x41,
  I64_CONST: 0x42,
  F32_CONST: 0x43,
  F64_CONST: 0x44,
  REF_NULL: 0xd0,
  REF_FUNC: 0xd2,
  GC_PREFIX: 0xfb,
  VECTOR_PREFIX: 0xfd,
} as const

/** Behind the prefix of garbage collection. */
const GcOpcode = { ARRAY_NEW_FIXED: 8, ANY_CONVERT_EXTERN: 26 } as const

/** Reads a constant expression to its end. @returns its value where it is one `i32.const` and no more */
function readConstant(reader: Reader): number | undefined {
  if (reader.peek() === Opcode.I32_CONST) {
    reader.byte()
    const value = reader.s32()
    if (reader.peek() === Opcode.END) {
      reader.byte()
      return value >>> 0
    }
  }
  skipExpression(reader)
  return undefined
}

function skipExpression(reader: Reader): void {
  for (let opcode = reader.byte(); opcode !== Opcode.END; opcode = reader.byte()) skipImmediates(reader, opcode)
}

/** Skips what belongs to an instruction. The ones that are not named here calculate (`i32.add`), and have nothing. */
function skipImmediates(reader: Reader, opcode: number): void {
  switch (opcode) {
    case Opcode.GLOBAL_GET:
    case Opcode.I32_CONST:
    case Opcode.I64_CONST:
    case Opcode.REF_NULL:
    case Opcode.REF_FUNC:
      reader.skipInteger()
      return
    case Opcode.F32_CONST:
      reader.bytes(4)
      return
    case Opcode.F64_CONST:
      reader.bytes(8)
      return
    case Opcode.VECTOR_PREFIX: // v128.const
      reader.skipInteger()
      reader.bytes(16)
      return
    case Opcode.GC_PREFIX:
      skipGcImmediates(reader)
  }
}

/** `struct.new` and `array.new` name a type, `array.new_fixed` a number of elements as well; conversions have nothing. */
function skipGcImmediates(reader: Reader): void {
  const opcode = reader.u32()
  if (opcode < GcOpcode.ANY_CONVERT_EXTERN) reader.skipInteger()
  if (opcode === GcOpcode.ARRAY_NEW_FIXED) reader.skipInteger()
}

// ---- Sections.

const HEADER = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]

function readSections(bytes: Uint8Array): readonly ModuleSection[] {
  const reader = new Reader(bytes, HEADER.length)
  const sections: ModuleSection[] = []
  while (!reader.atEnd) sections.push({ id: reader.byte(), content: reader.bytes(reader.u32()) })
  return sections
}

/** The content of a section that stands once at most. */
function contentOf(sections: readonly ModuleSection[], id: number): Reader | undefined {
  const section = sections.find((candidate) => candidate.id === id)
  return section && new Reader(section.content)
}

/** The elements of a section that is a vector; none where there is no such section. */
function readVector<T>(sections: readonly ModuleSection[], id: number, readElement: (section: Reader) => T): T[] {
  const elements: T[] = []
  const section = contentOf(sections, id)
  section?.vector(() => elements.push(readElement(section)))
  return elements
}

/** Adds entries to the end of a section that is a vector, or adds a section of them. */
function append(
  sections: readonly ModuleSection[],
  id: number,
  entries: readonly Uint8Array[],
): readonly ModuleSection[] {
  if (entries.length === 0) return sections
  const known = contentOf(sections, id)
  const count = (known?.u32() ?? 0) + entries.length
  const content = concat([encodeU32(count), known?.rest() ?? [], ...entries])
  if (known === undefined) return sections.toSpliced(placeOf(sections, id), 0, { id, content })
  return sections.map((section) => (section.id === id ? { id, content } : section))
}

/**
 * Where a new section belongs: behind those that must stand before it, else before the first. Custom sections that have a
 * place, `dylink.0` at the start and `name` at the end, keep it.
 */
function placeOf(sections: readonly ModuleSection[], id: number): number {
  const rank = SECTION_ORDER.indexOf(id)
  const stands = (section: ModuleSection) => section.id !== CUSTOM_SECTION
  const last = sections.findLastIndex((section) => stands(section) && SECTION_ORDER.indexOf(section.id) < rank)
  return last >= 0 ? last + 1 : sections.findIndex(stands)
}

// ---- Encoding.

type Bytes = ArrayLike<number>

function encodeModule(sections: readonly ModuleSection[]): Uint8Array {
  return concat([HEADER, ...sections.flatMap(({ id, content }) => [[id], encodeU32(content.length), content])])
}

/** LEB128, unsigned. */
function encodeU32(value: number): number[] {
  const bytes: number[] = []
  let left = value
  for (; left >= 0x80; left >>>= 7) bytes.push((left & 0x7f) | 0x80)
  return [...bytes, left]
}

const utf8 = new TextEncoder()

function encodeName(name: string): Uint8Array {
  const bytes = utf8.encode(name)
  return concat([encodeU32(bytes.length), bytes])
}

function concat(parts: readonly Bytes[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
