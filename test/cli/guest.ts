/**
 * Programs as lists of host calls, turned into WebAssembly text. Each call of a function that returns an errno prints it in
 * decimal on a line of its own, so the output of a program is what its calls answered.
 */
import { type FunctionName, SIGNATURES } from '../../src/abi/signatures.ts'
import { Addr, AddrKind } from '../../src/abi/sock.ts'
import { parseAddress } from '../../src/address/socket-address.ts'

/** A number, or the u32 that stands at an address when the call is made. */
export type Operand = number | bigint | { readonly load: number }

/** A call that prints its errno; or text made by one of the functions below. */
export type Step = readonly [name: FunctionName, ...operands: Operand[]] | string

/** Where tests may put data and have results stored: below this. */
const SCRATCH = 60_000

export function load(ptr: number): Operand {
  return { load: ptr }
}

/** Prints a number. */
export function print(value: Operand): string {
  return `(call $print ${operand(value, 'i')})`
}

/** A call whose errno is not printed. */
export function silently(step: Step): string {
  return typeof step === 'string' ? step : `(drop ${callOf(step)})`
}

let loops = 0

export function repeat(times: number, steps: readonly Step[]): string {
  const counter = SCRATCH + 100 + 4 * (loops % 50)
  const label = `$loop${loops++}`
  return `(i32.store (i32.const ${counter}) (i32.const ${times}))
    (loop ${label} ${steps.map(statement).join('\n')}
      (i32.store (i32.const ${counter}) (i32.sub (i32.load (i32.const ${counter})) (i32.const 1)))
      (br_if ${label} (i32.load (i32.const ${counter}))))`
}

export const FOREVER = '(loop $forever (br $forever))'

/** An `__wasi_addr_t`. */
export function addr(host: string, port: number): Uint8Array {
  const address = parseAddress(host)!
  const bytes = new Uint8Array(Addr.size)
  const view = new DataView(bytes.buffer)
  if (address.family === 4) {
    view.setUint32(Addr.kind, AddrKind.IPV4, true)
    view.setUint32(Addr.ip4, address.w3)
    view.setUint16(Addr.ip4Port, port, true)
    return bytes
  }
  view.setUint32(Addr.kind, AddrKind.IPV6, true)
  for (const [i, word] of [address.w0, address.w1, address.w2, address.w3].entries()) {
    view.setUint16(Addr.ip6 + 4 * i, word >>> 16, true)
    view.setUint16(Addr.ip6 + 4 * i + 2, word & 0xffff, true)
  }
  view.setUint16(Addr.ip6Port, port, true)
  return bytes
}

/** `u32`s, little-endian: iovecs, among others. */
export function words(...values: number[]): Uint8Array {
  return new Uint8Array(Uint32Array.from(values).buffer)
}

export function cString(text: string): Uint8Array {
  return new TextEncoder().encode(`${text}\0`)
}

/** @param data what stands in memory at which address */
export function program(steps: readonly Step[], data: Readonly<Record<number, Uint8Array>> = {}): string {
  const body = steps.map(statement).join('\n')
  const used = (Object.keys(SIGNATURES) as FunctionName[]).filter(
    (name) => name === 'fd_write' || body.includes(`(call $${name} `) || body.includes(`(call $${name})`),
  )
  return `(module
    ${used.map(importOf).join('\n')}
    (memory (export "memory") 2)
    ${Object.entries(data)
      .map(([ptr, bytes]) => `(data (i32.const ${ptr}) "${hexEscapes(bytes)}")`)
      .join('\n')}
    ;; Writes a number in decimal and a line end, from the last digit to the first.
    (func $print (param $value i32) (local $at i32)
      (local.set $at (i32.const ${SCRATCH + 40}))
      (i32.store8 (local.get $at) (i32.const 10))
      (loop $digits
        (local.set $at (i32.sub (local.get $at) (i32.const 1)))
        (i32.store8 (local.get $at) (i32.add (i32.const 48) (i32.rem_u (local.get $value) (i32.const 10))))
        (local.set $value (i32.div_u (local.get $value) (i32.const 10)))
        (br_if $digits (local.get $value)))
      (i32.store (i32.const ${SCRATCH}) (local.get $at))
      (i32.store (i32.const ${SCRATCH + 4}) (i32.sub (i32.const ${SCRATCH + 41}) (local.get $at)))
      (drop (call $fd_write (i32.const 1) (i32.const ${SCRATCH}) (i32.const 1) (i32.const ${SCRATCH + 8}))))
    (func (export "_start")
    ${body}))`
}

function statement(step: Step): string {
  if (typeof step === 'string') return step
  return SIGNATURES[step[0]].endsWith(':i') ? `(call $print ${callOf(step)})` : callOf(step)
}

function callOf([name, ...operands]: Exclude<Step, string>): string {
  const [parameters] = SIGNATURES[name].split(':') as [string]
  if (parameters.length !== operands.length) throw new Error(`${name} takes ${parameters.length} operands`)
  return `(call $${name} ${operands.map((value, i) => operand(value, parameters[i]!)).join(' ')})`
}

function operand(value: Operand, letter: string): string {
  if (typeof value === 'object') return `(i32.load (i32.const ${value.load}))`
  return letter === 'I' ? `(i64.const ${value})` : `(i32.const ${value})`
}

function importOf(name: FunctionName): string {
  const [parameters, results] = SIGNATURES[name].split(':') as [string, string]
  const types = (letters: string) => [...letters].map((letter) => (letter === 'I' ? 'i64' : 'i32')).join(' ')
  return `(import "wasi_snapshot_preview1" "${name}" (func $${name} (param ${types(parameters)}) (result ${types(results)})))`
}

function hexEscapes(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('hex')
    .replace(/../g, (byte) => `\\${byte}`)
}
