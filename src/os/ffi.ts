import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/**
 * The foreign function interface: declares functions of the C library that the Node.js process is linked with.
 *
 * `koffi` itself is a chain of small files that finds the right binary, and costs a third of the start-up that is ours to
 * lose; so its binary is loaded directly where it lies in the usual places, and `koffi` answers everywhere else.
 */
interface Ffi {
  load(library: null): { func(name: string, result: CType, parameters: readonly CType[]): (...args: never[]) => number }
  /** errno of this thread's last call; only good as the very next statement after the call. */
  errno(): number
  /** The address of an object's memory. */
  address(view: ArrayBufferView): bigint
  node: { poll(fd: number, options: { readable: true }, callback: () => void): EventLoopHandle }
}

/** Something that the event loop looks after. It keeps the process alive unless {@link unref} was called last. */
export interface EventLoopHandle {
  ref(): void
  unref(): void
  close(): void
}

/** Pointers travel as `uintptr_t`: a number, exact below 2^53, and no object per call. */
export type CType = 'int' | 'uint' | 'long' | 'size_t' | 'uintptr_t' | 'void'

function loadFfi(): Ffi {
  if (process.platform !== 'linux' || (process.arch !== 'x64' && process.arch !== 'arm64')) {
    throw new UnsupportedPlatformError(
      `Berth runs on Linux x64 and arm64; ${process.platform} ${process.arch} is not supported yet`,
    )
  }
  const place = `@koromix/koffi-linux-${process.arch}/linux_${process.arch}/koffi.node`
  for (const packages of usualPlaces()) {
    const file = join(packages, place)
    if (!existsSync(file)) continue
    try {
      const module = { exports: {} as Ffi }
      // Fails on musl, for whose C library this binary is not made.
      process.dlopen(module, file)
      if (typeof module.exports.load === 'function') return module.exports
    } catch {
      break
    }
  }
  const { createRequire } = process.getBuiltinModule('node:module')
  return createRequire(import.meta.filename)('koffi') as Ffi
}

/** Where npm puts the packages that this one needs: in its own folder, or next to it. */
function usualPlaces(): string[] {
  const ownPackage = join(import.meta.dirname, import.meta.filename.endsWith('.ts') ? '../..' : '..')
  const beside = dirname(ownPackage)
  // What is next to a checkout is anybody's.
  return [join(ownPackage, 'node_modules'), ...(basename(beside) === 'node_modules' ? [beside] : [])]
}

/** The host is neither Linux x64 nor Linux arm64. */
export class UnsupportedPlatformError extends Error {
  override readonly name = 'UnsupportedPlatformError'
}

const ffi = loadFfi()
const libc = ffi.load(null)

/** Declares a C library function. Arguments are numbers; a `long` beyond 2^53 is a bigint. */
export function declare(
  name: string,
  result: CType,
  parameters: readonly CType[],
): (...args: (number | bigint)[]) => number {
  return libc.func(name, result, parameters) as (...args: (number | bigint)[]) => number
}

export const errno: () => number = ffi.errno

/** Calls in the background at one time; the FFI refuses more than 256, and there are few threads for them. */
const MAX_IN_BACKGROUND = 32
let inBackgroundCount = 0
const laterInBackground: (() => void)[] = []

/** Makes a call on a thread of the runtime's pool: takes a function that {@link declare} made. errno is lost. */
export function inBackground(call: (...args: (number | bigint)[]) => number, ...args: number[]): Promise<number> {
  const native = call as unknown as { async: (...args: unknown[]) => void }
  return new Promise((resolve, reject) => {
    const begin = (): void => {
      inBackgroundCount++
      native.async(...args, (error: Error | null, result: number) => {
        inBackgroundCount--
        laterInBackground.shift()?.()
        if (error) reject(error)
        else resolve(result)
      })
    }
    if (inBackgroundCount < MAX_IN_BACKGROUND) begin()
    else laterInBackground.push(begin)
  })
}

/**
 * Calls back from the event loop as long as `fd` can be read. What the callback queues as microtasks may not run before the
 * loop's next turn: so it is on Node.js 26.
 */
export function whileReadable(fd: number, callback: () => void): EventLoopHandle {
  return ffi.node.poll(fd, { readable: true }, callback)
}

/** The process address of a view's first byte. 130 ns: once per buffer, not per call. */
export function addressOf(view: ArrayBufferView): number {
  return Number(ffi.address(view))
}

/**
 * Memory of this process at an address that does not change, to build structures in for the C library. Its buffer is an
 * allocation of its own: the engine moves small typed arrays that it keeps on its heap.
 */
export class HostBuffer {
  readonly bytes: Uint8Array
  readonly view: DataView
  readonly address: number

  constructor(sizeBytes: number) {
    this.bytes = new Uint8Array(new ArrayBuffer(sizeBytes))
    this.view = new DataView(this.bytes.buffer)
    this.address = addressOf(this.bytes)
  }

  /** Writes a pointer (below 2^53) as a 64-bit little-endian value. */
  setPointer(offset: number, value: number): void {
    this.view.setUint32(offset, value, true)
    this.view.setUint32(offset + 4, value / 0x1_0000_0000, true)
  }

  pointer(offset: number): number {
    return this.view.getUint32(offset, true) + this.view.getUint32(offset + 4, true) * 0x1_0000_0000
  }
}
