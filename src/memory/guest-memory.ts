/**
 * The one place that reads and writes a guest's linear memory.
 *
 * A guest chooses every pointer and length, so nothing is touched before {@link GuestMemory.contains} said yes. Guest
 * addresses are unsigned 32-bit byte offsets: callers pass `ptr >>> 0`. Sums are made in doubles and cannot wrap.
 */
export class GuestMemory {
  #memory: WebAssembly.Memory | undefined
  #isShared = false
  #bytes = new Uint8Array(0)
  #view = new DataView(this.#bytes.buffer)
  #base = 0
  readonly #addressOf: (bytes: Uint8Array) => number
  readonly #onMissing: () => void

  /**
   * @param addressOf the process address of a view's first byte, for calls that hand guest memory to the kernel
   * @param onMissing called where memory is asked for before it is there; what it throws goes to the caller
   */
  constructor(addressOf: (bytes: Uint8Array) => number, onMissing: () => void = () => {}) {
    this.#addressOf = addressOf
    this.#onMissing = onMissing
  }

  /** Until this is called (a module's start function may run before) no address is inside memory. */
  attach(memory: WebAssembly.Memory): void {
    this.#memory = memory
    this.#isShared = (memory.buffer as unknown) instanceof SharedArrayBuffer
    this.#refresh()
  }

  /**
   * Whether the `lengthBytes` bytes from `ptr` all lie inside memory. Must be asked before every access, and again after
   * guest code ran or a wait: memory may have grown, which detaches the views (their length is then 0).
   */
  contains(ptr: number, lengthBytes: number): boolean {
    const { length } = this.#bytes
    if (ptr + lengthBytes <= length && length !== 0) return true
    // Of shared memory, Node.js 20 may show the size that it had before another thread made it larger; this updates it.
    if (this.#isShared) this.#memory?.grow(0)
    this.#refresh()
    return ptr + lengthBytes <= this.#bytes.length
  }

  #refresh(): void {
    if (this.#memory === undefined) this.#onMissing()
    const buffer = this.#memory?.buffer
    if (buffer === undefined || buffer === this.#bytes.buffer) return
    this.#bytes = new Uint8Array(buffer)
    this.#view = new DataView(buffer)
    this.#base = this.#addressOf(this.#bytes)
  }

  get sizeBytes(): number {
    return this.#memory?.buffer.byteLength ?? 0
  }

  /** The process address of a guest address. Good until guest code runs again. */
  hostAddress(ptr: number): number {
    return this.#base + ptr
  }

  u8(ptr: number): number {
    return this.#view.getUint8(ptr)
  }
  u16(ptr: number): number {
    return this.#view.getUint16(ptr, true)
  }
  u32(ptr: number): number {
    return this.#view.getUint32(ptr, true)
  }
  i32(ptr: number): number {
    return this.#view.getInt32(ptr, true)
  }
  u64(ptr: number): bigint {
    return this.#view.getBigUint64(ptr, true)
  }
  /** Four bytes as they stand, the first one highest: how addresses are written. */
  u32BigEndian(ptr: number): number {
    return this.#view.getUint32(ptr, false)
  }

  setU8(ptr: number, value: number): void {
    this.#view.setUint8(ptr, value)
  }
  setU16(ptr: number, value: number): void {
    this.#view.setUint16(ptr, value, true)
  }
  setU32(ptr: number, value: number): void {
    this.#view.setUint32(ptr, value, true)
  }
  setU64(ptr: number, value: bigint): void {
    this.#view.setBigUint64(ptr, value, true)
  }
  setU16BigEndian(ptr: number, value: number): void {
    this.#view.setUint16(ptr, value, false)
  }
  setU32BigEndian(ptr: number, value: number): void {
    this.#view.setUint32(ptr, value, false)
  }

  setBytes(ptr: number, bytes: Uint8Array): void {
    this.#bytes.set(bytes, ptr)
  }

  /** Sets bytes to 0. Word by word: for a record that is quicker than the engine's `fill`, which is a call out of its code. */
  clear(ptr: number, lengthBytes: number): void {
    const end = ptr + lengthBytes
    for (; ptr + 4 <= end; ptr += 4) this.#view.setUint32(ptr, 0)
    for (; ptr < end; ptr++) this.#view.setUint8(ptr, 0)
  }

  /** A copy that the guest cannot change any more. */
  copyBytes(ptr: number, lengthBytes: number): Uint8Array {
    return this.#bytes.slice(ptr, ptr + lengthBytes)
  }

  /**
   * The bytes of a C string without its NUL, copied.
   * @returns undefined if no NUL comes within `limitBytes` or before the end of memory
   */
  cString(ptr: number, limitBytes: number): Uint8Array | undefined {
    if (!this.contains(ptr, 1)) return undefined
    // Copied before it is searched: another thread may be writing.
    const copy = this.#bytes.slice(ptr, ptr + limitBytes + 1)
    const end = copy.indexOf(0)
    return end < 0 ? undefined : copy.subarray(0, end)
  }
}
