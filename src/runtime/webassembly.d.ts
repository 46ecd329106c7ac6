/**
 * The part of the JavaScript interface of WebAssembly that is used here. TypeScript has it only in its browser library,
 * which would declare a window and a document as well.
 */
declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array)
    static imports(module: Module): { module: string; name: string; kind: string }[]
    static exports(module: Module): { name: string; kind: string }[]
    readonly [Symbol.toStringTag]: 'WebAssembly.Module'
  }
  function compile(bytes: Uint8Array): Promise<Module>
  function instantiate(module: Module, imports: Record<string, Record<string, unknown>>): Promise<Instance>
  class Instance {
    constructor(module: Module, imports: Record<string, Record<string, unknown>>)
    readonly exports: Record<string, unknown>
  }
  class Memory {
    constructor(descriptor: { initial: number; maximum?: number; shared?: boolean })
    readonly buffer: ArrayBuffer
    /** @returns the size before, in pages */
    grow(pages: number): number
  }
  class Global {
    value: unknown
  }
  class CompileError extends Error {}
  class LinkError extends Error {}
  class RuntimeError extends Error {}
  class Exception extends Error {}
  /** An import that suspends the stack until its promise is settled. Not there in versions without JSPI. */
  class Suspending {
    constructor(call: (...parameters: never[]) => unknown)
  }
  /** An export that answers a promise, and in which imports can suspend. */
  function promising(exported: unknown): (...values: readonly unknown[]) => Promise<unknown>
}
